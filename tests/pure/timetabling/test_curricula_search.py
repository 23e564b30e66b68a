"""The search keeps its counts, finds what trying everything finds, and repeats itself."""

from dataclasses import replace

import numpy as np
import pytest

from expertpool.timetabling.curricula.compiled import NOBODY, anneal, settle
from expertpool.timetabling.curricula.problem import shortages
from expertpool.timetabling.curricula.reading import read, write
from expertpool.timetabling.curricula.scoring import score
from expertpool.timetabling.curricula.solving import Search
from expertpool.timetabling.curricula.tables import best, make_facts, make_plan
from expertpool.timetabling.limits import Limits
from tests.builders.timetables import TOY, invented
from tests.pure.timetabling import oracle


def small(seed):
    return invented(
        seed, days=2, periods=3 - seed % 2, rooms=1 + seed % 2, courses=3, most_lectures=2, blocked=4
    )


def large(seed):
    return invented(seed, days=5, periods=6, rooms=8, courses=30, most_lectures=5, blocked=60)


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("make", [small, large])
def test_counts_and_both_scorers_agree_with_or_without_clashes(make, seed):
    text = make(seed)
    problem = read(text)
    facts = make_facts(problem)
    plan = make_plan(problem, facts, seed, 0)
    for temperature in (1000.0, 5.0):
        anneal(facts, plan, 2_000, temperature, 10.0)
        now = best(facts, plan._replace(best_period=plan.period, best_room=plan.room))
        cost = score(problem, now)
        assert (int(plan.totals[0]) == 0, int(plan.totals[1])) == (cost.clashes == 0, cost.total)
        assert oracle.check(text, write(problem, now)) == (cost.clashes, cost.total)
        assert counts(plan) == counts(settled(problem, facts, plan))


COUNTED = ("cell", "clashes", "held", "on_day", "days", "in_room")


def counts(plan):
    return [getattr(plan, field).tolist() for field in COUNTED] + [int(plan.totals[0])]


def settled(problem, facts, plan):
    """The same places in a plan that is counted anew."""
    fresh = make_plan(problem, facts, 0, 0)
    for array in (fresh.clashes, fresh.held, fresh.on_day, fresh.days, fresh.in_room, fresh.totals):
        array[:] = 0
    fresh.cell[:] = NOBODY
    for course, period in problem.unavailable:
        fresh.clashes[course, period] = 1
    again = fresh._replace(period=plan.period, room=plan.room)
    settle(facts, again)
    return again


@pytest.mark.parametrize("seed", range(40))
def test_small_weeks_are_planned_as_well_as_by_trying_everything(seed):
    text = small(seed)
    problem = read(text)
    cheapest = oracle.cheapest(text)
    result = Search(problem, seed=1).run(Limits(None, 100_000))
    if cheapest is None:
        assert result.cost.clashes > 0
    else:
        assert (result.cost.clashes, result.cost.total) == (0, cheapest)
        assert oracle.check(text, write(problem, result.plan)) == (0, cheapest)


def test_small_weeks_are_of_both_kinds():
    found = [oracle.cheapest(small(seed)) for seed in range(40)]
    assert {value is None for value in found} == {True, False}


@pytest.mark.parametrize("seed", range(40))
def test_what_counting_calls_impossible_is_impossible(seed):
    if shortages(read(small(seed))):
        assert oracle.cheapest(small(seed)) is None


def test_the_toy_costs_nothing_and_the_search_ends_then():
    problem = read(TOY)
    result = Search(problem, threads=2).run(Limits(None, 300_000))
    assert oracle.check(TOY, write(problem, result.plan)) == (0, 0)


def test_seed_threads_and_steps_decide_the_plan():
    problem = read(large(1))

    def plan(seed, threads, steps):
        return write(problem, Search(problem, seed=seed, threads=threads).run(Limits(None, steps)).plan)

    assert plan(7, 2, 250_000) == plan(7, 2, 250_000)
    assert len({plan(7, 2, 250_000), plan(8, 2, 250_000), plan(7, 2, 150_000)}) == 3


def test_more_threads_are_never_worse():
    problem = read(large(2))
    costs = [
        Search(problem, seed=3, threads=threads).run(Limits(None, 200_000)).cost for threads in (1, 2, 4)
    ]
    ranks = [(cost.clashes > 0, cost.total) for cost in costs]
    assert ranks == sorted(ranks, reverse=True)


def test_a_search_is_watched_and_stopped_and_gives_the_best_so_far():
    problem = read(large(1))
    search = Search(problem, threads=2)
    seen = []

    def watch():
        seen.append(search.least())
        if seen[-1] is not None:
            search.stop()

    result = search.run(Limits(None, 10**12), watch)
    assert result.cost.clashes == 0
    assert result.cost.total <= seen[-1]
    assert result.cost.total == search.least()


def test_time_ends_a_search():
    problem = read(large(1))
    result = Search(problem).run(Limits(0.01))
    assert len(result.plan) == len(problem.lectures)


def test_without_a_plan_free_of_clashes_the_nearest_is_told():
    text = large(1)
    problem = read(text)
    blocked = frozenset((0, period) for period in range(problem.week))
    result = Search(replace(problem, unavailable=problem.unavailable | blocked)).run(Limits(None, 300_000))
    assert result.cost.clashes == problem.courses[0].lectures


def test_a_start_without_clashes_counts_as_found():
    problem = read(small(0))
    facts = make_facts(problem)
    plans = [make_plan(problem, facts, seed, 0) for seed in range(200)]
    for plan in plans:
        cost = score(problem, best(facts, plan))
        known = int(plan.totals[2])
        assert (known == cost.total) == (cost.clashes == 0)
    assert len({int(plan.totals[2]) < np.iinfo(np.int64).max for plan in plans}) == 2
