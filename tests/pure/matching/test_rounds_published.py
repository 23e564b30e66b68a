"""Real rounds with published results (Xu, Jecmen, Song, Fang, NeurIPS 2023), if their files are there."""

import os
from pathlib import Path

import pytest

from expertpool.matching.rounds.problem import make_round
from expertpool.matching.rounds.solving import Mode, Wish, solve

FOLDER = Path(os.environ.get("EXPERTPOOL_ROUNDS", "rounds"))
FILE = FOLDER / "aamas2015.in"
pytestmark = pytest.mark.skipif(
    not FILE.is_file(), reason=f"{FILE} is not there; EXPERTPOOL_ROUNDS names its folder"
)


@pytest.fixture(scope="module")
def aamas():
    words = FILE.read_text().split()
    items, reviewers = int(words[0]), int(words[1])
    scores = {
        (f"p{place // reviewers:04}", f"r{place % reviewers:04}"): float(word)
        for place, word in enumerate(words[2:])
    }
    assert len(scores) == items * reviewers
    return make_round(scores, per_item=3, most=12)


def test_best_and_fair_totals(aamas):
    best = solve(aamas, Wish())
    assert (best.total, best.bound, best.proven) == (1406.25, 1406.25, True)
    fair = solve(aamas, Wish(Mode.FAIR))
    assert (fair.total, fair.totals().min(), fair.worst_bound, fair.proven) == (1375.75, 1.5, 1.5, True)


def test_marginals_are_more_even_than_the_published_ones(aamas):
    answer = solve(aamas, Wish(Mode.RANDOM, cap=0.8046875, quality=0.9499107))
    measured = answer.randomness
    assert measured.largest <= 0.8046875
    assert measured.expected >= 0.9499107 * 1406.25 - 1e-6
    assert measured.l2 < 32.33166
    assert measured.entropy > 1953.548
    assert measured.mean_largest < 0.740407
