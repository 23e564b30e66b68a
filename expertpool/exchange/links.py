"""Connect what was kept as text with the people and organisations that have come in since."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.database import batches
from expertpool.events import Actor
from expertpool.exchange import (
    applying_history,
    applying_relations,
    cells,
    planning_history,
    planning_relations,
    waiting,
)
from expertpool.exchange.columns import Kind
from expertpool.exchange.faults import Unreadable
from expertpool.exchange.models import WaitingRow
from expertpool.exchange.plans import Outcome
from expertpool.interests.models import Relation
from expertpool.items.models import ItemApplicant, ItemPerson
from expertpool.organisations import service as organisations
from expertpool.people import search
from expertpool.people.models import EmailAddress, Employment


def connect_organisations(session: Session) -> None:
    """Give an id to employers, applicants and related organisations that were known as text only."""
    people: set[int] = set()
    for model in (Employment, ItemApplicant):
        unknown = (model.organisation_id.is_(None),)
        for text, number in _resolved(session, model.organisation_text, unknown):
            where = (model.organisation_text == text, *unknown)
            if model is Employment:
                people |= set(session.scalars(sa.select(Employment.person_id).where(*where)))
            _update(session, model, where, organisation_id=number)
    related = (Relation.other_is_organisation, Relation.organisation_id.is_(None))
    for text, number in _resolved(session, Relation.other_text, related):
        known = (Relation.other_text == text, *related)
        _update(session, Relation, known, organisation_id=number, other_text=None)
    search.index_people(session, people)


def connect_people(session: Session, people: Iterable[int], *, actor: Actor, now: datetime) -> None:
    """Give an id to people who were known by an address only, and read the waiting rows again."""
    owners: dict[str, int] = {}
    for some in batches(people):
        query = sa.select(EmailAddress.address, EmailAddress.person_id).where(
            EmailAddress.person_id.in_(some)
        )
        owners |= {row.address: row.person_id for row in session.execute(query)}
    _connect_item_people(session, owners)
    _connect_relations(session, owners)
    for kind, planner, applier in (
        (Kind.HISTORY, planning_history, applying_history),
        (Kind.RELATIONS, planning_relations, applying_relations),
    ):
        table, rows = waiting.table(session, kind)
        if not rows:
            continue
        plan = planner.plan(session, table, {})
        arrived = [row for row, entry in zip(rows, plan.entries, strict=True) if entry.target is not None]
        plan.entries = [entry for entry in plan.entries if entry.outcome in (Outcome.CREATE, Outcome.CHANGE)]
        applier.apply(session, plan, actor=actor, now=now)
        for some in batches(row.id for row in arrived):
            session.execute(sa.delete(WaitingRow).where(WaitingRow.id.in_(some)))


def _connect_item_people(session: Session, owners: dict[str, int]) -> None:
    unknown = (ItemPerson.person_id.is_(None), ItemPerson.address != "")
    for address in (
        set(session.scalars(sa.select(ItemPerson.address).where(*unknown).distinct())) & owners.keys()
    ):
        _update(session, ItemPerson, (ItemPerson.address == address, *unknown), person_id=owners[address])


def _connect_relations(session: Session, owners: dict[str, int]) -> None:
    unknown = (
        Relation.other_person_id.is_(None),
        Relation.organisation_id.is_(None),
        Relation.other_is_organisation.is_(False),
    )
    for text in set(session.scalars(sa.select(Relation.other_text).where(*unknown).distinct())) - {None}:
        owner = owners.get(_address(text or ""))
        if owner is not None:
            where = (Relation.other_text == text, Relation.person_id != owner, *unknown)
            _update(session, Relation, where, other_person_id=owner, other_text=None)


def _address(text: str) -> str:
    try:
        return cells.person(text).address
    except Unreadable:
        return ""


def _resolved(session: Session, column: Any, where: Iterable[Any]) -> list[tuple[str, int]]:
    texts = session.scalars(sa.select(column).where(*where, column.is_not(None)).distinct())
    return list(organisations.resolve(session, texts).items())


def _update(session: Session, model: Any, where: Iterable[Any], **values: Any) -> None:
    session.execute(
        sa.update(model).where(*where).values(**values).execution_options(synchronize_session="fetch")
    )
