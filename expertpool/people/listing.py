"""The list of people: conditions, counts by facet, order. Holds for 100,000 people and more.

Status, grade, party and region are counted in one pass over one index (a cube of a few hundred
cells), from which the total and all four facets follow.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from expertpool.accounts.service import normal_email
from expertpool.errors import Invalid
from expertpool.organisations import queries as organisations
from expertpool.organisations.models import Organisation
from expertpool.people import search
from expertpool.people.models import (
    EmailAddress,
    Employment,
    Grade,
    InterestParty,
    Person,
    PersonSkill,
    Status,
)
from expertpool.people.phones import blind_indexes, normal_phone
from expertpool.skills import queries as skills
from expertpool.skills.models import Skill

IN_POOL = (Status.ACTIVE, Status.RESTING, Status.SUSPENDED)
"""Who is listed when no status is asked for."""

DIMENSIONS = ("status", "grade", "party", "region")
SORTED = ("name", "number", "grade", "region", "updated")

Cell = tuple[Any, Any, Any, Any]
"""Status, grade, party and region of some people."""


@dataclass(frozen=True)
class Conditions:
    """What people of a list must meet; an empty condition asks nothing.

    Several values of one condition are alternatives, but several skills must all be held.
    """

    q: str = ""
    status: tuple[Status, ...] = ()
    grade: tuple[Grade, ...] = ()
    party: tuple[InterestParty, ...] = ()
    region: tuple[str, ...] = ()
    skills: tuple[int, ...] = ()
    employer: int | None = None

    def without(self, name: str, value: Any) -> Conditions:
        """Return these conditions but for one value of one of them."""
        present = getattr(self, name)
        rest: Any = "" if name == "q" else None
        if isinstance(present, tuple):
            rest = tuple(each for each in present if each != value)
        changes: dict[str, Any] = {name: rest}
        return dataclasses.replace(self, **changes)

    @property
    def chosen(self) -> list[tuple[str, Any]]:
        """The name and value of each condition that asks something."""
        pairs: list[tuple[str, Any]] = [("q", self.q)] if self.q else []
        for name in ("skills", *DIMENSIONS):
            pairs += [(name, value) for value in getattr(self, name)]
        return pairs + ([("employer", self.employer)] if self.employer else [])


@dataclass(frozen=True)
class Overview:
    """How many people meet the conditions, and how many would with each value of each facet."""

    total: int
    counts: dict[str, Counter[Any]]


def overview(session: Session, conditions: Conditions) -> Overview:
    """Count the people that meet `conditions`, and by facet, each facet whatever it asks itself."""
    cube = _cube(session, conditions)
    counts: dict[str, Counter[Any]] = {name: Counter() for name in DIMENSIONS}
    total = 0
    for cell, number in cube:
        met = [_meets(conditions, name, value) for name, value in zip(DIMENSIONS, cell, strict=True)]
        total += number if all(met) else 0
        for at, (name, value) in enumerate(zip(DIMENSIONS, cell, strict=True)):
            if value is not None and all(met[:at] + met[at + 1 :]):
                counts[name][value] += number
    return Overview(total=total, counts=counts)


def most_held(
    session: Session, conditions: Conditions, total: int, *, at_most: int = 8
) -> list[tuple[int, int]]:
    """Return skill id and number of holders among the people that meet `conditions`, most first.

    When most people of the pool do (`total`), those that do not are subtracted from all.
    """
    everybody = session.scalar(sa.select(sa.func.count()).select_from(Person)) or 0
    clauses = where(session, conditions)
    number = sa.func.count()
    if total * 2 < everybody:
        held = sa.select(PersonSkill.skill_id, number).join(Person, Person.id == PersonSkill.person_id)
        found = Counter(dict(session.execute(held.where(*clauses).group_by(PersonSkill.skill_id)).all()))
    else:
        every = sa.select(PersonSkill.skill_id, number).group_by(PersonSkill.skill_id)
        others = sa.select(Person.id).where(sa.not_(sa.and_(*clauses)))
        found = Counter(dict(session.execute(every).all()))
        found.subtract(dict(session.execute(every.where(PersonSkill.person_id.in_(others))).all()))
    best = sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))
    return [(skill_id, count) for skill_id, count in best[:at_most] if count > 0]


def pool_size(session: Session) -> int:
    """Return how many people are in the pool: neither retired nor merged."""
    query = sa.select(sa.func.count()).where(Person.merged_into_id.is_(None), Person.status.in_(IN_POOL))
    return session.scalar(query) or 0


def where(session: Session, conditions: Conditions) -> list[sa.ColumnElement[bool]]:
    """Return the WHERE of the people that meet `conditions`."""
    clauses = _narrowing(session, conditions)
    clauses.append(Person.status.in_(conditions.status or IN_POOL))
    columns = {"grade": Person.grade, "party": Person.interest_party, "region": Person.region}
    for name, column in columns.items():
        values = getattr(conditions, name)
        clauses += [column.in_(values)] if values else []
    return clauses


def ordered(conditions: Conditions, key: str, *, descending: bool = False) -> list[Any]:
    """Return the ORDER BY of a list by one of SORTED, or by closeness to `q` with the key `best`."""
    if key == "best" and conditions.q:
        return list(search.closeness(conditions.q))
    columns: dict[str, Any] = {
        "number": Person.number,
        "grade": sa.case({grade: at for at, grade in enumerate(Grade)}, value=Person.grade),
        "region": Person.region,
        "updated": Person.updated_at,
    }
    column = columns.get(key, Person.name_pinyin)
    then = [] if column is Person.name_pinyin else [Person.name_pinyin]
    return [column.desc() if descending else column.asc(), *then, Person.id]


def rows(
    session: Session, conditions: Conditions, order: Sequence[Any], *, limit: int, offset: int
) -> Sequence[Person]:
    """Return one page of people with their skills: a constant number of reads."""
    ids = session.scalars(
        sa.select(Person.id).where(*where(session, conditions)).order_by(*order).limit(limit).offset(offset)
    ).all()
    query = (
        sa.select(Person)
        .where(Person.id.in_(ids))
        .options(selectinload(Person.skills).joinedload(PersonSkill.skill).joinedload(Skill.taxonomy))
    )
    people = {person.id: person for person in session.scalars(query)}
    return [people[number] for number in ids]


def employers(session: Session, person_ids: Sequence[int]) -> dict[int, Employment]:
    """Return the current employment of each of these people that has one, with its organisation."""
    query = (
        sa.select(Employment)
        .where(Employment.person_id.in_(person_ids), Employment.is_current)
        .options(joinedload(Employment.organisation))
    )
    return {row.person_id: row for row in session.scalars(query)}


def _narrowing(session: Session, conditions: Conditions) -> list[sa.ColumnElement[bool]]:
    """Return what does not belong to the cube: text, skills and employer."""
    clauses: list[sa.ColumnElement[bool]] = [Person.merged_into_id.is_(None)]
    if conditions.q:
        clauses.append(_text(session, conditions.q))
    expanded = skills.expand(session, conditions.skills) if conditions.skills else {}
    for skill_id in conditions.skills:
        holders = sa.select(PersonSkill.person_id).where(PersonSkill.skill_id.in_(expanded[skill_id]))
        clauses.append(Person.id.in_(holders))
    if conditions.employer is not None:
        bodies = organisations.descendants(session, [conditions.employer])
        employed = sa.select(Employment.person_id).where(
            Employment.is_current, Employment.organisation_id.in_(bodies)
        )
        clauses.append(Person.id.in_(employed))
    return clauses


def _text(session: Session, query: str) -> sa.ColumnElement[bool]:
    """Return the people that a text finds: a whole address, a whole phone number, or words."""
    for read, find in ((normal_email, _by_address), (normal_phone, _by_phone)):
        value = _read(read, query)
        if value is not None and (ids := session.scalars(find(value)).all()):
            return Person.id.in_(ids)
    hits = search.hits(session, query)
    return Person.id.in_(hits) if hits is not None else sa.false()


def _read(read: Callable[[str], str | None], text: str) -> str | None:
    try:
        return read(text)
    except Invalid:
        return None


def _by_address(address: str) -> sa.Select[int]:
    return sa.select(EmailAddress.person_id).where(EmailAddress.address == address)


def _by_phone(number: str) -> sa.Select[int]:
    return sa.select(Person.id).where(Person.phone_index.in_(blind_indexes(number)))


def _cube(session: Session, conditions: Conditions) -> list[tuple[Cell, int]]:
    columns = (Person.status, Person.grade, Person.interest_party, Person.region)
    query = sa.select(*columns, sa.func.count()).where(*_narrowing(session, conditions)).group_by(*columns)
    return [((row[0], row[1], row[2], row[3]), row[4]) for row in session.execute(query)]


def _meets(conditions: Conditions, name: str, value: Any) -> bool:
    wanted = getattr(conditions, name) or (IN_POOL if name == "status" else ())
    return not wanted or value in wanted


def organisation_name(session: Session, organisation_id: int) -> str | None:
    """Return the name of an organisation that a condition names."""
    return session.scalar(sa.select(Organisation.name).where(Organisation.id == organisation_id))
