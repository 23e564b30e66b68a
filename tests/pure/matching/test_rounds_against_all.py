"""Whole rounds against every assignment there is."""

from collections import Counter
from dataclasses import replace
from math import ceil, inf
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from scipy.optimize import linprog

from expertpool.errors import Invalid
from expertpool.matching.rounds import best as best_module
from expertpool.matching.rounds.problem import make_round
from expertpool.matching.rounds.solving import Impossible, Mode, Wish, solve
from tests.builders.chance import examples
from tests.builders.rounds import Asked, Assignment, asked_rounds


def scores_of(*rows):
    return {
        (f"i{i}", f"r{r}"): score
        for i, row in enumerate(rows)
        for r, score in enumerate(row)
        if score is not None
    }


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
ALONE = Asked(
    scores=scores_of((0.9, 0.5, 0.8)),
    per_item=1,
    most=1,
    crowds=(("employer", ("r0", "r1", "r2"), 1),),
)
"""All of one employer, of whom one may sit: the others may follow the one who leaves."""
DEAR = Asked(
    scores=scores_of(
        (-0.5, None, 0.0, 0.517, 0.5), (None, 0.5, 0.0, 0.5, 0.0), (None, None, 0.5, 0.25, None)
    ),
    per_item=2,
    most=2,
    least=1,
    locks=frozenset({("i0", "r0")}),
    crowds=(("2 4", ("r2", "r4"), 1), ("employer", ("r0", "r1", "r2"), 2)),
)
"""A little more for the worst item costs the others thirty times as much."""
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
@example(DEAR)
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


@given(asked_rounds(crowds=True), st.integers(1, 3))
@example(ALONE, 1)
@examples(200)
def test_alternates_are_the_best_who_may_step_in_whoever_leaves_and_are_spread(asked, count):
    assume(asked.ids()[0])
    try:
        answer = solve(asked.round(), Wish(alternates=count))
    except Impossible:
        return
    items, reviewers = asked.ids()
    pairs = assigned(answer)
    may = {(item, each) for item in items for each in reviewers if may_step_in(asked, pairs, item, each)}
    loads = Counter(reviewer for _, reviewer in pairs)
    free = {each: asked.loads.get(each, asked.most) - loads[each] for _, each in may}
    wanted = {item: min(count, sum(each == item for each, _ in may)) for item in items}
    times = ceil(sum(wanted.values()) / max(sum(free.values()), 1))
    taken: list[tuple[str, str]] = []
    for most in (times, inf):
        for item, reviewer in sorted(may, key=lambda pair: (-asked.scores[pair], pair)):
            stands_by = sum(each == reviewer for _, each in taken)
            has = sum(each == item for each, _ in taken)
            if (item, reviewer) not in taken and has < wanted[item] and stands_by < most * free[reviewer]:
                taken.append((item, reviewer))
    best_first = sorted(taken, key=lambda pair: (-asked.scores[pair], pair))
    assert answer.alternates == {
        item: [(reviewer, asked.scores[item, reviewer]) for each, reviewer in best_first if each == item]
        for item in items
    }


def test_who_suits_all_items_best_does_not_stand_by_for_all_of_them():
    scores = {(f"i{item}", f"r{item}"): 9.0 for item in range(4)}
    scores |= {(f"i{item}", f"s{other}"): 1.0 - other / 10 for item in range(4) for other in range(4)}
    round_ = make_round(scores, per_item=1, most=1)
    assert solve(round_, Wish(alternates=1)).alternates == {
        f"i{item}": [(f"s{item}", 1.0 - item / 10)] for item in range(4)
    }


def may_step_in(asked: Asked, pairs: Assignment, item: str, reviewer: str) -> bool:
    """Whether a reviewer with a score keeps every rule in the place of whoever leaves the item.

    Least loads are left aside: whoever leaves may have had no more than that. So are locks, with a score or
    without: they hold until somebody declines.
    """
    if (item, reviewer) not in asked.scores or (item, reviewer) in pairs:
        return False
    lasting = replace(asked, least=0, locks=frozenset(), scored_only=False)
    team = [each for each in pairs if each[0] == item]
    return all(lasting.holds(pairs - {left} | {(item, reviewer)}) for left in team)


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
