"""Terms and plans as files: read whole, refused with every fault at its place, written the same again."""

import json
from dataclasses import replace

import pytest

from expertpool.timetabling.limits import Limits
from expertpool.timetabling.plans.problem import Cohort, DayKind, Lesson, Mode, Problem, Time, Weights
from expertpool.timetabling.plans.reading import Unreadable, read
from expertpool.timetabling.plans.solving import solve
from expertpool.timetabling.plans.weekly import weekly
from expertpool.timetabling.plans.writing import write, write_problem
from tests.builders.plans import at, day, invented, on, simple

SMALL = {
    "days": [{"date": "2027-03-01", "spans": [{"start": "09:00", "end": "12:00"}]}],
    "lessons": [{"id": "a", "minutes": 60, "cohorts": ["C"], "taught": False, "mode": "online"}],
    "cohorts": [{"id": "C", "size": 10}],
}


@pytest.mark.parametrize("seed", range(20))
def test_what_is_written_is_read_the_same(seed):
    problem = replace(
        invented(seed), pins=(at("l0", 0, 540, "R0", "T0"),), published=(at("l1"),), not_before=on(1)
    )
    assert read(write_problem(problem)) == problem


def test_what_is_left_out_has_its_default():
    lesson = Lesson("a", 60, cohorts=("C",), taught=False, mode=Mode.ONLINE)
    assert read(json.dumps(SMALL)) == Problem((day(0),), (lesson,), cohorts=(Cohort("C", 10),))


def test_weights_and_times_can_be_given_in_part():
    values = SMALL | {
        "weights": {"gap": 7},
        "teachers": [{"id": "T", "available": [{"start": "00:00", "end": "24:00"}]}],
    }
    problem = read(json.dumps(values))
    assert problem.weights == Weights(gap=7)
    assert problem.teachers[0].available == (Time(0, 1440),)


def faults(values):
    text = values if isinstance(values, str) else json.dumps(values)
    with pytest.raises(Unreadable) as caught:
        read(text)
    return [(each.path, each.value, str(each.problem)) for each in caught.value.faults]


@pytest.mark.parametrize("text", ["", "{", "[1,", '{"a": }', "nonsense"])
def test_no_json_is_told_with_its_place(text):
    ((path, value, problem),) = faults(text)
    assert (path, value) == ("", None)
    assert problem.startswith("This is no JSON: line 1, column ")


def test_every_fault_is_found_with_its_path_and_value():
    values = {
        "days": [
            {"date": "2027-2-30", "spans": [{"start": "9:00", "end": "25:00"}]},
            {"date": "2027-02-30", "spans": 1},
        ],
        "lessons": [
            {"id": "a", "minutes": 0, "colour": 1},
            {"minutes": True, "kind": "dance", "taught": "no"},
            3,
        ],
        "cohorts": {"id": "C"},
        "weights": {"gap": -1, "beauty": 3},
        "lesson": [],
    }
    assert faults(values) == [
        ("lesson", None, "There is no such field."),
        ("days[0].date", "2027-2-30", "A date such as 2027-03-01 is expected here."),
        ("days[0].spans[0].start", "9:00", "A time such as 09:30 is expected here."),
        ("days[0].spans[0].end", "25:00", "A time such as 09:30 is expected here."),
        ("days[1].date", "2027-02-30", "A date such as 2027-03-01 is expected here."),
        ("days[1].spans", None, "A list of up to 5000 entries is expected here."),
        ("lessons[0].colour", None, "There is no such field."),
        ("lessons[0].minutes", "0", "A whole number from 1 to 1440 is expected here."),
        ("lessons[1].id", None, "This field is missing."),
        ("lessons[1].minutes", "true", "A whole number from 1 to 1440 is expected here."),
        ("lessons[1].kind", "dance", "One of these is expected here: lecture, exercise, exam, other."),
        ("lessons[1].taught", "no", "true or false is expected here."),
        ("lessons[2]", "3", "An object is expected here."),
        ("cohorts", None, "A list of up to 5000 entries is expected here."),
        ("weights.beauty", None, "There is no such field."),
        ("weights.gap", "-1", "A whole number from 0 to 100000 is expected here."),
    ]


def changed(**changes):
    return SMALL | changes


