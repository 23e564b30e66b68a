"""Who may have a finding at all: dossiers are made of them alone, however large the pool.

The set may hold people without a finding, and never lacks one with a finding. It follows the rules of
`conflicts` one by one: people of the items, employers, mail, relations, works, reviews, declarations, names.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from functools import cached_property
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.conflicts.asking import Asking
from expertpool.conflicts.facts import OrganisationRef
from expertpool.conflicts.names import person_key
from expertpool.conflicts.policy import Rule
from expertpool.conflicts.standings import people_behind, people_excluded
from expertpool.database import batches, plain_rows
from expertpool.interests.earlier import EarlierReview
from expertpool.interests.models import Relation
from expertpool.interests.works import round_of
from expertpool.items.models import Item, ItemPerson
from expertpool.people.models import EmailAddress, Employment, Person


class Names:
    """Everybody's names, read once."""

    def __init__(self, session: Session) -> None:
        query = sa.select(Person.id, Person.name, Person.name_en).order_by(Person.id)
        self.rows = plain_rows(session, query)

    @cached_property
    def _by_key(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = defaultdict(list)
        for id_, name, name_en in self.rows:
            found[person_key(name)].append(id_)
            if name_en:
                found[person_key(name_en)].append(id_)
        return found

    def of(self, keys: Iterable[str]) -> set[int]:
        """Return everybody who bears a name with one of the keys."""
        return {id_ for key in keys for id_ in self._by_key.get(key, ())}


def suspects(
    session: Session, asking: Asking, *, names: Names, earlier: Collection[EarlierReview] = ()
) -> set[int]:
    """Return the ids of all people on whom the check that is asked may find something."""
    return _Suspects(session, asking, names).all(earlier)


class _Suspects:
    def __init__(self, session: Session, asking: Asking, names: Names) -> None:
        self.session, self.side, self.asking, self.names = session, asking.side, asking, names
        side = asking.side
        refs = [each.ref for each in (*people_behind(side.items), *people_excluded(side.items))]
        self.emails = {ref.email.casefold() for ref in refs if ref.email}
        self.keys = {person_key(ref.name) for ref in refs if ref.name}
        self.people = {ref.id for ref in refs if isinstance(ref.id, int)}
        self.people |= self._where(EmailAddress.person_id, EmailAddress.address, self.emails)
        self.people |= names.of(self.keys)

    def all(self, earlier: Collection[EarlierReview]) -> set[int]:
        found = self.people | self.names.of(self.asking.told_of_names)
        found.update(self._employed())
        found.update(self._mailed())
        found.update(self._related())
        found.update(self._unresolved_relations())
        found |= self._where(ItemPerson.person_id, ItemPerson.item_id, self._items())
        found.update(self._reviewing(earlier))
        return found

    def _where(self, wanted: Any, column: Any, values: Iterable[Any]) -> set[int]:
        """Return the people, in the column `wanted`, of the rows whose `column` has one of the values."""
        found: set[int] = set()
        for some in batches(values):
            found.update(self.session.scalars(sa.select(wanted).where(column.in_(some), wanted.is_not(None))))
        return found

    @cached_property
    def _bodies(self) -> list[Any]:
        """The organisations that have a stake in an item."""
        of = self.asking.stakes.of
        return [id_ for id_ in self.side.organisations if of(OrganisationRef(id_))]

    def _has_stake(self, text: str | None) -> bool:
        return bool(self.asking.stakes.of(OrganisationRef(None, text or "")))

    def _employed(self) -> Iterator[int]:
        yield from self._where(Employment.person_id, Employment.organisation_id, self._bodies)
        query = sa.select(Employment.person_id, Employment.organisation_text)
        for person, text in plain_rows(self.session, query.where(Employment.organisation_id.is_(None))):
            if self._has_stake(text):
                yield person

    def _mailed(self) -> Iterator[int]:
        domains = self.asking.stakes.domains if Rule.MAIL_DOMAIN in self.asking.rules else ()
        for domain in domains:
            ends = [EmailAddress.address.endswith(mark + domain, autoescape=True) for mark in ("@", ".")]
            yield from self.session.scalars(sa.select(EmailAddress.person_id).where(sa.or_(*ends)))

    def _related(self) -> Iterator[int]:
        """Whoever has a relation with a person of the items, or their namesake, or with a body."""
        yield from self._where(Relation.person_id, Relation.organisation_id, self._bodies)
        yield from self._where(Relation.person_id, Relation.other_person_id, self.people)
        yield from self._where(Relation.other_person_id, Relation.person_id, self.people)

    def _unresolved_relations(self) -> Iterator[int]:
        ids = [item.id for item in self.side.items]
        labels = {
            label
            for row in self.session.execute(sa.select(Item.number, Item.title).where(Item.id.in_(ids)))
            for label in row
        }
        query = sa.select(Relation.person_id, Relation.other_text).where(
            Relation.other_person_id.is_(None),
            Relation.organisation_id.is_(None),
            Relation.retired_at.is_(None),
        )
        for person, text in self.session.execute(query):
            if text in labels or person_key(text) in self.keys or self._has_stake(text):
                yield person

    def _items(self) -> set[Any]:
        """The items asked about, those that their people worked on, and those of the same rounds."""
        found = {*self.asking.positions, *self.asking.shared_works}
        if Rule.OWN_SIMILAR_ITEM_IN_ROUND in self.asking.rules and self.asking.in_round:
            query = sa.select(Item.id, Item.kind, Item.dated, Item.extra)
            found.update(
                row.id for row in self.session.execute(query) if round_of(row) in self.asking.in_round
            )
        return found

    def _reviewing(self, earlier: Collection[EarlierReview]) -> Iterator[int]:
        """Who judged one of the items, and whose items a person of the items, or their namesake, judged."""
        yield from (each.person_id for each in earlier if each.item_id in self.asking.positions)
        judged = {each.item_id for each in earlier if each.person_id in self.people}
        yield from self._where(ItemPerson.person_id, ItemPerson.item_id, judged)
