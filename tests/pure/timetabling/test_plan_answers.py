"""Answers about one lesson: moves, best places, reasons, easings, and what changed."""

from collections import Counter
from dataclasses import replace
from itertools import combinations

import pytest

from expertpool.timetabling.limits import Limits
from expertpool.timetabling.plans.changes import changed
from expertpool.timetabling.plans.easing import PRICES, easing
from expertpool.timetabling.plans.moves import moving, placings, why
from expertpool.timetabling.plans.problem import (
    Busy,
    Cohort,
    DayKind,
    Lesson,
    Mode,
    Order,
    Placement,
    Room,
    Span,
    Teacher,
    Time,
)
from expertpool.timetabling.plans.relaxing import eased
from expertpool.timetabling.plans.result import Moved, Part, Rule, Soft
from expertpool.timetabling.plans.scoring import check
from expertpool.timetabling.plans.solving import solve
from tests.builders.plans import at, day, invented, on, simple, somewhere
from tests.pure.timetabling import plan_oracle as oracle


def some(seed):
    return invented(seed, lessons=6, grid=(15, 30, 60)[seed % 3], loose=seed % 2)


@pytest.mark.parametrize("seed", range(40))
def test_a_move_does_what_two_full_checks_differ_by(seed):
    problem = some(seed)
    plan = somewhere(problem, seed)
    for target in somewhere(problem, seed + 1000):
        place = (target.day, target.start, target.room, target.teacher)
        effect = moving(problem, plan, target.lesson, *place)
        others = [each for each in plan if each.lesson != target.lesson]
        before, after = check(problem, plan), check(problem, [*others, target])
        assert effect.change == after.total - before.total
        differences = Counter(after.by_rule())
        differences.subtract(before.by_rule())
        assert effect.costs == {rule: change for rule, change in differences.items() if change}
        assert same(effect.breaches, [each for each in after.breaches if each not in before.breaches])
        assert same(effect.mended, [each for each in before.breaches if each not in after.breaches])


def same(one, other):
    return sorted(map(str, one)) == sorted(map(str, other))


@pytest.mark.parametrize("seed", range(12))
def test_the_best_places_are_those_of_trying_every_one(seed):
    problem = invented(seed, lessons=4, days=2, loose=True)
    plan = solve(problem, Limits(None, 2_000)).placements
    for lesson in problem.lessons:
        now = {each.lesson: each for each in plan}.get(lesson.id)
        others = [each for each in plan if each.lesson != lesson.id]
        cheapest, free = {}, 0
        for place in oracle.every_place(problem, lesson)[1:]:
            if oracle.is_fine(problem, [*others, place]):
                free += place != now
                cost = sum(oracle.costs(problem, [*others, place]).values())
                key = place.day, place.start
                cheapest[key] = min(cheapest.get(key, (cost, place)), (cost, place), key=lambda each: each[0])
        base = sum(oracle.costs(problem, plan).values())
        here = (now.day, now.start) if now else None
        wanted = sorted(cost - base for key, (cost, _) in cheapest.items() if key != here)
        found = placings(problem, plan, lesson.id, most=100)
        assert [each.change for each in found if (each.placement.day, each.placement.start) != here] == wanted
        assert all(each.breaches == () for each in found)
        answer = why(problem, plan, lesson.id)
        assert answer.free == free
        assert answer.best == found[:3]
        assert answer.placement == now


def test_places_can_be_asked_for_one_day_and_pinned_lessons_have_none():
    plan = (at("a", 0, 540), at("b", 1, 540))
    assert {each.placement.day for each in placings(simple(), plan, "a", day=on(1))} == {on(1)}
    assert len(placings(simple(), plan, "a", most=2)) == 2
    problem = simple(pins=plan[:1])
    assert placings(problem, plan, "a") == ()
    answer = why(problem, plan, "a")
    assert (answer.pinned, answer.free, answer.best) == (True, 0, ())
    assert [each.rule for each in moving(problem, plan, "a", on(0), 600, "R", "T").breaches] == [Rule.PIN]


def test_why_counts_what_bars_other_places():
    plan = (at("a", 0, 540), at("b", 0, 600))
    problem = simple(
        days=(day(0),),
        teachers=(Teacher("T", available=(Time(540, 690),)),),
        cohorts=(Cohort("C", 10, travels=True),),
    )
    answer = why(problem, plan, "b")
    assert (answer.places, answer.free) == (5, 1)
    assert {each.rule: (each.places, each.params) for each in answer.reasons} == {
        Rule.GROUP_TWICE: (2, {"group": "C"}),
        Rule.ROOM_TWICE: (2, {"room": "R"}),
        Rule.TEACHER_TWICE: (2, {"teacher": "T"}),
        Rule.TEACHER_TIME: (1, {"teacher": "T"}),
    }
    assert [each.placement.start for each in answer.best] == [630]
    assert [(each.rule, each.cost) for each in answer.costs] == [(Soft.TRAVEL_DAY, 10)]


