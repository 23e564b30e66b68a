"""Whole rounds against every assignment there is."""

from math import inf
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from scipy.optimize import linprog

from expertpool.errors import Invalid
from expertpool.matching.rounds import best as best_module
from expertpool.matching.rounds.solving import Impossible, Mode, Wish, solve
from tests.builders.chance import examples
from tests.builders.rounds import Asked, Assignment, asked_rounds


def scores_of(*rows):
    return {(f"i{i}", f"r{r}"): score for i, row in enumerate(rows) for r, score in enumerate(row)}


LOCKED = Asked(
    scores={("i0", "r0"): -0.5},
    per_item=1,
    most=1,
    least=0,
    bans=frozenset({("i0", "r0")}),
    locks=frozenset({("i0", "r1")}),
    scored_only=False,
    crowds=(("employer", ("r0", "r1"), 1),),
    loads={},
)
"""Locks fill every seat, so that nothing is left to decide."""
MISSED = Asked(
    scores=scores_of((-0.25, -1.0, -0.3, -0.3), (-0.5, -1.0, -0.3, -1.0), (-0.5, -1.0, -1.0, -0.5)),
    per_item=2,
    most=3,
    least=1,
    crowds=(("0 1", ("r0", "r1"), 1), ("1 2", ("r1", "r2"), 1), ("0 2", ("r0", "r2"), 1)),
)
"""A hundred assignments near to even marginals have a lower mean total than the marginals."""
STUCK = Asked(
    scores=scores_of((-0.3, -0.5, -0.5, -1.0), (-0.3, -0.25, -0.25, -0.5), (-0.5, -1.0, -1.0, -1.0)),
    per_item=2,
    most=2,
    crowds=(("2 3", ("r2", "r3"), 1), ("0 3", ("r0", "r3"), 1)),
)
"""With half of the chances for a pair, the shares are used up before there are a hundred assignments."""


def assigned(answer):
    return frozenset((item, reviewer) for item, reviewer, _ in answer.rows())


def check_best(asked: Asked) -> None:
    possible = list(asked.all())
    if not possible:
        with pytest.raises(Impossible) as raised:
            solve(asked.round(), Wish())
        assert raised.value.shorts != []
        return
    answer = solve(asked.round(), Wish())
    assert asked.holds(assigned(answer))
    assert answer.total == pytest.approx(max(map(asked.total, possible)), abs=1e-9)
    assert answer.total == pytest.approx(asked.total(assigned(answer)), abs=1e-12)
    assert -1e-12 <= answer.bound - answer.total <= 1e-7
    assert answer.proven


@given(asked_rounds())
@examples(200)
def test_best_is_the_largest_total_of_all(asked):
    assume(asked.ids()[0])
    check_best(asked)


@given(asked_rounds())
@examples(100)
def test_best_finds_unscored_pairs_that_are_not_listed(asked):
    assume(asked.ids()[0])
    with patch.object(best_module, "LISTED", 0):
        check_best(asked)


@given(asked_rounds(crowds=True))
@examples(200)
def test_best_keeps_apart_who_may_not_sit_together(asked):
    assume(asked.ids()[0])
    check_best(asked)


@given(asked_rounds(crowds=True))
@examples(200)
def test_fair_has_the_best_worst_item_and_then_the_largest_total(asked):
    assume(asked.ids()[0])
    possible = list(asked.all())
    assume(possible)
    answer = solve(asked.round(), Wish(Mode.FAIR))
    pairs = assigned(answer)
    worst = max(map(asked.worst, possible))
    assert asked.holds(pairs)
    assert asked.worst(pairs) == pytest.approx(worst, abs=1e-6)
    assert answer.worst_bound == pytest.approx(worst, abs=3e-6)
    best = max(asked.total(each) for each in possible if asked.worst(each) >= worst - 1e-9)
    assert answer.total == pytest.approx(best, abs=1e-6)


@given(asked_rounds())
@examples(100)
def test_of_equal_totals_earlier_items_have_earlier_reviewers(asked):
    assume(asked.ids()[0])
    possible = list(asked.all())
    assume(possible)
    items, reviewers = asked.ids()

    def order(pairs):
        return sum(
            (len(items) - items.index(item)) * (len(reviewers) - reviewers.index(reviewer))
            for item, reviewer in pairs
        )

    best = max(map(asked.total, possible))
    first = max(order(pairs) for pairs in possible if asked.total(pairs) >= best - 1e-9)
    assert order(assigned(solve(asked.round(), Wish()))) == first


def best_lottery(asked: Asked, possible: list[Assignment], cap: float) -> float | None:
    """Return the largest mean total of all lotteries over the assignments; None when none keeps the cap.

    Locks are certain, whatever the cap.
    """
    free = sorted(set().union(*possible) - asked.locks)
    taken = np.array([[pair in each for each in possible] for pair in free], float).reshape(-1, len(possible))
    found = linprog(
        [-asked.total(each) for each in possible],
        A_ub=taken,
        b_ub=np.full(len(free), cap),
        A_eq=np.ones((1, len(possible))),
        b_eq=[1.0],
    )
    return -found.fun if found.status == 0 else None


@given(asked_rounds(crowds=True), st.sampled_from([1.0, 0.8, 0.5]), st.sampled_from([0.95, 0.8, None]))
@example(LOCKED, 1.0, 0.8)
@example(MISSED, 1.0, 1.0)
@example(STUCK, 0.5, None)
@examples(30)
def test_a_random_wish_is_refused_only_if_no_lottery_keeps_it(asked, cap, quality):
    assume(asked.ids()[0])
    possible = list(asked.all())
    assume(possible)
    best, reachable = max(map(asked.total, possible)), best_lottery(asked, possible, cap)
    least = -inf if quality is None else best - (1 - quality) * abs(best)
    wish = Wish(Mode.RANDOM, cap, quality, seed=1)
    if reachable is None or reachable < least - 1e-6:
        with pytest.raises(Invalid) as refused:
            solve(asked.round(), wish)
        assert refused.value.field == ("max_probability" if reachable is None else "quality")
        return
    answer = solve(asked.round(), wish)
    assert asked.holds(assigned(answer))
    assert answer.randomness.largest <= cap + 1e-8
    assert least - 1e-6 <= answer.randomness.expected <= reachable + 1e-6


@given(asked_rounds(locks=False))
@examples(100)
def test_no_pair_is_likelier_than_the_cap(asked):
    assume(asked.ids()[0])
    try:
        answer = solve(asked.round(), Wish(Mode.RANDOM, cap=0.7, seed=1))
    except (Invalid, Impossible):
        return
    assert asked.holds(assigned(answer))
    assert answer.randomness.largest <= 0.7 + 1e-9
    assert answer.randomness.expected == pytest.approx(answer.randomness.expected_bound, abs=1e-5)


@given(asked_rounds(crowds=True))
@examples(30)
def test_the_order_of_the_input_changes_nothing(asked):
    assume(asked.ids()[0] and next(asked.all(), None))
    turned = Asked(**vars(asked) | {"scores": dict(reversed(asked.scores.items()))})
    for wish in (Wish(), Wish(Mode.FAIR), Wish(Mode.RANDOM, quality=0.9, seed=5)):
        try:
            rows = solve(asked.round(), wish).rows()
        except Invalid:
            continue
        assert solve(turned.round(), wish).rows() == rows
