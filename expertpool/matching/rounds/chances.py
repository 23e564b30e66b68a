"""Marginals of a random assignment: capped, above a share of the best total, and as even as possible."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from expertpool.errors import N_, Invalid
from expertpool.matching.rounds.flow import Flow, Network, cheapest, grid_of, proven_bound
from expertpool.matching.rounds.problem import Floats, Ints, Pairs, Round
from expertpool.matching.rounds.sampling import WHOLE
from expertpool.matching.rounds.spread import PRECISE, Wanted, spread

PARTS = 10**6
"""The cap counts in millionths."""


@dataclass(frozen=True, slots=True)
class Chances:
    """Pairs that may be drawn, their marginals in parts of WHOLE, and a total that none with that cap
    exceeds.
    """

    pairs: Pairs
    marginal: Ints
    bound: float


def target(best_total: float, quality: float) -> float:
    """Return the total to keep: the best one less a share of its size.

    For a total above 0 that is `quality` times the best. Below 0 a share of the total itself would ask for
    more than the best; of a best total of 0 nothing may be lost.
    """
    return best_total - (1 - quality) * abs(best_total)


def quality_of(best_total: float, total: float) -> float:
    """Return the greatest quality whose `target` the total reaches (0 when the best total is 0)."""
    return 1 - (best_total - total) / abs(best_total) if best_total else 0.0


def chances(round_: Round, pairs: Pairs, best_total: float, cap: float, quality: float | None) -> Chances:
    """Return the marginals over `pairs`; raises Invalid when cap or quality can't be kept.

    With a quality: the most even of all that keep it. Without: of all that have the largest total.
    """
    cap = int(cap * PARTS + PRECISE) / PARTS
    grid = grid_of(pairs.score, sum(round_.size))
    flow = _capped(round_, pairs, cap, grid)
    locked = float(round_.locked.score.sum())
    total = float(pairs.score @ flow.sent) / PARTS + locked
    item_price = np.multiply(flow.item_price, grid, dtype=np.float64)
    reviewer_price = np.multiply(flow.reviewer_price, grid, dtype=np.float64)
    bound = proven_bound(round_, pairs, item_price, reviewer_price, cap)
    if quality is not None:
        wish = target(best_total, quality)
        if total < wish - PRECISE * max(abs(best_total), 1):
            raise TooDemanding(cap, quality_of(best_total, total))
        marginal = spread(pairs, wanted(round_, wish - locked), cap)
        if marginal is not None:
            return Chances(*_whole(round_, pairs, marginal, cap), bound)
    return Chances(*_whole(round_, pairs, _evenly(round_, pairs, flow, grid, cap), cap), bound)


class TooDemanding(Invalid):
    """With this cap not so much of the best total can be kept."""

    def __init__(self, cap: float, reachable: float) -> None:
        super().__init__(
            N_("with a probability of at most %(cap)s, %(reachable)s of the best total can be kept."),
            field="quality",
            cap=f"{cap:g}",
            reachable=f"{np.floor(reachable * 1e4 + 1e-6) / 1e4:.4f}",
        )


def _capped(round_: Round, pairs: Pairs, cap: float, grid: float) -> Flow:
    """Return the flow of the largest total when each pair may be taken up to the cap."""
    n, m = round_.size
    value = np.rint(pairs.score / grid).astype(np.int64)
    needs, least, most = (each * PARTS for each in (round_.open_items, round_.open_least, round_.open_most))
    range_ = int(np.ptp(np.append(value, 0))) + 1
    for penalty in (2 * range_, 2 * range_ * (min(n, m) + 1)):
        flow = cheapest(Network(pairs, value, needs, least, most, int(cap * PARTS + PRECISE)), penalty)
        if not flow.missing.any() and not flow.idle.any():
            return flow
    raise Invalid(
        N_("with a probability of at most %(cap)s the round can't be filled: %(items)s items stay short."),
        field="max_probability",
        cap=f"{cap:g}",
        items=int((flow.missing > 0).sum()),
    )


def wanted(round_: Round, total: float | None) -> Wanted:
    """Return what the sums of marginals must be, beside the locks."""
    parts = (round_.open_items, round_.open_least, round_.open_most)
    needs, least, most = (each.astype(float) for each in parts)
    return Wanted(needs, least, most, total)


def _evenly(round_: Round, pairs: Pairs, flow: Flow, grid: float, cap: float) -> Floats:
    """Return, of the marginals with the flow's total, the most even ones (or the flow's own)."""
    value = np.rint(pairs.score / grid).astype(np.int64)
    over = value - flow.item_price[pairs.item] - flow.reviewer_price[pairs.reviewer]
    fixed, free = pairs.where(over > 0), pairs.where(over == 0)
    sums = wanted(round_, None)
    n, m = round_.size
    loads = cap * np.bincount(fixed.reviewer, minlength=m)
    least = np.where(flow.reviewer_price > 0, sums.most, sums.least) - loads
    most = np.where(flow.reviewer_price < 0, sums.least, sums.most) - loads
    needs = sums.needs - cap * np.bincount(fixed.item, minlength=n)
    found = spread(free, Wanted(needs, np.maximum(least, 0), most, None), cap)
    if found is None:
        return flow.sent / PARTS
    marginal = np.where(over > 0, cap, 0.0)
    marginal[over == 0] = found
    return marginal


def _whole(round_: Round, pairs: Pairs, marginal: Floats, cap: float) -> tuple[Pairs, Ints]:
    """Return the pairs with a chance, and their marginals in whole parts whose sums keep every rule exactly.

    What rounding down leaves over is sent as a flow, each pair taking as little of it as will do.
    """
    kept = marginal > PRECISE
    pairs = pairs.where(kept)
    parts = np.floor(marginal[kept] * WHOLE).astype(np.int64)
    n, m = round_.size
    needs = round_.open_items * WHOLE - _sums(pairs.item, parts, n)
    loads = _sums(pairs.reviewer, parts, m)
    least = np.maximum(round_.open_least * WHOLE - loads, 0)
    zero, room = np.zeros(len(pairs), np.int64), int(cap * PARTS + PRECISE) * (WHOLE // PARTS) - parts
    most = np.maximum(round_.open_most * WHOLE - loads, 0)
    for little in (10, 10**3, 10**5, WHOLE):
        network = Network(pairs, zero, needs, least, most, np.clip(room, 0, little))
        flow = cheapest(network, 1)
        if not flow.missing.any() and not flow.idle.any():
            return pairs, parts + flow.sent
    raise ArithmeticError("marginals could not be made whole")


def _sums(place: Ints, parts: Ints, length: int) -> Ints:
    sums = np.zeros(length, np.int64)
    np.add.at(sums, place, parts)
    return sums
