"""A lottery over whole assignments, where crowds make other rounding impossible.

It holds LOTS assignments, each as likely. The first step finds even marginals as without crowds, with the
crowds as rows. Then one assignment follows another, each the one nearest to what the marginals still lack
(herding: M. Welling, ICML 2009), and a pair that has had its share takes no further part. So no rule is
broken and no cap exceeded.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random
from time import monotonic

import numpy as np

from expertpool.errors import N_, Invalid
from expertpool.matching.rounds import crowds
from expertpool.matching.rounds.chances import TooDemanding, target, wanted
from expertpool.matching.rounds.problem import Flags, Floats, Pairs, Round
from expertpool.matching.rounds.programme import TINY, Programme, Relaxed, solve
from expertpool.matching.rounds.spread import spread

LOTS = 100
RESERVE = 0.1
"""This share of what could be kept beyond the wished total is aimed at, since the lots miss it by a little.
"""
CLOSE = 1e-3
"""Without a wished quality, the lots aim at the largest total less this share."""


@dataclass(frozen=True, slots=True)
class Mixture:
    """Assignments, each as likely, the marginals they make, and a total that none with that cap exceed."""

    lots: list[Flags]
    marginal: Floats
    bound: float

    def draw(self, seed: int) -> Flags:
        """Return one of the assignments."""
        return self.lots[Random(seed).randrange(len(self.lots))]


def mix(
    round_: Round,
    pairs: Pairs,
    best_total: float,
    columns: Flags,
    cap: float,
    quality: float | None,
    deadline: float,
) -> Mixture:
    """Return the lottery; Raises Invalid when the wish can't be kept."""
    locked = float(round_.locked.score.sum())
    relaxed, columns = Programme(round_, pairs, cap=cap).relaxed(columns)
    reachable = relaxed.total if relaxed.missing <= TINY else -np.inf
    wish = relaxed.total - CLOSE * abs(relaxed.total) if quality is None else target(best_total, quality)
    if reachable < wish - TINY * abs(wish):
        raise TooDemanding(cap, max(reachable, 0.0) / best_total if best_total else 0.0)
    aim = wish + RESERVE * (relaxed.total - wish)
    marginal = _even(round_, pairs, aim - locked, cap, relaxed)
    lots = _herd(round_, pairs, marginal, columns | (marginal > TINY), int(cap * LOTS + TINY), deadline)
    made = np.mean(lots, axis=0)
    if quality is not None and float(made @ pairs.score) + locked < wish:
        raise TooDemanding(cap, (float(made @ pairs.score) + locked) / best_total)
    return Mixture(lots, made, relaxed.bound)


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
    kept = np.flatnonzero(columns)
    pairs, marginal = pairs.where(kept), marginal[kept]
    used = np.zeros(kept.size)
    lots = []
    for number in range(1, LOTS + 1):
        open_ = np.flatnonzero(used < share)
        lacking = replace(pairs.where(open_), score=(number * marginal - used)[open_])
        found = solve(Programme(round_, lacking), lacking.score > 0, deadline)
        if found.chosen is None:
            late = monotonic() > deadline
            raise Invalid(LATE if late else STUCK, field="time_limit" if late else "max_probability")
        lot = np.zeros(columns.size, np.bool_)
        lot[kept[open_[found.chosen]]] = True
        used += lot[kept]
        lots.append(lot)
    return lots


LATE = N_("no assignment was found within the time limit.")
STUCK = N_("no lottery over whole assignments was found that keeps the largest probability with these rules.")
