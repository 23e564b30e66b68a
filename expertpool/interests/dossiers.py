"""Turn rows of people into the facts of the conflict engine: few queries, columns, no objects."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.conflicts import facts
from expertpool.interests.earlier import EarlierReview, reviews_of
from expertpool.interests.models import Relation
from expertpool.interests.ties import declarations_of, relations_of
from expertpool.interests.works import works_of
from expertpool.items.models import ItemPerson
from expertpool.people.models import EmailAddress, Employment, Person

MANY = 5_000
"""More people than this are not named in a query; everybody is read instead."""


def people_facts(
    session: Session, person_ids: Collection[int] | None = None, *, earlier: Iterable[EarlierReview] = ()
) -> Iterator[facts.Person]:
    """Yield the dossiers of everyone who was not merged away, or of those named, by id."""
    if person_ids is not None and not person_ids:
        return
    wanted = _Wanted(person_ids)
    addresses = _grouped(session, wanted.of(EmailAddress.person_id), EmailAddress.address)
    employments = _employments(session, wanted)
    relations = relations_of(
        session, sa.or_(wanted.of(Relation.person_id), wanted.of(Relation.other_person_id))
    )
    works = works_of(session, wanted.of(ItemPerson.person_id), ItemPerson.person_id)
    reviews, received = reviews_of(session, earlier)
    declarations = declarations_of(session, wanted.of(Relation.person_id))
    nothing: tuple[Any, ...] = ()
    query = sa.select(Person.id, Person.name, Person.name_en).where(
        Person.merged_into_id.is_(None), wanted.of(Person.id)
    )
    for id_, name, name_en in session.execute(query.order_by(Person.id)):
        if id_ not in wanted:
            continue
        yield facts.Person(
            id=id_,
            name=name,
            other_names=(name_en,) if name_en else nothing,
            emails=tuple(addresses.get(id_, nothing)),
            employments=tuple(employments.get(id_, nothing)),
            relations=tuple(relations.get(id_, nothing)),
            works=tuple(works.get(id_, nothing)),
            reviews=tuple(reviews.get(id_, nothing)),
            received_reviews=tuple(received.get(id_, nothing)),
            declarations=tuple(declarations.get(id_, nothing)),
        )


class _Wanted:
    """Narrows a query to the people asked for; to all when none, or very many, are named."""

    def __init__(self, person_ids: Collection[int] | None) -> None:
        self.ids = None if person_ids is None else frozenset(person_ids)

    def __contains__(self, person: int) -> bool:
        return self.ids is None or person in self.ids

    def of(self, column: Any) -> sa.ColumnElement[bool]:
        many = self.ids is None or len(self.ids) > MANY
        found: sa.ColumnElement[bool] = column.is_not(None) if many else column.in_(sorted(self.ids or ()))
        return found


def _grouped(session: Session, condition: sa.ColumnElement[bool], column: Any) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    query = sa.select(EmailAddress.person_id, column).where(condition).order_by(EmailAddress.id)
    for owner, value in session.execute(query):
        found[owner].append(value)
    return found


def _employments(session: Session, wanted: _Wanted) -> dict[int, list[facts.Employment]]:
    found: dict[int, list[facts.Employment]] = defaultdict(list)
    query = sa.select(
        Employment.person_id,
        Employment.organisation_id,
        Employment.organisation_text,
        Employment.since,
        Employment.until,
        Employment.source,
    ).where(wanted.of(Employment.person_id))
    for owner, organisation, text, since, until, source in session.execute(query.order_by(Employment.id)):
        ref = facts.OrganisationRef(organisation, text)
        found[owner].append(facts.Employment(ref, since, until, source))
    return found
