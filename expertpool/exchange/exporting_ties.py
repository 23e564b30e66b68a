"""Rows of the files of history and relations, with those that wait for people."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.exchange import kept, waiting
from expertpool.exchange.bodies import Bodies
from expertpool.exchange.columns import Kind
from expertpool.exchange.conditions import refuse
from expertpool.exchange.planning_relations import ORGANISATION
from expertpool.interests.models import Relation
from expertpool.people.models import Employment, Person


def history(session: Session, where: dict[str, str]) -> Iterator[dict[str, Any]]:
    """Yield one row for each employment, but for a present one without dates, which the experts' file has."""
    refuse(Kind.HISTORY, where)
    bodies, columns = Bodies(session), kept.load(session, Kind.HISTORY)
    query = (
        sa.select(Employment, Person.number)
        .join(Person, Person.id == Employment.person_id)
        .where(
            Person.merged_into_id.is_(None),
            sa.or_(
                Employment.is_current.is_(False), Employment.since.is_not(None), Employment.until.is_not(None)
            ),
            Employment.organisation_text != "",
        )
        .order_by(Employment.person_id, Employment.id)
    )
    for employment, number in session.execute(query):
        yield {
            "external_id": number,
            "organisation": bodies.name(employment.organisation_id, employment.organisation_text),
            "position": employment.position,
            "from": employment.since,
            "to": employment.until,
            "extra": columns.get(employment.id, {}),
        }
    yield from _waiting(session, Kind.HISTORY)


def relations(session: Session, where: dict[str, str]) -> Iterator[dict[str, Any]]:
    """Yield one row for each relation that counts."""
    refuse(Kind.RELATIONS, where)
    bodies, columns = Bodies(session), kept.load(session, Kind.RELATIONS)
    numbers = {row.id: row.number for row in session.execute(sa.select(Person.id, Person.number))}
    query = sa.select(Relation).where(Relation.retired_at.is_(None)).order_by(Relation.id)
    for relation in session.scalars(query):
        yield {
            "person": numbers[relation.person_id],
            "other": _other(relation, numbers, bodies),
            "kind": relation.kind,
            "from": relation.since,
            "to": relation.until,
            "source": relation.source,
            "extra": columns.get(relation.id, {}),
        }
    yield from _waiting(session, Kind.RELATIONS)


def _other(relation: Relation, numbers: dict[int, str], bodies: Bodies) -> str:
    if relation.other_person_id is not None:
        return numbers[relation.other_person_id]
    text = relation.other_text or ""
    if relation.organisation_id is not None:
        return ORGANISATION + bodies.name_or_code(relation.organisation_id, text)
    return ORGANISATION + text if relation.other_is_organisation else text


def _waiting(session: Session, kind: Kind) -> Iterator[dict[str, Any]]:
    table, _ = waiting.table(session, kind)
    for record in table.records:
        yield record.values | {"extra": record.extra}
