"""Affinity lists as a worker holds them (see `leases`): read, scored item by item, kept as they come.

Nothing is open while the engine works. Experts are kept some items at a time in short transactions, so that
large lists neither fill the memory nor hold others up; a list that is begun anew forgets those first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool import leases
from expertpool.affinity import profiles
from expertpool.affinity.events import AffinityFailed, AffinityRecorded
from expertpool.affinity.lists import forget
from expertpool.affinity.models import AffinityItem, AffinityList, AffinityPlace, AffinitySkill
from expertpool.audit.service import record
from expertpool.database import batches, insert_rows, plain_rows
from expertpool.events import SYSTEM
from expertpool.items.models import ItemSkill
from expertpool.leases import MOST_ATTEMPTS, Claim, RunState
from expertpool.people.models import PersonSkill
from expertpool.skills import queries as skills
from expertpool.text import Profile, affinities
from expertpool.text.shared import shared_words, terms_of

STAGES = ("reading", "comparing", "keeping")
TEXT = "text"
"""Id of a pasted text among profiles; those of items are numbers."""
ROWS_AT_ONCE = 2_000
REMEMBERED = 2_000
"""Experts whose terms are held at once: some 30 kB each."""


@dataclass(frozen=True)
class Question:
    """What is compared: people and items as the engine reads them, and their common skills."""

    pool: list[Profile]
    items: list[Profile]
    best: int
    about: dict[str, int]
    """Id of an item's profile -> key of its row in the list."""
    asked: dict[str, list[int]]
    """Id of an item's profile -> its skills."""
    held: dict[str, frozenset[int]]
    """Id of a person's profile -> which of all those skills the person has."""


@dataclass(frozen=True)
class Part:
    """Rows of places, of so many more items."""

    items: int
    rows: list[dict[str, Any]]


def claim(session: Session, *, now: datetime) -> Claim | None:
    """Take the oldest list that waits, or one whose worker was lost; None when there is none."""
    held = leases.claim(session, AffinityList, STAGES[0], now=now)
    if held is not None and held.attempt > MOST_ATTEMPTS:
        record_failure(session, held, "lost", now=now)
        return claim(session, now=now)
    if held is not None and held.attempt > 1:
        forget(session, held.run_id)
        session.execute(sa.update(AffinityList).where(AffinityList.id == held.run_id).values(scored=0))
    return held


def read(session: Session, list_id: int) -> Question:
    """Return what a list asks; its items are nobody's works while they are judged."""
    list_ = session.get_one(AffinityList, list_id)
    rows = plain_rows(
        session, sa.select(AffinityItem.id, AffinityItem.item_id).where(AffinityItem.list_id == list_id)
    )
    about = {TEXT if item is None else str(item): id_ for id_, item in rows}
    ids = [item for _, item in rows if item is not None]
    if list_.is_text:
        of_text = sa.select(AffinitySkill.skill_id).where(AffinitySkill.list_id == list_id)
        asked = {TEXT: sorted(session.scalars(of_text))}
        texts = (f"{list_.title}\n{list_.abstract or ''}",)
        items = [Profile(TEXT, texts, profiles.skill_names(session, asked[TEXT]))]
    else:
        asked = _skills_of_items(session, ids)
        items = profiles.of_items(session, ids)
    pool = profiles.of_pool(session, but=ids)
    held = _held(session, {skill for each in asked.values() for skill in each})
    return Question(pool, items, list_.experts, about, asked, held)


def answer(question: Question) -> Iterator[Part]:
    """Yield who is near to the items, and why, some items at a time."""
    people = {each.id: each for each in question.pool}
    items = {each.id: each for each in question.items}

    @lru_cache(maxsize=REMEMBERED)
    def terms(person: str) -> frozenset[str]:
        return terms_of(people[person].works())

    count, rows = 0, list[dict[str, Any]]()
    scores = affinities(question.pool, question.items, best=question.best) if people else ()
    for item, found in scores:
        words = shared_words(items[item].texts, [terms(person) for person, _ in found])
        rows += [
            {
                "about_id": question.about[item],
                "person_id": int(person),
                "position": position,
                "score": score,
                "words": list(words[position - 1]),
                "skills": [
                    each for each in question.asked.get(item, ()) if each in question.held.get(person, ())
                ],
            }
            for position, (person, score) in enumerate(found, 1)
        ]
        count += 1
        if len(rows) >= ROWS_AT_ONCE:
            yield Part(count, rows)
            count, rows = 0, []
    yield Part(count, rows)


def keep(session: Session, held: Claim, part: Part, *, now: datetime) -> None:
    """Write a part. Raises `leases.CalledOff` when the list is no longer this worker's."""
    leases.advance(session, AffinityList, held, STAGES[-1], now=now)
    insert_rows(session, AffinityPlace, part.rows)
    more = {"scored": AffinityList.scored + part.items}
    session.execute(sa.update(AffinityList).where(AffinityList.id == held.run_id).values(more))


def record_answer(session: Session, held: Claim, *, pool: int, now: datetime) -> bool:
    """Say that all is kept; False when the list is no longer this worker's."""
    list_ = leases.held_by(session, AffinityList, held)
    if list_ is None:
        return False
    places = session.scalar(
        sa.select(sa.func.count(AffinityPlace.id))
        .join(AffinityItem, AffinityItem.id == AffinityPlace.about_id)
        .where(AffinityItem.list_id == list_.id)
    )
    list_.pool = pool
    list_.end(RunState.DONE, now)
    session.flush()
    event = AffinityRecorded(list_.id, number=list_.number, pool=pool, places=places or 0)
    record(session, event, actor=SYSTEM, now=now)
    return True


def record_failure(session: Session, held: Claim, error: str, *, now: datetime) -> bool:
    """Store that a list could not be worked out; `error` is a code of `web.affinity.wording.FAILURES`."""
    list_ = leases.held_by(session, AffinityList, held)
    if list_ is None:
        return False
    list_.end(RunState.FAILED, now, error)
    session.flush()
    forget(session, list_.id)
    record(session, AffinityFailed(list_.id, number=list_.number, error=error), actor=SYSTEM, now=now)
    return True


def work_out(session: Session, held: Claim, *, now: datetime) -> None:
    """Do a worker's whole work in one transaction, where nobody waits: for demos and tests."""
    question = read(session, held.run_id)
    for part in answer(question):
        keep(session, held, part, now=now)
    record_answer(session, held, pool=len(question.pool), now=now)


def _skills_of_items(session: Session, item_ids: Collection[int]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    for some in batches(sorted(item_ids)):
        query = sa.select(ItemSkill.item_id, ItemSkill.skill_id).where(ItemSkill.item_id.in_(some))
        for item, skill in plain_rows(session, query.order_by(ItemSkill.id)):
            found[str(item)].append(skill)
    return found


def _held(session: Session, asked: Collection[int]) -> dict[str, frozenset[int]]:
    """Return which of the asked skills each person has, by themselves or by narrower ones."""
    wider: dict[int, set[int]] = defaultdict(set)
    for skill, that_fit in skills.expand(session, asked).items():
        for each in that_fit:
            wider[each].add(skill)
    found: dict[str, set[int]] = defaultdict(set)
    for some in batches(sorted(wider)):
        query = sa.select(PersonSkill.person_id, PersonSkill.skill_id).where(PersonSkill.skill_id.in_(some))
        for person, skill in plain_rows(session, query):
            found[str(person)] |= wider[skill]
    return {person: frozenset(theirs) for person, theirs in found.items()}
