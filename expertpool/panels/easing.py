"""Ease the rules that a run found in the way."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.audit.service import record
from expertpool.errors import N_, Invalid
from expertpool.events import Actor
from expertpool.panels import choices, overrides
from expertpool.panels.events import RuleEased
from expertpool.panels.models import Panel, Run, RunState
from expertpool.panels.request import only_draft
from expertpool.people.models import Person

OVERRIDES = {"max_share_of_one_party": "max_share_of_one_interest_party"}
"""Rules whose name differs between the engine and `panels.overrides`."""


def ease(
    session: Session, panel: Panel, run: Run, position: int, *, actor: Actor, now: datetime
) -> list[dict[str, Any]]:
    """Apply the run's set of easings at `position` (from 0); return them. One event for each rule."""
    only_draft(panel)
    if run.panel_id != panel.id or run.state is not RunState.DONE or panel.updated_at > run.requested_at:
        raise Invalid(N_("What is asked changed after this proposal. Ask again, then ease a rule."))
    sets = (run.result or {}).get("relax", [])
    if not 0 <= position < len(sets):
        raise Invalid(N_("There is no such way to ease the rules."))
    easings: list[dict[str, Any]] = sets[position]["rules"]
    for each in easings:
        _apply(session, panel, each, actor=actor, now=now)
        event = RuleEased(panel.id, rule=_name(each), before=each["from"], after=each["to"])
        record(session, event, actor=actor, now=now)
    panel.updated_at = now
    session.flush()
    return easings


def _apply(session: Session, panel: Panel, easing: dict[str, Any], *, actor: Actor, now: datetime) -> None:
    rule, to, subject = easing["rule"], easing["to"], easing["subject"]
    if rule == "seats":
        panel.seat_count = to
    elif rule == "skill":
        _skill(panel, int(subject), to)
    elif rule == "availability":
        panel.slots.clear()
    elif rule == "lock":
        person = session.scalars(sa.select(Person).where(Person.number == subject)).one()
        choices.choose(session, panel, person, None, actor=actor, now=now)
    elif rule == "min_share":
        shares = {**panel.rules.get("min_shares", {}), subject: to}
        panel.rules = overrides.checked({**panel.rules, "min_shares": _positive(shares)})
    else:
        panel.rules = overrides.checked({**panel.rules, OVERRIDES.get(rule, rule): to})


def _skill(panel: Panel, skill_id: int, seats: int) -> None:
    for each in list(panel.skills):
        if each.skill_id == skill_id and seats:
            each.seats = seats
        elif each.skill_id == skill_id:
            panel.skills.remove(each)


def _positive(shares: dict[str, Any]) -> dict[str, Any]:
    """Return the shares with nothing in place of zero: no such rule."""
    return {name: None if share in ("0", 0) else share for name, share in shares.items()}


def _name(easing: dict[str, Any]) -> str:
    return f"{easing['rule']}:{easing['subject']}" if easing["subject"] else str(easing["rule"])