def only(lesson=None, **changes):
    """One lesson in one morning of an hour."""
    lesson = lesson or Lesson("a", 60, cohorts=("C",))
    return simple(days=(day(0, (540, 600)),), lessons=(lesson,), **changes)


A = Lesson("a", 60, cohorts=("C",))
B = Lesson("b", 60, cohorts=("C",))
LATE = replace(B, earliest=on(3))
FAIR = Busy(on(), 590, 600, what="fair")
TWO = {"days": (day(0, (540, 660)), day(3, (540, 660)))}
CASES = [
    (Rule.SEATS, "R", 7, 10, only(rooms=(Room("R", 7), Room("Q", 5)))),
    (Rule.EQUIPMENT, "R", None, "beamer", only(replace(A, equipment=frozenset({"beamer"})))),
    (Rule.SKILL, "T", None, "x", only(replace(A, skills=frozenset({"x"})))),
    (Rule.LANGUAGE, "T", None, "en", only(replace(A, language="en"))),
    (Rule.TEACHER_TIME, "T", 0, 30, only(teachers=(Teacher("T", available=(Time(570, 700),)),))),
    (Rule.ROOM_TIME, "R", 0, 60, only(rooms=(Room("R", 15, available=(Time(0, 540),)),))),
    (Rule.GROUP_TIME, "C", 0, 60, only(cohorts=(Cohort("C", 10, available=(Time(0, 540),)),))),
    (Rule.LESSON_TIME, "a", 0, 30, only(replace(A, available=(Time(570, 700),)))),
    (
        Rule.TEACHER_BUSY,
        "T",
        "p; q",
        None,
        only(teachers=(Teacher("T", busy=(Busy(on(), 540, 550, what="p"), Busy(on(), 580, 700, what="q"))),)),
    ),
    (Rule.ROOM_BUSY, "R", "", None, only(rooms=(Room("R", 15, busy=(Busy(on(), 540, 560),)),))),
    (
        Rule.GROUP_BUSY,
        "C",
        "fair",
        None,
        only(cohorts=(Cohort("C", 9, busy=(Busy(on(), 590, 600, what="fair"),)),)),
    ),
    (Rule.TEACHER_DAY, "T", 45, 60, only(teachers=(Teacher("T", most_a_day=45),))),
    (Rule.TEACHER_WEEK, "T", 45, 60, only(teachers=(Teacher("T", most_a_week=45),))),
    (Rule.TEACHER_IN_ALL, "T", 0, 60, only(teachers=(Teacher("T", most_in_all=0),))),
    (Rule.GROUP_DAY, "C", 30, 60, only(cohorts=(Cohort("C", 10, most_a_day=30),))),
    (Rule.WINDOW, "a", on(2), on(0), only(replace(A, earliest=on(2)))),
    (Rule.WINDOW, "a", on(-1), on(0), only(replace(A, latest=on(-1)))),
    (Rule.DAY, "", "holiday", "working", simple(lessons=(A,), days=(day(0, kind=DayKind.HOLIDAY),))),
    (Rule.ROOM, "", None, 10, only(rooms=())),
    (Rule.ROOM, "a", None, "R", only(replace(A, rooms=("X",)), rooms=(Room("R", 15),))),
    (Rule.TEACHER, "", None, None, only(teachers=())),
    (Rule.TEACHER, "a", None, "T", only(replace(A, teachers=("X",)))),
    (Rule.ORDER, "a>b", 5, 3, simple(lessons=(A, B), orders=(Order("a", "b", 5),), **TWO)),
    (
        Rule.ORDER,
        "a>b",
        2,
        3,
        simple(lessons=(A, replace(B, earliest=on(3))), orders=(Order("a", "b", 0, 2),), **TWO),
    ),
]


@pytest.mark.parametrize(("rule", "subject", "was", "to", "problem"), CASES)
def test_each_rule_is_eased_just_so_far_that_the_lesson_fits(rule, subject, was, to, problem):
    lesson = problem.lessons[-1].id
    plan = [at("a", 0, 540)] if lesson == "b" else []
    (found,) = easing(problem, plan, lesson)
    assert (found.rule, found.subject, found.was, found.to) == (rule, subject, was, to)
    assert fits(eased(problem, [found]), plan, found.placement)
    assert not fits(problem, plan, found.placement)


def fits(problem, plan, placement):
    return oracle.is_fine(problem, [*plan, placement])


def test_a_day_more_is_asked_for_when_a_cohort_has_no_time_left():
    problem = simple(days=(day(0, (540, 600)),), teachers=(Teacher("T"), Teacher("U")))
    plan = [at("a", 0, 540)]
    (found,) = easing(problem, plan, "b")
    assert (found.rule, found.subject, found.was, found.to) == (Rule.DAY, "+", on(0), on(1))
    assert fits(eased(problem, [found]), plan, found.placement)


def test_nothing_helps_a_lesson_that_would_come_before_the_first():
    problem = only(orders=(Order("a", "b"),))
    problem = replace(problem, lessons=(A, B))
    assert easing(problem, [at("b", 0, 540)], "a") == ()


