"""Instances are read with a fault for each wrong line; solutions are lines by course and time."""

import pytest

from expertpool.timetabling.curricula.problem import Course, Curriculum, Place, Problem, Room, shortages
from expertpool.timetabling.curricula.reading import Unreadable, read, write
from tests.builders.timetables import TOY


def faults(text):
    with pytest.raises(Unreadable) as raised:
        read(text)
    return [(fault.row, fault.value, str(fault.problem)) for fault in raised.value.faults]


def row(line):
    return TOY.splitlines().index(line) + 1


def test_an_instance_is_read_whole():
    assert read(TOY) == Problem(
        name="Toy",
        days=5,
        periods=4,
        courses=(
            Course("Screws", "T1", 3, 3, 30),
            Course("Threads", "T2", 3, 2, 42),
            Course("Gauges", "T3", 5, 4, 40),
            Course("Tolerances", "T4", 5, 4, 18),
        ),
        rooms=(Room("A", 32), Room("B", 50), Room("C", 40)),
        curricula=(Curriculum("First", (0, 1, 2)), Curriculum("Second", (2, 3))),
        unavailable=frozenset({(2, 8), (2, 9), (2, 14), (2, 15), (3, 16), (3, 17), (3, 18), (3, 19)}),
    )


def test_tabs_and_line_ends_of_any_system_change_nothing():
    assert read(TOY.replace(" ", "\t").replace("\n", " \r\n")) == read(TOY)


def test_a_solution_has_a_line_for_each_lecture():
    problem = read(TOY)
    assert write(problem, [Place(2, 19, 0), Place(0, 5, 2), Place(2, 4, 1)]) == (
        "Screws C 1 1\nGauges B 1 0\nGauges A 4 3\n"
    )


@pytest.mark.parametrize(
    ("line", "wrong", "problem"),
    [
        ("Screws T1 3 3 30", "Screws T1 3 3", "Write: course, teacher, lectures, least days, students."),
        ("Screws T1 3 3 30", "Screws T1 3 3 -1", "“-1” is no whole number up to 1000000."),
        ("Screws T1 3 3 30", "Screws T1 0 3 30", "A course has at least one lecture."),
        ("Screws T1 3 3 30", "Screws T1 ³ 3 30", "“³” is no whole number up to 1000000."),
        ("A 32", "A", "Write: room, seats."),
        (
            "Second 2 Gauges Tolerances",
            "Second 3 Gauges Tolerances",
            "Write: curriculum, number of courses, and as many courses.",
        ),
        ("Second 2 Gauges Tolerances", "Second 2 Gauges Welds", "There is no course “Welds”."),
        ("Gauges 2 0", "Gauges 2", "Write: course, day, period of the day."),
        ("Gauges 2 0", "Gauges 5 0", "There is no such period: days and periods count from 0."),
        ("Gauges 2 0", "Gauges 2 4", "There is no such period: days and periods count from 0."),
        ("Gauges 2 0", "Welds 2 0", "There is no course “Welds”."),
    ],
)
def test_a_wrong_line_is_named(line, wrong, problem):
    assert faults(TOY.replace(f"\n{line}\n", f"\n{wrong}\n")) == [(row(line), wrong, problem)]


def test_all_wrong_lines_are_named_at_once():
    text = TOY.replace("A 32", "A x").replace("Gauges 2 0", "Gauges 9 0")
    assert [fault[0] for fault in faults(text)] == [row("A 32"), row("Gauges 2 0")]


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("Days: 5", "Days: 0", (None, "0", "The header “Days” is a whole number from 1 to 1000.")),
        (
            "Periods_per_day: 4\n",
            "",
            (None, None, "The header “Periods_per_day” is a whole number from 1 to 1000."),
        ),
        (
            "Rooms: 3",
            "Rooms: 2",
            (None, "2", "The header “Rooms” says another number than the section has lines: 3."),
        ),
        ("B 50", "A 50", (17, "A", "This id stands in the section twice.")),
    ],
)
def test_a_wrong_head_or_an_id_that_comes_twice_is_named(old, new, fault):
    assert faults(TOY.replace(old, new, 1)) == [fault]


def test_a_course_that_stands_twice_is_named():
    text = TOY.replace("Courses: 4", "Courses: 5").replace("\n\nROOMS", "\nScrews T9 1 1 1\n\nROOMS")
    assert faults(text) == [(14, "Screws", "This id stands in the section twice.")]


@pytest.mark.parametrize("text", ["", "nonsense", "Days: 5\nPeriods_per_day: 4\nCOURSES:\nEND.\n"])
def test_what_is_no_instance_is_refused(text):
    sections = [(None, None, f"The section “{name}” is missing or empty.") for name in ("COURSES", "ROOMS")]
    assert faults(text)[-2:] == sections


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            "Screws T1 3 3 30",
            "Screws T1 21 3 30",
            "Course Screws has 21 lectures, but can meet in 20 periods only.",
        ),
        (
            "Gauges T3 5 4 40",
            "Gauges T3 17 4 40",
            "Course Gauges has 17 lectures, but can meet in 16 periods only.",
        ),
        (
            "Threads T2 3 2 42",
            "Threads T1 18 2 42",
            "Teacher T1 has 21 lectures, but the week has only 20 periods.",
        ),
        (
            "Threads T2 3 2 42",
            "Threads T2 18 2 42",
            "Curriculum First has 26 lectures, but the week has only 20 periods.",
        ),
        ("Days: 5", "Days: 1", "There are 16 lectures, but only 12 periods in rooms."),
    ],
)
def test_counting_tells_why_there_can_be_no_plan(old, new, told):
    text = TOY.replace(old, new).replace("Constraints: 8", "")
    if new == "Days: 1":
        text = text.partition("UNAVAILABILITY")[0]
    assert told in [str(sentence) for sentence in shortages(read(text))]


def test_counting_finds_nothing_in_a_good_instance():
    assert shortages(read(TOY)) == []
