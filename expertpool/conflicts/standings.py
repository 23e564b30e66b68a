"""Who stands behind an item: finds the item's people by id, by address and by name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from expertpool.conflicts.facts import Id, Item, Person, PersonRef, Role
from expertpool.conflicts.names import person_key
from expertpool.conflicts.policy import Certainty


@dataclass(frozen=True, slots=True)
class Standing:
    """One person's place in one item (by its position)."""

    item: int
    role: Role | None
    ref: PersonRef


class Standings:
    """Standings by id, address and name."""

    def __init__(self, standings: Iterable[Standing]) -> None:
        self._by_id: dict[Id, list[Standing]] = defaultdict(list)
        self._by_email: dict[str, list[Standing]] = defaultdict(list)
        self._by_key: dict[str, list[Standing]] = defaultdict(list)
        for standing in standings:
            if standing.ref.id is not None:
                self._by_id[standing.ref.id].append(standing)
            if standing.ref.email:
                self._by_email[standing.ref.email.casefold()].append(standing)
            if key := person_key(standing.ref.name):
                self._by_key[key].append(standing)

    def of_person(self, person: Person) -> list[Standing]:
        """Return the standings that are certainly this person's, by id or by address."""
        found = list(self._by_id.get(person.id, ())) if person.id is not None else []
        for email in person.emails if self._by_email else ():
            for standing in self._by_email.get(email, ()):
                if standing.ref.id is None and standing not in found:
                    found.append(standing)
        return found

    def namesakes_of(self, person: Person) -> list[Standing]:
        """Return the standings under one of this person's names that are not certainly this person's."""
        by_key = self._by_key
        found = list(by_key.get(person_key(person.name), ()))
        for name in person.other_names:
            found += [standing for standing in by_key.get(person_key(name), ()) if standing not in found]
        if found:
            own = self.of_person(person)
            found = [standing for standing in found if standing not in own]
        return found

    def match(self, ref: PersonRef) -> Iterator[tuple[Standing, Certainty]]:
        """Yield the standings that a reference may mean: one id or address is certain, one name possible."""
        certain = list(self._by_id.get(ref.id, ())) if ref.id is not None else []
        if ref.email:
            certain += [
                found for found in self._by_email.get(ref.email.casefold(), ()) if found not in certain
            ]
        yield from ((standing, Certainty.CERTAIN) for standing in certain)
        for standing in self._by_key.get(person_key(ref.name), ()) if ref.name else ():
            if standing not in certain and not _differ(standing.ref, ref):
                yield standing, Certainty.POSSIBLE


def people_behind(items: Iterable[Item]) -> Iterator[Standing]:
    """Yield the applicants, leaders and contributors of the items and of their parts."""
    for position, item in enumerate(items):
        for part in (item, *item.parts):
            for ref in part.applicants:
                if isinstance(ref, PersonRef):
                    yield Standing(position, Role.APPLIES, ref)
            yield from (Standing(position, Role.LEADS, ref) for ref in part.leaders)
            yield from (Standing(position, Role.CONTRIBUTES, ref) for ref in part.contributors)


def people_excluded(items: Iterable[Item]) -> Iterator[Standing]:
    """Yield those whom the applicants ask not to have."""
    for position, item in enumerate(items):
        for part in (item, *item.parts):
            yield from (Standing(position, None, ref) for ref in part.excluded)


def _differ(one: PersonRef, other: PersonRef) -> bool:
    """Tell whether two references of one name are certainly two people."""
    if one.id is not None and other.id is not None:
        return one.id != other.id
    return bool(one.email and other.email) and one.email.casefold() != other.email.casefold()
