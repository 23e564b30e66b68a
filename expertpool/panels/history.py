"""What people did before: reviews that count as load, and experience in the wanted skills."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from datetime import UTC, date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.items.models import ItemPerson, ItemRole, ItemSkill
from expertpool.panels import sealed
from expertpool.panels.models import Panel, PanelItem, PanelSkill, PanelState, Seat, SeatRole, SeatState
from expertpool.panels.question import OFFICE_ZONE

SITS = (SeatState.PROPOSED, SeatState.INVITED, SeatState.ACCEPTED)
"""States of a seat that count as a review: done, agreed or planned."""

_met = sa.func.coalesce(Panel.starts, Panel.created_at)
_SERVED = (
    Seat.role.in_((SeatRole.CHAIR, SeatRole.MEMBER)),
    Seat.state.in_(SITS),
    Panel.state.in_((PanelState.CONFIRMED, PanelState.CLOSED)),
)


def loads_of_year(session: Session, on: date, but_panel: int | None) -> dict[int, int]:
    """Return reviews by person in the calendar year of the day `on`; people without any are left out."""
    first = datetime(on.year, 1, 1, tzinfo=OFFICE_ZONE)
    return _reviews(session, first, first.replace(year=on.year + 1), but_panel)


def recent_reviews(session: Session, on: date, but_panel: int | None, *, now: datetime) -> dict[int, int]:
    """Return reviews by person in the 12 months up to and including the day `on`.

    They are shown, so those of rosters that are sealed at `now` don't count; towards a year's cap they do.
    """
    end = datetime(on.year, on.month, on.day, tzinfo=OFFICE_ZONE) + timedelta(days=1)
    return _reviews(session, end - timedelta(days=365), end, but_panel, sealed.is_open(now))


def experience(
    session: Session, skills: Collection[int], but_items: Collection[int], *, now: datetime
) -> Counter[int]:
    """Return by person the panels sat on, and the items led or contributed to, in one of the skills.

    Panels whose roster is sealed at `now` don't count.
    """
    found: Counter[int] = Counter()
    if not skills:
        return found
    touching = sa.union(
        sa.select(PanelItem.panel_id)
        .join(ItemSkill, ItemSkill.item_id == PanelItem.item_id)
        .where(ItemSkill.skill_id.in_(skills)),
        sa.select(PanelSkill.panel_id).where(PanelSkill.skill_id.in_(skills)),
    ).subquery()
    panels = (
        sa.select(Seat.person_id, sa.func.count())
        .join(Panel, Panel.id == Seat.panel_id)
        .where(*_SERVED, Seat.state == SeatState.ACCEPTED, Panel.state == PanelState.CLOSED)
        .where(Panel.id.in_(sa.select(touching)), sealed.is_open(now))
        .group_by(Seat.person_id)
    )
    items = (
        sa.select(ItemPerson.person_id, sa.func.count(sa.distinct(ItemPerson.item_id)))
        .join(ItemSkill, ItemSkill.item_id == ItemPerson.item_id)
        .where(ItemPerson.person_id.is_not(None))
        .where(ItemPerson.role.in_((ItemRole.LEADER, ItemRole.CONTRIBUTOR)))
        .where(ItemSkill.skill_id.in_(skills), ItemPerson.item_id.not_in(but_items))
        .group_by(ItemPerson.person_id)
    )
    for person, count in [*session.execute(panels), *session.execute(items)]:
        found[person] += count
    return found


def works(
    session: Session, skills: Collection[int], but_items: Collection[int], *, now: datetime
) -> dict[int, set[tuple[int, str]]]:
    """Return by skill who sat on which panel, and led or contributed to which item: what `experience` counts.

    A work is named `panel ID` or `item ID`, so that one that touches several skills is told as one.
    """
    closed = sa.select(Seat.person_id, Seat.panel_id).join(Panel, Panel.id == Seat.panel_id)
    closed = closed.where(*_SERVED, Seat.state == SeatState.ACCEPTED, Panel.state == PanelState.CLOSED)
    closed = closed.where(sealed.is_open(now))
    seats = closed.subquery()
    by_items = (
        sa.select(ItemSkill.skill_id, seats.c.person_id, seats.c.panel_id)
        .join(PanelItem, PanelItem.panel_id == seats.c.panel_id)
        .join(ItemSkill, ItemSkill.item_id == PanelItem.item_id)
    )
    by_wish = sa.select(PanelSkill.skill_id, seats.c.person_id, seats.c.panel_id).join(
        PanelSkill, PanelSkill.panel_id == seats.c.panel_id
    )
    by_work = (
        sa.select(ItemSkill.skill_id, ItemPerson.person_id, ItemPerson.item_id)
        .join(ItemSkill, ItemSkill.item_id == ItemPerson.item_id)
        .where(ItemPerson.person_id.is_not(None))
        .where(ItemPerson.role.in_((ItemRole.LEADER, ItemRole.CONTRIBUTOR)))
    )
    found: dict[int, set[tuple[int, str]]] = {skill: set() for skill in skills}
    own = frozenset(but_items)
    for skill, person, panel in [*session.execute(by_items), *session.execute(by_wish)]:
        if skill in found:
            found[skill].add((person, f"panel {panel}"))
    for skill, person, item in session.execute(by_work):
        if skill in found and item not in own and person is not None:
            found[skill].add((person, f"item {item}"))
    return found


def _reviews(
    session: Session,
    start: datetime,
    end: datetime,
    but_panel: int | None,
    *conditions: sa.ColumnElement[bool],
) -> dict[int, int]:
    rows = (
        sa.select(Seat.person_id, sa.func.count())
        .join(Panel, Panel.id == Seat.panel_id)
        .where(*_SERVED, _met.between(start.astimezone(UTC), end.astimezone(UTC) - timedelta(microseconds=1)))
        .where(Panel.id != (but_panel or 0), *conditions)
        .group_by(Seat.person_id)
    )
    return dict(session.execute(rows).all())
