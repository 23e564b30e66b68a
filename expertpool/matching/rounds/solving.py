"""Assign a round: check, solve in the wished mode, and measure."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import StrEnum
from time import monotonic

import numpy as np

from expertpool.errors import N_, Invalid
from expertpool.matching.rounds.alternates import alternates
from expertpool.matching.rounds.answer import Answer, Randomness, randomness
from expertpool.matching.rounds.best import Best, Unfilled, best
from expertpool.matching.rounds.chances import chances
from expertpool.matching.rounds.crowds import rows
from expertpool.matching.rounds.fair import fair
from expertpool.matching.rounds.largest import LATE
from expertpool.matching.rounds.mixture import mix
from expertpool.matching.rounds.problem import Flags, Pairs, Round
from expertpool.matching.rounds.programme import START, Programme, Whole
from expertpool.matching.rounds.programme import solve as solve_programme
from expertpool.matching.rounds.sampling import WHOLE, draw
from expertpool.matching.rounds.shortage import Short, crowded, explain, impossible_locks


class Mode(StrEnum):
    """The largest total; the best worst item; or by chance."""

    BEST = "best"
    FAIR = "fair"
    RANDOM = "random"


@dataclass(frozen=True, slots=True)
class Wish:
    """How to assign. `cap` and `quality` belong to RANDOM, which needs one of them."""

    mode: Mode = Mode.BEST
    cap: float = 1.0
    quality: float | None = None
    seed: int = 0
    alternates: int = 0
    seconds: float = 300.0


class Impossible(Exception):
    """The round can't be filled; `shorts` say who falls short and why."""

    def __init__(self, shorts: list[Short]) -> None:
        super().__init__("; ".join(f"{short.subject}: {short.reason}" for short in shorts))
        self.shorts = shorts


class _Clock:
    """Seconds of each stage."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        start = monotonic()
        yield
        self.seconds[name] = monotonic() - start


@dataclass(frozen=True, slots=True)
class _Found:
    """An assignment among `pairs`, what is proven about it, and what a mode says about it."""

    pairs: Pairs
    chosen: Flags
    total: float
    bound: float
    proven: bool = True
    worst_bound: float | None = None
    randomness: Randomness | None = None


def solve(round_: Round, wish: Wish) -> Answer:
    """Return the assignment. Raises `Impossible`, or Invalid when the wish itself can't be kept."""
    clock, deadline = _Clock(), monotonic() + wish.seconds
    shorts = impossible_locks(round_)
    if shorts:
        raise Impossible(shorts)
    with clock.stage("best"):
        start = best(round_)
    if isinstance(start, Unfilled):
        raise Impossible(explain(round_, start))
    total = _total(round_, start.pairs, start.chosen)
    found = _Found(start.pairs, start.chosen, total, max(start.bound, total))
    broken = rows(round_, start.pairs.where(start.chosen)).most.size > 0
    if broken or wish.mode is not Mode.BEST:
        found = _listed(round_, found)
        columns = _columns(start, found.pairs)
        if broken:
            with clock.stage("crowds"):
                found = _kept_apart(round_, found, columns, deadline)
        with clock.stage(wish.mode.value):
            found = _in_mode(round_, found, columns, wish, deadline)
    assigned = _with_locks(round_, found.pairs.where(found.chosen))
    with clock.stage("alternates"):
        others = alternates(round_, assigned, wish.alternates)
    return Answer(
        round_,
        assigned,
        found.bound,
        found.proven,
        clock.seconds,
        others,
        found.worst_bound,
        found.randomness,
    )


def _total(round_: Round, pairs: Pairs, chosen: Flags) -> float:
    return float(pairs.score[chosen].sum()) + float(round_.locked.score.sum())


