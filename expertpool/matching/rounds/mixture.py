"""A lottery over whole assignments, where crowds make other rounding impossible.

The first step finds even marginals as without crowds, with the crowds as rows. Then LOTS assignments, each as
likely, follow one another, each the one nearest to what the marginals still lack (herding: M. Welling, ICML
2009), and a pair that has had its share takes no further part. So no rule is broken and no cap exceeded.

Whole assignments can't always follow the marginals, so that their mean total may miss the wished one, or the
shares run out. Then as much of the lottery with the largest total (see `largest`) is mixed in as makes up for
it. So a wish is refused only when no lottery over whole assignments keeps it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random

import numpy as np

from expertpool.errors import N_, Invalid
from expertpool.matching.rounds import crowds
from expertpool.matching.rounds.chances import TooDemanding, quality_of, target, wanted
from expertpool.matching.rounds.largest import LATE, Lottery, largest
from expertpool.matching.rounds.problem import Flags, Floats, Pairs, Round
from expertpool.matching.rounds.programme import TINY, Programme, Relaxed, Whole, solve
from expertpool.matching.rounds.spread import spread

LOTS = 100
RESERVE = 0.1
"""This share of what could be kept beyond the wished total is aimed at, since the lots miss it by a little.
"""
CLOSE = 1e-3
"""Without a wished quality, the lots aim at the largest total less this share."""


@dataclass(frozen=True, slots=True)
class Mixture:
    """A lottery, the marginals it makes, and a total that none with that cap exceeds."""

    lottery: Lottery
    marginal: Floats
    bound: float

    def draw(self, seed: int) -> Flags:
        """Return one of the assignments."""
        lots = self.lottery.lots
        return lots[Random(seed).choices(range(len(lots)), self.lottery.weight.tolist())[0]]


def mix(
    round_: Round,
    pairs: Pairs,
    best: Whole,
    columns: Flags,
    cap: float,
    quality: float | None,
    deadline: float,
) -> Mixture:
    """Return the lottery; raises Invalid when none keeps the wish. `best` has the largest total."""
    locked = float(round_.locked.score.sum())
    programme = Programme(round_, pairs, cap=cap)
    relaxed, columns = programme.relaxed(columns)
    if relaxed.missing > TINY:
        raise Invalid(STUCK, field="max_probability")
    wish = relaxed.total - CLOSE * abs(relaxed.total) if quality is None else target(best.total, quality)
    least = -np.inf if quality is None else wish - TINY * programme.scale
    if relaxed.bound < least:
        raise TooDemanding(cap, quality_of(best.total, relaxed.total))
    aim = wish + RESERVE * max(relaxed.total - wish, 0)
    marginal = _even(round_, pairs, aim - locked, cap, relaxed)
    lots = _herd(round_, pairs, marginal, columns | (marginal > TINY), int(cap * LOTS + TINY), deadline)
    near = Lottery(lots, np.full(LOTS, 1 / LOTS)) if len(lots) == LOTS else None
    if near is None or near.total(pairs) + locked < least:
        assert best.chosen is not None
        enough = _enough(near, pairs, least - locked)
        top = largest(Programme(round_, pairs), cap, [*lots, best.chosen], columns, enough, deadline)
        if top is None:
            raise Invalid(STUCK, field="max_probability")
        if top.total(pairs) + locked < least:
            raise TooDemanding(cap, quality_of(best.total, top.total(pairs) + locked))
        near = top if near is None else near.raised(top, pairs, least - locked)
    return Mixture(near, near.marginal(), relaxed.bound)


def _enough(near: Lottery | None, pairs: Pairs, least: float) -> float:
    """Return a total with which half of the near lottery may stay; without one, the least, if any."""
    if near is None:
        return least if np.isfinite(least) else np.inf
    return 2 * least - near.total(pairs)


def _even(round_: Round, pairs: Pairs, total: float, cap: float, relaxed: Relaxed) -> Floats:
    """Return even marginals that keep every crowd; those of the linear programme when none are found."""
    rules = crowds.rows(round_, pairs)
    broken = np.zeros(rules.most.size, np.bool_)
    while True:
        marginal = spread(pairs, wanted(round_, total), cap, (rules.matrix[broken], rules.most[broken]))
        if marginal is None:
            return relaxed.marginal
        more = rules.matrix @ marginal > rules.most + TINY
        if not (more & ~broken).any():
            return marginal
        broken |= more


def _herd(
    round_: Round, pairs: Pairs, marginal: Floats, columns: Flags, share: int, deadline: float
) -> list[Flags]:
    """Return LOTS assignments among the columns, no pair in more than `share`; fewer when none is left."""
    kept = np.flatnonzero(columns)
    pairs, marginal = pairs.where(kept), marginal[kept]
    programme = Programme(round_, pairs)
    used = np.zeros(kept.size)
    lots: list[Flags] = []
    for number in range(1, LOTS + 1):
        lacking = number * marginal - used
        programme.ask(replace(pairs, score=lacking), used < share)
        found = solve(programme, lacking > 0, deadline)
        if found.chosen is None:
            if not found.proven:
                raise Invalid(LATE, field="time_limit")
            break
        lot = np.zeros(columns.size, np.bool_)
        lot[kept[found.chosen]] = True
        used += lot[kept]
        lots.append(lot)
    return lots


STUCK = N_("no lottery over whole assignments keeps the largest probability with these rules.")
