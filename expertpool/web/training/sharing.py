"""Who shares a lesson, as one line of text: cohorts by number, single trainees by number, address or name."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import sqlalchemy as sa
from flask_babel import gettext

from expertpool.errors import N_, Invalid
from expertpool.extensions import db
from expertpool.people.models import Person
from expertpool.training.models import GOING, Cohort, Course, Shared
from expertpool.web.training import choosing

FIELD = "shared"
LONGEST = 10_000
"""Characters: the most cohorts and guests, with their names, take fewer."""
NEITHER = N_("“%(text)s” is neither a cohort of this office, by its number, nor somebody in the pool.")
Found = TypeVar("Found", Cohort, Person)
SEPARATORS = str.maketrans(dict.fromkeys(",，;；、", "\n"))


@dataclass(frozen=True)
class Sharing:
    """Who is at a lesson besides the trainees of its own cohort."""

    cohorts: Sequence[Cohort] = ()
    guests: Sequence[Person] = ()

    @property
    def typed(self) -> str:
        """The line that `Reader` reads."""
        people = [f"{each.number} {_in_one(each.name)}" for each in self.guests]
        return str(gettext(", ")).join([*(each.number for each in self.cohorts), *people])


def _in_one(name: str) -> str:
    """Return a name without what parts one piece of the line from the next, such as in “King, Jr.”."""
    return " ".join(name.translate(SEPARATORS).split())


def of_lessons(lessons: Iterable[Shared]) -> list[Sharing]:
    """Return who shares each of these lessons, in their order: two reads, however many."""
    found = list(lessons)
    cohort_ids = {id_ for each in found for id_ in each.joint_ids}
    person_ids = {id_ for each in found for id_ in each.guest_ids}
    cohorts = _by_id(Cohort, cohort_ids)
    people = _by_id(Person, person_ids)
    return [
        Sharing([cohorts[id_] for id_ in each.joint_ids], [people[id_] for id_ in each.guest_ids])
        for each in found
    ]


def told(sharing: Sharing, own: Cohort, here: Cohort, away: Collection[int] = ()) -> str:
    """Return in words who shares a lesson of the cohort `own`, to readers of the page of `here`.

    `away` are guests who are booked elsewhere.
    """
    others = [each.number for each in (own, *sharing.cohorts) if each.id != here.id]
    parts = []
    if others:
        parts.append(gettext("jointly with %(cohorts)s", cohorts=gettext(", ").join(others)))
    if sharing.guests:
        names = gettext(", ").join(
            gettext("%(name)s (booked elsewhere)", name=each.name) if each.id in away else each.name
            for each in sharing.guests
        )
        parts.append(gettext("guests: %(names)s", names=names))
    return str(gettext("; ").join(parts))


def offered(cohort: Cohort) -> list[tuple[str, str]]:
    """Return number and name of the cohorts with which a lesson of `cohort` may be shared, newest first."""
    query = (
        sa.select(Cohort.number, Cohort.title, Course.title_zh)
        .join(Course, Course.id == Cohort.course_id)
        .where(Course.owner_id == cohort.course.owner_id, Cohort.state.in_(GOING), Cohort.id != cohort.id)
        .order_by(Cohort.id.desc())
    )
    return [(number, f"{course} {title}".strip()) for number, title, course in db.session.execute(query)]


class Reader:
    """Reads lines of text for lessons of one cohort; what was read once is known."""

    def __init__(self, cohort: Cohort) -> None:
        self._cohort = cohort
        self._known: dict[str, Cohort | Person] = {}

    def read(self, text: str | None, field: str = FIELD) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Return the ids of cohorts and of people; raises `Invalid` at `field` naming what is neither."""
        pieces = filter(None, map(str.strip, (text or "").translate(SEPARATORS).splitlines()))
        found = [self._one(each, field) for each in pieces]
        return (
            tuple(each.id for each in found if isinstance(each, Cohort)),
            tuple(each.id for each in found if isinstance(each, Person)),
        )

    def _one(self, text: str, field: str) -> Cohort | Person:
        if text not in self._known:
            self._known[text] = self._found(text, field)
        return self._known[text]

    def _found(self, text: str, field: str) -> Cohort | Person:
        query = (
            sa.select(Cohort)
            .join(Course, Course.id == Cohort.course_id)
            .where(Cohort.number == text.upper(), Course.owner_id == self._cohort.course.owner_id)
        )
        return db.session.scalar(query) or _person(text, field)


def _person(text: str, field: str) -> Person:
    """Return somebody by the number before their name, or by number, address or name alone."""
    number = sa.select(Person).where(Person.number == text.split()[0], Person.merged_into_id.is_(None))
    if named := db.session.scalar(number):
        return named
    try:
        return choosing.person(text)
    except Invalid as error:
        error.field = field
        if "people" in error.sentence.params:
            raise
        raise Invalid(NEITHER, field=field, text=text) from error


def _by_id(kind: type[Found], ids: set[int]) -> dict[int, Found]:
    return {each.id: each for each in db.session.scalars(sa.select(kind).where(kind.id.in_(ids)))}
