"""Those who plan courses: courses, cohorts, lessons, teachers, and whose they are."""

import html
import re
from functools import partial

import pytest
import sqlalchemy as sa

from expertpool.audit.service import record
from expertpool.outbox.models import Message
from expertpool.settings import holidays
from expertpool.settings.models import DayKind
from expertpool.training import lessons
from expertpool.training.events import OfferLapsed
from expertpool.training.models import (
    Cohort,
    CohortState,
    Course,
    CourseState,
    EnrolmentState,
    Lesson,
    LessonState,
    Teaching,
    TeachingState,
)
from expertpool.web.kit import pagination
from expertpool.web.training import cohorts as cohort_pages
from tests.builders.organisations import make_organisation
from tests.builders.people import make_person
from tests.builders.training import (
    ACTOR,
    enrol,
    make_cohort,
    make_course,
    make_lesson,
    make_room,
    make_teacher,
    make_trainee,
)
from tests.conftest import NOW
from tests.web.counting import statements_of
from tests.web.foreign import assert_closed

COURSE = {
    "title_zh": "计量基础",
    "title_en": "Basics of metrology",
    "level": "intermediate",
    "minutes": "450",
    "summary_zh": "两天。",
    "skills": "ICS:17.040\n校准",
    "attendance_percent": "75",
    "certificate_months": "36",
}
COHORT = {
    "title": "春季班",
    "capacity": "20",
    "opens_at": "2026-11-23T09:00",
    "closes_at": "2026-12-01T18:00",
    "offer_hours": "48",
}
LESSON = {
    "title": "测量不确定度",
    "starts": "2026-12-07T09:00",
    "ends": "2026-12-07T12:00",
    "room_id": "0",
    "teaching_id": "0",
}


@pytest.fixture
def organiser(as_role, office):
    return as_role("organiser", office.id)


def test_a_course_is_entered_published_planned_and_found(organiser, client, database, office):
    made = organiser.post("/training/courses/new", data=COURSE | {"owner": office.id})
    course = database.scalars(sa.select(Course)).one()
    assert made.location == f"/training/courses/{course.id}"
    assert (course.state, course.minutes, course.owner_id) == (CourseState.DRAFT, 450, office.id)
    assert sorted(row.skill.name_zh or row.skill.name_en for row in course.skills) == ["ICS:17.040", "校准"]
    assert client.get("/courses/C-2026-0001").status_code == 404
    organiser.post(f"/training/courses/{course.id}/publish")
    organiser.post(f"/training/courses/{course.id}/cohorts/new", data=COHORT)
    cohort = database.scalars(sa.select(Cohort)).one()
    assert (cohort.capacity, cohort.opens_at.isoformat()) == (20, "2026-11-23T01:00:00+00:00")
    organiser.post(f"/training/cohorts/{cohort.id}/lessons/new", data=LESSON)
    organiser.post(f"/training/cohorts/{cohort.id}/publish")
    assert "测量不确定度" in client.get("/courses/C-2026-0001").text


def test_an_end_of_enrolment_in_the_past_is_taken_but_said(organiser, database, office):
    organiser.post("/training/courses/new", data=COURSE | {"owner": office.id})
    course = database.scalars(sa.select(Course)).one()
    past = COHORT | {"opens_at": "2021-11-01T09:00", "closes_at": "2021-12-01T18:00"}
    made = organiser.post(f"/training/courses/{course.id}/cohorts/new", data=past)
    assert "Enrolment ended on Wed 1 Dec 2021" in organiser.get(made.location).text
    edit = f"{made.location}/edit"
    organiser.post(edit, data=past | {"version": "1"})
    assert "Enrolment ended on Wed 1 Dec 2021" in organiser.get(made.location).text
    organiser.post(edit, data=past | {"version": "2", "closes_at": "2099-12-01T18:00"})
    assert "Enrolment ended" not in organiser.get(made.location).text


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"title_zh": ""}, "Give a title."),
        ({"title_zh": "x" * 201}, "Field cannot be longer than 200 characters."),
        ({"minutes": ""}, "Give a number."),
        ({"minutes": "0"}, "Number must be between 1 and 60000."),
        ({"minutes": "9" * 30}, "Number must be between 1 and 60000."),
        ({"attendance_percent": "101"}, "Number must be between 0 and 100."),
        ({"level": "nonsense"}, "Not a valid choice."),
        ({"owner": "999999"}, "Not a valid choice."),
    ],
)
def test_wrong_facts_of_a_course_are_named(organiser, database, office, wrong, told):
    answer = organiser.post("/training/courses/new", data=COURSE | {"owner": office.id} | wrong)
    assert answer.status_code == 400
    assert told in answer.text
    assert database.scalars(sa.select(Course)).all() == []