LESSON = {"id": "a", "minutes": 60}
DAY = SMALL["days"][0]
CONTRADICTIONS = [
    ("lessons[1]", "a", "twice", changed(lessons=[LESSON, LESSON])),
    ("lessons[0].cohorts", "X", "no such id in “cohorts”", changed(lessons=[LESSON | {"cohorts": ["X"]}])),
    ("lessons[0].also", "X", "no such id in “teachers”", changed(lessons=[LESSON | {"also": ["X"]}])),
    (
        "trainees[0].cohorts",
        "X",
        "no such id in “cohorts”",
        changed(trainees=[{"id": "P", "cohorts": ["X"]}]),
    ),
    ("orders[0]", "b", "no such id in “lessons”", changed(orders=[{"before": "a", "after": "b"}])),
    ("orders[0]", "a", "after itself", changed(orders=[{"before": "a", "after": "a"}])),
    ("days[1].date", "2027-03-01", "each date once", changed(days=[DAY, DAY])),
    ("days[1].date", "2029-03-01", "400 days", changed(days=[DAY, DAY | {"date": "2029-03-01"}])),
    (
        "days[0].spans[0]",
        "10:00-10:00",
        "end must come after",
        changed(days=[DAY | {"spans": [{"start": "10:00", "end": "10:00"}]}]),
    ),
    ("grid", "25", "divides an hour", changed(grid=25)),
    (
        "pins[0].start",
        "23:30",
        "not end on this day",
        changed(pins=[{"lesson": "a", "day": "2027-03-01", "start": "23:30"}]),
    ),
    (
        "pins[0]",
        "T",
        "no such id in “teachers”",
        changed(pins=[{"lesson": "a", "day": "2027-03-01", "start": "09:00", "teacher": "T"}]),
    ),
    ("rooms[0].id", "+r", "does not begin with", changed(rooms=[{"id": "+r", "seats": 3}])),
]


@pytest.mark.parametrize(("path", "value", "words", "values"), CONTRADICTIONS)
def test_what_contradicts_itself_is_refused(path, value, words, values):
    ((found, shown, problem),) = faults(values)
    assert (found, shown) == (path, value)
    assert words in problem


def test_a_published_plan_may_name_what_is_no_longer_there():
    values = changed(published=[{"lesson": "gone", "day": "2020-01-01", "start": "09:10", "room": "old"}])
    plan = solve(read(json.dumps(values)), Limits(None, 500))
    assert [each.lesson for each in plan.placements] == ["a"]


def test_a_solution_tells_all_of_a_plan():
    published = (at("a", 0, 540), at("b", 0, 600))
    days = (day(0, (540, 600)), day(1, (540, 600), kind=DayKind.HOLIDAY))
    problem = simple(days=days, published=published)
    text = write(problem, replace(solve(problem, Limits(None, 1_000), seed=4), seconds=1.26))
    assert json.loads(text) == {
        "bound": 1_000,
        "placements": [{"lesson": "a", "day": "2027-03-01", "start": "09:00", "room": "R", "teacher": "T"}],
        "unplaced": [
            {
                "lesson": "b",
                "reasons": [
                    {"rule": "group-twice", "places": 1, "params": {"group": "C"}},
                    {"rule": "room-twice", "places": 1, "params": {"room": "R"}},
                    {"rule": "teacher-twice", "places": 1, "params": {"teacher": "T"}},
                ],
                "easings": [
                    {
                        "rule": "day",
                        "subject": "",
                        "was": "holiday",
                        "to": "working",
                        "placement": {
                            "lesson": "b",
                            "day": "2027-03-02",
                            "start": "09:00",
                            "room": "R",
                            "teacher": "T",
                        },
                    }
                ],
            }
        ],
        "cost": 100_000,
        "costs": dict.fromkeys(Weights.__slots__, 0) | {"unplaced": 100_000},
        "changes": {
            "moved": [],
            "added": [],
            "gone": [{"lesson": "b", "day": "2027-03-01", "start": "10:00", "room": "R", "teacher": "T"}],
        },
        "seed": 4,
        "steps": 1_000,
        "seconds": 1.3,
        "stopped": False,
    }


def test_a_table_has_weeks_and_days():
    lessons = (
        Lesson("a", 60, cohorts=("C",)),
        Lesson("b", 90, mode=Mode.ONLINE, cohorts=("C",), taught=False),
    )
    plan = [at("b", 8, 540, None, None), at("a", 0, 570)]
    assert weekly(simple(lessons=lessons), plan) == (
        "2027-W09\n  2027-03-01\n    09:30-10:30  a  C  R  T\n"
        "2027-W10\n  2027-03-09\n    09:00-10:30  b  C  online\n"
    )
