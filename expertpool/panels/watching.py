"""Confirmed panels are checked again when a fact changes; each new fact against a holder is told once.

A change only queues the panels that it can concern. The check reads everything anew, so that it may run
late, twice or on several nodes.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.audit.service import canonical, record
from expertpool.conflicts.policy import Certainty, Handling
from expertpool.database import UTCDateTime
from expertpool.errors import N_, Forbidden, Invalid
from expertpool.events import SYSTEM, Actor
from expertpool.interests.queries import findings_for_items, pair_findings
from expertpool.panels import kept, question
from expertpool.panels.events import ConflictAppeared, ConflictSettled
from expertpool.panels.history import SITS
from expertpool.panels.models import Panel, PanelState, Seat, SeatRole
from expertpool.panels.policy import is_about_oneself
from expertpool.panels.reviews import earlier_reviews
from expertpool.panels.waivers import standing_facts
from expertpool.panels.watching_models import Outcome, PanelCheck, SeatAlert

LEASE = timedelta(minutes=2)
LEAST_REASON = 5
"""Characters; a reason is read by auditors years later."""

HELD = (Seat.role != SeatRole.ALTERNATE, Seat.state.in_(SITS))
"""Of seats: somebody sits or is to sit there."""


@dataclass(frozen=True)
class Against:
    """One fact that speaks against the holder of a seat now."""

    seat_id: int
    person_id: int
    finding: dict[str, Any]
    """As `SeatAlert.finding`."""

    @property
    def fingerprint(self) -> str:
        """Names the rule and the fact, whatever its certainty or source."""
        return fingerprint(self.finding)


@dataclass(frozen=True)
class Review:
    """What a check of one panel read."""

    against: tuple[Against, ...]
    known: frozenset[tuple[int, str]]
    """Seat and fingerprint of what stood when the panel was confirmed."""


def ask(
    session: Session,
    panel_ids: sa.Select[int] | None,
    *,
    cause: str,
    about_id: int | None,
    now: datetime,
) -> None:
    """Queue the confirmed panels among `panel_ids` (None: all of them) for a check."""
    waits = sa.exists().where(PanelCheck.panel_id == Panel.id, PanelCheck.lease_until.is_(None))
    rows = sa.select(
        Panel.id,
        sa.literal(cause, sa.String()),
        sa.literal(about_id, sa.BigInteger()),
        sa.literal(now, UTCDateTime()),
    ).where(Panel.state == PanelState.CONFIRMED, ~waits)
    if panel_ids is not None:
        rows = rows.where(Panel.id.in_(panel_ids))
    session.execute(sa.insert(PanelCheck).from_select(["panel_id", "cause", "about_id", "asked_at"], rows))


def claim(session: Session, now: datetime) -> PanelCheck | None:
    """Take the oldest check that nobody works on, for the time of a lease."""
    free = sa.or_(PanelCheck.lease_until.is_(None), PanelCheck.lease_until < now)
    oldest = sa.select(PanelCheck.id).where(free).order_by(PanelCheck.id).limit(1)
    if session.get_bind().dialect.name == "postgresql":
        oldest = oldest.with_for_update(skip_locked=True)
    return session.scalar(
        sa.update(PanelCheck)
        .where(PanelCheck.id == oldest.scalar_subquery(), free)
        .values(lease_until=now + LEASE)
        .returning(PanelCheck)
    )


def review(session: Session, panel: Panel, *, now: datetime) -> Review:
    """Read what speaks against those who hold a seat of `panel`: with its items, and in pairs."""
    seats = {seat.person_id: seat for seat in held(session, panel.id)}
    asked = question.of_panel(panel, seed=0)
    moment = panel.starts or now
    on = moment.astimezone(question.OFFICE_ZONE).date()
    policy = asked.preset.on(on).policy
    findings = findings_for_items(
        session,
        asked.item_ids,
        policy,
        on,
        person_ids=list(seats),
        earlier=earlier_reviews(session, on, now=now, but_panel=panel.id, item_ids=asked.item_ids),
        waivers=standing_facts(session, panel.id),
    ).findings
    found = [
        Against(seats[int(each.person)].id, int(each.person), one)
        for each in findings
        for one in single(kept.plain(each))
    ]
    for pair in pair_findings(session, list(seats), policy, on):
        later, other = sorted((int(pair.first), int(pair.second)), key=lambda each: -seats[each].position)
        plain = of_pair(kept.plain_pair(pair), later, other)
        found += [Against(seats[later].id, later, one) for one in single(plain)]
    known = frozenset(
        (seat.id, fingerprint(one))
        for seat in seats.values()
        for each in seat.findings
        for one in single(each)
    )
    return Review(tuple(found), known)


def note(
    session: Session, panel: Panel, seen: Review, *, cause: str, now: datetime, silently: bool = False
) -> list[SeatAlert]:
    """Store what is new, settle what is over, tell the listeners; return the alerts that are new.

    `silently` keeps what was found as known already: it was shown when the panel was confirmed.
    """
    session.execute(sa.select(Panel.id).where(Panel.id == panel.id).with_for_update())
    stored = {(each.seat_id, each.fingerprint): each for each in of_panel(session, panel.id)}
    current = {(each.seat_id, each.fingerprint): each for each in seen.against}
    new: list[SeatAlert] = []
    for key, fact in current.items():
        alert = stored.get(key)
        if key in seen.known or fact.finding["waiver"] or (alert and _stays_settled(alert)):
            continue
        if alert is None:
            alert = SeatAlert(seat_id=fact.seat_id, rule=fact.finding["rule"], fingerprint=key[1])
            session.add(alert)
        elif alert.settled_at is None:
            continue
        alert.finding, alert.cause, alert.found_at = fact.finding, cause, now
        alert.outcome, alert.settled_at = (Outcome.KNOWN, now) if silently else (None, None)
        new.append(alert)
    _settle_what_is_over(session, panel, stored, current, now)
    session.flush()
    if not silently:
        _tell(session, panel, new, current, cause, now)
    return new


def keep(session: Session, alert: SeatAlert, reason: str, *, actor: Actor, now: datetime) -> None:
    """Let the holder keep the seat in spite of a fact that bars nobody; a bar needs a waiver."""
    if actor.user_id is None:
        raise Forbidden(N_("Only a person who signed in can decide this."))
    if is_about_oneself(actor.user_id, alert.seat.person):
        raise Forbidden(N_("Nobody decides about themselves. Ask a colleague."))
    if alert.settled_at is not None:
        raise Invalid(N_("This was settled already."))
    if bars(alert):
        raise Invalid(
            N_("This rule bars from the seat: waive it, or withdraw the invitation."), field="reason"
        )
    reason = reason.strip()
    if not LEAST_REASON <= len(reason) <= 500:
        raise Invalid(
            N_("Give a reason of %(least)s to 500 characters: it is kept on file."),
            field="reason",
            least=LEAST_REASON,
        )
    _settle(session, alert, Outcome.KEPT, actor=actor, now=now, reason=reason)


def bars(alert: SeatAlert) -> bool:
    """Whether the fact keeps its person from the seat unless it is waived."""
    finding = alert.finding
    return (finding["handling"], finding["certainty"]) == (Handling.BAR, Certainty.CERTAIN)


def held(session: Session, panel_id: int) -> Sequence[Seat]:
    """Return the seats of a panel in which somebody sits or is to sit, in order."""
    return session.scalars(
        sa.select(Seat).where(Seat.panel_id == panel_id, *HELD).order_by(Seat.position)
    ).all()


def of_panel(session: Session, panel_id: int) -> Sequence[SeatAlert]:
    """Return all alerts of a panel, oldest first."""
    return session.scalars(
        sa.select(SeatAlert)
        .join(Seat, Seat.id == SeatAlert.seat_id)
        .where(Seat.panel_id == panel_id)
        .order_by(SeatAlert.id)
    ).all()


def of_pair(finding: dict[str, Any], person: int, other: int) -> dict[str, Any]:
    """Return a kept finding on two people as one against `person`, who sits with `other`."""
    told = {key: value for key, value in finding.items() if key not in ("first", "second")}
    return {"person": person, "item": None, "waiver": None, "other": other} | told


def single(finding: dict[str, Any]) -> list[dict[str, Any]]:
    """Return a kept finding once for each of its facts."""
    return [finding | {"evidence": [each]} for each in finding["evidence"]]


def fingerprint(finding: dict[str, Any]) -> str:
    """Return the SHA-256 of a finding's rule, item and facts; certainty, handling and source don't count."""
    facts = [
        {key: each[key] for key in ("kind", "code", "params", "since", "until")}
        for each in finding["evidence"]
    ]
    told = [finding["rule"], finding["item"], finding.get("other"), facts]
    return hashlib.sha256(canonical(told)).hexdigest()


def _stays_settled(alert: SeatAlert) -> bool:
    return alert.outcome in (Outcome.KNOWN, Outcome.KEPT)


def _settle_what_is_over(
    session: Session,
    panel: Panel,
    stored: dict[tuple[int, str], SeatAlert],
    current: dict[tuple[int, str], Against],
    now: datetime,
) -> None:
    holders = {seat.id for seat in held(session, panel.id)}
    for key, alert in stored.items():
        if alert.settled_at is not None:
            continue
        fact = current.get(key)
        if alert.seat_id not in holders:
            _settle(session, alert, Outcome.LEFT, actor=SYSTEM, now=now)
        elif fact is None:
            _settle(session, alert, Outcome.GONE, actor=SYSTEM, now=now)
        elif fact.finding["waiver"]:
            _settle(session, alert, Outcome.WAIVED, actor=SYSTEM, now=now)


def _settle(
    session: Session,
    alert: SeatAlert,
    outcome: Outcome,
    *,
    actor: Actor,
    now: datetime,
    reason: str | None = None,
) -> None:
    alert.outcome, alert.settled_at, alert.reason = outcome, now, reason
    alert.settled_by_id = actor.user_id
    session.flush()
    event = ConflictSettled(
        alert.seat.panel_id,
        alert_id=alert.id,
        seat_id=alert.seat_id,
        person_id=alert.seat.person_id,
        rule=alert.rule,
        outcome=outcome.value,
        reason=reason,
    )
    record(session, event, actor=actor, now=now)


def _tell(
    session: Session,
    panel: Panel,
    new: Iterable[SeatAlert],
    current: dict[tuple[int, str], Against],
    cause: str,
    now: datetime,
) -> None:
    by_seat: dict[int, list[SeatAlert]] = defaultdict(list)
    for alert in new:
        by_seat[alert.seat_id].append(alert)
    people = {fact.seat_id: fact.person_id for fact in current.values()}
    for seat_id, alerts in by_seat.items():
        event = ConflictAppeared(
            panel.id,
            alert_ids=[each.id for each in alerts],
            seat_id=seat_id,
            person_id=people[seat_id],
            rules=sorted({each.rule for each in alerts}),
            cause=cause,
        )
        record(session, event, actor=SYSTEM, now=now)
