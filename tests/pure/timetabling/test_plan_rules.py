"""Each rule of training plans on both sides of its border, by the engine's judge and by the tests' own."""

from dataclasses import replace

import pytest

from expertpool.timetabling.plans.problem import (
    Busy,
    Cohort,
    DayKind,
    Kind,
    Lesson,
    Mode,
    Order,
    Room,
    Span,
    Teacher,
    Time,
    Trainee,
    Travel,
    Weights,
)
from expertpool.timetabling.plans.scoring import check
from tests.builders.plans import at, day, on, simple
from tests.pure.timetabling import plan_oracle as oracle

A = Lesson("a", 60, cohorts=("C",))
B = Lesson("b", 60, cohorts=("C",))
D = Lesson("b", 60, cohorts=("D",))
BOTH_COHORTS = (Cohort("C", 10), Cohort("D", 10))
APART = {
    "cohorts": BOTH_COHORTS,
    "teachers": (Teacher("T"), Teacher("U")),
    "rooms": (Room("R", 15, "east"), Room("Q", 15, "west")),
    "travel": (Travel("west", "east", 40),),
}


def one(lesson=None, **changes):
    return simple(lessons=(lesson or A,), **changes)


def panel(start, end, place=None, number=0):
    return (Busy(on(number), start, end, place, "panel"),)


