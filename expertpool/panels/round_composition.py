"""A round of the database as arrays: who may review what, how well it suits, and who may not sit together.

Who has no score on an item may review it unless holders alone may. By texts, in rounds whose pairs are too
many to be listed, who has none may not: everybody near enough has one there.

A certain finding that bars forbids the pair, whoever locked it; who would have to leave the room scores
half; everything else asks a person and is shown when the panel is confirmed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.conflicts.policy import Certainty, Handling, Policy
from expertpool.database import batches, plain_rows
from expertpool.interests.queries import findings_for_items, pair_findings_of_pool
from expertpool.interests.suspects import Names
from expertpool.items.models import Item, ItemSkill
from expertpool.matching.memory import uncollected
from expertpool.matching.rounds.problem import MOST_PAIRS, NO_PAIRS, Crowd, Floats, Ints, Round, from_keys
from expertpool.organisations.models import Organisation
from expertpool.panels import history, pool, presets_service, round_texts, terms
from expertpool.panels.pool import Member
from expertpool.panels.question import OFFICE_ZONE
from expertpool.panels.reviews import earlier_reviews
from expertpool.panels.round_models import LockKind, ReviewRound, RoundItem, RoundLock, ScoredBy
from expertpool.panels.round_scoring import Scores
from expertpool.panels.round_texts import Texts

BLOCK = 200
"""Items whose conflicts are asked for together."""

Told = Callable[[str], None]
"""Is told the stage that begins; may stop the work by raising."""


@dataclass(frozen=True)
class Composed:
    """The problem; its ids are numbers of items and people, whose keys `items` and `people` hold in order."""

    problem: Round
    items: tuple[int, ...]
    people: tuple[int, ...]
    scores: Scores
    halved: frozenset[int]
    """Keys of the pairs that score half, because the person would have to leave the room."""


@dataclass(frozen=True)
class Asked:
    """A round as it was read: all of its problem but who scores what."""

    problem: Round
    items: tuple[int, ...]
    people: tuple[int, ...]
    scores: Scores
    halved: Ints
    locks: Ints
    texts: Texts | None
    """None: the round scores by skills."""
    skilled_only: bool


@uncollected()
def read(session: Session, round_: ReviewRound, *, now: datetime, told: Told) -> Asked:
    """Return what a round asks as the database stands now."""
    on = now.astimezone(OFFICE_ZONE).date()
    preset = presets_service.rules(round_.preset).on(on)
    rules = terms.rules_of(preset, {}, round_.per_item)
    items = _items(session, round_.id)
    members = pool.load(session)
    skills = _skills(session, round_.id)
    called_for = {item: skills.get(item, frozenset()) for item in items}
    scores = Scores(session, called_for, members, rules.max_load, on, now)
    texts = round_texts.read(session, items) if round_.scored_by is ScoredBy.TEXTS else None
    barred, halved, crowds = _conflicts(session, items, members, preset.policy, now, told)
    locks, bans = _decided(session, round_.id, list(items), members)
    per_employer = round_.per_employer or rules.max_per_organisation
    per_region = round_.per_region or rules.max_per_region
    problem = Round(
        tuple(items.values()),
        tuple(member.number for member in members),
        NO_PAIRS,
        NO_PAIRS,
        np.union1d(barred, bans),
        np.full(len(items), round_.per_item, np.int64),
        *_loads(session, round_, members, rules.max_load, now),
        round_.skilled_only or (texts is not None and len(items) * len(members) > MOST_PAIRS),
        (*crowds, *_employers(session, members, per_employer), *_regions(members, per_region)),
    )
    people = tuple(member.id for member in members)
    return Asked(problem, tuple(items), people, scores, halved, locks, texts, round_.skilled_only)


@uncollected()
def compose(asked: Asked, *, told: Told) -> Composed:
    """Return the problem with its scores; no database is needed while texts are compared."""
    scores = asked.scores
    if asked.texts is not None:
        columns = round_texts.columns(
            asked.texts, scores, asked.people, skilled_only=asked.skilled_only, told=told
        )
        scores = scores.by_texts(columns)
    keys, values = _pairs(scores, asked.items, len(asked.people), asked.halved)
    problem = from_keys(asked.problem, keys, values, asked.locks)
    return Composed(problem, asked.items, asked.people, scores, frozenset(asked.halved.tolist()))


def _items(session: Session, round_id: int) -> dict[int, str]:
    """Return the numbers of the round's items by id, in the order of the numbers."""
    query = sa.select(Item.id, Item.number).join(RoundItem, RoundItem.item_id == Item.id)
    found = plain_rows(session, query.where(RoundItem.round_id == round_id))
    return {row.id: row.number for row in sorted(found, key=lambda row: row.number)}


def _skills(session: Session, round_id: int) -> dict[int, frozenset[int]]:
    query = sa.select(ItemSkill.item_id, ItemSkill.skill_id).join(
        RoundItem, RoundItem.item_id == ItemSkill.item_id
    )
    found: dict[int, set[int]] = defaultdict(set)
    for item, skill in plain_rows(session, query.where(RoundItem.round_id == round_id)):
        found[item].add(skill)
    return {item: frozenset(each) for item, each in found.items()}


