"""A human confirms a proposal: re-checked at that moment, seated, and booked in the diary."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.audit.service import record
from expertpool.availability import service as availability
from expertpool.availability.models import Room
from expertpool.conflicts.findings import Finding, PairFinding
from expertpool.errors import N_, Forbidden, Invalid, Sentence
from expertpool.events import Actor
from expertpool.matching.rules import Violation, violations
from expertpool.panels import kept, presets_service, question, runs, sealing, wording
from expertpool.panels.composition import Composed, compose
from expertpool.panels.events import PanelCancelled, PanelConfirmed, PanelReopened
from expertpool.panels.holding import hold
from expertpool.panels.models import (
    HOLDS,
    Panel,
    PanelState,
    Purpose,
    Run,
    RunState,
    Seat,
    SeatRole,
    SeatState,
)
from expertpool.panels.preset_parts import DrawMode
from expertpool.panels.request import only_draft
from expertpool.people.models import Person

SEAT = "seat"
"""What books people for a panel in the diary."""
ROOM = "panel"
"""What books a room for a panel in the diary."""


@dataclass(frozen=True)
class Checked:
    """A proposal as it stands at this moment. `alternates` are those who still may take a seat."""

    members: tuple[dict[str, Any], ...]
    alternates: tuple[dict[str, Any], ...]
    left_out: tuple[dict[str, Any], ...]
    starts: datetime | None
    ends: datetime | None
    violations: tuple[Violation, ...]
    findings: tuple[Finding, ...]
    pairs: tuple[PairFinding, ...]

    def findings_of(self, person_id: int) -> list[Finding]:
        """Return what speaks against one person."""
        return [each for each in self.findings if each.person == person_id]


def check(session: Session, panel: Panel, run: Run, *, now: datetime) -> Checked:
    """Check the run's people again: conflicts, rules, loads and the diary."""
    result = _current_result(session, panel, run)
    slot = _slot(result)
    asked = replace(question.of_panel(panel, run.seed), slots=(slot,) if slot else ())
    people = [*result["members"], *result["alternates"]]
    composed = compose(session, asked, now=now, only=[each["person_id"] for each in people])
    members = [each for each in result["members"] if each["expert"] in composed.people]
    gone = [Violation("gone", each["expert"]) for each in result["members"] if each not in members]
    seated = [composed.problem.candidate(each["expert"]) for each in members]
    alternates = tuple(each for each in result["alternates"] if _may_stand_by(composed, each))
    return Checked(
        members=tuple(result["members"]),
        alternates=alternates,
        left_out=tuple(each for each in result["alternates"] if each not in alternates),
        starts=slot[0] if slot else None,
        ends=slot[1] if slot else None,
        violations=(*gone, *violations(composed.problem, 0 if slot else None, seated)),
        findings=composed.findings,
        pairs=composed.pairs,
    )


def confirm(
    session: Session, panel: Panel, run: Run, *, room: Room | None = None, actor: Actor, now: datetime
) -> Panel:
    """Seat the people of a proposal, with its alternates, and book the members' time and the room.

    A signed-in human does this. Raises Invalid when the proposal no longer holds, naming the rule and the
    person, `DoubleBooked` when somebody was booked elsewhere, and `RoomTaken` when the room was.
    """
    if actor.user_id is None:
        raise Forbidden(N_("A proposal is confirmed by a person, not by the system."))
    sealing.require_seal(panel)
    if presets_service.rules(panel.preset).draw.mode is DrawMode.REQUIRED:
        raise Invalid(
            N_("The rules of this panel want its members drawn by lot, not chosen. Hold a draw instead.")
        )
    checked = check(session, panel, run, now=now)
    if checked.violations:
        first = checked.violations[0]
        raise Invalid(
            N_("The proposal no longer holds: %(problem)s Ask again."),
            problem=violation_text(session, first),
        )
    seats = _seats(panel, run, checked, now)
    panel.seats.extend(seats)
    panel.state, panel.starts, panel.ends = PanelState.CONFIRMED, checked.starts, checked.ends
    panel.updated_at = now
    if room is not None:
        panel.room_id, panel.place = room.id, panel.place or room_label(room)[:200]
    session.flush()
    if checked.starts is not None and checked.ends is not None:
        members = [seat for seat in seats if seat.role is not SeatRole.ALTERNATE]
        book(session, panel, members, room, checked.starts, checked.ends)
    record(session, _confirmed(panel, run, checked, seats), actor=actor, now=now)
    session.refresh(panel, ["seats"])
    return panel


def holders(panel: Panel) -> list[Seat]:
    """Return the seats that somebody holds or is to hold, in the order of the chairs."""
    return [seat for seat in panel.seats if seat.role is not SeatRole.ALTERNATE and seat.state in HOLDS]


def book(
    session: Session,
    panel: Panel,
    seats: Sequence[Seat],
    room: Room | None,
    starts: datetime,
    ends: datetime,
) -> None:
    """Book the holders of these seats, and the room, in place of what the panel had booked.

    Raises `DoubleBooked` and `RoomTaken`, which name the clash.
    """
    release(session, panel)
    booked = {seat.person_id: seat.id for seat in seats}
    availability.book(session, booked, starts, ends, source_kind=SEAT)
    if room is not None:
        availability.book_room(session, room, panel.id, starts, ends, source_kind=ROOM)


def release(session: Session, panel: Panel) -> None:
    """Free everybody and the room that the panel had booked."""
    availability.release(session, SEAT, [seat.id for seat in panel.seats])
    availability.release_room(session, ROOM, [panel.id])


