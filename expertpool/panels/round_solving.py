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
SHOWN = 200
"""So many items and reviewers that fall short are kept."""


@dataclass(frozen=True)
class Solved:
    """All that a run keeps; `places` are item, person, score and its parts."""

    places: list[tuple[int, int, float, dict[str, float]]]
    summary: dict[str, Any]
    input_hash: str
    versions: dict[str, Any]


def wish_of(round_: ReviewRound, seed: int) -> Wish:
    """Return how the round is to be assigned."""
    quality = round_.quality / 100 if round_.quality is not None else None
    return Wish(Mode(RoundMode(round_.mode).value), quality=quality, seed=seed, seconds=SECONDS)


@uncollected()
def assign(composed: Composed, wish: Wish) -> Solved:
    """Return the assignment, or who falls short. Raises Invalid when the wish itself can't be kept."""
    used = input_hash(composed.problem)
    try:
        answer = solve(composed.problem, wish)
    except Impossible as error:
        shorts = [_plain(each.subject, each.reason) for each in error.shorts[:SHOWN]]
        summary = {"feasible": False, "shorts": shorts, "short_count": len(error.shorts)}
        return Solved([], summary, used, versions())
    summary = {"feasible": True, "shorts": [], "short_count": 0, "measures": _measures(answer, composed)}
    return Solved(_places(answer, composed), summary, used, versions())


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


def _places(answer: Answer, composed: Composed) -> list[tuple[int, int, float, dict[str, float]]]:
    found = []
    pairs, width = answer.assigned, len(composed.people)
    for row, column, score in zip(pairs.item, pairs.reviewer, pairs.score.tolist(), strict=True):
        item = composed.items[row]
        parts = composed.scores.parts(item, int(column))
        if int(row) * width + int(column) in composed.halved:
            parts = {name: value / 2 for name, value in parts.items()}
        found.append((item, composed.people[column], score, parts))
    return found


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
