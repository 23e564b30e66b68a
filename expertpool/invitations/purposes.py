"""What an invitation is for: a seat of a panel, or a teacher's part in a cohort.

Both are locked while an invitation to them changes, and answer the same questions.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.availability.service import DoubleBooked
from expertpool.errors import N_, Invalid
from expertpool.events import Actor
from expertpool.invitations.models import Campaign, Invitation
from expertpool.matching.rules import Violation
from expertpool.panels import confirmation, seating
from expertpool.panels.fitting import CONFLICTS
from expertpool.panels.holding import hold
from expertpool.panels.models import Panel, PanelState, Seat, SeatRole, SeatState
from expertpool.people.models import Person
from expertpool.training import places, teachings
from expertpool.training.models import Cohort, CohortState, Lesson, LessonState, Teaching, TeachingState

BUSY = "availability"
"""Rule that tells of the diary."""


@dataclass(frozen=True)
class NotPossible:
    """Somebody wanted to come and can't. `why` is `conflict`, `rules` or `booked`."""

    why: str
    rules: tuple[Violation, ...]


class Purpose(Protocol):
    """A seat or teaching that is held for this transaction."""

    @property
    def person(self) -> Person: ...

    def begins(self, now: datetime) -> datetime | None:
        """When it starts, if that is known; of lessons, the next one."""

    @property
    def is_on(self) -> bool:
        """Whether it takes place, as far as is known."""

    @property
    def is_theirs(self) -> sa.ColumnElement[bool]:
        """The condition of the invitations to it."""

    def belongs_to(self, campaign: Campaign) -> bool: ...

    def ask(self, *, now: datetime) -> None:
        """Note that the person is invited; raises Invalid when they may not be."""

    def take(self, *, actor: Actor, now: datetime) -> NotPossible | None:
        """Note that the person comes, or return why that can't be any more, having changed nothing."""

    def give_up(self, state: str, reason: str, *, actor: Actor, now: datetime) -> None:
        """Note that the person does not come: `declined`, `expired` or `withdrawn`."""


@dataclass(frozen=True)
class ForSeat:
    """A seat of a panel."""

    session: Session
    panel: Panel
    seat: Seat

    @property
    def person(self) -> Person:
        return self.seat.person

    def begins(self, now: datetime) -> datetime | None:
        return self.panel.starts

    @property
    def is_on(self) -> bool:
        return self.panel.state is PanelState.CONFIRMED

    @property
    def is_theirs(self) -> sa.ColumnElement[bool]:
        return Invitation.seat_id == self.seat.id

    def belongs_to(self, campaign: Campaign) -> bool:
        return campaign.panel_id == self.panel.id

    def ask(self, *, now: datetime) -> None:
        if self.seat.role is SeatRole.ALTERNATE:
            raise Invalid(
                N_("%(name)s is an alternate, to be invited when a seat falls vacant."), name=self.person.name
            )
        if self.seat in seating.vacancies(self.panel):
            self._come_back(now)
        seating.mark_invited(self.session, self.seat)

    def take(self, *, actor: Actor, now: datetime) -> NotPossible | None:
        table = seating.table(self.session, self.panel, [self.seat], now=now)
        broken = table.against(self.seat, is_booked=seating.is_booked(self.session, self.seat))
        if broken:
            return NotPossible(_why({each.rule for each in broken}), tuple(broken))
        try:
            seating.book(self.session, self.panel, self.seat)
        except DoubleBooked:
            return booked_elsewhere(self.person)
        self.seat.findings = table.findings_of(self.seat)
        seating.mark_accepted(self.session, self.seat)
        return None

    def give_up(self, state: str, reason: str, *, actor: Actor, now: datetime) -> None:
        if self.seat.state.value != state:
            seating.leave(self.session, self.seat, SeatState(state))

    def _come_back(self, now: datetime) -> None:
        """Give the chair back to who left it, if nothing speaks against them by now."""
        broken = seating.fits(self.session, self.panel, self.seat, self.seat, now=now)
        if broken:
            problem = confirmation.violation_text(self.session, broken[0])
            raise Invalid(
                N_("%(name)s can't be invited again. %(problem)s"), name=self.person.name, problem=problem
            )
        seating.fill(self.session, self.panel, self.seat, self.seat)


@dataclass(frozen=True)
class ForTeaching:
    """A teacher's part in a cohort."""

    session: Session
    cohort: Cohort
    teaching: Teaching

    @property
    def person(self) -> Person:
        return self.teaching.person

    def begins(self, now: datetime) -> datetime | None:
        return self._next(now, Lesson.teaching_id == self.teaching.id) or self._next(now, sa.true())

    @property
    def is_on(self) -> bool:
        return self.cohort.state in (CohortState.DRAFT, CohortState.OPEN)

    @property
    def is_theirs(self) -> sa.ColumnElement[bool]:
        return Invitation.teaching_id == self.teaching.id

    def belongs_to(self, campaign: Campaign) -> bool:
        return campaign.cohort_id == self.cohort.id

    def ask(self, *, now: datetime) -> None:
        teachings.mark_invited(self.session, self.teaching, now=now)

    def take(self, *, actor: Actor, now: datetime) -> NotPossible | None:
        try:
            with self.session.begin_nested():
                teachings.accept(self.session, self.teaching, actor=actor, now=now)
        except DoubleBooked:
            return booked_elsewhere(self.person)
        return None

    def give_up(self, state: str, reason: str, *, actor: Actor, now: datetime) -> None:
        if self.teaching.state.value != state:
            ended = TeachingState(state)
            teachings.end(self.session, self.teaching, ended, reason, actor=actor, now=now)

    def _next(self, now: datetime, condition: sa.ColumnElement[bool]) -> datetime | None:
        ahead = (Lesson.cohort_id == self.cohort.id, Lesson.state == LessonState.PLANNED, Lesson.starts > now)
        return self.session.scalar(
            sa.select(sa.func.min(Lesson.starts, type_=Lesson.starts.type)).where(*ahead, condition)
        )


def booked_elsewhere(person: Person) -> NotPossible:
    """Return that a person's time is taken by something else."""
    return NotPossible("booked", (Violation(BUSY, person.number),))


def _why(rules: set[str]) -> str:
    if rules & CONFLICTS:
        return "conflict"
    return "booked" if rules == {BUSY} else "rules"


def held(session: Session, invitation: Invitation) -> Purpose:
    """Hold what an invitation is for, and read the invitation as it is now."""
    found = of(session, seat=invitation.seat, teaching=invitation.teaching)
    session.refresh(invitation)
    return found


def of(session: Session, *, seat: Seat | None, teaching: Teaching | None) -> Purpose:
    """Hold a seat's panel or a teaching's cohort until the transaction ends."""
    if seat is not None:
        return ForSeat(session, hold(session, seat.panel_id), seat)
    if teaching is None:
        raise ValueError("an invitation is for a seat or a teaching")
    cohort = session.get_one(Cohort, teaching.cohort_id)
    places.lock(session, cohort)
    session.refresh(teaching)
    return ForTeaching(session, cohort, teaching)
