"""Reads of affinity lists."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from expertpool.access.queries import Grants
from expertpool.affinity.models import AffinityItem, AffinityList, AffinityPlace, AffinitySkill
from expertpool.errors import N_, NotFound
from expertpool.items.models import Item
from expertpool.people.models import Employment, Person, Status

Row: TypeAlias = sa.Row[str, str, str, str, str, float, list[Any], list[Any]]


@dataclass(frozen=True)
class Near:
    """An expert who is near to an item."""

    id: int
    number: str
    name: str
    status: Status
    employer: str
    score: float
    words: list[str]
    skills: list[int]


def get(session: Session, list_id: int, grants: Grants) -> AffinityList:
    """Return a list of an office that the holder sees; NotFound for all others."""
    options = [joinedload(AffinityList.owner), joinedload(AffinityList.requested_by)]
    found = session.get(AffinityList, list_id, options=options)
    if found is None or not grants.covers("panels.view", found.owner_id):
        raise NotFound(N_("There is no such list, or it is not yours to see."))
    return found


def listed(grants: Grants) -> sa.Select[AffinityList]:
    """Return the lists that the holder sees, newest first."""
    query = sa.select(AffinityList).options(
        joinedload(AffinityList.owner), joinedload(AffinityList.requested_by)
    )
    scope = grants.scope("panels.view")
    if scope is not None:
        query = query.where(AffinityList.owner_id.in_(scope))
    return query.order_by(AffinityList.requested_at.desc(), AffinityList.id.desc())


def sizes(session: Session, list_ids: Collection[int]) -> dict[int, int]:
    """Return how many items each list has."""
    query = (
        sa.select(AffinityItem.list_id, sa.func.count())
        .where(AffinityItem.list_id.in_(list_ids))
        .group_by(AffinityItem.list_id)
    )
    return dict(session.execute(query).all())


def skill_ids(session: Session, list_id: int) -> list[int]:
    """Return the skills that a pasted text calls for."""
    query = sa.select(AffinitySkill.skill_id).where(AffinitySkill.list_id == list_id)
    return list(session.scalars(query.order_by(AffinitySkill.id)))


def abouts(list_id: int, text: str = "") -> sa.Select[int, int | None, str | None, str | None]:
    """Return what a list is about: key of the row, and of an item its id, number and title, by number.

    Every word of `text` is in number or title.
    """
    query = (
        sa.select(AffinityItem.id, Item.id.label("item_id"), Item.number, Item.title)
        .outerjoin(Item, Item.id == AffinityItem.item_id)
        .where(AffinityItem.list_id == list_id)
    )
    for word in text.split():
        in_number = Item.number.icontains(word, autoescape=True)
        query = query.where(sa.or_(in_number, Item.title.icontains(word, autoescape=True)))
    return query.order_by(Item.number)


def nearest(session: Session, about_ids: Collection[int]) -> dict[int, list[Near]]:
    """Return who is near to each of these, the nearest first; a merged record stands with the kept one."""
    columns = (
        AffinityPlace.about_id,
        Person.id,
        Person.number,
        Person.name,
        Person.status,
        sa.func.coalesce(Employment.organisation_text, ""),
        AffinityPlace.score,
        AffinityPlace.words,
        AffinityPlace.skills,
    )
    query = _of_people(sa.select(*columns)).where(AffinityPlace.about_id.in_(about_ids))
    found: dict[int, list[Near]] = defaultdict(list)
    for about, *rest in session.execute(query.order_by(AffinityPlace.about_id, AffinityPlace.position)):
        found[about].append(Near(*rest))
    return found


def rows(session: Session, list_: AffinityList) -> Iterator[Row]:
    """Yield everybody whom a list names, by number of the item, the nearest first.

    A row has an item's number (a pasted text has that of its list) and title, a person's number, name,
    employer and score, words in common, ids of skills in common.
    """
    query = _of_people(
        sa.select(
            sa.func.coalesce(Item.number, list_.number).label("item"),
            sa.func.coalesce(Item.title, list_.title).label("title"),
            Person.number.label("person"),
            Person.name,
            sa.func.coalesce(Employment.organisation_text, "").label("employer"),
            AffinityPlace.score,
            AffinityPlace.words,
            AffinityPlace.skills,
        )
    )
    query = (
        query.join(AffinityItem, AffinityItem.id == AffinityPlace.about_id)
        .outerjoin(Item, Item.id == AffinityItem.item_id)
        .where(AffinityItem.list_id == list_.id)
        .order_by(Item.number, AffinityPlace.position)
    )
    yield from session.execute(query.execution_options(yield_per=5_000))


def _of_people(query: sa.Select) -> sa.Select:  # type: ignore[type-arg]
    return (
        query.select_from(AffinityPlace)
        .join(Person, Person.id == AffinityPlace.person_id)
        .outerjoin(Employment, sa.and_(Employment.person_id == Person.id, Employment.is_current))
        .where(Person.merged_into_id.is_(None))
    )
