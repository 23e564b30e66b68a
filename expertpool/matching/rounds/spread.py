"""Marginals as even as possible within a cap and above a total, by Newton's method.

The least of half the sum of squares, plus TOP times the sum of each item's largest marginal as a share of
the cap, less EVEN times the entropy. Squares alone leave an item's likeliest reviewers likelier than need be,
and less likely ones with no chance. Both additions are small, so that the squares are hardly more than their
least (see docs/rounds.md). In the entropy a marginal p counts as p + SOME, so that it may be 0.

The dual of this convex programme is smooth: a pair's marginal follows its worth by `_chance`, the inverse of
what the next bit of it costs. Worth counts from where chances begin, and up to its item's level, which is as
high as cuts worths by the price of the largest in all (Moreau's decomposition of the maximum), and at most
what the cap is worth. Newton's method for such dual functions: Li, Sun and Toh, "A highly efficient
semismooth Newton augmented Lagrangian method", SIAM J. Optimization 28 (2018), here without the outer loop,
since the squares make the dual smooth.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array, vstack
from scipy.sparse.linalg import LinearOperator, cg
from scipy.special import wrightomega

from expertpool.matching.rounds.problem import Flags, Floats, Ints, Pairs

PRECISE = 1e-9
TOP = 0.227
"""What the largest marginal of an item costs at the cap, beside squares that are at most 1 each."""
EVEN, SOME = 0.03, 0.005
"""What entropy is worth, and what is added to each marginal in it."""
STEPS, INNER = 300, 300


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the sums of marginals must be: by item exactly, by reviewer from `least` to `most`, in all a
    total.
    """

    needs: Floats
    least: Floats
    most: Floats
    total: float | None


def spread(
    pairs: Pairs, wanted: Wanted, cap: float, more: tuple[csr_array, Ints] | None = None
) -> Floats | None:
    """Return the most even marginals; None when they were not found to 1e-9 a sum.

    `more` are further rows over the pairs and what each of them may be at most.
    """
    matrix, limits, equal = _rows(pairs, wanted)
    if more is not None and more[1].size:
        matrix = vstack([matrix, -more[0]], format="csr")
        limits, equal = np.append(limits, -more[1]), np.append(equal, np.zeros(more[1].size, np.bool_))
    return _Dual(matrix, limits, equal, _Levels(pairs.item, cap)).solve()


def _rows(pairs: Pairs, wanted: Wanted) -> tuple[csr_array, Floats, Flags]:
    """Return rows and limits (each sum at least the limit) and which rows are equations."""
    n, m, each = wanted.needs.size, wanted.most.size, np.arange(len(pairs))
    ones = np.ones(len(pairs))
    seats = csr_array((ones, (pairs.item, each)), shape=(n, len(pairs)))
    loads = csr_array((ones, (pairs.reviewer, each)), shape=(m, len(pairs)))
    needy = np.flatnonzero((wanted.least > 0) & (wanted.least < wanted.most))
    parts = [seats, -loads, loads[needy]]
    limits = [wanted.needs, -wanted.most, wanted.least[needy]]
    equal = [np.ones(n, np.bool_), wanted.least == wanted.most, np.zeros(needy.size, np.bool_)]
    if wanted.total is not None:
        size = max(float(np.abs(pairs.score).max(initial=0.0)), 1e-300)
        parts.append(csr_array((pairs.score / size)[np.newaxis, :]))
        limits.append(np.array([wanted.total / size]))
        equal.append(np.zeros(1, np.bool_))
    return vstack(parts, format="csr"), np.concatenate(limits), np.concatenate(equal)


def _worth(chance: float) -> float:
    """Return what the next bit of a marginal costs, counted from what the first bit costs."""
    return chance + EVEN * float(np.log1p(chance / SOME))


def _chance(worth: Floats) -> Floats:
    """Return the marginals that are worth so much: the inverse of `_worth`, and 0 below 0.

    With q = p + SOME it solves q + EVEN ln q = worth + SOME + EVEN ln SOME, by Wright's omega function.
    """
    chance = np.zeros(worth.size)
    some = worth > 0
    above = (worth[some] + SOME) / EVEN + np.log(SOME / EVEN)
    chance[some] = np.maximum(EVEN * wrightomega(above) - SOME, 0)
    return chance