ALONE, TWO = [at("a")], [at("a"), at("b", 0, 600)]
FAR = [at("a", room="R"), at("b", 0, 660, "Q")]
NEAR = [at("a", room="R"), at("b", 0, 630, "Q")]
ONLINE = replace(B, mode=Mode.ONLINE)
HARD = [
    ("day", one(), [at("a", 1)], one(), [at("a", 2)]),
    ("day", one(), [at("a")], one(days=(day(0, kind=DayKind.HOLIDAY),)), [at("a")]),
    ("day", one(days=(day(0, kind=DayKind.MADE_UP),)), ALONE, one(days=(day(1),)), ALONE),
    ("day", one(days=(day(0, kind=DayKind.PROVISIONAL),)), ALONE, one(days=()), ALONE),
    ("span", one(), [at("a", 0, 660)], one(), [at("a", 0, 690)]),
    ("span", one(), [at("a", 0, 540)], one(), [at("a", 0, 510)]),
    ("span", one(grid=15), [at("a", 0, 555)], one(), [at("a", 0, 555)]),
    (
        "span",
        one(days=(day(0, (540, 720)),)),
        [at("a", 0, 630)],
        one(days=(day(0, (540, 660), (660, 720)),)),
        [at("a", 0, 630)],
    ),
    ("window", one(replace(A, earliest=on(0))), ALONE, one(replace(A, earliest=on(1))), ALONE),
    ("window", one(replace(A, latest=on(0))), ALONE, one(replace(A, latest=on(-1))), ALONE),
    ("window", one(not_before=on(0)), ALONE, one(not_before=on(1)), ALONE),
    ("window", one(not_before=on(1), pins=(at("a"),)), ALONE, one(not_before=on(1)), ALONE),
    (
        "lesson-time",
        one(replace(A, available=(Time(540, 600),))),
        ALONE,
        one(replace(A, available=(Time(570, 700),))),
        ALONE,
    ),
    (
        "lesson-time",
        one(replace(A, available=(Time(0, 570), Time(570, 600)))),
        ALONE,
        one(replace(A, available=(Time(0, 570), Time(571, 600)))),
        ALONE,
    ),
    ("teacher", one(), ALONE, one(), [at("a", teacher=None)]),
    ("teacher", one(replace(A, taught=False)), [at("a", teacher=None)], one(replace(A, taught=False)), ALONE),
    ("teacher", one(replace(A, teachers=("T",))), ALONE, one(replace(A, teachers=("U",))), ALONE),
    (
        "teacher",
        one(replace(A, also=("U",)), teachers=(Teacher("T"), Teacher("U"))),
        ALONE,
        one(replace(A, also=("T",))),
        ALONE,
    ),
    (
        "skill",
        one(replace(A, skills=frozenset("x")), teachers=(Teacher("T", frozenset("xy")),)),
        ALONE,
        one(replace(A, skills=frozenset("xz")), teachers=(Teacher("T", frozenset("xy")),)),
        ALONE,
    ),
    (
        "language",
        one(replace(A, language="en"), teachers=(Teacher("T", languages=frozenset({"en"})),)),
        ALONE,
        one(replace(A, language="en")),
        ALONE,
    ),
    ("room", one(), ALONE, one(), [at("a", room=None)]),
    (
        "room",
        one(replace(A, mode=Mode.ONLINE)),
        [at("a", room=None)],
        one(replace(A, mode=Mode.ONLINE)),
        ALONE,
    ),
    ("room", one(replace(A, mode=Mode.BOTH)), ALONE, one(replace(A, mode=Mode.BOTH)), [at("a", room=None)]),
    ("room", one(replace(A, rooms=("R",))), ALONE, one(replace(A, rooms=("Q",))), ALONE),
    ("seats", one(rooms=(Room("R", 10),)), ALONE, one(rooms=(Room("R", 9),)), ALONE),
    (
        "seats",
        one(replace(A, kind=Kind.EXAM), rooms=(Room("R", 20, exam_seats=10),)),
        ALONE,
        one(replace(A, kind=Kind.EXAM), rooms=(Room("R", 20, exam_seats=9),)),
        ALONE,
    ),
    (
        "seats",
        one(replace(A, trainees=("P",)), trainees=(Trainee("P", ("C",)),), rooms=(Room("R", 10),)),
        ALONE,
        one(replace(A, trainees=("P",)), trainees=(Trainee("P"),), rooms=(Room("R", 10),)),
        ALONE,
    ),
    (
        "seats",
        one(replace(A, mode=Mode.BOTH), cohorts=(Cohort("C", 40, remote=True),)),
        ALONE,
        one(cohorts=(Cohort("C", 40, remote=True),)),
        ALONE,
    ),
    (
        "equipment",
        one(replace(A, equipment=frozenset("b")), rooms=(Room("R", 15, equipment=frozenset("bc")),)),
        ALONE,
        one(replace(A, equipment=frozenset("b"))),
        ALONE,
    ),
    (
        "teacher-time",
        one(teachers=(Teacher("T", available=(Time(540, 600, weekday=1),)),)),
        ALONE,
        one(teachers=(Teacher("T", available=(Time(540, 600, weekday=2),)),)),
        ALONE,
    ),
    (
        "teacher-time",
        one(teachers=(Teacher("T", available=(Time(540, 600, date=on(0)),)),)),
        ALONE,
        one(teachers=(Teacher("T", available=(Time(540, 600, date=on(1)),)),)),
        ALONE,
    ),
    (
        "room-time",
        one(rooms=(Room("R", 15, available=(Time(540, 600),)),)),
        ALONE,
        one(rooms=(Room("R", 15, available=(Time(541, 600),)),)),
        ALONE,
    ),
    (
        "group-time",
        one(cohorts=(Cohort("C", 9, available=(Time(540, 600),)),)),
        ALONE,
        one(cohorts=(Cohort("C", 9, available=(Time(540, 599),)),)),
        ALONE,
    ),
    (
        "teacher-busy",
        one(teachers=(Teacher("T", busy=panel(600, 700)),)),
        ALONE,
        one(teachers=(Teacher("T", busy=panel(599, 700)),)),
        ALONE,
    ),
    (
        "teacher-busy",
        one(teachers=(Teacher("T", busy=panel(540, 600, number=1)),)),
        ALONE,
        one(replace(A, also=("U",)), teachers=(Teacher("T"), Teacher("U", busy=panel(540, 600)))),
        ALONE,
    ),
    (
        "room-busy",
        one(rooms=(Room("R", 15, busy=panel(600, 660)),)),
        ALONE,
        one(rooms=(Room("R", 15, busy=panel(570, 571)),)),
        ALONE,
    ),
    (
        "group-busy",
        one(cohorts=(Cohort("C", 9, busy=panel(600, 660)),)),
        ALONE,
        one(cohorts=(Cohort("C", 9, busy=panel(400, 541)),)),
        ALONE,
    ),
    (
        "group-busy",
        one(trainees=(Trainee("P", ("C",), busy=panel(600, 660)),)),
        ALONE,
        one(trainees=(Trainee("P", ("C",), busy=panel(570, 600)),)),
        ALONE,
    ),
    (
        "teacher-twice",
        simple(lessons=(A, D), **APART),
        [at("a"), at("b", 0, 540, "Q", "U")],
        simple(lessons=(A, replace(D, also=("T",))), **APART | {"travel": ()}),
        [at("a"), at("b", 0, 570, "Q", "U")],
    ),
    (
        "room-twice",
        simple(lessons=(A, D), **APART),
        [at("a"), at("b", 0, 600, "R", "U")],
        simple(lessons=(A, D), **APART),
        [at("a"), at("b", 0, 570, "R", "U")],
    ),
    (
        "group-twice",
        simple(lessons=(A, D), **APART),
        [at("a"), at("b", 0, 570, "Q", "U")],
        simple(lessons=(A, D), trainees=(Trainee("P", ("C", "D")),), **APART | {"travel": ()}),
        [at("a"), at("b", 0, 570, "Q", "U")],
    ),
    (
        "group-twice",
        simple(lessons=(A, replace(D, trainees=("P",))), trainees=(Trainee("P"),), **APART),
        [at("a"), at("b", 0, 570, "Q", "U")],
        simple(
            lessons=(A, replace(D, trainees=("P",))),
            trainees=(Trainee("P", ("C",)),),
            **APART | {"travel": ()},
        ),
        [at("a"), at("b", 0, 570, "Q", "U")],
    ),
    ("teacher-travel", simple(lessons=(A, D), **APART), FAR, simple(lessons=(A, D), **APART), NEAR),
    (
        "teacher-travel",
        one(
            teachers=(Teacher("T", busy=panel(660, 700, "west")),),
            rooms=APART["rooms"],
            travel=APART["travel"],
        ),
        ALONE,
        one(
            teachers=(Teacher("T", busy=panel(630, 700, "west")),),
            rooms=APART["rooms"],
            travel=APART["travel"],
        ),
        ALONE,
    ),
    (
        "group-travel",
        simple(lessons=(A, B), **APART),
        [FAR[0], at("b", 0, 660, "Q", "U")],
        simple(lessons=(A, B), **APART),
        [NEAR[0], at("b", 0, 630, "Q", "U")],
    ),
    (
        "group-travel",
        simple(lessons=(A, ONLINE), **APART),
        [ALONE[0], at("b", 0, 630, None, "U")],
        simple(lessons=(A, ONLINE), **APART),
        [ALONE[0], at("b", 0, 600, None, "U")],
    ),
    (
        "group-travel",
        simple(lessons=(A, ONLINE), online_minutes=0, **APART),
        [ALONE[0], at("b", 0, 600, None, "U")],
        simple(lessons=(A, ONLINE), online_minutes=1, **APART),
        [ALONE[0], at("b", 0, 600, None, "U")],
    ),
    (
        "teacher-day",
        simple(teachers=(Teacher("T", most_a_day=120),)),
        TWO,
        simple(teachers=(Teacher("T", most_a_day=119),)),
        TWO,
    ),
    (
        "teacher-day",
        simple(teachers=(Teacher("T", most_a_day=60),)),
        [at("a"), at("b", 1)],
        simple(teachers=(Teacher("T", most_a_day=60),)),
        TWO,
    ),
    (
        "teacher-week",
        simple(days=(day(0), day(7)), teachers=(Teacher("T", most_a_week=60),)),
        [at("a"), at("b", 7)],
        simple(teachers=(Teacher("T", most_a_week=60),)),
        [at("a"), at("b", 1)],
    ),
    (
        "teacher-in-all",
        simple(teachers=(Teacher("T", most_in_all=120),)),
        [at("a"), at("b", 1)],
        simple(days=(day(0), day(7)), teachers=(Teacher("T", most_in_all=119),)),
        [at("a"), at("b", 7)],
    ),
    (
        "group-day",
        simple(cohorts=(Cohort("C", 9, most_a_day=120),)),
        TWO,
        simple(cohorts=(Cohort("C", 9, most_a_day=90),)),
        TWO,
    ),
    (
        "group-day",
        simple(trainees=(Trainee("P", ("C",), most_a_day=120),)),
        TWO,
        simple(trainees=(Trainee("P", ("C",), most_a_day=90),)),
        TWO,
    ),
    ("order", simple(orders=(Order("a", "b"),)), TWO, simple(orders=(Order("b", "a"),)), TWO),
    (
        "order",
        simple(orders=(Order("a", "b", 1),)),
        [at("a"), at("b", 1)],
        simple(orders=(Order("a", "b", 1),)),
        TWO,
    ),
    (
        "order",
        simple(days=(day(0), day(3)), orders=(Order("a", "b", 0, 3),)),
        [at("a"), at("b", 3)],
        simple(days=(day(0), day(3)), orders=(Order("a", "b", 0, 2),)),
        [at("a"), at("b", 3)],
    ),
    ("pin", one(pins=(at("a"),)), ALONE, one(pins=(at("a"),)), [at("a", 1)]),
    ("pin", one(pins=(at("a"),)), ALONE, one(pins=(at("a"),)), []),
]


