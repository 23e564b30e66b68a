"""The random mode follows the scores, holds the rules, and is the same for a seed for ever."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from fractions import Fraction

from expertpool.matching.lottery import drawn_values, slot_order, uniform
from expertpool.matching.panel import propose
from expertpool.matching.pool import rank
from expertpool.matching.problem import Candidate, Mode, PanelProblem, Rules, Slot
from expertpool.matching.result import Solution

SCORES = {"A": 0.1, "B": 0.2, "C": 0.3, "D": 0.4}
PEOPLE = tuple(Candidate(id=id_, parts={"skill": score}) for id_, score in SCORES.items())
PROBLEM = PanelProblem(PEOPLE, seats=1, weights={"skill": 1.0}, mode=Mode.RANDOM)


def firsts(problem: PanelProblem, draws: int) -> Counter[str]:
    """Count who leads the drawn ranking over many seeds."""
    entries = rank(problem, problem.candidates)
    return Counter(drawn_values(entries, seed)[0].candidate.id for seed in range(draws))


def test_one_seat_is_drawn_with_odds_in_proportion_to_the_score() -> None:
    draws = 20_000
    counts = firsts(PROBLEM, draws)
    expected = {id_: draws * score for id_, score in SCORES.items()}
    chi_square = sum((counts[id_] - mean) ** 2 / mean for id_, mean in expected.items())
    assert chi_square < 11.34  # the 99 % quantile for 3 degrees of freedom


def test_the_second_seat_follows_weighted_sampling_without_replacement() -> None:
    draws = 20_000
    entries = rank(PROBLEM, PEOPLE)
    pairs = Counter(
        tuple(entry.candidate.id for entry in drawn_values(entries, seed)[:2]) for seed in range(draws)
    )
    expected = {
        (one, other): draws * SCORES[one] * SCORES[other] / (1 - SCORES[one])
        for one in SCORES
        for other in SCORES
        if one != other
    }
    chi_square = sum((pairs[pair] - mean) ** 2 / mean for pair, mean in expected.items())
    assert chi_square < 24.73  # the 99 % quantile for 11 degrees of freedom


def test_the_panel_takes_the_drawn_leader_when_no_rule_is_in_the_way() -> None:
    for seed in range(30):
        answer = propose(replace(PROBLEM, seed=seed))
        assert isinstance(answer, Solution)
        leader = drawn_values(rank(PROBLEM, PEOPLE), seed)[0].candidate.id
        assert [member.id for member in answer.members] == [leader]


def test_a_rule_decides_before_the_draw() -> None:
    people = tuple(replace(person, party="users" if person.id == "A" else "producers") for person in PEOPLE)
    half = Rules(max_share_of_one_party=Fraction(1, 2))
    for seed in range(30):
        answer = propose(replace(PROBLEM, candidates=people, seats=2, rules=half, seed=seed))
        assert isinstance(answer, Solution)
        assert "A" in {member.id for member in answer.members}


def test_numbers_of_a_seed_never_change() -> None:
    assert [round(uniform(7, name), 9) for name in ("person:E1", "person:E2", "slot:0")] == [
        0.550972826,
        0.249291791,
        0.729565482,
    ]
    assert slot_order([0, 1, 2, 3], 7) == [2, 1, 3, 0]


def test_slots_are_drawn_too_and_one_without_a_panel_is_passed_over() -> None:
    busy = tuple(replace(person, free=frozenset({0, 1})) for person in PEOPLE)
    problem = replace(PROBLEM, candidates=busy, slots=(Slot("a"), Slot("b"), Slot("c")))
    met: Counter[str] = Counter()
    for seed in range(60):
        answer = propose(replace(problem, seed=seed))
        assert isinstance(answer, Solution)
        assert answer.slot is not None
        met[answer.slot.key] += 1
    assert set(met) == {"a", "b"}
    assert min(met.values()) > 15
