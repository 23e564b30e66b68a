"""`expertpool timetable`, as files and scripts see it."""

import json
import os
import signal

import pytest

from expertpool.cli.barriers import EASINGS, sentence
from expertpool.timetabling.curricula import solving
from expertpool.timetabling.plans.easing import PRICES
from expertpool.timetabling.plans.result import Easing, Reason, Rule
from tests.builders.plans import at
from tests.builders.timetables import TOY, invented
from tests.pure.timetabling import oracle

pytestmark = pytest.mark.sqlite_only
STEPS = ("--steps", "300000")


@pytest.fixture
def file(tmp_path):
    """Write a file and return its name."""

    def write(content, name="week.ctt"):
        (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
        return str(tmp_path / name)

    return write


def test_standard_output_is_a_plan_without_clashes_and_nothing_else(run, file):
    result = run(None, "timetable", file(TOY), *STEPS)
    assert (result.exit_code, oracle.check(TOY, result.stdout)) == (0, (0, 0))
    assert result.stderr.startswith("Cost 0: capacity 0, days 0, compactness 0, stability 0. No clash. ")


def test_what_is_told_of_the_cost_is_what_the_plan_costs(run, file, tmp_path):
    text = invented(4, days=5, periods=5, rooms=5, courses=15, most_lectures=4, blocked=20)
    out = tmp_path / "plan.txt"
    result = run(None, "timetable", file(text), *STEPS, "--seed", "3", "--threads", "1", "--out", str(out))
    clashes, cost = oracle.check(text, out.read_text())
    assert (result.exit_code, result.stdout, clashes) == (0, "", 0)
    assert result.stderr.startswith(f"Cost {cost}: ")
    again = run(None, "timetable", file(text), *STEPS, "--seed", "3", "--threads", "1")
    assert again.stdout_bytes == out.read_bytes()


def test_an_instance_comes_from_standard_input(run, file):
    result = run(None, "timetable", "-", *STEPS, input=TOY)
    assert (result.exit_code, oracle.check(TOY, result.stdout)) == (0, (0, 0))


def test_time_limits_a_search_too(run, file):
    result = run(None, "timetable", file(TOY), "--time-limit", "1")
    assert (result.exit_code, oracle.check(TOY, result.stdout)) == (0, (0, 0))


def test_every_wrong_line_is_told_and_nothing_is_written(run, file, tmp_path):
    name = file(TOY.replace("A 32", "A x").replace("Gauges 2 0", "Gauges 9 0"))
    out = tmp_path / "plan.txt"
    result = run(None, "timetable", name, "--out", str(out))
    assert (result.exit_code, result.stdout, out.exists()) == (1, "", False)
    assert result.stderr.splitlines() == [
        f"{name}, row 16, “A x”: “x” is no whole number up to 1000000.",
        f"{name}, row 25, “Gauges 9 0”: There is no such period: days and periods count from 0.",
    ]


def test_what_is_no_text_or_not_there_is_told(run, file, tmp_path):
    name = file(b"\xff\xfe\x00")
    assert run(None, "timetable", name).stderr == f"{name}: This is no UTF-8 text. Save it as UTF-8.\n"
    missing = run(None, "timetable", str(tmp_path / "none.ctt"))
    assert (missing.exit_code, missing.stdout) == (1, "")


def test_a_week_that_can_not_be_planned_names_why(run, file):
    name = file(TOY.replace("Screws T1 3", "Screws T1 21"))
    result = run(None, "timetable", name)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.splitlines()[0] == (
        f"{name}: Course Screws has 21 lectures, but can meet in 20 periods only."
    )


def test_a_plan_that_only_clashes_is_not_written_and_names_the_clash(run, file):
    text = (
        "Days: 1\nPeriods_per_day: 2\nCOURSES:\na t 1 1 1\nb u 1 1 1\nROOMS:\nr 1\ns 1\nCURRICULA:\nq 2 a b\n"
    )
    blocked = "UNAVAILABILITY_CONSTRAINTS:\na 0 1\nb 0 1\nEND.\n"
    result = run(None, "timetable", file(text + blocked), "--steps", "10000")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr in {
        f"No plan without clashes was found; the nearest has 1: {clash}. "
        "Give it more time or steps, or let these courses meet at more times.\n"
        for clash in ("a", "b", "a + b", "b + a")
    }


@pytest.mark.parametrize(
    "words", [("--time-limit", "0"), ("--steps", "0"), ("--seed", "-1"), ("--threads", "0"), ("--fast",)]
)
def test_wrong_usage_exits_2(run, file, words):
    assert run(None, "timetable", file(TOY), *words).exit_code == 2


@pytest.fixture
def interrupted(monkeypatch):
    """Have Ctrl-C pressed as soon as a search knows a plan; were it not heard, the test would say so."""

    def unheard(*_signal):
        raise AssertionError("the command does not hear Ctrl-C")

    def watched(search, limits, _watch):
        def interrupt():
            if search.least() is not None:
                os.kill(os.getpid(), signal.SIGINT)

        return once(search, limits, interrupt)

    once = solving.Search.run
    monkeypatch.setattr(solving, "WATCH", 0.05)
    monkeypatch.setattr(solving.Search, "run", watched)
    before = signal.signal(signal.SIGINT, unheard)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interrupted")
def test_ctrl_c_keeps_the_best_so_far(run, file, tmp_path):
    text = invented(4, days=5, periods=5, rooms=5, courses=15, most_lectures=4, blocked=20)
    out = tmp_path / "plan.txt"
    done = run(None, "timetable", file(text), "--steps", str(10**12), "--out", str(out))
    assert (done.exit_code, done.stderr.count("No clash.")) == (0, 1)
    assert oracle.check(text, out.read_text())[0] == 0


TERM = {
    "days": [{"date": "2027-03-01", "spans": [{"start": "09:00", "end": "10:00"}]}],
    "lessons": [{"id": id, "minutes": 60, "cohorts": ["甲"], "taught": False} for id in ("一", "二")],
    "cohorts": [{"id": "甲", "size": 20}],
    "rooms": [{"id": "报告厅", "seats": 30}],
}


def test_a_term_is_planned_from_json_and_what_has_no_place_is_named(run, file, tmp_path):
    out, table = tmp_path / "plan.json", tmp_path / "table.txt"
    name = file(json.dumps(TERM), "term.json")
    result = run(
        None, "timetable", name, "--steps", "200", "--threads", "1", "--out", str(out), "--table", str(table)
    )
    assert (result.exit_code, result.stdout) == (0, "")
    solution = json.loads(out.read_text(encoding="utf-8"))
    (placed,), (left,) = solution["placements"], solution["unplaced"]
    assert {placed["lesson"], left["lesson"]} == {"一", "二"}
    assert f"    09:00-10:00  {placed['lesson']}  甲  报告厅\n" in table.read_text(encoding="utf-8")
    first, second, told, last = result.stderr.splitlines()
    assert first == (
        f"Lesson “{left['lesson']}” has no place. "
        "What bars it: 甲 has another lesson (places: 1); 报告厅 has another lesson (places: 1)."
    )
    assert second == "It could be on 2027-03-02 09:00, 报告厅: add 2027-03-02 as a teaching day."
    assert (solution["cost"], solution["bound"]) == (100_001, 2)
    assert told == "1 of 2 lessons have a place. Cost 100001, in any plan at least 2."
    assert last.startswith("200 steps, ")
    assert [(each["rule"], each["sentence"]) for each in left["reasons"]] == [
        ("group-twice", "甲 has another lesson"),
        ("room-twice", "报告厅 has another lesson"),
    ]
    assert [each["sentence"] for each in left["easings"]] == ["add 2027-03-02 as a teaching day"]


def test_what_bars_a_lesson_is_told_in_the_readers_language(run, file, monkeypatch):
    monkeypatch.setenv("EXPERTPOOL_LOCALE", "zh_Hans")
    busy = [{"date": "2027-03-01", "start": "09:30", "end": "10:00", "what": "开班式"}]
    term = TERM | {"cohorts": [{"id": "甲", "size": 20, "busy": busy}], "lessons": TERM["lessons"][:1]}
    result = run(None, "timetable", file(json.dumps(term), "term.json"), "--steps", "10")
    assert result.stderr.splitlines()[:2] == [
        "课次“一”未排定，受阻于：甲另有安排（1 处）。",
        "可排在 2027-03-01 09:00，报告厅，条件是：让 甲 在该时间空出（开班式）。",
    ]


@pytest.mark.parametrize(
    ("locale", "told"),
    [
        (
            "en",
            "Lesson “一” has no place. What bars it: rooms lack “电脑” (rooms: 2); rooms are too small; "
            "even 报告厅 lacks 10 seats (30 for 40) (rooms: 2); "
            "teachers do not teach in English (teachers: 1).",
        ),
        (
            "zh_Hans",
            "课次“一”未排定，受阻于：场地缺少“电脑”（2 个场地）；"
            "场地太小，最大的报告厅也少 10 座（有 30 座，需 40 座）（2 个场地）；"
            "教师不用“English”授课（1 位教师）。",
        ),
    ],
)
def test_what_rooms_and_teachers_lack_is_named(run, file, monkeypatch, locale, told):
    monkeypatch.setenv("EXPERTPOOL_LOCALE", locale)
    asks = {"id": "一", "minutes": 60, "cohorts": ["甲"], "equipment": ["电脑"], "language": "English"}
    term = TERM | {
        "lessons": [asks],
        "cohorts": [{"id": "甲", "size": 40}],
        "rooms": [*TERM["rooms"], {"id": "小间", "seats": 10}],
        "teachers": [{"id": "林", "skills": [], "languages": ["汉语"]}],
    }
    result = run(None, "timetable", file(json.dumps(term), "term.json"), "--steps", "10")
    assert result.stderr.splitlines()[0] == told


def test_a_lesson_longer_than_any_time_of_teaching_is_told(run, file):
    long = {"id": "long", "minutes": 90, "cohorts": ["甲"], "taught": False}
    term = TERM | {"lessons": [long, *TERM["lessons"][:1]]}
    result = run(None, "timetable", file(json.dumps(term), "term.json"), "--steps", "10")
    assert (
        result.stderr.splitlines()[0] == "Lesson “long” has no place: it is longer than any time of teaching."
    )


@pytest.mark.parametrize("locale", ["en", "zh_Hans"])
def test_every_rule_has_its_words(locale, monkeypatch):
    monkeypatch.setenv("EXPERTPOOL_LOCALE", locale)
    params = {"teacher": "Li", "room": "A1", "group": "spring", "equipment": "beamer", "skill": "ICS 17"}
    params |= {"language": "English", "seats": 20, "needed": 24}
    place = at("b", 1, 600)
    for rule in Rule:
        assert "%" not in sentence(Reason(rule, 3, params))
    for rule in EASINGS:
        told = sentence(Easing(rule, "a>b" if rule is Rule.ORDER else "Li", 30, 60, place))
        assert "%" not in told
        assert "None" not in told
    assert {*PRICES, *PRICED_TOGETHER} == set(EASINGS)


PRICED_TOGETHER = {
    *(Rule.LESSON_TIME, Rule.ROOM_TIME, Rule.GROUP_TIME),
    *(Rule.ROOM_BUSY, Rule.GROUP_BUSY, Rule.TEACHER_DAY, Rule.TEACHER_WEEK, Rule.TEACHER_IN_ALL),
}
"""Rules whose easing has the price of another one's."""


def test_the_same_steps_and_seed_give_the_same_solution_but_for_the_seconds(run, file):
    name = file(json.dumps(TERM | {"published": []}), "term.json")

    def solution():
        lines = run(None, "timetable", name, "--steps", "500", "--seed", "9").stdout.splitlines()
        return [line for line in lines if not line.startswith(' "seconds"')]

    assert solution() == solution()


def test_a_wrong_term_is_refused_with_a_line_a_fault(run, file):
    wrong = TERM | {"grid": 45, "lessons": [{"id": "a", "minutes": 60, "cohorts": ["乙"]}]}
    name = file(json.dumps(wrong), "term.json")
    result = run(None, "timetable", name)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.splitlines() == [
        f"{name}, column grid, “45”: The grid divides an hour: 5, 10, 15, 20, 30 or 60.",
        f"{name}, column lessons[0].cohorts, “乙”: There is no such id in “cohorts”.",
    ]
    assert run(None, "timetable", file("{", "broken.json")).exit_code == 1
    assert run(None, "timetable", file(b"\xff{", "latin.json")).exit_code == 1


def test_a_table_goes_with_a_term_only(run, file):
    result = run(None, "timetable", file(TOY), "--table", "x.txt")
    assert result.exit_code == 2
