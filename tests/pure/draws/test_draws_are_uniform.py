"""Chi-square over many keys; seeds are fixed, so that a result never changes."""

import itertools
from collections import Counter

import pytest
from scipy.stats import chisquare

from expertpool.draws.drawing import Outcome, draw
from expertpool.draws.plan import Candidate, Cap, Plan, Stratum, simple
from expertpool.draws.rfc3797 import Hash, select
from tests.builders.draws import people

KEYS = [f"{number}./{number * 7919 % 10007}./" for number in range(12_000)]


@pytest.mark.parametrize("hash_", Hash)
def test_every_ordered_pair_of_five_is_selected_equally_often(hash_):
    found = Counter(select(5, 2, key, hash_) for key in KEYS)
    pairs = list(itertools.permutations(range(1, 6), 2))
    assert set(found) == set(pairs)
    assert chisquare([found[pair] for pair in pairs]).pvalue > 0.01


@pytest.mark.parametrize("hash_", Hash)
def test_everybody_of_seven_is_as_likely_at_every_place(hash_):
    orders = [select(7, 7, key, hash_) for key in KEYS[:6000]]
    for place in range(7):
        found = Counter(order[place] for order in orders)
        assert chisquare([found[number] for number in range(1, 8)]).pvalue > 0.001


def test_neither_recused_colleagues_nor_caps_favour_a_number():
    pool = tuple(Candidate(f"p{i}", {"employer": (f"Q{i % 3}",)}) for i in range(6))
    plan = Plan((Stratum("", {}, 3),), (Cap("employer", 1),))
    found = Counter(frozenset(draw(pool, plan, key).names(Outcome.SEAT)) for key in KEYS[:8000])
    expected = {frozenset(c) for c in itertools.product(("p0", "p3"), ("p1", "p4"), ("p2", "p5"))}
    assert set(found) == expected
    assert chisquare(list(found.values())).pvalue > 0.01


def test_renaming_people_changes_nothing_but_their_names():
    numbers = [step.number for step in draw(people(6), simple(6), KEYS[5]).steps]
    other = tuple(Candidate(name) for name in "zyxwvu")
    assert [step.number for step in draw(other, simple(6), KEYS[5]).steps] == numbers