def test_a_course_of_another_office_can_not_be_made(organiser, database):
    other = make_organisation(database, "别的单位")
    database.commit()
    answer = organiser.post("/training/courses/new", data=COURSE | {"owner": other.id})
    assert answer.status_code == 400
    assert database.scalars(sa.select(Course)).all() == []


def test_a_stale_course_shows_both_versions(organiser, database, course):
    form = COURSE | {"version": str(course.version)}
    organiser.post(f"/training/courses/{course.id}/edit", data=form)
    answer = organiser.post(f"/training/courses/{course.id}/edit", data=form | {"title_zh": "别的"})
    assert answer.status_code == 409
    assert "计量基础" in answer.text
    assert "别的" in answer.text


def test_more_places_go_to_the_waiting_list(organiser, database, cohort):
    enrol(database, cohort)
    enrol(database, cohort)
    waiting = enrol(database, cohort)
    organiser.post(f"/training/cohorts/{cohort.id}/edit", data=COHORT | {"capacity": "3"})
    assert waiting.state is EnrolmentState.OFFERED
    answer = organiser.post(f"/training/cohorts/{cohort.id}/edit", data=COHORT | {"capacity": "2"})
    assert answer.status_code == 400
    assert "3 places are taken or offered: the capacity can&#39;t be less." in answer.text


def test_a_cohort_whose_end_lies_before_its_beginning_is_refused(organiser, database, course):
    wrong = COHORT | {"closes_at": "2026-11-01T09:00"}
    answer = organiser.post(f"/training/courses/{course.id}/cohorts/new", data=wrong)
    assert answer.status_code == 400
    assert "The end must lie after the beginning." in answer.text
    for gap in ("", "tomorrow"):
        answer = organiser.post(f"/training/courses/{course.id}/cohorts/new", data=COHORT | {"opens_at": gap})
        assert answer.status_code == 400


def test_clashes_of_room_and_teacher_are_named_at_the_form(organiser, database, office, course, cohort):
    room = make_room(database, office, "第一教室")
    teaching = make_teacher(database, cohort, make_person(database, "沈知远"))
    ours = LESSON | {"room_id": str(room.id), "teaching_id": str(teaching.id)}
    assert organiser.post(f"/training/cohorts/{cohort.id}/lessons/new", data=ours).status_code == 302
    other = make_cohort(database, course)
    theirs = make_teacher(database, other, teaching.person)
    in_room = LESSON | {"room_id": str(room.id)}
    answer = organiser.post(f"/training/cohorts/{other.id}/lessons/new", data=in_room)
    assert answer.status_code == 400
    assert "第一教室 is booked at this time for C-2026-0001-1 测量不确定度." in answer.text
    with_teacher = LESSON | {"teaching_id": str(theirs.id)}
    answer = organiser.post(f"/training/cohorts/{other.id}/lessons/new", data=with_teacher)
    assert answer.status_code == 400
    assert "沈知远 is booked for C-2026-0001-1 测量不确定度" in answer.text
    assert database.scalar(sa.select(sa.func.count()).where(Lesson.cohort_id == other.id)) == 0


