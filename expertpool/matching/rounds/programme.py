"""A round with crowds or a floor for every item's total, as a linear or an integer programme (HiGHS).

Columns are pairs; more of them come in when prices say that they could help, so that the linear bound holds
for all pairs. Pairs that could not be in any better assignment, by that bound, stay out of the integer
programme.
"""

from __future__ import annotations

from dataclasses import dataclass
from time import monotonic
from typing import Any

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import block_array, csr_array, eye_array, vstack

from expertpool.matching.rounds import crowds
from expertpool.matching.rounds.problem import Flags, Floats, Ints, Pairs, Round

START = 25
"""Columns for an item to begin with."""
TINY = 1e-7
"""Sums may differ from a limit by this much, times the range of the scores."""


@dataclass(frozen=True, slots=True)
class Relaxed:
    """The linear programme's answer: marginals, a bound on the total, and what one more pair could add."""

    total: float
    bound: float
    missing: float
    marginal: Floats
    gain: Floats


@dataclass(frozen=True, slots=True)
class Whole:
    """The integer programme's answer; `chosen` is None when there is none (`proven`: there can be none)."""

    chosen: Flags | None
    total: float
    bound: float
    proven: bool


class Programme:
    """The rules over all pairs that may be assigned (`pairs`); `floor` is the least total of every item."""

    def __init__(self, round_: Round, pairs: Pairs, floor: float | None = None, cap: float = 1.0) -> None:
        self.round, self.pairs, self.cap = round_, pairs, cap
        n, m = round_.size
        self.needy = np.flatnonzero(round_.open_least > 0)
        self.wants = np.arange(m, m + self.needy.size + (0 if floor is None else n))
        self.scale = max(float(np.abs(pairs.score).max(initial=0.0)), 1e-300)
        locked = round_.by_item(round_.locked)
        self.floor = None if floor is None else (floor - locked) / self.scale
        self.score = pairs.score / self.scale

    def _matrices(self, columns: Flags) -> tuple[csr_array, csr_array, Floats]:
        """Return the item rows, and all rows of at most: loads, least loads, floors, crowds; with limits."""
        round_, pairs = self.round, self.pairs.where(columns)
        n, m, size = *round_.size, len(pairs)
        each = np.arange(size)
        seats = csr_array((np.ones(size), (pairs.item, each)), shape=(n, size))
        loads = csr_array((np.ones(size), (pairs.reviewer, each)), shape=(m, size))
        together = crowds.rows(round_, pairs)
        parts = [loads, -loads[self.needy]]
        limits: list[Floats | Ints] = [round_.open_most, -round_.open_least[self.needy]]
        if self.floor is not None:
            parts.append(csr_array((-self.score[columns], (pairs.item, each)), shape=(n, size)))
            limits.append(-self.floor)
        parts.append(together.matrix)
        limits.append(together.most)
        return seats, vstack(parts, format="csr"), np.concatenate(limits).astype(float)

    def relaxed(self, columns: Flags) -> tuple[Relaxed, Flags]:
        """Return the linear optimum over all pairs, and the columns it was found with.

        A seat that stays empty costs more than any pair brings, so that there is always an answer.
        """
        while True:
            answer, gain = self._linear(columns)
            more = (gain > TINY) & ~columns
            if not more.any():
                return answer, columns
            order = np.lexsort((-gain, self.pairs.item, ~more))[: int(more.sum())]
            item = self.pairs.item[order]
            rank = np.arange(order.size) - np.searchsorted(item, item)
            columns = columns.copy()
            columns[order[rank < START]] = True

    def _linear(self, columns: Flags) -> tuple[Relaxed, Floats]:
        seats, rows, limits = self._matrices(columns)
        n, size = seats.shape
        loose = -eye_array(rows.shape[0], format="csc")[:, self.wants]
        cost = np.concatenate([-self.score[columns], np.full(n + loose.shape[1], 4.0 * (n + 1))])
        found: Any = linprog(
            cost,
            A_ub=block_array([[rows, csr_array((rows.shape[0], n)), loose]], format="csr"),
            b_ub=limits,
            A_eq=block_array([[seats, eye_array(n), csr_array((n, loose.shape[1]))]], format="csr"),
            b_eq=self.round.open_items,
            bounds=np.concatenate(
                [np.tile([0.0, self.cap], (size, 1)), np.tile([0.0, np.inf], (n + loose.shape[1], 1))]
            ),
            method="highs",
        )
        if found.status != 0:
            raise ArithmeticError(f"linear programme: {found.message}")
        item, under = -found.eqlin.marginals, np.maximum(-found.ineqlin.marginals, 0)
        gain = self._gain(item, under, columns, seats, rows)
        bound = float(item @ self.round.open_items + under @ limits + self.cap * np.maximum(gain, 0).sum())
        missing = float(found.x[size:].sum())
        total = float(self.score[columns] @ found.x[:size])
        locked = float(self.round.locked.score.sum())
        marginal = np.zeros(len(self.pairs))
        marginal[columns] = found.x[:size]
        relaxed = Relaxed(total * self.scale + locked, bound * self.scale + locked, missing, marginal, gain)
        return relaxed, gain

    def _gain(self, item: Floats, under: Floats, columns: Flags, seats: csr_array, rows: csr_array) -> Floats:
        """Return what one more of each pair would add; of pairs that are no columns, at most."""
        n, m = self.round.size
        reviewer = under[:m].copy()
        reviewer[self.needy] -= under[m : m + self.needy.size]
        worth = np.ones(n) if self.floor is None else 1 + under[self.wants[-n:]]
        gain = self.score * worth[self.pairs.item] - item[self.pairs.item] - reviewer[self.pairs.reviewer]
        gain[columns] = self.score[columns] - seats.T @ item - rows.T @ under
        return gain

    def whole(self, columns: Flags, deadline: float) -> Whole:
        """Return the integer optimum over the columns."""
        seats, rows, limits = self._matrices(columns)
        limits[self.wants[self.needy.size :]] += TINY
        left = deadline - monotonic()
        if left <= 0:
            return Whole(None, -np.inf, np.inf, False)
        worth = self.score[columns] * SCALE
        locked = float(self.round.locked.score.sum())
        if not worth.size:
            # HiGHS refuses a programme without variables: locks fill every seat, or nothing does.
            if self.round.open_items.any() or (limits < 0).any():
                return Whole(None, -np.inf, np.inf, True)
            return Whole(np.zeros(len(self.pairs), np.bool_), locked, locked, True)
        found: Any = milp(
            -worth,
            integrality=np.ones(worth.size),
            bounds=Bounds(0, 1),
            constraints=[
                LinearConstraint(seats, self.round.open_items, self.round.open_items),
                LinearConstraint(rows, -np.inf, limits),
            ],
            options={"mip_rel_gap": 0.0, "time_limit": left},
        )
        if found.x is None:
            return Whole(None, -np.inf, np.inf, found.status == 2)
        chosen = np.zeros(len(self.pairs), np.bool_)
        chosen[columns] = found.x > 0.5
        total = float(self.pairs.score[chosen].sum()) + locked
        bound = -float(found.mip_dual_bound) / SCALE * self.scale + locked
        return Whole(chosen, total, bound, found.status == 0)

    def shortest(self, deadline: float) -> tuple[Ints, Ints]:
        """Return the seats that stay empty, by item, and the least loads missed, by reviewer, when as few as
        possible do; zeros when the time is too short to know."""
        seats, rows, limits = self._matrices(np.ones(len(self.pairs), np.bool_))
        (n, size), (height, _), m = seats.shape, rows.shape, len(self.round.reviewers)
        wants = self.wants.size
        loose = -eye_array(height, format="csc")[:, self.wants]
        open_items = self.round.open_items
        places = block_array([[seats, eye_array(n), csr_array((n, wants))]], format="csr")
        rules = block_array([[rows, csr_array((height, n)), loose]], format="csr")
        found: Any = milp(
            np.concatenate([np.zeros(size), np.ones(n + wants)]),
            integrality=np.ones(size + n + wants),
            bounds=Bounds(0, np.concatenate([np.ones(size), np.full(n + wants, np.inf)])),
            constraints=[
                LinearConstraint(places, open_items, open_items),
                LinearConstraint(rules, -np.inf, limits),
            ],
            options={"time_limit": max(deadline - monotonic(), 1.0)},
        )
        missing, idle = np.zeros(n, np.int64), np.zeros(m, np.int64)
        if found.x is not None:
            missing[:] = np.rint(found.x[size : size + n])
            idle[self.needy] = np.rint(found.x[size + n :])
        return missing, idle


SCALE = 1000.0
"""HiGHS ends when less than 1e-6 can be won: scores, at most 1, are multiplied for it by this."""


def solve(programme: Programme, columns: Flags, deadline: float) -> Whole:
    """Return the integer optimum over all pairs of the programme, beginning with some columns."""
    relaxed, columns = programme.relaxed(columns)
    if relaxed.missing > TINY:
        return Whole(None, -np.inf, -np.inf, True)
    bound, scale = relaxed.bound, programme.scale
    room = -max(1e-3, 1e-4 * len(programme.round.items) ** 0.5)
    while True:
        inside = relaxed.gain >= room
        found = programme.whole(inside, deadline)
        if inside.all():
            break
        # In an assignment better than the one found, no pair loses more against its prices than lies between.
        needed = -np.inf if found.chosen is None else (found.total - bound) / scale - TINY
        if room <= needed or (found.chosen is None and not found.proven):
            break
        room = max(needed, 8 * room) if found.chosen is None else needed
    if found.chosen is None:
        return Whole(None, -np.inf, -np.inf if found.proven else bound, found.proven)
    best = max(found.total, min(bound, found.bound)) if found.proven else max(found.total, bound)
    return Whole(found.chosen, found.total, best, found.proven)
