"""The lottery over whole assignments with the largest mean total under a cap, by column generation.

Those at hand get the weights that are best for them (a linear programme); its prices for pairs at the cap ask
for the one assignment that would add most, until none adds anything (P. Gilmore, R. Gomory, Operations
Research 9 (1961)). So the end proves that no lottery has more, whatever its assignments are.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from time import monotonic
from typing import Any

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_array, hstack

from expertpool.errors import N_, Invalid
from expertpool.matching.rounds.problem import Flags, Floats, Pairs
from expertpool.matching.rounds.programme import TINY, Programme, solve

LATE = N_("no assignment was found within the time limit.")


@dataclass(frozen=True, slots=True)
class Lottery:
    """Assignments, and how likely each is."""

    lots: list[Flags]
    weight: Floats

    def marginal(self) -> Floats:
        """Return how likely each pair is."""
        found: Floats = np.minimum(self.weight @ np.array(self.lots), 1.0)
        return found

    def total(self, pairs: Pairs) -> float:
        """Return the mean total of the pairs."""
        return float(self.marginal() @ pairs.score)

    def raised(self, other: Lottery, pairs: Pairs, least: float) -> Lottery:
        """Return a lottery of both with the mean total `least`, which lies between theirs."""
        low, high = self.total(pairs), other.total(pairs)
        share = (least - low) / (high - low)
        weight = np.concatenate([(1 - share) * self.weight, share * other.weight])
        return Lottery([*self.lots, *other.lots], weight)


def largest(
    programme: Programme, cap: float, lots: list[Flags], columns: Flags, enough: float, deadline: float
) -> Lottery | None:
    """Return a lottery whose mean total is `enough`, or else the largest there is; None: none keeps the cap.

    It begins with some assignments, one at least. Raises Invalid when the time is over before that is known.
    """
    pairs, every = programme.pairs, np.ones(len(programme.pairs), np.bool_)
    scale, lots, filling = programme.scale, list(lots), True
    while True:
        master = _Master(lots, pairs.score / scale, cap, filling=filling)
        if filling and master.over <= TINY:
            filling = False
            continue
        lottery = Lottery(lots, master.weight)
        if not filling and lottery.total(pairs) >= enough:
            return lottery
        priced = replace(pairs, score=(0.0 if filling else pairs.score / scale) - master.price)
        programme.ask(priced, every)
        found = solve(programme, columns, deadline)
        if found.chosen is None or not found.proven or monotonic() > deadline:
            raise Invalid(LATE, field="time_limit")
        if float(priced.score[found.chosen].sum()) - master.worth <= TINY:
            return None if filling else lottery
        lots.append(found.chosen)


class _Master:
    """The best weights of the lots, and prices.

    While `filling`, what the cap is exceeded by (`over`) is made as small as possible, else the total large.
    A new lot helps if its scores, while filling 0, less the `price` of its pairs exceed `worth`.
    """

    def __init__(self, lots: list[Flags], score: Floats, cap: float, *, filling: bool) -> None:
        taken = csr_array(np.array(lots, float).T)
        used = np.flatnonzero(np.diff(taken.indptr))
        value = np.zeros(len(lots)) if filling else taken.T @ score
        found: Any = linprog(
            np.append(-value, 1.0),
            A_ub=hstack([taken[used], csr_array(np.full((used.size, 1), -1.0))], format="csr"),
            b_ub=np.full(used.size, cap),
            A_eq=np.append(np.ones(len(lots)), 0.0)[np.newaxis, :],
            b_eq=[1.0],
            bounds=[(0, None)] * len(lots) + [(0, None if filling else 0)],
            method="highs",
        )
        if found.status != 0:
            raise ArithmeticError(f"linear programme: {found.message}")
        self.over = float(found.x[-1])
        self.weight: Floats = np.maximum(found.x[:-1], 0)
        self.weight /= self.weight.sum()
        self.price: Floats = np.zeros(score.size)
        self.price[used] = np.maximum(-found.ineqlin.marginals, 0)
        self.worth = -float(found.eqlin.marginals[0])
