"""Reads of whole rounds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased, joinedload

from expertpool.access.queries import Grants
from expertpool.database import batches
from expertpool.errors import N_, NotFound
from expertpool.items import choosing
from expertpool.items import queries as items
from expertpool.items.models import Item
from expertpool.panels.models import Panel, PanelItem, PanelState, RunState
from expertpool.panels.round_models import (
    LockKind,
    ReviewRound,
    RoundAlternate,
    RoundItem,
    RoundLock,
    RoundPlace,
    RoundRun,
)
from expertpool.people.models import Employment, Person, Status


def get(session: Session, round_id: int, grants: Grants) -> ReviewRound:
    """Return a round of an office that the holder sees; NotFound for all others."""
    found = session.get(
        ReviewRound, round_id, options=[joinedload(ReviewRound.owner), joinedload(ReviewRound.preset)]
    )
    if found is None or not grants.covers("panels.view", found.owner_id):
        raise NotFound(N_("There is no such round, or it is not yours to see."))
    return found


def run_of(session: Session, round_: ReviewRound, number: int) -> RoundRun:
    """Return a run of the round by its number, else NotFound."""
    query = sa.select(RoundRun).where(RoundRun.round_id == round_.id, RoundRun.number == number)
    found = session.scalar(query)
    if found is None:
        raise NotFound(N_("There is no such run of this round."))
    return found


def listed(grants: Grants) -> sa.Select[ReviewRound]:
    """Return the rounds that the holder sees, newest first."""
    query = sa.select(ReviewRound).options(joinedload(ReviewRound.owner))
    scope = grants.scope("panels.view")
    if scope is not None:
        query = query.where(ReviewRound.owner_id.in_(scope))
    return query.order_by(ReviewRound.created_at.desc(), ReviewRound.id.desc())


def newest_runs(session: Session, round_ids: Collection[int]) -> dict[int, RoundRun]:
    """Return the newest run of each round that has one."""
    newest = (
        sa.select(RoundRun.round_id, sa.func.max(RoundRun.number).label("number"))
        .where(RoundRun.round_id.in_(round_ids))
        .group_by(RoundRun.round_id)
        .subquery()
    )
    query = sa.select(RoundRun).join(
        newest, sa.and_(newest.c.round_id == RoundRun.round_id, newest.c.number == RoundRun.number)
    )
    return {run.round_id: run for run in session.scalars(query)}


def sizes(session: Session, round_ids: Collection[int]) -> dict[int, int]:
    """Return how many items each round has."""
    query = (
        sa.select(RoundItem.round_id, sa.func.count())
        .where(RoundItem.round_id.in_(round_ids))
        .group_by(RoundItem.round_id)
    )
    return dict(session.execute(query).all())


def runs(session: Session, round_id: int) -> Sequence[RoundRun]:
    """Return the runs of a round, newest first."""
    query = sa.select(RoundRun).where(RoundRun.round_id == round_id).order_by(RoundRun.number.desc())
    return session.scalars(query).all()


def locks(session: Session, round_id: int) -> Sequence[RoundLock]:
    """Return what was decided about pairs of a round, oldest first."""
    return session.scalars(
        sa.select(RoundLock)
        .where(RoundLock.round_id == round_id)
        .options(joinedload(RoundLock.item), joinedload(RoundLock.person))
        .order_by(RoundLock.id)
    ).all()


def kinds_of_locks(session: Session, round_id: int) -> dict[tuple[int, int], LockKind]:
    """Return what was decided about each pair (item, person)."""
    query = sa.select(RoundLock.item_id, RoundLock.person_id, RoundLock.kind)
    rows = session.execute(query.where(RoundLock.round_id == round_id))
    return {(item, person): kind for item, person, kind in rows}


def candidates(wanted: items.Wanted, numbers: Collection[str], *, unreviewed: bool) -> sa.Select[int]:
    """Return `choosing.candidates`, with `unreviewed` but those that a standing panel has."""
    query = choosing.candidates(wanted, numbers)
    if unreviewed:
        taken = sa.select(PanelItem.item_id).join(Panel).where(Panel.state != PanelState.CANCELLED)
        query = query.where(Item.id.not_in(taken))
    return query


def experts(session: Session) -> int:
    """Return how many people take part."""
    query = sa.select(sa.func.count(Person.id))
    return session.scalar(query.where(Person.status == Status.ACTIVE, Person.merged_into_id.is_(None))) or 0


@dataclass(frozen=True)
class Reviewer:
    """A person whom a run assigns to an item, or who stands by for it."""

    id: int
    number: str
    name: str
    employer: str
    score: float
    parts: dict[str, Any]


def assigned(run_id: int, text: str, *, worst_first: bool) -> sa.Select[int, str, str, float]:
    """Return rows of item and total; every word of `text` is in number, title, or a reviewer's name."""
    total = sa.func.sum(RoundPlace.score).label("total")
    query = (
        sa.select(Item.id, Item.number, Item.title, total)
        .join(RoundPlace, RoundPlace.item_id == Item.id)
        .where(RoundPlace.run_id == run_id)
        .group_by(Item.id, Item.number, Item.title)
    )
    for word in text.split():
        named = (
            sa.select(RoundPlace.item_id)
            .join(Person, Person.id == RoundPlace.person_id)
            .where(RoundPlace.run_id == run_id)
            .where(sa.or_(Person.name.icontains(word, autoescape=True), Person.number == word))
        )
        query = query.where(
            sa.or_(
                Item.number.icontains(word, autoescape=True),
                Item.title.icontains(word, autoescape=True),
                Item.id.in_(named),
            )
        )
    return query.order_by(*([total] if worst_first else []), Item.number)


