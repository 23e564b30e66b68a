"""Random rounds: marginals are what was asked, and draws follow them; seeds are fixed."""

import itertools
from collections import Counter

import numpy as np
import pytest
from scipy.optimize import minimize

from expertpool.matching.rounds.chances import chances
from expertpool.matching.rounds.problem import make_round
from expertpool.matching.rounds.sampling import WHOLE, draw
from expertpool.matching.rounds.solving import Mode, Wish, solve
from expertpool.matching.rounds.spread import EVEN, SOME, TOP
from tests.builders.chance import TIMES

ITEMS, REVIEWERS = 6, 7
SCORES = {
    (f"i{i}", f"r{r}"): round(((i * 5 + r * 3) % 11) / 10, 1)
    for i, r in itertools.product(range(ITEMS), range(REVIEWERS))
}
SEEDS = range(3_000 * TIMES)
MOST_SIGMAS = 4.5


def some_chances(cap, quality, **rules):
    round_ = make_round(SCORES, per_item=2, **rules)
    best = solve(round_, Wish()).total
    return round_, best, chances(round_, round_.listed(), best, cap, quality)


@pytest.mark.parametrize(("cap", "quality"), [(0.6, 0.8), (0.8, None), (1.0, 0.85)])
def test_each_pair_is_drawn_as_often_as_its_marginal_says(cap, quality):
    round_, _, chance = some_chances(cap, quality, most=2, least=1)
    drawn, pairs = np.zeros(len(chance.pairs)), chance.pairs
    for seed in SEEDS:
        chosen = draw(pairs, chance.marginal, REVIEWERS, seed)
        drawn += chosen
        loads = np.bincount(pairs.reviewer[chosen], minlength=REVIEWERS)
        assert np.bincount(pairs.item[chosen], minlength=ITEMS).tolist() == [2] * ITEMS
        assert (loads.min(), loads.max()) in {(1, 2), (2, 2)}
    marginal = chance.marginal / WHOLE
    sigma = np.sqrt(len(SEEDS) * marginal * (1 - marginal))
    assert np.abs(drawn - len(SEEDS) * marginal).max() <= MOST_SIGMAS * max(sigma.max(), 1)
    assert (np.abs(drawn - len(SEEDS) * marginal) <= MOST_SIGMAS * sigma + 1e-6).all()
    assert round_.size == (ITEMS, REVIEWERS)


@pytest.mark.parametrize(("cap", "quality"), [(0.6, 0.8), (0.7, 0.85), (1.0, 0.9), (1.0, 0.5)])
def test_marginals_have_the_least_squares_and_tops_for_their_entropy(cap, quality):
    round_, best, chance = some_chances(cap, quality, most=2)
    marginal = np.zeros((ITEMS, REVIEWERS))
    marginal[chance.pairs.item, chance.pairs.reviewer] = chance.marginal / WHOLE
    score, pairs = np.array(list(SCORES.values())), ITEMS * REVIEWERS
    top = TOP * cap * (6 - 5 * cap)

    def cost(x):
        chance = x[:pairs] + SOME
        return x[:pairs] @ x[:pairs] / 2 + EVEN * (chance @ np.log(chance)) + top * x[pairs:].sum()

    def slope(x):
        return np.append(x[:pairs] + EVEN * (np.log(x[:pairs] + SOME) + 1), np.full(ITEMS, top))

    sums = [
        {"type": "eq", "fun": lambda x: x[:pairs].reshape(ITEMS, REVIEWERS).sum(axis=1) - 2},
        {"type": "ineq", "fun": lambda x: 2 - x[:pairs].reshape(ITEMS, REVIEWERS).sum(axis=0)},
        {"type": "ineq", "fun": lambda x: score @ x[:pairs] - quality * best},
        {"type": "ineq", "fun": lambda x: np.repeat(x[pairs:], REVIEWERS) - x[:pairs]},
    ]
    other = minimize(
        cost,
        np.full(pairs + ITEMS, 2 / REVIEWERS),
        jac=slope,
        method="SLSQP",
        bounds=[(0, cap)] * (pairs + ITEMS),
        constraints=sums,
        options={"ftol": 1e-12, "maxiter": 500},
    )
    assert other.success
    assert marginal.ravel() == pytest.approx(other.x[:pairs], abs=1e-4)
    assert marginal.sum(axis=1) == pytest.approx(np.full(ITEMS, 2), abs=1e-12)
    assert marginal.max() <= cap
    assert round_.size == (ITEMS, REVIEWERS)


def test_a_lottery_of_whole_assignments_keeps_the_cap_and_the_crowds():
    couples = [("r0", "r1"), ("r2", "r3"), ("r3", "r4"), ("r5", "r6")]
    crowds = [(str(couple), couple, 1) for couple in couples]
    round_ = make_round(SCORES, per_item=2, most=3, crowds=crowds)
    drawn = Counter()
    for seed in range(10):
        answer = solve(round_, Wish(Mode.RANDOM, cap=0.6, quality=0.8, seed=seed))
        pairs = {(item, reviewer) for item, reviewer, _ in answer.rows()}
        assert all(
            not {(item, one), (item, other)} <= pairs for item in round_.items for one, other in couples
        )
        drawn.update(pairs)
    assert answer.randomness.largest <= 0.6
    assert answer.randomness.expected >= 0.8 * solve(round_, Wish()).total
    assert len(drawn) > 12


def test_a_cap_finer_than_a_millionth_is_rounded_down():
    _, best, chance = some_chances(0.61234567891, 0.8, most=2)
    assert chance.marginal.max() <= 612_345_000
    assert chance.pairs.score @ chance.marginal / WHOLE >= 0.8 * best - 1e-7