def test_a_lesson_on_a_holiday_warns_and_trainees_elsewhere_are_named(
    organiser, database, course, cohort, text_of
):
    holidays.set_day(
        database,
        NOW.date().replace(month=12, day=7),
        DayKind.HOLIDAY,
        "校庆",
        "Jubilee",
        actor=ACTOR,
        now=NOW,
    )
    person = enrol(database, cohort).person
    busy = make_cohort(database, make_course(database, title_zh="别处的课"))
    make_lesson(database, busy, day=15, title="撞车", hours=12)
    enrol(database, busy, person)
    answer = organiser.post(f"/training/cohorts/{cohort.id}/lessons/new", data=LESSON, follow_redirects=True)
    assert "2026-12-07 is a public holiday (Jubilee)." in answer.text
    assert "Booked elsewhere at this time: 何霁." in answer.text
    assert "booked elsewhere: 测量不确定度" in text_of(organiser.get(f"/training/cohorts/{cohort.id}"))


def test_a_lesson_is_changed_and_cancelled_with_a_reason(organiser, database, cohort):
    lesson = database.scalars(sa.select(Lesson)).one()
    form = LESSON | {"version": str(lesson.version), "teaching_id": str(lesson.teaching_id)}
    organiser.post(f"/training/lessons/{lesson.id}/edit", data=form)
    assert lesson.title == "测量不确定度"
    assert (
        organiser.post(f"/training/lessons/{lesson.id}/edit", data=form | {"title": "x"}).status_code == 409
    )
    assert organiser.post(f"/training/lessons/{lesson.id}/cancel", data={}).status_code == 400
    organiser.post(f"/training/lessons/{lesson.id}/cancel", data={"reason": "教师生病"})
    assert lesson.state is LessonState.CANCELLED


def test_a_cohort_is_cancelled_once_and_everybody_told(organiser, database, cohort):
    mine = enrol(database, cohort)
    assert "1 enrolled trainee" in organiser.get(f"/training/cohorts/{cohort.id}/cancel").text
    organiser.post(f"/training/cohorts/{cohort.id}/cancel", data={"reason": "人数不足"})
    assert (cohort.state, mine.state) == (CohortState.CANCELLED, EnrolmentState.CANCELLED)
    kinds = set(database.scalars(sa.select(Message.kind)))
    assert "training/cohort-cancelled" in kinds
    again = organiser.post(f"/training/cohorts/{cohort.id}/cancel", data={"reason": "人数不足"})
    assert again.status_code == 400
    assert "This cohort is finished or cancelled." in again.text


def test_a_teacher_is_chosen_by_number_address_or_name(organiser, database, cohort):
    one = make_person(database, "沈知远", addresses=("shen@example.org",))
    make_person(database, "王伟", number="E71", employer="甲厂")
    make_person(database, "王伟", number="E72")
    where = f"/training/cohorts/{cohort.id}/teachers"
    assert organiser.post(where, data={"person": "SHEN@example.org"}).status_code == 302
    found = database.scalars(sa.select(Teaching).where(Teaching.person_id == one.id)).one()
    assert found.state is TeachingState.PROPOSED
    answer = organiser.post(where, data={"person": "王伟"})
    assert answer.status_code == 400
    assert "“王伟” may mean: E71 王伟 (甲厂); E72 王伟. Write the number." in answer.text
    assert "Nobody in the pool is called “无人”" in organiser.post(where, data={"person": "无人"}).text
    organiser.post(f"/training/teachings/{found.id}/remove")
    assert found.state is TeachingState.WITHDRAWN


def test_an_organiser_enrols_and_takes_off(organiser, database, cohort):
    person = make_person(database, "沈知远")
    where = f"/training/cohorts/{cohort.id}/enrol"
    answer = organiser.post(where, data={"person": "沈知远"}, follow_redirects=True)
    assert "沈知远 is enrolled and told by mail." in answer.text
    again = organiser.post(where, data={"person": "沈知远"})
    assert again.status_code == 400
    assert "沈知远 is in this cohort already." in again.text
    row = enrol(database, cohort)
    waiting = enrol(database, cohort)
    organiser.post(f"/training/enrolments/{row.id}/cancel", data={"reason": "单位另有安排"})
    assert (row.state, waiting.state) == (EnrolmentState.CANCELLED, EnrolmentState.OFFERED)
    assert person.name in organiser.get(f"/training/cohorts/{cohort.id}").text


