"""The proposal equals brute force over all subsets and slots, whatever the rules and the order."""

from __future__ import annotations

import random
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from expertpool.matching.alternates import seats_open_to
from expertpool.matching.explain import slot_index, why_not
from expertpool.matching.model import warm
from expertpool.matching.panel import propose
from expertpool.matching.problem import Mode, PanelProblem
from expertpool.matching.relax import apply
from expertpool.matching.result import Alternate, Infeasible, Member, Solution
from tests.builders.chance import examples
from tests.pure.matching import oracle

warm()
MANY = examples(60)


@MANY
@given(oracle.problems())
def test_a_proposal_is_the_brute_force_optimum_with_the_first_slot_and_ids(problem: PanelProblem) -> None:
    answer, expected = propose(problem), oracle.best(problem)
    if expected is None:
        assert isinstance(answer, Infeasible)
        assert answer.proven
        return
    assert isinstance(answer, Solution)
    value, slot, ids = expected
    assert (round(answer.objective * 1e6), slot_index(problem, answer)) == (value, slot)
    assert tuple(sorted(member.id for member in answer.members)) == ids
    assert (answer.optimal, answer.bound, answer.gap) == (True, answer.objective, 0.0)


@MANY
@given(oracle.problems(), st.randoms())
def test_shuffled_input_gives_the_same_proposal(problem: PanelProblem, rng: random.Random) -> None:
    people = list(problem.candidates)
    rng.shuffle(people)
    assert propose(replace(problem, candidates=tuple(people))) == propose(problem)


@MANY
@given(oracle.problems(), st.integers(0, 2**40))
def test_a_random_panel_holds_every_rule_and_replays(problem: PanelProblem, seed: int) -> None:
    lottery = replace(problem, mode=Mode.RANDOM, seed=seed)
    answer = propose(lottery)
    assert answer == propose(lottery)
    if oracle.best(problem) is None:
        assert isinstance(answer, Infeasible)
        return
    assert isinstance(answer, Solution)
    ids = {member.id for member in answer.members}
    people = tuple(person for person in problem.candidates if person.id in ids)
    slot = slot_index(problem, answer)
    assert oracle.together(problem, people)
    assert oracle.broken(problem, slot, people) == frozenset()
    assert round(answer.objective * 1e6) == oracle.value(problem, slot, people)
    assert (answer.optimal, answer.bound, answer.gap) == (False, None, None)


@MANY
@given(oracle.problems(most=7))
def test_easings_are_the_smallest_sets_smallest_first_and_each_allows_a_panel(problem: PanelProblem) -> None:
    answer = propose(problem)
    if isinstance(answer, Solution):
        return
    told = [
        frozenset((easing.rule, easing.subject) for easing in relaxation.rules)
        for relaxation in answer.relaxations
    ]
    expected = oracle.smallest_easings(problem)
    assert len(told) == min(len(expected), 5)
    assert set(told) <= expected
    assert [len(names) for names in told] == sorted(len(names) for names in expected)[: len(told)]
    for relaxation in answer.relaxations:
        assert oracle.best(apply(problem, relaxation)) is not None


@MANY
@given(oracle.problems(), st.integers(0, 8))
def test_a_swap_costs_what_brute_force_says(problem: PanelProblem, number: int) -> None:
    answer = propose(problem)
    if isinstance(answer, Infeasible):
        return
    person = problem.candidates[number % len(problem.candidates)]
    reason = why_not(problem, answer, person.id)
    best = oracle.best(problem, having=person.id)
    if person.id in {member.id for member in answer.members}:
        assert reason.reason == "seated"
    elif best is None:
        assert reason.swap is None
        assert reason.reason in {"barred", "excluded", "over-load", "not-free", "rule"}
    else:
        assert reason.reason == ("scores-less" if person.is_free(slot_index(problem, answer)) else "not-free")
        assert reason.swap is not None
        assert round((reason.swap.cost + answer.objective) * 1e6) == best[0]
        assert reason.swap.cost <= 0


@MANY
@given(oracle.problems())
def test_each_alternate_may_take_exactly_the_seats_it_is_offered(problem: PanelProblem) -> None:
    answer = propose(problem)
    if isinstance(answer, Infeasible):
        return
    slot = slot_index(problem, answer)
    ids = {member.id for member in answer.members}
    people = tuple(person for person in problem.candidates if person.id in ids)

    def seats(person_id: str) -> set[str]:
        able = set()
        for member in people:
            panel = (*(p for p in people if p is not member), problem.candidate(person_id))
            unlocked = replace(problem, lock=problem.lock - {member.id})
            if oracle.together(unlocked, panel) and not oracle.broken(unlocked, slot, panel):
                able.add(member.id)
        return able

    able = {p.id: seats(p.id) for p in problem.candidates if p.id not in ids}
    assert {each.id: set(each.seats) for each in answer.alternates}.items() <= able.items()
    assert len(answer.alternates) == min(problem.alternates, sum(map(bool, able.values())))
    if answer.alternates:
        assert len(answer.alternates[0].seats) == max(map(len, able.values()))
    for alternate in answer.alternates:
        again = seats_open_to(problem, slot, people, problem.candidate(alternate.id))
        assert set(again) == set(alternate.seats)


@MANY
@given(oracle.problems())
def test_the_parts_add_up_to_the_score_and_the_best_who_may_takes_the_chair(problem: PanelProblem) -> None:
    answer = propose(problem)
    if isinstance(answer, Infeasible):
        return
    everyone: list[Member | Alternate] = [*answer.members, *answer.alternates]
    for each in everyone:
        assert [part.part for part in each.why] == ["skill", "experience", "rotation", "balance"]
        assert round(sum(part.value for part in each.why), 6) == each.score
        assert round(each.score * 1e6) == oracle.score(problem, problem.candidate(each.id))
    chairs = [member.id for member in answer.members if member.role == "chair"]
    able = [member for member in answer.members if problem.candidate(member.id).may_chair]
    best = min(((-member.score, member.id) for member in able), default=None)
    assert chairs == ([best[1]] if problem.rules.chair and best else [])
