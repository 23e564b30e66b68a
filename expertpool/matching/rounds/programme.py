"""A round with crowds or a floor for every item's total, as a linear or an integer programme (HiGHS).

Columns are pairs; more of them come in when prices say that they could help, so that the linear bound holds
for all pairs. Pairs that could not be in any better assignment, by that bound, stay out of the integer
programme.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from time import monotonic
from typing import Any

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import block_array, csr_array, eye_array, vstack

from expertpool.matching.rounds import crowds
from expertpool.matching.rounds.flow import Network, cheapest, grid_of, proven_bound
from expertpool.matching.rounds.problem import Flags, Floats, Ints, Pairs, Round

START = 25
"""Columns for an item to begin with."""
SMALL = 2_000
"""So few pairs are all columns at once, and a flow is tried first: it takes a fraction of the time, and may
keep the crowds by itself.
"""
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
        self.round, self.cap = round_, cap
        n, m = round_.size
        self.needy = np.flatnonzero(round_.open_least > 0)
        self.wants = np.arange(m, m + self.needy.size + (0 if floor is None else n))
        self.ask(pairs, np.ones(len(pairs), np.bool_))
        locked = round_.by_item(round_.locked)
        self.floor = None if floor is None else (floor - locked) / self.scale

    def ask(self, pairs: Pairs, open_: Flags) -> None:
        """Ask anew with other scores of the same pairs, of which only the open ones may be assigned.

        Not for a programme with a floor: its rows hold the scores.
        """
        self.pairs, self.open = pairs, open_
        self.scale = max(float(np.abs(pairs.score).max(initial=0.0)), 1e-300)
        self.score = pairs.score / self.scale

    @property
    def small(self) -> bool:
        """Whether there are so few pairs that nothing is won by leaving some out."""
        return len(self.pairs) <= SMALL

    def _matrices(self, columns: Flags) -> tuple[csr_array, csr_array, Floats]:
        """Return the item rows, and all rows of at most: loads, least loads, floors, crowds; with limits."""
        return self._all if columns.all() else self._rows(columns)

    @cached_property
    def together(self) -> crowds.Rows:
        """The crowds' rules over all pairs."""
        return crowds.rows(self.round, self.pairs)

    @cached_property
    def _all(self) -> tuple[csr_array, csr_array, Floats]:
        return self._rows(np.ones(len(self.pairs), np.bool_))

    @cached_property
    def _loose(self) -> tuple[csr_array, csr_array]:
        return self._loosened(*self._all[:2])

    def _loosened(self, seats: csr_array, rows: csr_array) -> tuple[csr_array, csr_array]:
        """Return the rows of at most and those of items with columns more: seats that stay empty, and what
        `wants` misses."""
        n, wants = seats.shape[0], self.wants.size
        loose = -eye_array(rows.shape[0], format="csc")[:, self.wants]
        return (
            block_array([[rows, csr_array((rows.shape[0], n)), loose]], format="csr"),
            block_array([[seats, eye_array(n), csr_array((n, wants))]], format="csr"),
        )

    def _rows(self, columns: Flags) -> tuple[csr_array, csr_array, Floats]:
        round_, pairs = self.round, self.pairs.where(columns)
        n, m, size = *round_.size, len(pairs)
        each = np.arange(size)
        seats = csr_array((np.ones(size), (pairs.item, each)), shape=(n, size))
        loads = csr_array((np.ones(size), (pairs.reviewer, each)), shape=(m, size))
        together = self.together if columns.all() else crowds.rows(round_, pairs)
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

        An empty seat costs more than any pair brings, so that there is always an answer. What a floor costs
        has no such limit: when something is missing, it is asked how little can be, and if that is nothing,
        the optimum with no more missing.
        """
        columns = np.ones(len(self.pairs), np.bool_) if self.small else columns & self.open
        answer, columns = self._over_all(columns, 1.0, np.inf)
        if answer.missing > TINY:
            least, columns = self._over_all(columns, 0.0, np.inf)
            if least.missing <= TINY:
                return self._over_all(columns, 1.0, TINY)
        return answer, columns

    def _over_all(self, columns: Flags, worth: float, most_missing: float) -> tuple[Relaxed, Flags]:
        """Return the optimum with scores times `worth`, and columns to which no other pair adds anything."""
        while True:
            answer, gain = self._linear(columns, worth, most_missing)
            more = (gain > TINY) & ~columns
            if not more.any():
                return answer, columns
            order = np.lexsort((-gain, self.pairs.item, ~more))[: int(more.sum())]
            item = self.pairs.item[order]
            rank = np.arange(order.size) - np.searchsorted(item, item)
            columns = columns.copy()
            columns[order[rank < START]] = True

    def _linear(self, columns: Flags, worth: float, most_missing: float) -> tuple[Relaxed, Floats]:
        seats, rows, limits = self._matrices(columns)
        n, size = seats.shape
        under_rows, seat_rows = self._loose if columns.all() else self._loosened(seats, rows)
        wants = self.wants.size
        cost = np.concatenate([-worth * self.score[columns], np.full(n + wants, 4.0 * (n + 1))])
        most = np.append(self.cap * self.open[columns], np.full(n + wants, most_missing / (n + wants)))
        found: Any = linprog(
            cost,
            A_ub=under_rows,
            b_ub=limits,
            A_eq=seat_rows,
            b_eq=self.round.open_items,
            bounds=np.stack([np.zeros(cost.size), most], 1),
            method="highs",
        )
        if found.status != 0:
            raise ArithmeticError(f"linear programme: {found.message}")
        item, under = -found.eqlin.marginals, np.maximum(-found.ineqlin.marginals, 0)
        gain = self._gain(item, under, columns, seats, rows, worth)
        bound = float(item @ self.round.open_items + under @ limits + self.cap * np.maximum(gain, 0).sum())
        missing = float(found.x[size:].sum())
        total = float(self.score[columns] @ found.x[:size])
        locked = float(self.round.locked.score.sum())
        marginal = np.zeros(len(self.pairs))
        marginal[columns] = found.x[:size]
        relaxed = Relaxed(total * self.scale + locked, bound * self.scale + locked, missing, marginal, gain)
        return relaxed, gain

    def _gain(
        self,
        item: Floats,
        under: Floats,
        columns: Flags,
        seats: csr_array,
        rows: csr_array,
        worth: float,
    ) -> Floats:
        """Return what one more of each pair would add; of pairs that are no columns, at most."""
        n, m = self.round.size
        reviewer = under[:m].copy()
        reviewer[self.needy] -= under[m : m + self.needy.size]
        worths = np.full(n, worth) if self.floor is None else worth + under[self.wants[-n:]]
        gain = self.score * worths[self.pairs.item] - item[self.pairs.item] - reviewer[self.pairs.reviewer]
        gain[columns] = worth * self.score[columns] - seats.T @ item - rows.T @ under
        gain[~self.open] = -np.inf
        return gain

    def whole(self, columns: Flags, deadline: float) -> Whole:
        """Return the integer optimum over the columns."""
        seats, rows, limits = self._matrices(columns)
        limits = limits.copy()
        limits[self.wants[self.needy.size :]] += TINY
        left = deadline - monotonic()
        if left <= 0:
            return Whole(None, -np.inf, np.inf, False)
        worth = self.score[columns] * SCALE
        locked = float(self.round.locked.score.sum())
        if not worth.size:
            # HiGHS refuses a programme without variables: locks fill every seat, or nothing does.
            if self.round.open_items.any() or (limits < 0).any():
                return Whole(None, -np.inf, -np.inf, True)
            return Whole(np.zeros(len(self.pairs), np.bool_), locked, locked, True)
        found: Any = milp(
            -worth,
            integrality=np.ones(worth.size),
            bounds=Bounds(0, self.open[columns].astype(float)),
            constraints=[
                LinearConstraint(seats, self.round.open_items, self.round.open_items),
                LinearConstraint(rows, -np.inf, limits),
            ],
            options={"mip_rel_gap": 0.0, "time_limit": left},
        )
        if found.x is None:
            return Whole(None, -np.inf, -np.inf if found.status == 2 else np.inf, found.status == 2)
        chosen = np.zeros(len(self.pairs), np.bool_)
        chosen[columns] = found.x > 0.5
        total = self.total(chosen)
        bound = -float(found.mip_dual_bound) / SCALE * self.scale + locked
        return Whole(chosen, total, bound, found.status == 0)

    def total(self, chosen: Flags) -> float:
        """Return the sum of the scores of the chosen pairs and the locks."""
        return float(self.pairs.score[chosen].sum()) + float(self.round.locked.score.sum())

    def flow(self) -> Whole | None:
        """Return the optimum without crowds, by flow, if it keeps them; None when it doesn't."""
        round_, pairs = self.round, self.pairs.where(self.open)
        grid = grid_of(pairs.score, sum(round_.size))
        value = np.rint(pairs.score / grid).astype(np.int64)
        network = Network(pairs, value, round_.open_items, round_.open_least, round_.open_most)
        found = cheapest(network, 2 * (int(np.ptp(np.append(value, 0))) + 1) * (min(round_.size) + 1))
        chosen = np.zeros(len(self.pairs), np.bool_)
        chosen[self.open] = found.chosen
        short = found.missing.any() or found.idle.any()
        if short or (self.together.matrix @ chosen > self.together.most).any():
            return None
        item_price = np.multiply(found.item_price, grid, dtype=np.float64)
        reviewer_price = np.multiply(found.reviewer_price, grid, dtype=np.float64)
        total = self.total(chosen)
        return Whole(chosen, total, max(proven_bound(round_, pairs, item_price, reviewer_price), total), True)

    def shortest(self, deadline: float) -> tuple[Ints, Ints]:
        """Return the seats that stay empty, by item, and the least loads missed, by reviewer, when as few as
        possible do; zeros when the time is too short to know."""
        seats, _, limits = self._all
        rules, places = self._loose
        (n, size), m, wants = seats.shape, len(self.round.reviewers), self.wants.size
        found: Any = milp(
            np.concatenate([np.zeros(size), np.ones(n + wants)]),
            integrality=np.ones(size + n + wants),
            bounds=Bounds(0, np.concatenate([np.ones(size), np.full(n + wants, np.inf)])),
            constraints=[
                LinearConstraint(places, self.round.open_items, self.round.open_items),
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
    plain = programme.flow() if programme.small and programme.floor is None else None
    if plain is not None:
        return plain
    relaxed, columns = programme.relaxed(columns)
    if relaxed.missing > TINY:
        return Whole(None, -np.inf, -np.inf, True)
    bound, scale = relaxed.bound, programme.scale
    if np.abs(relaxed.marginal - np.rint(relaxed.marginal)).max(initial=0.0) <= TINY:
        chosen = relaxed.marginal > 0.5
        total = programme.total(chosen)
        return Whole(chosen, total, max(bound, total), True)
    room = -max(1e-3, 1e-4 * len(programme.round.items) ** 0.5)
    while True:
        inside = relaxed.gain >= room
        found = programme.whole(inside, deadline)
        if inside[programme.open].all():
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
