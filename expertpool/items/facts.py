"""What is known of an item, as forms and files hand it in: tidied and checked by itself."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from expertpool.conflicts.names import organisation_key
from expertpool.errors import N_, Invalid
from expertpool.items.models import Item, ItemRole, Stage
from expertpool.people.names import name_key


@dataclass(frozen=True)
class Applicant:
    """An organisation that hands an item in: its text, and its id when it is known."""

    text: str
    organisation_id: int | None = None

    @property
    def key(self) -> str:
        """The text as compared."""
        return organisation_key(self.text)


@dataclass(frozen=True)
class Party:
    """A person of an item; an address is certain, a name alone only possible. `reason` asks for recusal."""

    role: ItemRole
    name: str
    address: str = ""
    person_id: int | None = None
    reason: str | None = None

    @property
    def key(self) -> tuple[ItemRole, str, str]:
        """What makes two parties of one item the same."""
        return (self.role, name_key(self.name), self.address)


@dataclass(frozen=True)
class ItemFacts:
    """The editable facts of one item; without a number it gets the next one."""

    title: str
    number: str | None = None
    abstract: str | None = None
    kind: str | None = None
    stage: Stage = Stage.NONE
    dated: date | None = None
    skill_ids: tuple[int, ...] = ()
    applicants: tuple[Applicant, ...] = ()
    people: tuple[Party, ...] = ()
    extra: dict[str, Any] = field(default_factory=dict)


def facts_of(item: Item) -> ItemFacts:
    """Return the present facts of `item`."""
    return ItemFacts(
        title=item.title,
        number=item.number,
        abstract=item.abstract,
        kind=item.kind,
        stage=item.stage,
        dated=item.dated,
        skill_ids=tuple(row.skill_id for row in item.skills),
        applicants=tuple(Applicant(row.organisation_text, row.organisation_id) for row in item.applicants),
        people=tuple(
            Party(row.role, row.name, row.address, row.person_id, row.reason) for row in item.people
        ),
        extra=dict(item.extra or {}),
    )


def tidied(facts: ItemFacts) -> ItemFacts:
    """Return `facts` without stray white space and repetitions; raises `Invalid` naming the field."""
    title = _line(facts.title, 300, "title")
    if not title:
        raise Invalid(N_("The item has no title."), field="title")
    return dataclasses.replace(
        facts,
        title=title,
        number=_line(facts.number, 60, "number") or None,
        abstract=(facts.abstract or "").strip() or None,
        kind=_line(facts.kind, 60, "kind") or None,
        skill_ids=tuple(dict.fromkeys(facts.skill_ids)),
        applicants=_applicants(facts.applicants),
        people=_people(facts.people),
    )


def _applicants(applicants: Iterable[Applicant]) -> tuple[Applicant, ...]:
    kept: dict[str, Applicant] = {}
    for each in applicants:
        tidy = dataclasses.replace(each, text=_line(each.text, 200, "applicants"))
        if tidy.key:
            kept.setdefault(tidy.key, tidy)
    return tuple(kept.values())


def _people(people: Iterable[Party]) -> tuple[Party, ...]:
    """Return `people`, once in each role."""
    kept: dict[tuple[ItemRole, str, str], Party] = {}
    for each in people:
        field_name = FIELD_OF_ROLE[each.role]
        tidy = dataclasses.replace(
            each,
            name=_line(each.name, 120, field_name),
            address=each.address.strip().lower(),
            reason=_line(each.reason, 300, field_name) or None,
        )
        if tidy.name:
            kept.setdefault(tidy.key, tidy)
    return tuple(kept.values())


FIELD_OF_ROLE = {
    ItemRole.LEADER: "leaders",
    ItemRole.CONTRIBUTOR: "contributors",
    ItemRole.EXCLUDED: "excluded",
}
"""Form fields and columns of files in which people of a role stand."""


def _line(text: str | None, most: int, field_name: str) -> str:
    line = " ".join((text or "").split())
    if len(line) > most:
        raise Invalid(
            N_("“%(value)s” is longer than %(most)s characters."),
            field=field_name,
            value=line[:40] + "…",
            most=most,
        )
    return line
