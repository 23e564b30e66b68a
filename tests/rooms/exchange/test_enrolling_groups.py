"""A group's spreadsheet: who is known is found, who is new comes in as talent, nobody is enrolled twice."""

import pytest
import sqlalchemy as sa

from expertpool.availability import service as availability
from expertpool.errors import Invalid, Stale
from expertpool.exchange import enrolling_groups, reports
from expertpool.outbox.models import Message
from expertpool.people.models import Grade, Person
from expertpool.training.models import Enrolment, EnrolmentState
from tests.builders.files import make_csv, make_xlsx
from tests.builders.people import make_person
from tests.builders.training import DAY, HOUR, enrol, make_cohort, make_course, make_lesson

HEAD = ["学员姓名", "电子邮箱", "联系电话", "单位名称"]


@pytest.fixture
def cohort(session):
    return make_cohort(session, capacity=3)


@pytest.fixture
def known(session):
    """An expert of the pool, found by the address."""
    return make_person(session, "陆文澜", addresses=("lu@example.org",), employer="青原理工大学")


@pytest.fixture
def do(session, actor, now):
    """Read rows and preview or apply them."""

    def run(cohort, rows, apply=False, make=make_csv, **options):
        name = "名单.csv" if make is make_csv else "名单.xlsx"
        table = enrolling_groups.read(make(rows), name, now.date())
        group = enrolling_groups.preview(session, cohort, table, actor=actor, now=now, **options)
        if not apply:
            return group
        shown = group.fingerprint
        return enrolling_groups.apply(session, cohort, table, shown=shown, actor=actor, now=now, **options)

    return run


def outcomes(group):
    return [(row.entry.label, row.outcome.value, row.is_new, row.position) for row in group.rows]


ROWS = [
    HEAD,
    ["陆文澜", "lu@example.org", "", ""],
    ["何霁", "he@example.org", "13800000000", "河洛轴承有限公司"],
    ["唐以宁", "tang@example.org", "", "河洛轴承有限公司"],
    ["苏砚", "su@example.org", "", ""],
    ["何霁", "he@example.org", "", ""],
    ["", "nobody@example.org", "", ""],
    ["白鹿鸣", "no address", "", ""],
]
EXPECTED = [
    ("陆文澜", "enrolled", False, 0),
    ("何霁", "enrolled", True, 0),
    ("唐以宁", "enrolled", True, 0),
    ("苏砚", "waiting", True, 1),
    ("何霁", "repeat", False, 0),
    ("", "refused", False, 0),
    ("白鹿鸣", "refused", False, 0),
]


@pytest.mark.parametrize("make", [make_csv, make_xlsx])
def test_a_preview_tells_what_would_happen_and_does_nothing(session, cohort, known, do, make):
    assert outcomes(do(cohort, ROWS, make=make)) == EXPECTED
    assert session.scalars(sa.select(Person.name)).all() == ["陆文澜"]
    for model in (Enrolment, Message):
        assert session.scalars(sa.select(model)).all() == []


def test_good_rows_are_enrolled_and_newcomers_are_talents(session, cohort, known, do):
    group = do(cohort, ROWS, apply=True)
    assert outcomes(group) == EXPECTED
    people = session.execute(sa.select(Person.name, Person.grade).order_by(Person.id)).all()
    assert [tuple(row) for row in people] == [
        ("陆文澜", Grade.EXPERT),
        ("何霁", Grade.TALENT),
        ("唐以宁", Grade.TALENT),
        ("苏砚", Grade.TALENT),
    ]
    rows = session.execute(
        sa.select(Person.name, Enrolment.state, Enrolment.source)
        .join(Enrolment.person)
        .order_by(Enrolment.id)
    ).all()
    assert [tuple(row) for row in rows] == [
        ("陆文澜", EnrolmentState.ENROLLED, "名单.csv"),
        ("何霁", EnrolmentState.ENROLLED, "名单.csv"),
        ("唐以宁", EnrolmentState.ENROLLED, "名单.csv"),
        ("苏砚", EnrolmentState.WAITING, "名单.csv"),
    ]
    report = reports.refused(group.plan, "r.csv", str).decode("utf-8-sig").splitlines()
    assert [line.split(",")[:3] for line in report] == [
        ["row", "column", "value"],
        ["7", "学员姓名", ""],
        ["8", "电子邮箱", "no address"],
    ]


