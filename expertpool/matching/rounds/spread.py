"""Marginals as even as possible: the least sum of squares within a cap and above a total, by Newton's method.

The dual of this quadratic programme is smooth: a pair's marginal is its price, clipped to between 0 and the
cap. Newton's method for such dual functions: Li, Sun and Toh, "A highly efficient semismooth Newton augmented
Lagrangian method", SIAM J. Optimization 28 (2018), here without the outer loop, since the squares make the
dual smooth.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array, vstack
from scipy.sparse.linalg import LinearOperator, cg

from expertpool.matching.rounds.problem import Flags, Floats, Ints, Pairs

PRECISE = 1e-9
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
    """Return the marginals of the least sum of squares; None when they were not found to 1e-9 a sum.

    `more` are further rows over the pairs and what each of them may be at most.
    """
    matrix, limits, equal = _rows(pairs, wanted)
    if more is not None and more[1].size:
        matrix = vstack([matrix, -more[0]], format="csr")
        limits, equal = np.append(limits, -more[1]), np.append(equal, np.zeros(more[1].size, np.bool_))
    return _Dual(matrix, limits, equal, cap).solve()


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


class _Dual:
    """Minimise half the squares of x under `matrix @ x >= limits`, by the prices of the rows."""

    def __init__(self, matrix: csr_array, limits: Floats, equal: Flags, cap: float) -> None:
        self.matrix, self.across = matrix, matrix.T.tocsr()
        self.limits, self.cap = limits, cap
        self.low = np.where(equal, -np.inf, 0.0)

    def solve(self) -> Floats | None:
        price = np.zeros(self.limits.size)
        for _ in range(STEPS):
            worth = self.across @ price
            marginal: Floats = np.clip(worth, 0, self.cap)
            over = self.matrix @ marginal - self.limits
            free = ~((price <= self.low) & (over >= 0))
            error = float(np.abs(over[free]).max(initial=0.0))
            if error < PRECISE:
                return marginal
            price = self._step(price, worth, np.where(free, over, 0.0), free, error)
        return None

    def _value(self, price: Floats) -> float:
        worth = self.across @ price
        marginal = np.clip(worth, 0, self.cap)
        return float(worth @ marginal - marginal @ marginal / 2 - price @ self.limits)

    def _step(self, price: Floats, worth: Floats, over: Floats, free: Flags, error: float) -> Floats:
        """Return better prices: Newton's direction, shortened until the dual improves."""
        inside = (worth > 0) & (worth < self.cap)
        columns = np.flatnonzero(inside if inside.any() else np.ones_like(inside))
        matrix = self.matrix[:, columns]
        across = matrix.T.tocsr()
        little = 1e-2 * min(1e-3, error)
        diagonal = np.where(free, matrix.power(2).sum(axis=1) + little, 1.0)

        def curvature(step: Floats) -> Floats:
            moved = np.where(free, step, 0.0)
            return np.where(free, matrix @ (across @ moved) + little * moved, step)

        size = price.size
        step, _ = cg(
            LinearOperator((size, size), matvec=curvature),
            -over,
            M=LinearOperator((size, size), matvec=lambda residual: residual / diagonal),
            rtol=0.1 * min(0.1, error**0.5),
            maxiter=INNER,
        )
        value, length = self._value(price), 1.0
        moved: Floats = price
        while length > 1e-10:
            moved = np.maximum(price + length * step, self.low)
            if self._value(moved) <= value + 1e-4 * over @ (moved - price) + 1e-13 * abs(value):
                break
            length /= 2
        return moved