@pytest.mark.parametrize(("rule", "kept", "good", "broken", "bad"), HARD)
def test_each_hard_rule_on_both_sides_of_its_border(rule, kept, good, broken, bad):
    assert check(kept, good).breaches == ()
    assert {each.rule.value for each in check(broken, bad).breaches} == {rule}
    assert (set(oracle.breaches(kept, good)), set(oracle.breaches(broken, bad))) == (set(), {rule})


def weights(rule, weight=7):
    return Weights(**dict.fromkeys(Weights.__slots__, 0) | {rule: weight})


LIKES = (Teacher("T", prefers=(Time(540, 600),)),)
COURSE = (replace(A, course="k"), replace(B, course="k"))
EXAMS = (replace(A, kind=Kind.EXAM), replace(B, kind=Kind.EXAM))
ROOMS = (Room("R", 15), Room("Q", 15))
TEACHERS = (Teacher("T"), Teacher("U"))
WEEKS = (day(0), day(1), day(7), day(8))
LUNCH = (day(0, (540, 720), (840, 960)), day(1))
SOFT = [
    ("unplaced", simple(), TWO, 0),
    ("unplaced", simple(), ALONE, 1),
    ("moved", one(published=(at("a"),)), [at("a", room="Q")], 0),
    ("moved", one(published=(at("a"),)), [at("a", 1)], 1),
    ("moved", one(published=(at("a"),)), [at("a", 0, 570)], 1),
    ("moved", one(published=(at("a"),)), [], 0),
    ("reassigned", one(published=(at("a"),)), [at("a", 0, 570, "Q")], 0),
    ("reassigned", one(published=(at("a"),)), [at("a", room="Q")], 1),
    ("reassigned", one(published=(at("a"),)), [at("a", teacher="U")], 1),
    ("provisional", one(days=(day(0, kind=DayKind.MADE_UP),)), ALONE, 0),
    ("provisional", one(days=(day(0, kind=DayKind.PROVISIONAL),)), ALONE, 1),
    ("teacher_time", one(teachers=LIKES), ALONE, 0),
    ("teacher_time", one(teachers=LIKES), [at("a", 0, 570)], 1),
    ("teacher_time", one(), [at("a", 0, 570)], 0),
    ("gap", simple(), TWO, 0),
    ("gap", simple(), [at("a"), at("b", 0, 630)], 1),
    ("gap", simple(), [at("a"), at("b", 0, 660)], 2),
    ("gap", simple(grid=15), [at("a"), at("b", 0, 615)], 1),
    ("gap", simple(days=LUNCH), [at("a", 0, 660), at("b", 0, 840)], 0),
    ("gap", simple(days=LUNCH), [at("a", 0, 630), at("b", 0, 840)], 1),
    ("gap", simple(cohorts=(Cohort("C", 9, busy=panel(600, 660)),)), [at("a"), at("b", 0, 660)], 0),
    ("gap", simple(), [at("a"), at("b", 1, 660)], 0),
    ("teacher_gap", simple(), [at("a"), at("b", 0, 630)], 1),
    ("teacher_gap", simple(teachers=TEACHERS), [at("a"), at("b", 0, 660, "R", "U")], 0),
    ("travel_day", one(), ALONE, 0),
    ("travel_day", simple(cohorts=(Cohort("C", 9, travels=True),)), TWO, 1),
    ("travel_day", simple(cohorts=(Cohort("C", 9, travels=True),)), [at("a"), at("b", 1)], 2),
    (
        "travel_day",
        one(replace(A, mode=Mode.ONLINE), cohorts=(Cohort("C", 9, travels=True),)),
        [at("a", room=None)],
        0,
    ),
    ("travel_day", one(teachers=(Teacher("T", travels=True),)), ALONE, 1),
    ("spread", simple(days=WEEKS), [at("a"), at("b", 7)], 0),
    ("spread", simple(days=WEEKS), TWO, 1),
    ("spread", simple(days=WEEKS, cohorts=(Cohort("C", 9, spread=False),)), TWO, 0),
    ("spread", simple(days=WEEKS[:3]), TWO, 1),
    ("spread", simple(days=(*WEEKS[:2], day(7, kind=DayKind.HOLIDAY))), TWO, 0),
    ("course_day", simple(lessons=COURSE), [at("a"), at("b", 1)], 0),
    ("course_day", simple(lessons=COURSE), TWO, 1),
    ("course_day", simple(), TWO, 0),
    ("course_day", simple(lessons=COURSE, cohorts=(Cohort("C", 9, spread=False),)), TWO, 0),
    ("same_room", simple(rooms=ROOMS), TWO, 0),
    ("same_room", simple(rooms=ROOMS), [at("a"), at("b", 0, 600, "Q")], 1),
    ("same_room", simple(rooms=ROOMS), [at("a"), at("b", 1, 600, "Q")], 0),
    ("same_teacher", simple(lessons=COURSE, teachers=TEACHERS), TWO, 0),
    ("same_teacher", simple(lessons=COURSE, teachers=TEACHERS), [at("a"), at("b", 1, teacher="U")], 1),
    ("same_teacher", simple(teachers=TEACHERS), [at("a"), at("b", 1, teacher="U")], 0),
    ("exam_day", simple(lessons=EXAMS), [at("a"), at("b", 1)], 0),
    ("exam_day", simple(lessons=EXAMS), TWO, 1),
    ("exam_day", simple(lessons=(EXAMS[0], B)), TWO, 0),
    ("empty_seats", one(rooms=(Room("R", 19),)), ALONE, 0),
    ("empty_seats", one(rooms=(Room("R", 20),)), ALONE, 1),
    ("empty_seats", one(replace(A, kind=Kind.EXAM), rooms=(Room("R", 60, exam_seats=30),)), ALONE, 2),
]


