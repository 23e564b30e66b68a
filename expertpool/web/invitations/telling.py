"""What an invitation tells: what it is about, when, where, who asks; for seats and for lessons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from expertpool.conflicts.policy import Rule
from expertpool.invitations.models import Campaign
from expertpool.items.models import Item, ItemRole
from expertpool.panels import presets_service
from expertpool.panels.confirmation import room_label
from expertpool.panels.models import Panel, PanelItem, Seat, SeatRole
from expertpool.training.models import Cohort, Lesson, LessonState, Teaching
from expertpool.web.kit.locale import language

WORK = (Rule.FORMER_ORGANISATION, Rule.SHAREHOLDER, Rule.CONSULTANT)
TIES = (Rule.COAUTHOR, Rule.COLLABORATOR)


@dataclass(frozen=True)
class Stake:
    """Somebody behind an item; `person_id` when they are in the pool."""

    name: str
    person_id: int | None


@dataclass(frozen=True)
class Meeting:
    """One time at one place; what it is called when there are several."""

    starts: datetime
    ends: datetime
    place: str
    title: str = ""

    @property
    def minutes(self) -> int:
        return round((self.ends - self.starts).total_seconds() / 60)


@dataclass(frozen=True)
class Told:
    """All that the pages and the preview say of one purpose."""

    title: str
    office: str
    is_teaching: bool
    is_chair: bool
    items: tuple[Item, ...]
    applicants: tuple[str, ...]
    stakes: tuple[Stake, ...]
    meetings: tuple[Meeting, ...]
    work_years: int
    """How many years back ties to the applicants count."""
    tie_years: int
    """How many years back common work counts."""

    @property
    def minutes(self) -> int:
        return sum(meeting.minutes for meeting in self.meetings)

    @property
    def asks(self) -> bool:
        """Whether there is somebody to have a conflict with."""
        return not self.is_teaching


def of_panel(session: Session, panel: Panel, *, is_chair: bool = False) -> Told:
    """Return what invitations to a panel tell."""
    items = _items(session, panel.id)
    rules = presets_service.rules(panel.preset).policy.rules

    def years(asked: Sequence[Rule]) -> int:
        months = max((rules[rule].within_months for rule in asked if rule in rules), default=0)
        return -(-months // 12) or 3

    place = panel.place or (room_label(panel.room) if panel.room else "")
    meeting = panel.starts and panel.ends and Meeting(panel.starts, panel.ends, place)
    return Told(
        title=panel.title,
        office=panel.owner.name,
        is_teaching=False,
        is_chair=is_chair,
        items=tuple(items),
        applicants=tuple(dict.fromkeys(each.organisation_text for item in items for each in item.applicants)),
        stakes=_stakes(items),
        meetings=(meeting,) if meeting else (),
        work_years=years(WORK),
        tie_years=years(TIES),
    )


def of_cohort(session: Session, cohort: Cohort, teaching: Teaching | None = None) -> Told:
    """Return what invitations to teach in a cohort tell; of one teaching, its own lessons if it has some."""
    lessons = _lessons(session, cohort.id)
    own = [lesson for lesson in lessons if teaching is not None and lesson.teaching_id == teaching.id]
    course = cohort.course
    title = course.title_en if language() == "en" and course.title_en else course.title_zh
    return Told(
        title=" ".join(filter(None, (title, cohort.title))),
        office=course.owner.name,
        is_teaching=True,
        is_chair=False,
        items=(),
        applicants=(),
        stakes=(),
        meetings=tuple(
            Meeting(each.starts, each.ends, each.room.name if each.room else "", each.title)
            for each in own or lessons
        ),
        work_years=0,
        tie_years=0,
    )


def of_campaign(
    session: Session, campaign: Campaign, seat: Seat | None = None, teaching: Teaching | None = None
) -> Told:
    """Return what the invitations of a campaign tell, to one person when a seat or teaching is given."""
    if campaign.cohort is not None:
        return of_cohort(session, campaign.cohort, teaching)
    assert campaign.panel is not None
    is_chair = seat is not None and seat.role is SeatRole.CHAIR
    return of_panel(session, campaign.panel, is_chair=is_chair)


def _items(session: Session, panel_id: int) -> list[Item]:
    query = (
        sa.select(PanelItem)
        .where(PanelItem.panel_id == panel_id)
        .order_by(PanelItem.id)
        .options(
            joinedload(PanelItem.item).selectinload(Item.applicants),
            joinedload(PanelItem.item).selectinload(Item.people),
        )
    )
    return [each.item for each in session.scalars(query)]


def _stakes(items: Sequence[Item]) -> tuple[Stake, ...]:
    """Return the people behind the items, leaders first, each name once."""
    people = [each for item in items for each in item.people if each.role is not ItemRole.EXCLUDED]
    found: dict[str, Stake] = {}
    for each in sorted(people, key=lambda each: each.role is not ItemRole.LEADER):
        found.setdefault(each.name_key, Stake(each.name, each.person_id))
    return tuple(found.values())


def _lessons(session: Session, cohort_id: int) -> Sequence[Lesson]:
    query = (
        sa.select(Lesson)
        .where(Lesson.cohort_id == cohort_id, Lesson.state == LessonState.PLANNED)
        .order_by(Lesson.starts, Lesson.id)
        .options(joinedload(Lesson.room))
    )
    return session.scalars(query).all()
