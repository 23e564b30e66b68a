"""Service of people on panels, for their pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.ledger.models import HourKind, LedgerEntry
from expertpool.panels import closing, evaluations, sealed
from expertpool.panels.closing_models import Evaluation
from expertpool.panels.models import Panel, PanelState, Seat, SeatRole, SeatState

_MET = sa.func.coalesce(Panel.starts, Panel.created_at)


def panels_since(
    session: Session, person_ids: Sequence[int], since: datetime, *, now: datetime
) -> dict[int, int]:
    """Return on how many panels that meet after `since` each of these people sits, where it is any.

    Rosters that are sealed at `now` don't count.
    """
    query = (
        sa.select(Seat.person_id, sa.func.count())
        .join(Panel, Panel.id == Seat.panel_id)
        .where(
            Seat.person_id.in_(person_ids),
            Seat.role.in_((SeatRole.CHAIR, SeatRole.MEMBER)),
            Seat.state.in_((SeatState.PROPOSED, SeatState.INVITED, SeatState.ACCEPTED)),
            Panel.state.in_((PanelState.CONFIRMED, PanelState.CLOSED)),
            since <= _MET,
            sealed.is_open(now),
        )
        .group_by(Seat.person_id)
    )
    return dict(session.execute(query).all())


def seats_of(
    session: Session, person_id: int, scope: frozenset[int] | None, *, now: datetime, at_most: int = 50
) -> list[tuple[Seat, Panel]]:
    """Return the seats of a person with their panels, latest first, without those sealed at `now`.

    `scope` holds the offices whose panels the reader sees; None is all of them.
    """
    query = (
        sa.select(Seat, Panel)
        .join(Panel, Panel.id == Seat.panel_id)
        .where(Seat.person_id == person_id, sealed.is_open(now))
        .order_by(_MET.desc(), Seat.id.desc())
        .limit(at_most)
    )
    if scope is not None:
        query = query.where(Panel.owner_id.in_(scope))
    return [(seat, panel) for seat, panel in session.execute(query)]


@dataclass(frozen=True)
class Year:
    """What a person served in one calendar year: panels that were closed, and minutes credited for them."""

    year: int
    panels: int
    minutes: int

    @property
    def hours(self) -> float:
        """The minutes as hours, to one decimal."""
        return round(self.minutes / 60, 1)


def years_of(session: Session, person_id: int, *, sealed_at: datetime | None) -> list[Year]:
    """Return what a person served by year, the latest first; see `entries_of`."""
    year = sa.cast(sa.extract("year", LedgerEntry.on), sa.Integer)
    rows = session.execute(
        sa.select(year, sa.func.count(sa.distinct(LedgerEntry.source_id)), sa.func.sum(LedgerEntry.minutes))
        .where(
            LedgerEntry.person_id == person_id,
            LedgerEntry.kind == HourKind.SERVICE,
            LedgerEntry.reversed_at.is_(None),
            *_told(sealed_at),
        )
        .group_by(year)
        .order_by(year.desc())
    )
    return [Year(each[0], each[1], int(each[2])) for each in rows]


def entries_of(
    session: Session, person_id: int, *, sealed_at: datetime | None, at_most: int = 50
) -> Sequence[LedgerEntry]:
    """Return each service of a person that was credited, the latest first.

    Service on panels sealed at `sealed_at` is left out; None is for the person themselves.
    """
    return session.scalars(
        sa.select(LedgerEntry)
        .where(
            LedgerEntry.person_id == person_id,
            LedgerEntry.kind == HourKind.SERVICE,
            LedgerEntry.reversed_at.is_(None),
            *_told(sealed_at),
        )
        .order_by(LedgerEntry.on.desc(), LedgerEntry.id.desc())
        .limit(at_most)
    ).all()


def _told(sealed_at: datetime | None) -> list[sa.ColumnElement[bool]]:
    if sealed_at is None:
        return []
    hidden = LedgerEntry.source_id.in_(sealed.panel_ids(sealed_at))
    return [sa.or_(LedgerEntry.source_kind != closing.SOURCE, ~hidden)]


def marks_of(
    session: Session, seats: Sequence[tuple[Seat, Panel]], scope: frozenset[int] | None
) -> Mapping[int, Evaluation]:
    """Return the evaluations of seats on panels of the offices in `scope` (None: all), by seat."""
    own = [seat.id for seat, panel in seats if scope is None or panel.owner_id in scope]
    return evaluations.of_seats(session, own)
