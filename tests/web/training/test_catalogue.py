"""The public catalogue: what strangers see, what narrows it, and enrolling in one click."""

import pytest
import sqlalchemy as sa

from expertpool.people.models import Grade, Person
from expertpool.training import enrolling, teachings
from expertpool.training.models import Enrolment, EnrolmentState, Level
from tests.builders.people import make_person
from tests.builders.skills import make_skill, make_taxonomy
from tests.builders.training import ACTOR, DAY, enrol, make_cohort, make_course, make_lesson, make_teacher
from tests.conftest import NOW
from tests.web.counting import statements_of


def test_strangers_see_published_courses_and_no_drafts(client, database, cohort, text_of):
    hidden = make_course(database, title_zh="内部草稿", title_en="Hidden draft")
    hidden.state = "draft"
    make_cohort(database, cohort.course, draft=True, title="未公布")
    page = client.get("/courses")
    assert "Writing standards C-2026-0001, 青原市标准化促进中心 Basic 12" in text_of(page)
    assert "2 Dec 2 places left" in text_of(page)
    assert "Hidden draft" not in page.text
    shown = client.get("/courses/C-2026-0001")
    assert "Begin with a real one." in shown.text
    assert "未公布" not in shown.text
    assert client.get(f"/courses/{hidden.number}").status_code == 404
    assert client.get("/courses/C-1999-0001").status_code == 404


def test_chinese_readers_read_chinese(client, cohort):
    page = client.get("/courses/C-2026-0001", headers={"Accept-Language": "zh-CN"})
    assert "标准编写基础第 1 期" in page.text
    assert "从一份真实的标准改起。" in page.text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["C-2026-0001", "C-2026-0002", "C-2026-0003"]),
        ("q=standards", ["C-2026-0001"]),
        ("q=计量", ["C-2026-0002"]),
        ("level=advanced", ["C-2026-0002"]),
        ("level=nonsense", ["C-2026-0001", "C-2026-0002", "C-2026-0003"]),
        ("open=1", ["C-2026-0001"]),
        ("skill=SKILL", ["C-2026-0002"]),
        ("q=计量&open=1", []),
        ("page=99", ["C-2026-0001", "C-2026-0002", "C-2026-0003"]),
    ],
)
def test_the_address_narrows_the_list(client, database, cohort, query, found):
    skill = make_skill(database, make_taxonomy(database), "17.040", "长度测量", name_en="Length")
    later = make_course(database, title_zh="计量", title_en=None, level=Level.ADVANCED, skill_ids=(skill.id,))
    make_cohort(database, later, opens_at=NOW + DAY, closes_at=NOW + 2 * DAY)
    closed = make_course(database, title_zh="已截止", title_en=None)
    make_cohort(database, closed, opens_at=NOW - 2 * DAY, closes_at=NOW - DAY)
    page = client.get("/courses?" + query.replace("SKILL", str(skill.id))).text
    assert [number for number in ("C-2026-0001", "C-2026-0002", "C-2026-0003") if number in page] == found


def test_teachers_are_named_only_once_they_accepted(client, database, cohort):
    asked = teachings.propose(database, cohort, make_person(database, "沈知远"), actor=ACTOR, now=NOW)
    make_lesson(database, cohort, day=12, title="练习", teaching_id=asked.id)
    page = client.get("/courses/C-2026-0001").text
    assert "唐以宁" in page
    assert "沈知远" not in page
    teachings.accept(database, asked, actor=ACTOR, now=NOW)
    assert "沈知远" in client.get("/courses/C-2026-0001").text


def test_the_online_link_is_not_public(client, trainee, database, cohort):
    make_lesson(database, cohort, day=12, title="线上", online_url="https://meet.example.org/secret")
    assert "meet.example.org" not in client.get("/courses/C-2026-0001").text
    assert "meet.example.org" not in trainee.get("/courses/C-2026-0001").text
    trainee.post("/courses/C-2026-0001/enrol", data={"cohort": cohort.id})
    assert "meet.example.org/secret" in trainee.get("/me/learning").text


def test_strangers_are_led_to_sign_in_and_back(client, cohort):
    page = client.get("/courses/C-2026-0001").text
    assert "/sign-in?next=/courses/C-2026-0001?cohort%3DC-2026-0001-1" in page
    assert "/register?course=C-2026-0001&amp;cohort=C-2026-0001-1" in page
    answer = client.post("/courses/C-2026-0001/enrol", data={"cohort": cohort.id})
    assert (answer.status_code, answer.location.split("?")[0]) == (302, "/sign-in")


