"""A run of a round checked again before it becomes panels: set-based, for thousands of items at once.

An item becomes a panel only if all its reviewers still may sit on it. What stands against one of them is
told as the confirmation keeps it: `{"item", "person", "why", "rule", "other"}`, ids of the item and the
person (None: it is about the item alone), a `Reason`, the code of the rule that bars, the other of a pair.
An alternate whom the same would keep from the item falls out silently, and those behind move up.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.conflicts.findings import PairFinding
from expertpool.conflicts.policy import Certainty, Handling
from expertpool.database import batches, plain_rows
from expertpool.interests.queries import findings_for_items, pair_findings_of_pool
from expertpool.items.models import Item
from expertpool.matching.memory import uncollected
from expertpool.panels import history, kept, pool, presets_service, terms
from expertpool.panels.preset import Preset
from expertpool.panels.question import OFFICE_ZONE
from expertpool.panels.reviews import earlier_reviews
from expertpool.panels.round_models import (
    LockKind,
    ReviewRound,
    RoundAlternate,
    RoundConfirmation,
    RoundLock,
    RoundPlace,
)

BLOCK = 400
"""Items whose conflicts are asked for together."""


class Reason(StrEnum):
    """Why an item does not become a panel."""

    BARRED = "barred"
    APART = "apart"
    GONE = "gone"
    FULL = "full"
    RETIRED = "retired"


@dataclass(frozen=True)
class Place:
    """A reviewer or an alternate of an item, as the run has it."""

    person: int
    score: float
    parts: Mapping[str, float]


@dataclass
class Checked:
    """Reviewers by item of those that may become panels, best first; and what keeps the others from it."""

    places: dict[int, list[Place]]
    alternates: dict[int, list[Place]]
    """Who may step in on these items, in order."""
    findings: dict[tuple[int, int], list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    """What is to be asked or declared, by item and person, as `kept` has it."""
    pairs: dict[tuple[int, int], list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    """What is to be told of two people who may sit together, by their ids in order, as alerts keep it."""
    left_out: list[dict[str, Any]] = field(default_factory=list)

    def leave_out(
        self, item: int, person: int | None, why: Reason, *, rule: str | None = None, other: int | None = None
    ) -> None:
        told = {"item": item, "person": person, "why": why.value, "rule": rule, "other": other}
        if told not in self.left_out:
            self.left_out.append(told)

    def drop(self, falls_out: Callable[[int, int], bool]) -> None:
        """Strike the alternates of whom `falls_out` (item, person) is true."""
        for item, theirs in self.alternates.items():
            self.alternates[item] = [each for each in theirs if not falls_out(item, each.person)]


@uncollected()
def check(
    session: Session, confirmation: RoundConfirmation, *, now: datetime, told: Callable[[str], None]
) -> Checked:
    """Return what of the confirmed run still holds; `told` hears of progress and may stop by raising."""
    round_ = session.get_one(ReviewRound, confirmation.round_id)
    on = now.astimezone(OFFICE_ZONE).date()
    preset = presets_service.rules(round_.preset).on(on)
    checked = Checked(_places(session, confirmation.run_id), _alternates(session, confirmation.run_id))
    _drop_banned(session, checked, round_)
    _leave_out_retired(session, checked)
    _leave_out_absent(session, checked)
    _leave_out_full(session, checked, terms.rules_of(preset, {}, round_.per_item).max_load, now)
    barred: set[tuple[int, int]] = set()
    for block in batches(checked.places, BLOCK):
        told("checking")
        barred |= _look_for_conflicts(session, checked, block, preset, now)
    checked.drop(lambda item, person: (item, person) in barred)
    told("checking")
    _look_at_pairs(checked, pair_findings_of_pool(session, preset.policy, on))
    for item in {each["item"] for each in checked.left_out}:
        del checked.places[item]
        checked.alternates.pop(item, None)
    checked.left_out.sort(key=lambda each: (each["item"], each["person"] or 0))
    return checked


def _places(session: Session, run_id: int) -> dict[int, list[Place]]:
    query = (
        sa.select(RoundPlace.item_id, RoundPlace.person_id, RoundPlace.score, RoundPlace.parts)
        .join(Item, Item.id == RoundPlace.item_id)
        .where(RoundPlace.run_id == run_id)
        .order_by(Item.number, RoundPlace.score.desc(), RoundPlace.person_id)
    )
    found: dict[int, list[Place]] = defaultdict(list)
    for item, person, score, parts in plain_rows(session, query):
        found[item].append(Place(person, score, parts))
    return dict(found)


def _alternates(session: Session, run_id: int) -> dict[int, list[Place]]:
    query = (
        sa.select(
            RoundAlternate.item_id, RoundAlternate.person_id, RoundAlternate.score, RoundAlternate.parts
        )
        .where(RoundAlternate.run_id == run_id)
        .order_by(RoundAlternate.item_id, RoundAlternate.position)
    )
    found: dict[int, list[Place]] = defaultdict(list)
    for item, person, score, parts in plain_rows(session, query):
        found[item].append(Place(person, score, parts))
    return dict(found)


def _drop_banned(session: Session, checked: Checked, round_: ReviewRound) -> None:
    """Strike alternates who were banned after the run; reviewers who were are refused before this."""
    query = sa.select(RoundLock.item_id, RoundLock.person_id).where(
        RoundLock.round_id == round_.id, RoundLock.kind == LockKind.BAN
    )
    banned = {(item, person) for item, person in plain_rows(session, query)}
    checked.drop(lambda item, person: (item, person) in banned)


def _leave_out_retired(session: Session, checked: Checked) -> None:
    for some in batches(checked.places):
        query = sa.select(Item.id).where(Item.id.in_(some), Item.retired_at.is_not(None))
        for (item,) in plain_rows(session, query):
            checked.leave_out(item, None, Reason.RETIRED)


def _leave_out_absent(session: Session, checked: Checked) -> None:
    everybody = [*checked.places.values(), *checked.alternates.values()]
    people = sorted({place.person for places in everybody for place in places})
    there = {each.id for some in batches(people) for each in pool.load(session, some)}
    checked.drop(lambda _item, person: person not in there)
    for item, places in checked.places.items():
        for place in places:
            if place.person not in there:
                checked.leave_out(item, place.person, Reason.GONE)


def _leave_out_full(session: Session, checked: Checked, cap: int | None, now: datetime) -> None:
    """Leave out, of those who have too few reviews left this year, the items that suit them least."""
    if cap is None:
        return
    done = history.loads_of_year(session, now.astimezone(OFFICE_ZONE).date(), None)
    theirs: dict[int, list[tuple[float, int]]] = defaultdict(list)
    for item, places in checked.places.items():
        for place in places:
            theirs[place.person].append((-place.score, item))
    checked.drop(lambda _item, person: done.get(person, 0) + len(theirs.get(person, ())) >= cap)
    for person, items in theirs.items():
        for _score, item in sorted(items)[max(cap - done.get(person, 0), 0) :]:
            checked.leave_out(item, person, Reason.FULL)


def _look_for_conflicts(
    session: Session, checked: Checked, items: Sequence[int], preset: Preset, now: datetime
) -> set[tuple[int, int]]:
    """Note what stands against people on these items; return the alternates (item, person) who are barred."""
    on = now.astimezone(OFFICE_ZONE).date()
    asked = {(item, place.person) for item in items for place in checked.places[item]}
    standing_by = {(item, place.person) for item in items for place in checked.alternates.get(item, ())}
    barred: set[tuple[int, int]] = set()
    found = findings_for_items(
        session,
        items,
        preset.policy,
        on,
        person_ids=sorted({person for _, person in asked | standing_by}),
        earlier=earlier_reviews(session, on, now=now, item_ids=items),
    )
    for each in found.findings:
        pair = (int(each.item), int(each.person))
        if pair not in asked and pair not in standing_by:
            continue
        checked.findings[pair].append(kept.plain(each))
        if each.bars and pair in asked:
            checked.leave_out(*pair, Reason.BARRED, rule=each.rule.value)
        elif each.bars:
            barred.add(pair)
    return barred


def _look_at_pairs(checked: Checked, found: Iterable[PairFinding]) -> None:
    reviews, stands_by = _items_of(checked.places), _items_of(checked.alternates)
    apart: set[tuple[int, int]] = set()
    for each in found:
        one, other = sorted((int(each.first), int(each.second)))
        together = reviews[one] & reviews[other]
        if each.handling is Handling.BAR and each.certainty is Certainty.CERTAIN:
            for item in together:
                checked.leave_out(item, one, Reason.APART, rule=each.rule.value, other=other)
            apart |= {(item, one) for item in stands_by[one] & reviews[other]}
            apart |= {(item, other) for item in stands_by[other] & reviews[one]}
        elif together:
            checked.pairs[one, other].append(kept.plain_pair(each))
    checked.drop(lambda item, person: (item, person) in apart)


def _items_of(places: Mapping[int, Iterable[Place]]) -> dict[int, set[int]]:
    """Return by person the items that they review, or stand by for."""
    found: dict[int, set[int]] = defaultdict(set)
    for item, theirs in places.items():
        for place in theirs:
            found[place.person].add(item)
    return found
