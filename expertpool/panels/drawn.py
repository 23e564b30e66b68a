"""Who stands after the draws of a panel, and the proposal that it makes."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.audit.service import record
from expertpool.draws import canonical
from expertpool.draws.announcing import Kind
from expertpool.errors import N_, Invalid
from expertpool.events import Actor
from expertpool.matching.result import Alternate, Member, Solution
from expertpool.panels import answer, draw_plan, kept, runs
from expertpool.panels.composition import Composed
from expertpool.panels.draw_events import ChairChosen, DrawProposed
from expertpool.panels.draw_models import Draw, DrawState
from expertpool.panels.models import Panel, Purpose, Run, RunState
from expertpool.panels.request import only_draft
from expertpool.people.models import Person

BY_LOT = "draw"
"""The mode of a proposal that a draw made: see `answer`."""


@dataclass(frozen=True)
class Made:
    """A valid record: its text as stored, and its data."""

    text: str
    data: dict[str, Any]

    @property
    def kind(self) -> str:
        """First draw, supplement or redraw."""
        return str(self.data["announcement"]["run"]["kind"])


@dataclass(frozen=True)
class Standing:
    """Numbers of people by stratum; `short` counts the open seats of strata that have any."""

    members: dict[str, tuple[str, ...]]
    alternates: dict[str, tuple[str, ...]]
    short: dict[str, int]


def chain_of(draws: Sequence[Draw]) -> list[Made]:
    """Return the valid records since the last draw that began anew: one of all seats, and its supplements."""
    texts = [each.record for each in draws if each.state is DrawState.DRAWN and each.record]
    valid = [Made(text, canonical.parse(text)) for text in texts]
    begins = [i for i, each in enumerate(valid) if each.kind != Kind.SUPPLEMENT]
    return valid[begins[-1] :] if begins else []


def called(records: Sequence[Made]) -> set[str]:
    """Return who was drawn as a member or an alternate."""
    return {seat["name"] for each in records for seat in each.data["picked"] + each.data["alternates"]}


def standing(records: Sequence[Made], fit: Collection[str]) -> Standing:
    """Return who of those drawn sits, in the order drawn: members, then alternates of the same stratum."""
    members, alternates, short = {}, {}, {}
    for stratum in records[0].data["announcement"]["plan"]["strata"]:
        label, seats = stratum["label"], stratum["seats"]
        order = [
            seat["name"]
            for part in ("picked", "alternates")
            for each in records
            for seat in each.data[part]
            if seat["stratum"] == label and seat["name"] in fit
        ]
        members[label], alternates[label] = tuple(order[:seats]), tuple(order[seats:])
        if len(order) < seats:
            short[label] = seats - len(order)
    return Standing(members, alternates, short)


def propose(
    session: Session, draw: Draw, records: Sequence[Made], composed: Composed, *, actor: Actor, now: datetime
) -> bool:
    """Store who stands as the panel's newest proposal; False, and nothing stored, when seats are open."""
    stands = standing(records, draw_plan.fit(composed))
    if stands.short:
        return False
    outcome = _solution(stands, composed)
    result = answer.result_of(composed, outcome) | {"mode": BY_LOT}
    evidence = kept.pack(answer.evidence_of(composed, outcome))
    run = _stored(session, draw.panel, draw.commitment, result, evidence, actor, now)
    event = DrawProposed(
        draw.panel_id,
        draw_number=draw.number,
        run_id=run.id,
        number=run.number,
        member_ids=[composed.people[each.id] for each in outcome.members],
    )
    record(session, event, actor=actor, now=now)
    return True


def choose_chair(session: Session, panel: Panel, person_id: int, *, actor: Actor, now: datetime) -> Run:
    """Have one of the drawn take the chair: the newest proposal, made by lot, is proposed anew with them."""
    only_draft(panel)
    newest = runs.latest(session, panel)
    result = (newest.result or {}) if newest else {}
    if newest is None or result.get("mode") != BY_LOT:
        raise Invalid(N_("The newest proposal was not made by lot."))
    members = [
        each | {"role": "chair" if each["person_id"] == person_id else "member"} for each in result["members"]
    ]
    if not any(each["role"] == "chair" for each in members):
        raise Invalid(N_("Choose one of those who were drawn."), field="chair")
    changed = result | {"members": members}
    run = _stored(session, panel, newest.input_hash or "", changed, newest.evidence, actor, now)
    record(
        session,
        ChairChosen(panel.id, run_id=run.id, number=run.number, person_id=person_id),
        actor=actor,
        now=now,
    )
    return run


def ids(session: Session, numbers: Sequence[str]) -> list[int]:
    """Return the ids of people given by their numbers, in the same order."""
    rows = session.execute(sa.select(Person.number, Person.id).where(Person.number.in_(numbers)))
    known: dict[str, int] = dict(rows.all())
    return [known[number] for number in numbers if number in known]


def _stored(
    session: Session,
    panel: Panel,
    input_hash: str,
    result: dict[str, Any],
    evidence: bytes | None,
    actor: Actor,
    now: datetime,
) -> Run:
    """Store a finished proposal as the panel's newest."""
    runs.call_off(session, panel, now=now)
    last = session.scalar(sa.select(sa.func.max(Run.number)).where(Run.panel_id == panel.id)) or 0
    run = Run(
        panel_id=panel.id,
        number=last + 1,
        purpose=Purpose.PROPOSE,
        state=RunState.DONE,
        attempts=0,
        seed=0,
        versions={},
        input_hash=input_hash,
        result=result,
        evidence=evidence,
        requested_by_id=actor.user_id,
        requested_at=now,
        finished_at=now,
    )
    session.add(run)
    session.flush()
    return run


def _solution(stands: Standing, composed: Composed) -> Solution:
    """Return who stands as an answer; the first drawn takes the chair where the rules want one."""
    slots = composed.problem.slots
    drawn = [each for people in stands.members.values() for each in people]
    chair = drawn[0] if composed.problem.rules.chair else None
    return Solution(
        slot=slots[0] if slots else None,
        members=tuple(Member(each, "chair" if each == chair else "member", 0.0, ()) for each in drawn),
        alternates=tuple(
            Alternate(each, 0.0, (), stands.members[label])
            for label, people in stands.alternates.items()
            for each in people
        ),
        objective=0.0,
        bound=None,
        gap=None,
        optimal=False,
        outcomes=(),
    )