def test_missing_prerequisites_are_passed_over_with_a_reason(organiser, database, office, course):
    later = make_course(database, office, prerequisite_ids=(course.id,))
    cohort = make_cohort(database, later)
    make_person(database, "沈知远")
    where = f"/training/cohorts/{cohort.id}/enrol"
    assert organiser.post(where, data={"person": "沈知远"}).status_code == 400
    good = organiser.post(where, data={"person": "沈知远", "in_spite_of": "有同等经历"})
    assert good.status_code == 302


def test_what_belongs_to_another_office_is_closed(as_role, database, course, cohort):
    other = as_role("organiser", make_organisation(database, "别的单位").id)
    mine = enrol(database, cohort)
    lesson = database.scalars(sa.select(Lesson)).one()
    teaching = database.scalars(sa.select(Teaching)).one()
    base = f"/training/cohorts/{cohort.id}"
    for method, address in (
        ("GET", f"/training/courses/{course.id}"),
        ("GET", f"/training/courses/{course.id}/edit"),
        ("POST", f"/training/courses/{course.id}/edit"),
        ("POST", f"/training/courses/{course.id}/retire"),
        ("POST", f"/training/courses/{course.id}/publish"),
        ("GET", f"/training/courses/{course.id}/cohorts/new"),
        ("GET", base),
        ("GET", f"{base}/edit"),
        ("POST", f"{base}/publish"),
        ("POST", f"{base}/cancel"),
        ("GET", f"{base}/lessons/new"),
        ("POST", f"{base}/teachers"),
        ("GET", f"{base}/enrol"),
        ("GET", f"{base}/group"),
        ("POST", f"{base}/group/apply"),
        ("GET", f"{base}/finish"),
        ("GET", f"/training/lessons/{lesson.id}/edit"),
        ("GET", f"/training/lessons/{lesson.id}/cancel"),
        ("GET", f"/training/lessons/{lesson.id}/attendance"),
        ("GET", f"/training/lessons/{lesson.id}/code"),
        ("GET", f"/training/enrolments/{mine.id}/cancel"),
    ):
        assert_closed(other, method, address, "何霁", "唐以宁", "第 1 期")
    assert other.post(f"/training/teachings/{teaching.id}/remove").status_code == 404
    assert "Writing standards" not in other.get("/training/").text
    assert "Writing standards" not in other.get("/training/courses").text
    assert (cohort.state, mine.state) == (CohortState.OPEN, EnrolmentState.ENROLLED)


def test_an_auditor_reads_and_changes_nothing(as_role, database, course, cohort):
    auditor = as_role("auditor")
    page = auditor.get(f"/training/cohorts/{cohort.id}").text
    assert "唐以宁" in page
    for address in ("lessons/new", "enrol", "cancel", "edit"):
        assert f"/training/cohorts/{cohort.id}/{address}" not in page
        assert auditor.get(f"/training/cohorts/{cohort.id}/{address}").status_code == 403


def test_the_lists_are_narrowed(organiser, database, course, cohort):
    make_cohort(database, course, draft=True, title="草拟班")
    over = make_cohort(database, course, title="旧班")
    over.state = CohortState.FINISHED
    page = organiser.get("/training/").text
    assert ("第 1 期" in page, "草拟班" in page, "旧班" in page) == (True, True, False)
    assert "旧班" in organiser.get("/training/?state=finished").text
    assert "第 1 期" in organiser.get("/training/?state=nonsense").text
    assert "C-2026-0001" in organiser.get("/training/courses?q=standards&state=published").text
    assert "No course meets these conditions" in organiser.get("/training/courses?q=absent").text


@pytest.mark.parametrize("address", ["/training/", "/training/courses"])
def test_the_lists_take_the_same_statements_for_many_rows(app, organiser, database, office, cohort, address):
    few = statements_of(app, lambda: organiser.get(address))
    for _ in range(3):
        made = make_cohort(database, make_course(database, office))
        make_lesson(database, made)
        enrol(database, made)
    assert statements_of(app, lambda: organiser.get(address)) == few


