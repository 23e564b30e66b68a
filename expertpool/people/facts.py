"""What is known of a person, as forms and files hand it in: tidied and checked by itself."""

from __future__ import annotations

import calendar
import dataclasses
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from expertpool.errors import N_, Invalid
from expertpool.people import names
from expertpool.people.models import Gender, InterestParty, Person

OLDEST = 1900
LONGEST = {"name": 120, "name_en": 120, "region": 80, "degree": 60, "title": 80, "bio": 5000}
_BIRTH = re.compile(r"(\d{4})(?:(?:-|\.(?=\d\d))(\d{1,2})(?:(?:-|\.(?=\d\d))(\d{1,2}))?)?")
"""A dot needs two figures after it: 1978.1 may have been 1978.10 in a spreadsheet."""


@dataclass(frozen=True)
class PersonFacts:
    """The editable facts of one person. `birth` is a year, month or day: 1980, 1980-06 or 1980-06-01."""

    name: str
    name_en: str | None = None
    gender: Gender | None = None
    birth: str | None = None
    region: str | None = None
    degree: str | None = None
    title: str | None = None
    languages: tuple[str, ...] = ()
    bio: str | None = None
    interest_party: InterestParty | None = None


FIELDS = tuple(field.name for field in dataclasses.fields(PersonFacts))


def facts_of(person: Person) -> PersonFacts:
    """Return the present facts of `person`."""
    values: dict[str, Any] = {name: getattr(person, name) for name in FIELDS}
    return PersonFacts(**(values | {"languages": tuple(person.languages or ())}))


def fill(person: Person, facts: PersonFacts) -> None:
    """Write `facts` into `person`, and the keys by which the name is compared and sorted."""
    for name in FIELDS:
        setattr(person, name, getattr(facts, name))
    person.languages = list(facts.languages)
    person.name_key = names.name_key(facts.name)
    person.name_pinyin = names.pinyin_key(facts.name)


def tidied(facts: PersonFacts, *, today: date) -> PersonFacts:
    """Return `facts` without stray white space; raises `Invalid` naming the field."""
    name = _line(facts.name, "name")
    if name is None or not names.name_key(name):
        raise Invalid(N_("The person has no name."), field="name")
    lines: dict[str, Any] = {
        field: _line(getattr(facts, field), field) for field in ("name_en", "region", "degree", "title")
    }
    return dataclasses.replace(
        facts,
        name=name,
        birth=birth(facts.birth, today=today),
        languages=tuple(dict.fromkeys(filter(None, (" ".join(text.split()) for text in facts.languages)))),
        bio=_short(unicodedata.normalize("NFC", (facts.bio or "").replace("\r\n", "\n").strip()), "bio"),
        **lines,
    )


def birth(text: str | None, *, today: date) -> str | None:
    """Return a year, month or day of birth in the one form we keep; raises `Invalid`."""
    plain = unicodedata.normalize("NFKC", text or "").strip()
    if not plain:
        return None
    match = _BIRTH.fullmatch(re.sub(r"[年月/]", "-", plain).replace("日", "").strip("-"))
    parts = [int(part) for part in match.groups() if part] if match else []
    if not _exists(*parts):
        raise Invalid(
            N_("“%(value)s” is no date of birth. Write it like 1978, 1978-05 or 1978-05-31."),
            field="birth",
            value=plain[:40],
        )
    kept = "-".join(f"{part:02}" for part in parts)
    if kept > today.isoformat()[: len(kept)]:
        raise Invalid(N_("%(value)s lies in the future."), field="birth", value=kept)
    return kept


def differences(before: PersonFacts, after: PersonFacts) -> dict[str, list[Any]]:
    """Return field -> [old, new] of what differs."""
    pairs = ((name, getattr(before, name), getattr(after, name)) for name in FIELDS)
    return {name: [old, new] for name, old, new in pairs if old != new}


def listed(text: str | None) -> Iterable[str]:
    """Split a list in one cell or field at commas, semicolons and line breaks of either width."""
    return filter(None, (part.strip() for part in re.split(r"[;；、,，\n]", text or "")))


def _exists(year: int = 0, month: int = 1, day: int = 1) -> bool:
    return year >= OLDEST and 1 <= month <= 12 and 1 <= day <= calendar.monthrange(year, month)[1]


def _line(text: str | None, field: str) -> str | None:
    return _short(" ".join(unicodedata.normalize("NFC", text or "").split()), field)


def _short(text: str, field: str) -> str | None:
    if len(text) > LONGEST[field]:
        raise Invalid(
            N_("“%(value)s” is longer than %(most)s characters."),
            field=field,
            value=text[:40] + "…",
            most=LONGEST[field],
        )
    return text or None