def _pairs(scores: Scores, items: Sequence[int], width: int, halved: Ints) -> tuple[Ints, Floats]:
    keys, values = [np.zeros(0, np.int64)], [np.zeros(0)]
    for row, item in enumerate(items):
        people, score = scores.of_item(item)
        keys.append(row * width + people)
        values.append(score)
    every, score = np.concatenate(keys), np.concatenate(values)
    score[np.isin(every, halved)] /= 2
    return every, score


def _conflicts(
    session: Session,
    items: Mapping[int, str],
    members: Sequence[Member],
    policy: Policy,
    now: datetime,
    told: Told,
) -> tuple[Ints, Ints, list[Crowd]]:
    """Return the keys of barred pairs, of those that score half, and the people who may not sit together."""
    on = now.astimezone(OFFICE_ZONE).date()
    row = {item: place for place, item in enumerate(items)}
    column = {member.id: place for place, member in enumerate(members)}
    names = Names(session)
    barred, halved = set(), set()
    for block in batches(items, BLOCK):
        told("conflicts")
        earlier = earlier_reviews(session, on, now=now, item_ids=block)
        for each in findings_for_items(session, block, policy, on, earlier=earlier, names=names).findings:
            if int(each.person) not in column:
                continue
            key = row[int(each.item)] * len(members) + column[int(each.person)]
            if each.bars:
                barred.add(key)
            elif each.handling is Handling.LEAVE_ROOM and each.certainty is Certainty.CERTAIN:
                halved.add(key)
    apart = [
        Crowd(f"{members[one].number} / {members[other].number}", (one, other), 1)
        for one, other in _apart(session, policy, names, column, now)
    ]
    return _sorted(barred), _sorted(halved), apart


def _apart(
    session: Session, policy: Policy, names: Names, column: Mapping[int, int], now: datetime
) -> list[tuple[int, int]]:
    on = now.astimezone(OFFICE_ZONE).date()
    found = set()
    for each in pair_findings_of_pool(session, policy, on, names=names):
        known = int(each.first) in column and int(each.second) in column
        if known and each.handling is Handling.BAR and each.certainty is Certainty.CERTAIN:
            one, other = sorted((column[int(each.first)], column[int(each.second)]))
            found.add((one, other))
    return sorted(found)


def _decided(
    session: Session, round_id: int, items: Sequence[int], members: Sequence[Member]
) -> tuple[Ints, Ints]:
    """Return the keys of locked and of banned pairs; who left the pool is neither."""
    row = {item: place for place, item in enumerate(items)}
    column = {member.id: place for place, member in enumerate(members)}
    found: dict[LockKind, set[int]] = {kind: set() for kind in LockKind}
    for each in session.scalars(sa.select(RoundLock).where(RoundLock.round_id == round_id)):
        if each.person_id in column:
            found[each.kind].add(row[each.item_id] * len(members) + column[each.person_id])
    return _sorted(found[LockKind.LOCK]), _sorted(found[LockKind.BAN])


def _loads(
    session: Session, round_: ReviewRound, members: Sequence[Member], cap: int | None, now: datetime
) -> tuple[Ints, Ints]:
    """Return least and highest loads; reviews of this year count against the preset's yearly cap."""
    highest = np.full(len(members), round_.most, np.int64)
    if cap is not None:
        done = history.loads_of_year(session, now.astimezone(OFFICE_ZONE).date(), None)
        left = [max(cap - done.get(member.id, 0), 0) for member in members]
        highest = np.minimum(highest, np.array(left, np.int64))
    return np.minimum(round_.least, highest), highest


def _employers(session: Session, members: Sequence[Member], most: int | None) -> Iterator[Crowd]:
    if most is None:
        return
    groups = _groups([member.employer for member in members], max(most, 1))
    ids = [int(key[1:]) for key in groups if key.startswith("#")]
    names = {
        f"#{id_}": name
        for some in batches(ids)
        for id_, name in plain_rows(
            session, sa.select(Organisation.id, Organisation.name).where(Organisation.id.in_(some))
        )
    }
    for key, people in groups.items():
        yield Crowd(names.get(key, key[1:]), people, max(most, 1))


def _regions(members: Sequence[Member], most: int | None) -> Iterator[Crowd]:
    if most is not None:
        for region, people in _groups([member.region for member in members], most).items():
            yield Crowd(region, people, most)


def _groups(labels: Sequence[str | None], most: int) -> dict[str, tuple[int, ...]]:
    """Return the groups of more than `most` people; unknown ones are no group."""
    found: dict[str, list[int]] = defaultdict(list)
    for place, label in enumerate(labels):
        if label is not None:
            found[label].append(place)
    return {label: tuple(people) for label, people in sorted(found.items()) if len(people) > most}


def _sorted(keys: set[int]) -> Ints:
    return np.array(sorted(keys), np.int64)
