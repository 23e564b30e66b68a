"""Give a confirmed panel another time, place or room: everybody is booked anew, or nothing changes.

Conflicts are not asked for again, but for rules that look back from the day of the meeting:
`consequences` tells what becomes of those.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from expertpool.audit.service import record
from expertpool.availability import queries as diary
from expertpool.availability.models import Room
from expertpool.conflicts.findings import Finding
from expertpool.errors import N_, Invalid, Stale
from expertpool.events import Actor
from expertpool.panels import kept, question
from expertpool.panels.composition import compose
from expertpool.panels.confirmation import book, holders, room_label
from expertpool.panels.events import PanelMoved
from expertpool.panels.holding import hold
from expertpool.panels.models import Panel, PanelState, Seat, SeatState

LONGEST = timedelta(days=31)
KNOWS = (SeatState.INVITED, SeatState.ACCEPTED)
"""States of seats whose holders know of the meeting."""


@dataclass(frozen=True)
class Consequences:
    """What another time brings: whom it suits badly, and which findings it changes."""

    told: tuple[Seat, ...]
    """Seats whose holders learn of the move."""
    busy: frozenset[int]
    """People who say that they are not free then. They may come all the same."""
    appeared: tuple[Finding, ...]
    gone: tuple[Finding, ...]


def consequences(
    session: Session, panel: Panel, starts: datetime, ends: datetime, *, now: datetime
) -> Consequences:
    """Return what becomes of the panel if it meets in `[starts, ends)`; changes nothing."""
    seats = holders(panel)
    people = [seat.person_id for seat in seats]
    asked = replace(question.of_panel(panel, 0), slots=((starts, ends),), lock=frozenset())
    after = {_key(each): each for each in compose(session, asked, now=now, only=people).findings}
    known = [kept.finding(each) for seat in seats for each in seat.findings]
    before = {_key(each): each for each in known}
    return Consequences(
        told=tuple(seat for seat in seats if seat.state in KNOWS),
        busy=diary.busy(session, people, starts, ends),
        appeared=tuple(each for key, each in after.items() if key not in before),
        gone=tuple(each for key, each in before.items() if key not in after),
    )


def move(
    session: Session,
    panel: Panel,
    starts: datetime,
    ends: datetime,
    *,
    place: str | None,
    room: Room | None,
    version: int | None = None,
    actor: Actor,
    now: datetime,
) -> Panel:
    """Let a confirmed panel meet in `[starts, ends)`, in `room` or at another `place`.

    Without a place the room's name and address stand for it. Raises `DoubleBooked` and `RoomTaken`, which
    name the clash, Invalid at the field, and Stale when the panel is no longer of `version`.
    """
    hold(session, panel.id)
    if version is not None and version != panel.version:
        raise Stale(N_("Somebody else has changed this panel since you opened it."))
    wanted = check(panel, starts, ends, place=place, room=room, now=now)
    before = (panel.starts, panel.ends, panel.place, panel.room_id)
    panel.starts, panel.ends, panel.place, panel.room_id = wanted
    panel.updated_at = now
    session.flush()
    book(session, panel, holders(panel), room, starts, ends)
    event = PanelMoved(
        panel.id,
        starts=starts,
        ends=ends,
        starts_before=before[0],
        ends_before=before[1],
        place=panel.place,
        place_before=before[2],
        room_id=panel.room_id,
        room_id_before=before[3],
    )
    record(session, event, actor=actor, now=now)
    session.flush()
    return panel


def check(
    panel: Panel, starts: datetime, ends: datetime, *, place: str | None, room: Room | None, now: datetime
) -> tuple[datetime, datetime, str | None, int | None]:
    """Return time, place and room as `move` would set them; raise Invalid at the field that forbids it."""
    place = _place(place, room)
    wanted = (starts, ends, place, room.id if room else None)
    if panel.state is not PanelState.CONFIRMED:
        raise Invalid(N_("Only a confirmed panel can be moved."))
    if wanted == (panel.starts, panel.ends, panel.place, panel.room_id):
        raise Invalid(N_("Nothing is changed: time, place and room are as before."))
    if ends <= starts:
        raise Invalid(N_("The end must lie after the beginning."), field="ends")
    if ends - starts > LONGEST:
        raise Invalid(N_("A panel meets for at most %(days)s days."), field="ends", days=LONGEST.days)
    if starts <= now and starts != panel.starts:
        raise Invalid(N_("This time is over already."), field="starts")
    if place and len(place) > 200:
        raise Invalid(N_("Longer than %(most)s characters."), field="place", most=200)
    return wanted


def _place(place: str | None, room: Room | None) -> str | None:
    return " ".join((place or "").split()) or (room_label(room)[:200] if room else None)


def _key(finding: Finding) -> tuple[object, ...]:
    return finding.person, finding.item, finding.rule
