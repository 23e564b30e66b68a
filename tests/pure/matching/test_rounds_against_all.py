"""Whole rounds against every assignment there is."""

from unittest.mock import patch

import pytest
from hypothesis import assume, example, given, settings

from expertpool.errors import Invalid
from expertpool.matching.rounds import best as best_module
from expertpool.matching.rounds.chances import TooDemanding
from expertpool.matching.rounds.solving import Impossible, Mode, Wish, solve
from tests.builders.rounds import Asked, asked_rounds

FEW = settings(max_examples=150, deadline=None)
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
@settings(max_examples=500, deadline=None)
def test_best_is_the_largest_total_of_all(asked):
    assume(asked.ids()[0])
    check_best(asked)


@given(asked_rounds())
@FEW
def test_best_finds_unscored_pairs_that_are_not_listed(asked):
    assume(asked.ids()[0])
    with patch.object(best_module, "LISTED", 0):
        check_best(asked)


@given(asked_rounds(crowds=True))
@settings(max_examples=300, deadline=None)
def test_best_keeps_apart_who_may_not_sit_together(asked):
    assume(asked.ids()[0])
    check_best(asked)


@given(asked_rounds(crowds=True))
@settings(max_examples=300, deadline=None)
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
@FEW
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


@given(asked_rounds(crowds=True))
@example(LOCKED)
@settings(max_examples=30, deadline=None)
def test_random_breaks_no_rule_and_keeps_quality_on_average(asked):
    assume(asked.ids()[0])
    possible = list(asked.all())
    assume(possible)
    best = max(map(asked.total, possible))
    try:
        answer = solve(asked.round(), Wish(Mode.RANDOM, quality=0.8, seed=1))
    except TooDemanding:
        assert best < 0  # of a total below nothing, lots in whole numbers may miss the quality: it is refused
        return
    assert asked.holds(assigned(answer))
    assert answer.randomness.expected >= best - 0.2 * abs(best) - 1e-6


@given(asked_rounds(locks=False))
@FEW
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
@settings(max_examples=30, deadline=None)
def test_the_order_of_the_input_changes_nothing(asked):
    assume(asked.ids()[0] and next(asked.all(), None))
    turned = Asked(**vars(asked) | {"scores": dict(reversed(asked.scores.items()))})
    for wish in (Wish(), Wish(Mode.FAIR), Wish(Mode.RANDOM, quality=0.9, seed=5)):
        try:
            rows = solve(asked.round(), wish).rows()
        except Invalid:
            continue
        assert solve(turned.round(), wish).rows() == rows