def _listed(round_: Round, found: _Found) -> _Found:
    """Return the same assignment among all pairs that may be assigned."""
    if not round_.can_list:
        raise Invalid(
            N_(
                "%(items)s items and %(reviewers)s reviewers have too many pairs without a score for this. "
                "Allow scored pairs only."
            ),
            field="scored_pairs_only",
            items=len(round_.items),
            reviewers=len(round_.reviewers),
        )
    pairs = round_.listed()
    chosen = np.isin(round_.keys(pairs), round_.keys(found.pairs.where(found.chosen)))
    return replace(found, pairs=pairs, chosen=chosen)


def _columns(start: Best, pairs: Pairs) -> Flags:
    """Return for each item the pairs that by the prices of the round without crowds are the likeliest."""
    gain = pairs.score - start.item_price[pairs.item] - start.reviewer_price[pairs.reviewer]
    order = np.lexsort((-gain, pairs.item))
    item = pairs.item[order]
    columns = np.zeros(len(pairs), np.bool_)
    columns[order[np.arange(order.size) - np.searchsorted(item, item) < START]] = True
    return columns


def _kept_apart(round_: Round, found: _Found, columns: Flags, deadline: float) -> _Found:
    """Return the best assignment that keeps the crowds' rules too."""
    programme = Programme(round_, found.pairs)
    whole = solve_programme(programme, columns, deadline)
    if whole.chosen is not None:
        return _Found(found.pairs, whole.chosen, whole.total, whole.bound, whole.proven)
    if not whole.proven:
        raise Invalid(LATE, field="time_limit")
    raise Impossible(crowded(round_, *programme.shortest(deadline)))


def _in_mode(round_: Round, best_: _Found, columns: Flags, wish: Wish, deadline: float) -> _Found:
    match wish.mode:
        case Mode.FAIR:
            return _fair(round_, best_, columns, deadline)
        case Mode.RANDOM if round_.crowds:
            return _mixed(round_, best_, columns, wish, deadline)
        case Mode.RANDOM:
            return _drawn(round_, best_, wish)
    return best_


def _fair(round_: Round, best_: _Found, columns: Flags, deadline: float) -> _Found:
    whole, worst_bound = fair(round_, best_.pairs, columns, _whole(best_), deadline)
    assert whole.chosen is not None
    return _Found(best_.pairs, whole.chosen, whole.total, whole.bound, whole.proven, worst_bound)


def _whole(found: _Found) -> Whole:
    return Whole(found.chosen, found.total, found.bound, found.proven)


def _drawn(round_: Round, best_: _Found, wish: Wish) -> _Found:
    """Return an assignment drawn by lot. Its bound is the best total, so that its gap is what chance cost."""
    chance = chances(round_, best_.pairs, best_.total, wish.cap, wish.quality)
    chosen = draw(chance.pairs, chance.marginal, len(round_.reviewers), wish.seed)
    measures = randomness(round_, chance.pairs, chance.marginal / WHOLE, chance.bound)
    total = _total(round_, chance.pairs, chosen)
    return _Found(chance.pairs, chosen, total, best_.bound, proven=False, randomness=measures)


def _mixed(round_: Round, best_: _Found, columns: Flags, wish: Wish, deadline: float) -> _Found:
    """Return one of the assignments of a lottery that keeps the crowds' rules."""
    mixture = mix(round_, best_.pairs, _whole(best_), columns, wish.cap, wish.quality, deadline)
    chosen = mixture.draw(wish.seed)
    measures = randomness(round_, best_.pairs, mixture.marginal, mixture.bound)
    total = _total(round_, best_.pairs, chosen)
    return _Found(best_.pairs, chosen, total, best_.bound, proven=False, randomness=measures)


def _with_locks(round_: Round, pairs: Pairs) -> Pairs:
    """Return the pairs and the locked ones, by id."""
    locked = round_.locked
    together = Pairs(
        np.concatenate([pairs.item, locked.item]),
        np.concatenate([pairs.reviewer, locked.reviewer]),
        np.concatenate([pairs.score, locked.score]),
    )
    return together.where(np.argsort(round_.keys(together)))