def reviewers(session: Session, run_id: int, item_ids: Iterable[int]) -> dict[int, list[Reviewer]]:
    """Return the reviewers of items in a run, best first."""
    query = _people_of(RoundPlace, run_id, item_ids)
    return _by_item(session, query.order_by(RoundPlace.item_id, RoundPlace.score.desc(), Person.number))


def alternates(
    session: Session, run_id: int, item_ids: Iterable[int], most: int
) -> dict[int, list[Reviewer]]:
    """Return who stand by for items in a run, in order, at most `most` for each."""
    query = _people_of(RoundAlternate, run_id, item_ids).where(RoundAlternate.position <= most)
    return _by_item(session, query.order_by(RoundAlternate.item_id, RoundAlternate.position))


def _people_of(
    model: type[RoundPlace | RoundAlternate], run_id: int, item_ids: Iterable[int]
) -> sa.Select[int, int, str, str, str, float, dict[str, Any]]:
    return (
        sa.select(
            model.item_id,
            Person.id,
            Person.number,
            Person.name,
            Employment.organisation_text,
            model.score,
            model.parts,
        )
        .join(Person, Person.id == model.person_id)
        .outerjoin(Employment, sa.and_(Employment.person_id == Person.id, Employment.is_current))
        .where(model.run_id == run_id, model.item_id.in_(list(item_ids)))
    )


def _by_item(
    session: Session, query: sa.Select[int, int, str, str, str, float, dict[str, Any]]
) -> dict[int, list[Reviewer]]:
    found: dict[int, list[Reviewer]] = defaultdict(list)
    for item, id_, number, name, employer, score, parts in session.execute(query):
        found[item].append(Reviewer(id_, number, name, employer or "", score, parts))
    return found


def rows(
    session: Session, run_id: int, alternates: int
) -> Sequence[sa.Row[str, str, int, str, str, str, float]]:
    """Return everybody of a run: an item's number and title, place, a person's number, name, employer, score.

    The place of reviewers is 0; at most so many `alternates` of each item follow, from 1.
    """
    standing_by = _row(RoundAlternate, sa.type_coerce(RoundAlternate.position, sa.Integer)).where(
        RoundAlternate.run_id == run_id, RoundAlternate.position <= alternates
    )
    reviewing = _row(RoundPlace, sa.literal(0)).where(RoundPlace.run_id == run_id)
    both = sa.union_all(reviewing, standing_by).subquery()
    return session.execute(
        sa.select(both).order_by(both.c.item, both.c.place, both.c.score.desc(), both.c.person)
    ).all()


def _row(
    model: type[RoundPlace | RoundAlternate], place: sa.ColumnElement[int]
) -> sa.Select[str, str, int, str, str, str, float]:
    return (
        sa.select(
            Item.number.label("item"),
            Item.title,
            place.label("place"),
            Person.number.label("person"),
            Person.name,
            sa.func.coalesce(Employment.organisation_text, "").label("employer"),
            model.score.label("score"),
        )
        .select_from(model)
        .join(Item, Item.id == model.item_id)
        .join(Person, Person.id == model.person_id)
        .outerjoin(Employment, sa.and_(Employment.person_id == Person.id, Employment.is_current))
    )


def changed(first: int, second: int) -> sa.Select[int, str, str]:
    """Return id, number and title of the items whose reviewers differ between two runs."""
    return (
        sa.select(Item.id, Item.number, Item.title)
        .where(sa.or_(Item.id.in_(_only_in(first, second)), Item.id.in_(_only_in(second, first))))
        .order_by(Item.number)
    )


def _only_in(run_id: int, other_id: int) -> sa.Select[int]:
    """Return the items of pairs that one run has and another has not."""
    other = aliased(RoundPlace)
    same = sa.exists().where(
        other.run_id == other_id,
        other.item_id == RoundPlace.item_id,
        other.person_id == RoundPlace.person_id,
    )
    return sa.select(RoundPlace.item_id).where(RoundPlace.run_id == run_id, ~same)


def items_of(session: Session, item_ids: Iterable[int]) -> list[Item]:
    """Return items by their ids, in the order of their numbers."""
    found = [
        item
        for some in batches(item_ids)
        for item in session.scalars(sa.select(Item).where(Item.id.in_(some)))
    ]
    return sorted(found, key=lambda item: item.number)


def has_item(session: Session, round_id: int, item_id: int) -> bool:
    """Whether the item is in the round."""
    query = sa.select(RoundItem.id).where(RoundItem.round_id == round_id, RoundItem.item_id == item_id)
    return session.scalar(query) is not None


def busiest(session: Session, run_id: int, most: int = 10) -> list[tuple[int, str, str, int]]:
    """Return id, number, name and load of those with most items in a run."""
    load = sa.func.count().label("load")
    query = (
        sa.select(Person.id, Person.number, Person.name, load)
        .join(RoundPlace, RoundPlace.person_id == Person.id)
        .where(RoundPlace.run_id == run_id)
        .group_by(Person.id, Person.number, Person.name)
        .order_by(load.desc(), Person.number)
        .limit(most)
    )
    return [(row[0], row[1], row[2], row[3]) for row in session.execute(query)]


def finished(runs_: Iterable[RoundRun]) -> list[RoundRun]:
    """Return those that assign somebody."""
    return [run for run in runs_ if run.state is RunState.DONE and (run.summary or {}).get("feasible")]
