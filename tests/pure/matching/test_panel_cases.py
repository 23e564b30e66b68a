"""What an organiser sees in plain cases, and on both sides of each border."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from fractions import Fraction

import pytest

from expertpool.matching.explain import why_not
from expertpool.matching.panel import propose
from expertpool.matching.problem import Candidate, MinShare, PanelProblem, Rules, Slot, Wanted
from expertpool.matching.relax import apply
from expertpool.matching.result import Easing, Infeasible, Solution
from expertpool.matching.rules import Violation, violations


def person(id_: str, score: float, **more: object) -> Candidate:
    return Candidate(id=id_, parts={"skill": score}, **more)  # type: ignore[arg-type]


def solve(problem: PanelProblem) -> Solution:
    answer = propose(problem)
    assert isinstance(answer, Solution)
    return answer


def easings(problem: PanelProblem) -> list[tuple[Easing, ...]]:
    answer = propose(problem)
    assert isinstance(answer, Infeasible)
    assert all(isinstance(propose(apply(problem, each)), Solution) for each in answer.relaxations)
    return [relaxation.rules for relaxation in answer.relaxations]


PEOPLE = tuple(person(id_, score) for id_, score in zip("ABCDE", (0.9, 0.8, 0.7, 0.6, 0.5), strict=True))


def test_the_best_three_sit_and_the_best_of_them_takes_the_chair() -> None:
    answer = solve(PanelProblem(PEOPLE, seats=3, alternates=1))
    assert [(m.id, m.role, m.score) for m in answer.members] == [
        ("A", "chair", 0.45),
        ("B", "member", 0.4),
        ("C", "member", 0.35),
    ]
    assert (answer.objective, answer.bound, answer.optimal, answer.slot) == (1.2, 1.2, True, None)
    assert [(a.id, set(a.seats)) for a in answer.alternates] == [("D", {"A", "B", "C"})]


def test_only_who_may_take_the_chair_stands_in_for_the_chair() -> None:
    people = tuple(replace(each, may_chair=each.id in "CE") for each in PEOPLE)
    answer = solve(PanelProblem(people, seats=3, alternates=2))
    assert [(m.id, m.role) for m in answer.members] == [("C", "chair"), ("A", "member"), ("B", "member")]
    assert [(a.id, sorted(a.seats)) for a in answer.alternates] == [("E", ["A", "B", "C"]), ("D", ["A", "B"])]


def test_people_and_time_are_chosen_together() -> None:
    days = (Slot("Mon"), Slot("Tue"))
    people = tuple(replace(each, free=frozenset({0 if each.id in "AE" else 1})) for each in PEOPLE)
    answer = solve(PanelProblem(people, seats=2, slots=days))
    assert (answer.slot, {m.id for m in answer.members}) == (days[1], {"B", "C"})
    assert [outcome.objective for outcome in answer.outcomes] == [0.7, 0.75]


def test_equal_panels_meet_at_the_earlier_slot_unless_another_is_preferred() -> None:
    problem = PanelProblem(PEOPLE, seats=2, slots=(Slot("Mon"), Slot("Tue")))
    assert solve(problem).slot == Slot("Mon")
    preferred = Slot("Tue", preference=0.001)
    answer = solve(replace(problem, slots=(Slot("Mon"), preferred)))
    assert (answer.slot, answer.objective) == (preferred, 0.851)


def test_a_slot_without_a_panel_says_which_rule_stands_in_the_way() -> None:
    people = tuple(replace(each, free=frozenset({0}) if each.id in "AB" else None) for each in PEOPLE[:3])
    answer = solve(PanelProblem(people, seats=2, slots=(Slot("Mon"), Slot("Tue"))))
    assert answer.outcomes[1].objective is None
    assert answer.outcomes[1].easings == (Easing("seats", None, 2, 1, 1),)


def test_shares_are_compared_in_whole_numbers() -> None:
    parties = dict(zip("ABCDE", ("p", "p", "p", "q", "q"), strict=True))
    people = tuple(replace(each, party=parties[each.id]) for each in PEOPLE)
    half = PanelProblem(people, seats=4, rules=Rules(max_share_of_one_party=Fraction(1, 2)))
    assert {m.id for m in solve(half).members} == {"A", "B", "D", "E"}
    third = replace(half, seats=3, rules=Rules(max_share_of_one_party=Fraction(2, 3)))
    assert {m.id for m in solve(third).members} == {"A", "B", "D"}
    q_third = Rules(min_shares=(MinShare(frozenset("q"), Fraction(2, 3)),))
    assert {m.id for m in solve(replace(half, seats=3, rules=q_third)).members} == {"A", "D", "E"}


def test_one_person_may_hold_several_wanted_skills() -> None:
    both = replace(PEOPLE[4], skills={"x": 0.1, "y": 0.1})
    problem = PanelProblem((*PEOPLE[:4], both), seats=2, wanted=(Wanted("x"), Wanted("y")))
    assert {m.id for m in solve(problem).members} == {"A", "E"}
    assert easings(replace(problem, wanted=(Wanted("x", 2), Wanted("y")))) == [
        (Easing("skill", "x", 2, 1, 1),)
    ]


def test_an_even_panel_under_the_odd_rule_may_take_one_seat_more() -> None:
    problem = PanelProblem(PEOPLE, seats=4, rules=Rules(odd=True))
    assert easings(problem) == [
        (Easing("odd", None, True, False, 1),),
        (Easing("seats", None, 4, 5, 1),),
    ]


def test_two_locked_colleagues_ask_for_the_cap_or_for_either_lock() -> None:
    people = tuple(replace(each, organisation="X" if each.id in "AB" else None) for each in PEOPLE)
    rules = Rules(max_per_organisation=1)
    problem = PanelProblem(people, seats=3, lock=frozenset("AB"), rules=rules)
    assert sorted(easings(problem), key=str) == sorted(
        [
            (Easing("max_per_organisation", None, 1, 2, 1),),
            (Easing("lock", "A", "A", None, 1),),
            (Easing("lock", "B", "B", None, 1),),
        ],
        key=str,
    )


def test_two_locked_neighbours_ask_for_the_region_s_cap_and_unknown_regions_break_none() -> None:
    people = tuple(replace(each, region="north" if each.id in "AB" else None) for each in PEOPLE)
    problem = PanelProblem(people, seats=3, lock=frozenset("AB"), rules=Rules(max_per_region=1))
    assert (Easing("max_per_region", None, 1, 2, 1),) in easings(problem)
    (one,) = {m.id for m in solve(replace(problem, lock=frozenset("A"))).members} & set("AB")
    assert one == "A"


def test_a_small_panel_asked_for_far_too_much_is_told_the_one_rule_that_stands_in_the_way() -> None:
    nowhere = PanelProblem(PEOPLE[:1], seats=1, rules=Rules(min_regions=3))
    assert easings(nowhere) == [(Easing("min_regions", None, 3, 0, 3),)]
    unheld = PanelProblem(PEOPLE[:1], seats=1, wanted=(Wanted("law", 5),))
    assert easings(unheld) == [(Easing("skill", "law", 5, 0, 5),)]


def test_a_year_s_load_is_full_at_its_limit() -> None:
    people = tuple(replace(each, load=10 if each.id == "A" else 9) for each in PEOPLE)
    problem = PanelProblem(people, seats=3, rules=Rules(max_load=10))
    assert {m.id for m in solve(problem).members} == {"B", "C", "D"}
    assert easings(replace(problem, seats=5))[0] == (Easing("max_load", None, 10, 11, 1),)


def test_nobody_at_all_has_no_easing() -> None:
    barred = tuple(replace(each, findings=("kin",)) for each in PEOPLE)
    assert easings(PanelProblem(barred, seats=3)) == []
    assert easings(PanelProblem((), seats=3)) == []


def test_reasons_not_to_sit() -> None:
    people = (
        *PEOPLE,
        person("F", 1.0, findings=("kin", "leads")),
        person("G", 1.0),
        person("H", 1.0, load=3),
        person("I", 1.0, free=frozenset()),
    )
    problem = PanelProblem(
        people,
        seats=3,
        slots=(Slot("Mon"),),
        exclude=frozenset("G"),
        rules=Rules(max_load=3),
        apart=(("A", "E"),),
        lock=frozenset("A"),
    )
    answer = solve(problem)
    told = {id_: why_not(problem, answer, id_) for id_ in "ADEFGHI"}
    assert {id_: (each.reason, each.details) for id_, each in told.items()} == {
        "A": ("seated", ()),
        "D": ("scores-less", ()),
        "E": ("rule", ()),
        "F": ("barred", ("kin", "leads")),
        "G": ("excluded", ()),
        "H": ("over-load", ("3", "3")),
        "I": ("not-free", ("Mon",)),
    }
    swap = told["D"].swap
    assert swap is not None
    assert (swap.cost, swap.enters, swap.leaves, swap.proven) == (-0.05, ("D",), ("C",), True)
    assert told["E"].easings == (Easing("lock", "A", "A", None, 1),)
    assert told["I"].easings == (Easing("availability", "Mon", "Mon", None, 1),)
    with pytest.raises(KeyError):
        why_not(problem, answer, "nobody")


def test_pairs_to_declare_are_told_only_when_both_sit() -> None:
    problem = PanelProblem(PEOPLE, seats=3, declare=(("A", "C"), ("A", "D")))
    assert solve(problem).declared == (("A", "C"),)


def test_without_time_to_search_nothing_is_called_proven() -> None:
    answer = propose(PanelProblem(PEOPLE, seats=3, limit=0.0))
    assert isinstance(answer, Infeasible)
    assert (answer.proven, answer.relaxations) == (False, ())
    assert [(outcome.objective, outcome.proven) for outcome in answer.outcomes] == [(None, False)]


def test_a_panel_can_be_checked_apart_from_the_solver() -> None:
    problem = PanelProblem(PEOPLE, seats=3, wanted=(Wanted("x"),), apart=(("A", "B"),))
    assert violations(problem, None, PEOPLE[:2]) == (
        Violation("seats"),
        Violation("apart", "A+B"),
        Violation("skill", "x"),
    )


def test_contradictions_in_the_question_are_refused() -> None:
    with pytest.raises(ValueError, match="same id"):
        PanelProblem((PEOPLE[0], PEOPLE[0]), seats=1)
    with pytest.raises(ValueError, match="at least one seat"):
        PanelProblem(PEOPLE, seats=0)
    with pytest.raises(ValueError, match="not among the candidates: Z"):
        PanelProblem(PEOPLE, seats=1, lock=frozenset("Z"))
    with pytest.raises(ValueError, match="locked and excluded: A"):
        PanelProblem(PEOPLE, seats=1, lock=frozenset("A"), exclude=frozenset("A"))


def test_importing_the_engine_loads_neither_web_nor_database_nor_solver() -> None:
    code = (
        "import sys, expertpool.matching.panel, expertpool.matching.explain;"
        "print([m for m in ('flask', 'sqlalchemy', 'ortools') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "[]"
