"""Real rounds with published results (Xu, Jecmen, Song, Fang, NeurIPS 2023), if their files are there."""

import ast
import os
from pathlib import Path

import pytest

from expertpool.matching.rounds.problem import make_round
from expertpool.matching.rounds.solving import Mode, Wish, solve

ROOT = Path(__file__).parents[3]
FOLDER = Path(os.environ.get("EXPERTPOOL_SHARED_DATA", ROOT.parent / "shared" / "data")) / "assignment"
LOADS = {"aamas2015": 12, "aamas2016": 12, "preflib1": 6, "preflib2": 7, "preflib3": 6}
AT_95 = 3
pytestmark = pytest.mark.skipif(
    not (FOLDER / "aamas2015.in").is_file(), reason="no assignment/ in the folder of EXPERTPOOL_SHARED_DATA"
)


def published(name):
    words = (FOLDER / f"{name}.in").read_text().split()
    items, reviewers = int(words[0]), int(words[1])
    scores = {
        (f"p{place // reviewers:04}", f"r{place % reviewers:04}"): float(word)
        for place, word in enumerate(words[2:])
    }
    assert len(scores) == items * reviewers
    return make_round(scores, per_item=3, most=LOADS[name])


def test_best_and_fair_totals():
    aamas = published("aamas2015")
    best = solve(aamas, Wish())
    assert (best.total, best.bound, best.proven) == (1406.25, 1406.25, True)
    fair = solve(aamas, Wish(Mode.FAIR))
    assert (fair.total, fair.totals().min(), fair.worst_bound, fair.proven) == (1375.75, 1.5, 1.5, True)


@pytest.mark.parametrize("name", LOADS)
def test_marginals_are_more_even_than_the_published_ones_by_every_measure(name):
    log = (FOLDER / f"published_{name}_main.log").read_text().splitlines()
    quality = ast.literal_eval(log[2])[AT_95]
    largest, mean, support, entropy, l2 = (each[AT_95] for each in ast.literal_eval(log[3]))
    round_ = published(name)
    measured = solve(round_, Wish(Mode.RANDOM, cap=largest, quality=quality)).randomness
    assert measured.largest <= largest
    assert measured.expected >= quality * solve(round_, Wish()).total - 1e-6
    assert measured.mean_largest < mean
    assert measured.entropy > entropy
    assert measured.l2 < l2
    assert measured.support > support
