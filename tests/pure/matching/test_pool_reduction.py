"""Leaving out needless people changes neither the best panel, nor its names, nor a swap's cost."""

from __future__ import annotations

import random
from dataclasses import replace
from fractions import Fraction

import pytest

from expertpool.matching.model import PanelModel
from expertpool.matching.pool import Bounds, opposites, rank, reduce
from expertpool.matching.problem import Candidate, MinShare, PanelProblem, Rules, Slot, Wanted
from expertpool.matching.search import Search


def crowded(seed: int) -> PanelProblem:
    """Return 120 people, few kinds of them, with many equal scores, few employers and some pairs."""
    rng = random.Random(seed)
    steps = rng.choice([2, 5, 100])
    people = tuple(
        Candidate(
            id=f"E{index:03}",
            organisation=rng.choice([None, *(f"O{number}" for number in range(rng.choice([3, 12, 60])))]),
            region=rng.choice(["north", "south", "east", "west", None]),
            party=rng.choice(["users", "producers"]),
            may_chair=rng.random() < 0.3,
            skills={"x": 1.0} if rng.random() < 0.4 else {},
            parts={"skill": rng.randrange(steps) / steps},
        )
        for index in range(120)
    )
    ids = [person.id for person in people]
    pairs = [tuple(rng.sample(ids, 2)) for _ in range(rng.choice([0, 5, 150]))]
    return PanelProblem(
        candidates=people,
        seats=rng.choice([2, 3, 4]),
        wanted=(Wanted("x", rng.choice([1, 2])),),
        lock=frozenset(rng.sample(ids, rng.choice([0, 1]))),
        rules=Rules(
            max_per_organisation=rng.choice([None, 1, 2]),
            max_per_region=rng.choice([None, 1, 2]),
            min_regions=rng.choice([0, 1, 2, 3]),
            max_share_of_one_party=rng.choice([None, Fraction(1, 2), Fraction(2, 3)]),
            min_shares=rng.choice([(), (MinShare(frozenset({"users"}), Fraction(1, 2)),)]),
        ),
        apart=tuple((one, other) for one, other in pairs),
    )


def solved(problem: PanelProblem, also: str | None = None) -> tuple[int, tuple[str, ...] | None]:
    """Return value and names of the best panel of the whole pool."""
    everyone = Search(problem).entries
    forced = replace(problem, lock=problem.lock | {also}) if also else problem
    found = PanelModel(forced, everyone).maximise(60, 0)
    if found.ids is None:
        return 0, None
    return found.value, PanelModel(forced, everyone).first_by_id(found, 60, 0).ids


@pytest.mark.parametrize("seed", range(40))
def test_the_reduced_pool_has_the_same_first_best_panel(seed: int) -> None:
    problem = crowded(seed)
    search = Search(problem)
    found = search.best(None)
    ids = search.first_by_id(None, found).ids if found.ids is not None else None
    assert (found.value, ids) == solved(problem)


@pytest.mark.parametrize("seed", range(40))
def test_at_each_slot_the_reduced_pool_has_the_same_first_best_panel(seed: int) -> None:
    rng, whole = random.Random(seed), crowded(seed)
    choices = [None, None, None, frozenset(), frozenset({0}), frozenset({1})]
    people = tuple(replace(person, free=rng.choice(choices)) for person in whole.candidates)
    problem = replace(whole, candidates=people, slots=(Slot("Mon"), Slot("Tue")))
    search = Search(problem)
    for slot in (0, 1):
        free = [entry for entry in search.entries if entry.candidate.is_free(slot)]
        expected = PanelModel(problem, free).maximise(60, 0)
        found = search.best(slot)
        assert found.value == expected.value
        if expected.ids is not None:
            assert (
                search.first_by_id(slot, found).ids
                == PanelModel(problem, free).first_by_id(expected, 60, 0).ids
            )


@pytest.mark.parametrize("seed", range(40))
def test_forcing_anybody_into_the_reduced_pool_costs_the_same(seed: int) -> None:
    problem = crowded(seed)
    last = Search(problem).entries[-1 - seed].candidate.id
    found = Search(problem).best(None, also=(last,))
    value, ids = solved(problem, last)
    assert (found.value, found.ids is None) == (value, ids is None)


def test_people_alike_beyond_the_seats_are_left_out() -> None:
    people = tuple(
        Candidate(id=f"E{index:03}", organisation=f"O{index}", parts={"skill": index / 100})
        for index in range(100)
    )
    problem = PanelProblem(people, seats=3, rules=Rules(max_per_organisation=1))
    assert [entry.candidate.id for entry in Search(problem).pool(None)] == ["E099", "E098", "E097"]
    assert [e.candidate.id for e in Search(problem).pool(None, also=("E000",))][-1] == "E000"


def test_colleagues_beyond_the_cap_are_left_out_even_when_employers_are_few() -> None:
    people = tuple(
        Candidate(id=f"E{index:03}", organisation=f"O{index % 2}", parts={"skill": index / 100})
        for index in range(100)
    )
    bounds = Bounds(
        size=5, per_organisation=1, of_one_organisation=1, regions=0, by_party=False, apart=opposites(())
    )
    ranking = rank(PanelProblem(people, seats=5), people)
    assert [entry.candidate.id for entry in reduce(ranking, bounds)] == ["E099", "E098"]