def test_one_click_enrols(trainee, database, cohort):
    answer = trainee.post("/courses/C-2026-0001/enrol", data={"cohort": cohort.id}, follow_redirects=True)
    assert "You are enrolled in “Writing standards”. The place is yours." in answer.text
    found = database.scalars(sa.select(Enrolment)).one()
    assert (found.person_id, found.state, found.source) == (
        trainee.person.id,
        EnrolmentState.ENROLLED,
        enrolling.SELF,
    )


def test_who_comes_too_late_waits_and_sees_the_position(trainee, client, database, cohort, text_of):
    for _ in range(3):
        enrol(database, cohort)
    page = text_of(client.get("/courses/C-2026-0001"))
    assert "All 2 places are taken" in page
    assert "1 person waits. You would be number 2." in page
    answer = trainee.post("/courses/C-2026-0001/enrol", data={"cohort": cohort.id}, follow_redirects=True)
    assert "You are number 2 on the waiting list of “Writing standards”." in answer.text
    assert "You are number 2 on the waiting list." in trainee.get("/courses/C-2026-0001").text


def test_the_first_enrolment_of_an_account_enters_the_pool_as_talent(as_role, database, cohort, user_of):
    client = as_role("trainee")
    client.post("/courses/C-2026-0001/enrol", data={"cohort": cohort.id})
    person = database.scalars(sa.select(Person).where(Person.user_id == client.user_id)).one()
    assert (person.grade, person.name) == (Grade.TALENT, user_of(client).name)
    assert [row.address for row in person.addresses] == [user_of(client).email]


def test_a_clash_is_named_to_the_trainee(trainee, database, cohort, office):
    other = make_cohort(database, make_course(database, office, title_zh="另一门课"))
    make_lesson(database, other, title="同时的课")
    enrol(database, other, trainee.person)
    answer = trainee.post("/courses/C-2026-0001/enrol", data={"cohort": cohort.id})
    assert answer.status_code == 400
    assert (
        "方知予 is booked for C-2026-0002-1 同时的课 at the time of the lesson “结构与起草规则”."
        in answer.text
    )
    assert database.scalar(sa.select(sa.func.count()).select_from(Enrolment)) == 1


def test_what_is_missing_stands_in_the_place_of_the_button(trainee, database, cohort, office):
    later = make_course(database, office, title_en="Second level", prerequisite_ids=(cohort.course_id,))
    make_cohort(database, later)
    page = trainee.get(f"/courses/{later.number}").text
    assert "You have not completed yet what this course builds on" in page
    assert 'action="/courses/C-2026-0002/enrol"' not in page


@pytest.mark.parametrize("data", [{}, {"cohort": ""}, {"cohort": "x"}, {"cohort": "999999"}])
def test_a_cohort_that_is_none_is_refused(trainee, cohort, data):
    assert trainee.post("/courses/C-2026-0001/enrol", data=data).status_code == 404


def test_a_cohort_of_another_course_or_a_draft_is_refused(trainee, database, cohort):
    other = make_cohort(database)
    draft = make_cohort(database, cohort.course, draft=True)
    for each in (other, draft):
        answer = trainee.post("/courses/C-2026-0001/enrol", data={"cohort": each.id})
        assert answer.status_code == 404


def test_another_run_can_be_chosen(client, database, cohort, text_of):
    make_cohort(database, cohort.course, title="第 2 期", opens_at=NOW + DAY, closes_at=NOW + 2 * DAY)
    first = text_of(client.get("/courses/C-2026-0001"))
    assert "Other runs 1 Cohort Dates Enrolment 第 2 期 dates to be announced opens on 23 Nov" in first
    second = text_of(client.get("/courses/C-2026-0001?cohort=C-2026-0001-2"))
    assert "Writing standards, 第 2 期" in second
    assert "opens on 23 Nov" in second


def test_the_catalogue_takes_the_same_statements_for_many_courses(app, client, database, office):
    for _ in range(2):
        make_lesson(database, make_cohort(database, make_course(database, office)))
    few = statements_of(app, lambda: client.get("/courses"))
    for _ in range(10):
        cohort = make_cohort(database, make_course(database, office))
        make_lesson(database, cohort)
        enrol(database, cohort)
    assert statements_of(app, lambda: client.get("/courses")) == few


def test_a_course_takes_the_same_statements_for_many_lessons(app, client, database, cohort):
    few = statements_of(app, lambda: client.get("/courses/C-2026-0001"))
    teaching = make_teacher(database, cohort, make_person(database, "沈知远"))
    for day in range(20, 30):
        make_lesson(database, cohort, day=day, teaching_id=teaching.id)
    assert statements_of(app, lambda: client.get("/courses/C-2026-0001")) == few