def room_label(room: Room) -> str:
    """Return how to find a room: its name and its address."""
    comma = ", " if room.address.isascii() else "，"
    return f"{room.name}{comma}{room.address}" if room.address else room.name


def reopen(session: Session, panel: Panel, reason: str, *, actor: Actor, now: datetime) -> None:
    """Make a confirmed or cancelled panel a draft again; its seats and bookings are given up."""
    hold(session, panel.id)
    if panel.state not in (PanelState.CONFIRMED, PanelState.CANCELLED):
        raise Invalid(N_("Only a confirmed or cancelled panel can be reopened."))
    if panel.state is PanelState.CONFIRMED and any(
        seat.state in (SeatState.INVITED, SeatState.ACCEPTED) for seat in panel.seats
    ):
        raise Invalid(N_("Invitations are out. Cancel the panel instead, so that everybody is told."))
    members = [seat.person_id for seat in panel.seats if seat.role is not SeatRole.ALTERNATE]
    release(session, panel)
    panel.seats.clear()
    panel.state, panel.starts, panel.ends, panel.updated_at = PanelState.DRAFT, None, None, now
    panel.room_id = None
    session.flush()
    event = PanelReopened(panel.id, reason=_reason(reason), member_ids=members)
    record(session, event, actor=actor, now=now)


def cancel(session: Session, panel: Panel, reason: str, *, actor: Actor, now: datetime) -> None:
    """Call a panel off: waiting proposals stop, seats are withdrawn, the diary is freed."""
    hold(session, panel.id)
    if panel.state not in (PanelState.DRAFT, PanelState.CONFIRMED):
        raise Invalid(N_("This panel is closed or cancelled already."))
    members = [seat.person_id for seat in panel.seats if seat.role is not SeatRole.ALTERNATE]
    runs.call_off(session, panel, now=now)
    release(session, panel)
    for seat in panel.seats:
        if seat.state in HOLDS:
            seat.state = SeatState.WITHDRAWN
    panel.state, panel.updated_at = PanelState.CANCELLED, now
    session.flush()
    event = PanelCancelled(panel.id, reason=_reason(reason), member_ids=members)
    record(session, event, actor=actor, now=now)


def violation_text(session: Session, violation: Violation) -> Sentence:
    """Return a broken rule in words, people by name."""
    subject = violation.subject or ""
    numbers = subject.split("+") if violation.rule == "apart" else [subject]
    names = dict(
        session.execute(sa.select(Person.number, Person.name).where(Person.number.in_(numbers))).all()
    )
    return wording.violation(violation.rule, "、".join(names.get(each, each) for each in numbers))


def _current_result(session: Session, panel: Panel, run: Run) -> dict[str, Any]:
    only_draft(panel)
    result = run.result or {}
    if run.panel_id != panel.id or run.purpose is not Purpose.PROPOSE or run.state is not RunState.DONE:
        raise Invalid(N_("There is no finished proposal to confirm."))
    if not result.get("feasible"):
        raise Invalid(N_("This proposal has no people. Ease a rule and ask again."))
    newest = runs.latest(session, panel)
    if newest is None or newest.id != run.id or panel.updated_at > run.requested_at:
        raise Invalid(N_("What is asked changed after this proposal. Ask again, then confirm."))
    return result


def _slot(result: dict[str, Any]) -> tuple[datetime, datetime] | None:
    slot = result["slot"]
    return (datetime.fromisoformat(slot["start"]), datetime.fromisoformat(slot["end"])) if slot else None


def _may_stand_by(composed: Composed, alternate: dict[str, Any]) -> bool:
    if alternate["expert"] not in composed.people:
        return False
    person = composed.problem.candidate(alternate["expert"])
    most = composed.problem.rules.max_load
    return not person.findings and (most is None or person.load < most)


def _seats(panel: Panel, run: Run, checked: Checked, now: datetime) -> list[Seat]:
    people: Sequence[dict[str, Any]] = (*checked.members, *checked.alternates)
    return [
        Seat(
            panel_id=panel.id,
            person_id=each["person_id"],
            role=SeatRole(each.get("role", SeatRole.ALTERNATE)),
            state=SeatState.PROPOSED,
            position=position,
            run_id=run.id,
            why={"score": each["score"], "parts": each["why"]},
            findings=[kept.plain(finding) for finding in checked.findings_of(each["person_id"])],
            created_at=now,
        )
        for position, each in enumerate(people, 1)
    ]


def _confirmed(panel: Panel, run: Run, checked: Checked, seats: Sequence[Seat]) -> PanelConfirmed:
    members = [seat for seat in seats if seat.role is not SeatRole.ALTERNATE]
    sitting = {seat.person_id for seat in members}
    return PanelConfirmed(
        panel.id,
        run_id=run.id,
        input_hash=run.input_hash or "",
        chair_id=next((seat.person_id for seat in members if seat.role is SeatRole.CHAIR), None),
        member_ids=[seat.person_id for seat in members],
        alternate_ids=[seat.person_id for seat in seats if seat.role is SeatRole.ALTERNATE],
        starts=panel.starts,
        ends=panel.ends,
        declared=[
            {"person_id": each.person, "rule": each.rule.value, "handling": each.shown_handling}
            for each in checked.findings
            if each.person in sitting
        ],
    )


def _reason(reason: str) -> str:
    reason = reason.strip()
    if not 3 <= len(reason) <= 300:
        raise Invalid(N_("Give a reason of 3 to 300 characters: it is kept on file."), field="reason")
    return reason
