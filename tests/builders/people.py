"""Make people for tests: plain rows, indexed for search."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session

from expertpool.organisations.models import Organisation
from expertpool.people import names, search
from expertpool.people.models import EmailAddress, Employment, Person, PersonSkill
from expertpool.skills.models import Skill

MADE = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)
_numbers = itertools.count(1)


def make_person(
    session: Session,
    name: str = "陆文澜",
    *,
    employer: Organisation | str | None = None,
    addresses: tuple[str, ...] = (),
    skills: tuple[Skill, ...] = (),
    **overrides: Any,
) -> Person:
    """Make an active expert; `employer` is the current one; other columns by name."""
    person = new_person(name, employer=employer, addresses=addresses, skills=skills, **overrides)
    return make_people(session, [person])[0]


def make_people(session: Session, people: list[Person]) -> list[Person]:
    """Enter people made by `new_person`, all in few statements."""
    session.add_all(people)
    session.flush()
    search.index_people(session, [person.id for person in people])
    return people


def new_person(
    name: str = "陆文澜",
    *,
    employer: Organisation | str | None = None,
    addresses: tuple[str, ...] = (),
    skills: tuple[Skill, ...] = (),
    **overrides: Any,
) -> Person:
    """Make an active expert that still has to be entered."""
    values = {
        "number": f"T{next(_numbers):05}",
        "name": name,
        "name_key": names.name_key(name),
        "name_pinyin": names.pinyin_key(name),
        "created_at": MADE,
        "updated_at": MADE,
    }
    person = Person(**(values | overrides))
    person.addresses = [EmailAddress(address=text, position=at) for at, text in enumerate(addresses)]
    person.skills = [PersonSkill(skill=skill, source="测试") for skill in skills]
    if employer is not None:
        person.employments = [make_employment(employer)]
    return person


def make_employment(employer: Organisation | str, **overrides: Any) -> Employment:
    """Make an employment that still has to be given to a person; current unless told otherwise."""
    text = employer if isinstance(employer, str) else employer.name
    organisation = None if isinstance(employer, str) else employer
    values: dict[str, Any] = {
        "organisation": organisation,
        "organisation_text": text,
        "organisation_key": names.name_key(text),
        "is_current": True,
        "source": "测试",
    }
    return Employment(**(values | overrides))