@pytest.mark.parametrize(("rule", "problem", "plan", "units"), SOFT)
def test_each_soft_rule_on_both_sides_of_its_border(rule, problem, plan, units):
    problem = replace(problem, weights=weights(rule))
    judged = check(problem, plan)
    assert sum(each.units for each in judged.costs) == units
    assert judged.total == 7 * units == sum(oracle.costs(problem, plan).values())
    assert {each.rule.value for each in judged.costs} <= {rule}


def test_every_rule_has_a_case():
    from expertpool.timetabling.plans.result import Rule, Soft

    assert {case[0] for case in HARD} == {rule.value for rule in Rule}
    assert {case[0] for case in SOFT} == {rule.value for rule in Soft} == set(Weights.__slots__)


def test_a_breach_says_whose_and_how_far():
    problem = simple(teachers=(Teacher("T", most_a_day=90),), orders=(Order("a", "b", 2),))
    found = {each.rule.value: (each.lesson, each.params) for each in check(problem, TWO).breaches}
    assert found == {
        "teacher-day": ("b", {"teacher": "T", "minutes": 120, "most": 90}),
        "order": ("b", {"before": "a", "after": "b", "days": 0, "least": 2}),
    }


def test_lessons_off_the_grid_take_all_that_they_touch():
    long = simple(lessons=(Lesson("a", 45, cohorts=("C",)), B))
    assert check(long, [at("a"), at("b", 0, 600)]).breaches == ()
    assert [each.rule.value for each in check(long, [at("a", 0, 555), at("b", 0, 570)]).breaches] == [
        "span",
        "group-twice",
        "room-twice",
        "teacher-twice",
    ]
    assert day(0).spans == (Span(540, 720),)