def test_what_fits_needs_no_easing():
    assert easing(simple(), [at("a", 0, 540)], "b") == ()
    assert (
        easing(
            simple(lessons=(Lesson("a", 60, mode=Mode.ONLINE, taught=False),), rooms=(), teachers=()), [], "a"
        )
        == ()
    )


@pytest.mark.parametrize("seed", range(40))
def test_easings_are_true_and_each_of_them_is_needed(seed):
    problem = invented(seed, lessons=5, days=3, loose=seed % 2)
    plan = solve(problem, Limits(None, 2_000)).placements
    for lesson in problem.lessons:
        if lesson.id in {each.lesson for each in plan}:
            continue
        found = easing(problem, plan, lesson.id)
        if found:
            assert fits(eased(problem, found), plan, found[0].placement)
        for fewer in range(len(found)):
            for part in combinations(found, fewer):
                assert not fits(eased(problem, part), plan, found[0].placement)


@pytest.mark.parametrize("seed", range(40))
def test_no_place_asks_for_fewer_easings(seed):
    """Each rule that a place breaks must be eased; one that can't be makes the place useless."""
    problem = invented(seed, lessons=4, days=2, loose=seed % 2)
    plan = solve(problem, Limits(None, 2_000)).placements
    hopeless = {"group-twice", "teacher-twice", "room-twice", "group-travel", "teacher-travel", "span"}
    for lesson in problem.lessons:
        if lesson.id in {each.lesson for each in plan}:
            continue
        needed = []
        for place in anywhere(problem, lesson):
            broken = check(problem, [*plan, place]).breaches
            if not reversed_order(problem, plan, place) and not hopeless & {
                each.rule.value for each in broken
            }:
                needed.append(len({kept(each) for each in broken}))
        found = easing(problem, plan, lesson.id)
        if found and found[0].subject != "+":
            new = sum(each.subject == "" and each.rule in (Rule.ROOM, Rule.TEACHER) for each in found)
            least = min(needed, default=99)
            assert len(found) == least or (new and len(found) < least)


def reversed_order(problem, plan, place):
    placed = {each.lesson: each for each in (*plan, place)}
    minutes = {lesson.id: lesson for lesson in problem.lessons}
    return any(
        (placed[order.before].day, oracle.span(problem, minutes[order.before], placed[order.before]).stop)
        > (placed[order.after].day, placed[order.after].start)
        for order in problem.orders
        if place.lesson in (order.before, order.after) and {order.before, order.after} <= set(placed)
    )


def kept(breach):
    """One easing for all that somebody has at that time."""
    who = breach.params.get("group", breach.params.get("teacher", breach.params.get("room")))
    what = "" if breach.rule.value.endswith("-busy") else str(breach.params)
    return breach.rule, who, what


def anywhere(problem, lesson):
    rooms = [None] if lesson.mode is Mode.ONLINE else [room.id for room in problem.rooms]
    teachers = [teacher.id for teacher in problem.teachers] if lesson.taught else [None]
    for each in problem.days:
        starts = sorted(
            {start for span in each.spans for start in range(span.start, span.end - lesson.minutes + 1)}
        )
        for start in starts:
            if start % problem.grid == 0:
                for room in rooms:
                    for teacher in teachers:
                        yield Placement(lesson.id, each.date, start, room, teacher)


def test_prices_are_whole_and_every_easable_rule_has_one_or_its_like():
    assert all(price > 0 for price in PRICES.values())


def test_reasons_name_the_rules_that_bar_every_place():
    plan = solve(only(rooms=(Room("R", 7),)), Limits(None, 100))
    assert [(each.rule, each.places) for each in plan.unplaced[0].reasons] == [(Rule.SEATS, 1)]
    plan = solve(only(teachers=(Teacher("T", busy=(Busy(on(), 540, 600),)),)), Limits(None, 100))
    (reason,) = plan.unplaced[0].reasons
    assert (reason.rule, reason.places, reason.params) == (Rule.TEACHER_BUSY, 1, {"teacher": "T"})


def test_changes_tell_what_moved_what_is_new_and_what_is_gone():
    before = [at("a", 0, 540), at("b", 1, 540), at("c", 1, 600), at("d", 1, 660)]
    after = [at("a", 0, 570, "Q"), at("b", 1, 540, teacher="U"), at("c", 1, 600), at("e", 0, 540)]
    found = changed(before, after)
    assert found.moved == (
        Moved(before[0], after[0], (Part.TIME, Part.ROOM)),
        Moved(before[1], after[1], (Part.TEACHER,)),
    )
    assert (found.added, found.gone) == ((after[3],), (before[3],))


def test_a_span_is_never_eased():
    problem = simple(lessons=(Lesson("a", 240, cohorts=("C",)),), days=(day(0), day(1)))
    assert easing(problem, [], "a") == ()
    assert problem.days[0].spans == (Span(540, 720),)