def test_a_cohort_takes_the_same_statements_for_many_trainees(app, organiser, database, cohort):
    enrol(database, cohort)
    few = statements_of(app, lambda: organiser.get(f"/training/cohorts/{cohort.id}"))
    for day in range(20, 23):
        enrol(database, cohort)
        make_teacher(database, cohort, make_person(database, f"教师{day}"))
    assert statements_of(app, lambda: organiser.get(f"/training/cohorts/{cohort.id}")) == few


def test_a_long_roster_comes_in_pages_that_keep_their_conditions(
    app, organiser, database, course, text_of, monkeypatch
):
    monkeypatch.setattr(cohort_pages, "paginate", partial(pagination.paginate, size=4))
    cohort = make_cohort(database, course, capacity=60)
    for number in range(6):
        enrol(database, cohort, make_trainee(database, f"学员{number:02}"))
    enrol(database, cohort, make_trainee(database, "何霁"))
    address = f"/training/cohorts/{cohort.id}"
    first = organiser.get(address)
    assert 'name="state"' not in first.text
    assert 'name="state" value="enrolled"' in organiser.get(f"{address}?state=enrolled").text
    assert "1–4 of 7" in text_of(first)
    assert f'href="{address}?page=2"' in first.text
    narrowed = organiser.get(f"{address}?state=enrolled&q=学员&page=2")
    assert "5–6 of 6" in text_of(narrowed)
    assert "state=enrolled" in re.search(r'rel="prev" href="([^"]+)"', narrowed.text).group(1)
    assert "何霁" not in text_of(narrowed).partition("What happened")[0]
    assert "何霁" in text_of(organiser.get(f"{address}?q=何"))
    assert "Nobody of the cohort fits these conditions." in organiser.get(f"{address}?state=waiting").text
    few = statements_of(app, lambda: organiser.get(f"{address}?page=2"))
    assert statements_of(app, lambda: organiser.get(address)) == few


def test_what_happened_tells_of_lessons_teachers_and_trainees_a_page_at_a_time(
    organiser, database, cohort, text_of
):
    acting = {"actor": ACTOR, "now": NOW}
    person = make_trainee(database, "何霁")
    made = enrol(database, cohort, person)
    enrol(database, make_cohort(database, cohort.course), make_trainee(database, "路人"))
    lesson = database.scalars(sa.select(Lesson).where(Lesson.cohort_id == cohort.id)).one()
    lessons.cancel(database, lesson, "教室停电", **acting)
    told = text_of(organiser.get(f"/training/cohorts/{cohort.id}")).partition("What happened")[2]
    happened = (
        "A lesson was cancelled: 教室停电: “结构与起草规则”",
        "何霁 was enrolled",
        "A lesson was planned: “结构与起草规则”",
        "唐以宁 is to teach",
    )
    assert [what for what in happened if what not in told] == []
    assert "路人" not in told
    for _ in range(26):
        lapsed = OfferLapsed(made.id, cohort_id=cohort.id, person_id=person.id, declined=True)
        record(database, lapsed, **acting)
    newest = organiser.get(f"/training/cohorts/{cohort.id}")
    assert "A lesson was planned" not in newest.text
    older = re.search(r'rel="next" href="([^"#]+)#trail"', newest.text).group(1)
    assert "A lesson was planned" in organiser.get(html.unescape(older)).text


def test_the_front_page_shows_lessons_cohorts_and_what_waits(
    organiser, trainee, database, cohort, moment, text_of
):
    assert "Writing standards, 第 1 期" in text_of(organiser.get("/"))
    enrol(database, cohort, trainee.person)
    assert "结构与起草规则 Writing standards" in text_of(trainee.get("/"))
    lesson = database.scalars(sa.select(Lesson)).one()
    moment(lesson.ends)
    assert "Writing standards, 第 1 期 is over: decide who completed it" in organiser.get("/").text
    assert "Nothing to do today" in trainee.get("/").text