def test_the_same_file_again_enrols_nobody_twice(session, cohort, known, do):
    do(cohort, ROWS, apply=True)
    again = do(cohort, ROWS, apply=True)
    assert [row.outcome.value for row in again.rows] == [
        *["already"] * 4,
        "repeat",
        "refused",
        "refused",
    ]
    assert session.scalar(sa.select(sa.func.count()).select_from(Enrolment)) == 4


def test_known_people_are_not_changed_and_other_columns_are_not_read(session, cohort, known, do):
    rows = [
        ["编号", "姓名", "邮箱", "级别", "出生年月", "职称"],
        ["1", "陆文澜", "lu@example.org", "人才", "not a date", "工程师"],
        ["2", "何霁", "he@example.org", "资深", "not a date", "教授"],
    ]
    assert outcomes(do(cohort, rows, apply=True)) == [
        ("陆文澜", "enrolled", False, 0),
        ("何霁", "enrolled", True, 0),
    ]
    assert (known.grade, known.title, known.birth) == (Grade.EXPERT, None, None)
    he = session.scalars(sa.select(Person).where(Person.name == "何霁")).one()
    assert (he.grade, he.title, he.number) == (Grade.TALENT, None, "E0001")


def test_a_clash_or_a_missing_prerequisite_refuses_the_row_and_enters_nobody(session, known, do, now):
    basics = make_course(session, title_zh="标准化导论")
    cohort = make_cohort(session, make_course(session, prerequisite_ids=(basics.id,)), capacity=9)
    group = do(cohort, ROWS[:3], apply=True)
    assert outcomes(group) == [("陆文澜", "refused", False, 0), ("何霁", "refused", False, 0)]
    problems = [str(row.entry.faults[0].problem) for row in group.rows]
    wanted = f"has not completed what this course builds on: {basics.number} 标准化导论."
    assert problems == [f"陆文澜 {wanted}", f"何霁 {wanted}"]
    assert session.scalars(sa.select(Person.name)).all() == ["陆文澜"]
    lesson = make_lesson(session, cohort)
    availability.book(session, {known.id: 1}, lesson.starts, lesson.ends, source_kind="seat")
    waived = do(cohort, ROWS[:3], apply=True, in_spite_of="外单位已修")
    assert outcomes(waived) == [("陆文澜", "refused", False, 0), ("何霁", "enrolled", True, 0)]
    assert "is booked for another appointment" in str(waived.rows[0].entry.faults[0].problem)


def test_a_cohort_that_filled_up_meanwhile_is_shown_again(session, cohort, known, actor, now):
    table = enrolling_groups.read(make_csv(ROWS[:3]), "f.csv", now.date())
    shown = enrolling_groups.preview(session, cohort, table, actor=actor, now=now).fingerprint
    for _ in range(2):
        enrol(session, cohort)
    with pytest.raises(Stale, match="has changed since this file was read"), session.begin_nested():
        enrolling_groups.apply(session, cohort, table, shown=shown, actor=actor, now=now)
    assert session.scalar(sa.select(sa.func.count()).select_from(Enrolment)) == 2


def test_a_namesake_is_asked_about(session, cohort, do):
    same = make_person(session, "何霁", employer="别的单位")
    rows = [HEAD, ["何霁", "", "", "河洛轴承有限公司"]]
    (row,) = do(cohort, rows).rows
    assert (row.is_new, [each.person_id for each in row.entry.possible]) == (True, [same.id])
    (row,) = do(cohort, rows, decisions={2: same.id}).rows
    assert row.is_new is False


def test_a_file_that_is_no_list_or_too_long_is_refused(now):
    for content, message in (
        (make_csv([["甲", "乙"], ["1", "2"]]), "None of the first"),
        (make_csv([HEAD, *([f"人{n}", "", "", ""] for n in range(201))]), "200 rows at most"),
        (b"", "empty"),
    ):
        with pytest.raises(Invalid, match=message):
            enrolling_groups.read(content, "f.csv", now.date())


def test_times_of_the_window_do_not_bind_a_group(session, do, now):
    cohort = make_cohort(session, opens_at=now + DAY, closes_at=now + DAY + HOUR)
    assert outcomes(do(cohort, ROWS[:1] + ROWS[2:3]))[0][1] == "enrolled"
