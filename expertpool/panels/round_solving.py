"""Assign a composed round, outside of any transaction, and say what is proven.

A summary is `{"feasible", "shorts": [{"subject", "message", "params"}], "short_count"}` and, of those that
are feasible, `"measures"`: the report of `matching.rounds.answer` with `"histogram"`, how many reviewers have
each load from 0, and `"worst"`, the key of the item with the least total.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from expertpool.errors import Sentence
from expertpool.matching.memory import uncollected
from expertpool.matching.rounds.answer import Answer
from expertpool.matching.rounds.problem import Round
from expertpool.matching.rounds.solving import Impossible, Mode, Wish, solve
from expertpool.panels.round_composition import Composed
from expertpool.panels.round_models import ReviewRound, RoundMode
from expertpool.panels.solving import versions

SECONDS = 240.0
"""After so long the search for better assignments ends."""
RESERVE = 3
"""So many more alternates of an item are kept than asked for: see `RoundAlternate`."""
SHOWN = 200
"""So many items and reviewers that fall short are kept."""


Scored = tuple[int, int, float, dict[str, float]]


@dataclass(frozen=True)
class Solved:
    """All that a run keeps; a place is an item, a person, the score and its parts.

    `alternates` of an item follow each other in their order.
    """

    places: list[Scored]
    alternates: list[Scored]
    summary: dict[str, Any]
    input_hash: str
    versions: dict[str, Any]


def wish_of(round_: ReviewRound, seed: int) -> Wish:
    """Return how the round is to be assigned."""
    quality = round_.quality / 100 if round_.quality is not None else None
    return Wish(
        Mode(RoundMode(round_.mode).value),
        quality=quality,
        seed=seed,
        alternates=round_.alternates + RESERVE if round_.alternates else 0,
        seconds=SECONDS,
    )


@uncollected()
def assign(composed: Composed, wish: Wish) -> Solved:
    """Return the assignment, or who falls short. Raises Invalid when the wish itself can't be kept."""
    used = input_hash(composed.problem)
    try:
        answer = solve(composed.problem, wish)
    except Impossible as error:
        shorts = [_plain(each.subject, each.reason) for each in error.shorts[:SHOWN]]
        summary = {"feasible": False, "shorts": shorts, "short_count": len(error.shorts)}
        return Solved([], [], summary, used, versions())
    summary = {"feasible": True, "shorts": [], "short_count": 0, "measures": _measures(answer, composed)}
    return Solved(_places(answer, composed), _alternates(answer, composed), summary, used, versions())


def input_hash(problem: Round) -> str:
    """Return the SHA-256 of all that is asked."""
    named = (problem.items, problem.reviewers, problem.crowds, problem.scored_only)
    found = hashlib.sha256(repr(named).encode())
    scored, locked = problem.scored, problem.locked
    for each in (scored.item, scored.reviewer, scored.score, locked.item, locked.reviewer, problem.bans):
        found.update(np.ascontiguousarray(each).tobytes())
    for each in (problem.per_item, problem.least, problem.most):
        found.update(np.ascontiguousarray(each).tobytes())
    return found.hexdigest()


def _places(answer: Answer, composed: Composed) -> list[Scored]:
    pairs = answer.assigned
    rows, columns, scores = pairs.item.tolist(), pairs.reviewer.tolist(), pairs.score.tolist()
    return [_scored(composed, *each) for each in zip(rows, columns, scores, strict=True)]


def _alternates(answer: Answer, composed: Composed) -> list[Scored]:
    column = {number: place for place, number in enumerate(composed.problem.reviewers)}
    return [
        _scored(composed, row, column[number], score)
        for row, item in enumerate(composed.problem.items)
        for number, score in answer.alternates[item]
    ]


def _scored(composed: Composed, row: int, column: int, score: float) -> Scored:
    item = composed.items[row]
    parts = composed.scores.parts(item, column)
    if row * len(composed.people) + column in composed.halved:
        parts = {name: value / 2 for name, value in parts.items()}
    return item, composed.people[column], score, parts


def _measures(answer: Answer, composed: Composed) -> dict[str, Any]:
    loads = np.bincount(answer.assigned.reviewer, minlength=len(composed.people))
    found = answer.report()
    found.pop("alternates")
    worst = composed.items[int(np.argmin(answer.totals()))]
    return found | {"histogram": np.bincount(loads).tolist(), "worst": worst}


def _plain(subject: str, reason: Sentence) -> dict[str, Any]:
    return {"subject": subject, "message": reason.message, "params": _texts(reason.params)}


def _texts(params: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value if isinstance(value, int | float) else str(value) for name, value in params.items()}