class _Levels:
    """Levels of items, by worths of their pairs: what lies above sums to `price`, unless the cap is lower."""

    def __init__(self, item: Ints, cap: float) -> None:
        self.item, self.cap, self.most = item, cap, _worth(cap)
        self.price = TOP * cap * (6 - 5 * cap)
        self.items = int(item.max(initial=-1)) + 1

    def of(self, worth: Floats) -> Floats:
        """Return the level of each item, by Newton's method from below: it ends after some steps."""
        asked = np.flatnonzero(worth > 0)
        item, worth = self.item[asked], worth[asked]
        level = np.zeros(self.items)
        np.maximum.at(level, item, worth)
        level -= self.price
        size = -1
        while True:
            above = worth > level[item]
            item, worth = item[above], worth[above]
            if item.size == size:
                return np.clip(level, 0, self.most)
            size = item.size
            count = np.bincount(item, minlength=self.items)
            more = (np.bincount(item, worth - level[item], self.items) - self.price) / np.maximum(count, 1)
            level += np.maximum(more, 0)


class _Point:
    """What prices of the rows mean: the marginals, the dual's value, and how marginals follow worths."""

    def __init__(self, dual: _Dual, price: Floats) -> None:
        levels, worth = dual.levels, dual.across @ price
        level = levels.of(worth)
        height = level[levels.item]
        self.marginal: Floats = np.minimum(_chance(np.minimum(worth, height)), levels.cap)
        shifted = self.marginal + SOME
        uneven = float(shifted @ np.log(shifted / SOME)) - self.marginal.sum()
        cost = self.marginal @ self.marginal / 2 + EVEN * uneven + levels.price * _chance(level).sum()
        self.value = float(worth @ self.marginal - cost - price @ dual.limits)
        self.over: Floats = dual.matrix @ self.marginal - dual.limits
        self.topped: Flags = (worth >= height) & (height < levels.most) & (height > 0)
        self.moving: Flags = ((worth > 0) & (worth < height)) | self.topped
        self.slope: Floats = shifted / (shifted + EVEN)


class _Dual:
    """Minimise what `spread` says under `matrix @ x >= limits`, by the prices of the rows."""

    def __init__(self, matrix: csr_array, limits: Floats, equal: Flags, levels: _Levels) -> None:
        self.matrix, self.across = matrix, matrix.T.tocsr()
        self.limits, self.levels = limits, levels
        self.low = np.where(equal, -np.inf, 0.0)

    def solve(self) -> Floats | None:
        price = np.zeros(self.limits.size)
        point = _Point(self, price)
        for _ in range(STEPS):
            free = ~((price <= self.low) & (point.over >= 0))
            error = float(np.abs(point.over[free]).max(initial=0.0))
            if error < PRECISE:
                return point.marginal
            price, point = self._step(price, point, free, error)
        return None

    def _step(self, price: Floats, point: _Point, free: Flags, error: float) -> tuple[Floats, _Point]:
        """Return better prices: Newton's direction, shortened until the dual improves."""
        over = np.where(free, point.over, 0.0)
        step, length = self._direction(point, over, free, error), 1.0
        while True:
            moved: Floats = np.maximum(price + length * step, self.low)
            there = _Point(self, moved)
            enough = point.value + 1e-4 * over @ (moved - price) + 1e-13 * abs(point.value)
            if there.value <= enough or length < 1e-10:
                return moved, there
            length /= 2

    def _direction(self, point: _Point, over: Floats, free: Flags, error: float) -> Floats:
        columns = np.flatnonzero(point.moving if point.moving.any() else np.ones_like(point.moving))
        matrix = self.matrix[:, columns]
        across = matrix.T.tocsr()
        topped, items = point.topped[columns], self.levels.items
        item = self.levels.item[columns][topped]
        count = np.maximum(np.bincount(item, minlength=items), 1)
        slope = point.slope[columns]
        share = slope * np.where(topped, 1 / count[self.levels.item[columns]], 1.0)
        little = 1e-2 * min(1e-3, error)
        diagonal = np.where(free, matrix.power(2) @ share + little, 1.0)

        def curvature(step: Floats) -> Floats:
            moved = np.where(free, step, 0.0)
            pulled = across @ moved
            pulled[topped] = (np.bincount(item, pulled[topped], items) / count)[item]
            return np.where(free, matrix @ (slope * pulled) + little * moved, step)

        size = over.size
        step, _ = cg(
            LinearOperator((size, size), matvec=curvature),
            -over,
            M=LinearOperator((size, size), matvec=lambda residual: residual / diagonal),
            rtol=0.1 * min(0.1, error**0.5),
            maxiter=INNER,
        )
        found: Floats = step
        return found
