"""Pages of timetables: outlines, a week, moves and what they break, plans, publishing; and whose they are."""

import html
import re

import pytest
import sqlalchemy as sa

from expertpool import clock
from expertpool.audit.models import AuditEntry
from expertpool.availability import service as availability
from expertpool.availability.models import Room, RoomCommitment
from expertpool.jobs import timetables as worker
from expertpool.outbox.models import Message
from expertpool.people.models import Grade
from expertpool.planning import outlines, timetables
from expertpool.planning.models import Delivery, Placement, Timetable
from expertpool.planning.outlines import Row
from expertpool.planning.run_models import TimetableRun, TimetableRunState
from expertpool.training.models import CourseSkill, Lesson
from expertpool.web.planning import engine
from tests.builders.organisations import make_organisation
from tests.builders.people import make_person
from tests.builders.planning import MONDAY, at, list_lessons, make_timetable, put
from tests.builders.skills import make_skill, make_taxonomy
from tests.builders.training import (
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


@pytest.fixture(scope="module", autouse=True)
def loaded():
    """Wait for the engine, which is compiled after an installation: pages wait for some seconds only."""
    assert engine.is_ready(600)


@pytest.fixture(autouse=True)
def moment(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def office(database):
    return make_organisation(database, "青原市标准化促进中心")


@pytest.fixture
def organiser(as_role, office):
    return as_role("organiser", office.id)


@pytest.fixture
def cohort(database, office):
    return make_cohort(database, make_course(database, office), title="第 1 期", capacity=20)


@pytest.fixture
def scene(database, office, cohort):
    """A timetable of two lessons: 导论 is placed in 第一教室, 方法 is not."""
    make_room(database, office, "第一教室", 40)
    make_room(database, office, "小教室", 10)
    teacher = make_teacher(database, cohort)
    rows = list_lessons(database, cohort, "导论", "方法")
    timetable = make_timetable(database, office, cohort)
    room = min(timetable_rooms(database, office))
    put(database, timetable, rows[0], at(0, "08:30"), room_id=room, teaching_id=teacher.id)
    database.commit()
    return timetable


def timetable_rooms(database, office):
    return database.scalars(sa.select(Room.id).where(Room.owner_id == office.id)).all()


def rows_of(database, cohort):
    return {each.title: each for each in outlines.lessons_of(database, [cohort.id])}


def text_of(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.text))


def url(timetable, path=""):
    return f"/training/timetables/{timetable.id}{path}"


def line(number, title, minutes="90", **values):
    facts = {"title": title, "minutes": minutes, "kind": "lecture", "delivery": "on-site", "equipment": ""}
    return {f"rows-{number}-{name}": value for name, value in (facts | values).items()}


def test_an_outline_is_listed_and_comes_to_a_new_timetable(organiser, database, cohort):
    page = f"/training/courses/{cohort.course_id}/outline"
    data = line(0, "导论") | line(1, "") | line(2, "考核", "60", kind="exam", equipment="电脑、投影")
    assert organiser.post(page, data=data).status_code == 302
    kept = outlines.outline_of(database, cohort.course)
    assert [(each.title, each.minutes, each.equipment) for each in kept] == [
        ("导论", 90, []),
        ("考核", 60, ["电脑", "投影"]),
    ]
    assert 'value="考核"' in organiser.get(page).text
    told = text_of(organiser.get(f"/training/courses/{cohort.course_id}"))
    assert "Its outline has 2 lessons of 150 minutes in all" in told
    values = {
        "title": "冬季课表",
        "first": "2026-11-30",
        "last": "2026-12-13",
        "cohort_ids": [str(cohort.id)],
        "periods": "08:30-10:00\n14:00–15:30",
        "in_order": "y",
        "travel_minutes": "30",
    }
    made = organiser.post("/training/timetables/new", data=values)
    timetable = database.scalars(sa.select(Timetable)).one()
    assert made.location == url(timetable)
    assert timetable.periods == [["08:30", "10:00"], ["14:00", "15:30"]]
    assert list(rows_of(database, cohort)) == ["导论", "考核"]
    assert "冬季课表" in organiser.get("/training/timetables/").text


def test_who_shares_a_lesson_is_entered_by_number_or_name_and_shown_where_it_stands(
    organiser, database, office, scene, cohort
):
    course = make_course(database, office, title_en="Languages")
    other = make_cohort(database, course, title="B 班", capacity=15)
    elsewhere = make_cohort(database)
    guest = make_trainee(database, "乔木")
    database.commit()
    page = f"/training/cohorts/{cohort.id}/outline"
    ids = {title: str(row.id) for title, row in rows_of(database, cohort).items()}
    waiting = line(0, "导论", teacher="", id=ids["导论"], shared=f"{other.number.lower()}, 乔木")
    for unknown in ("无此人", elsewhere.number):
        refused = organiser.post(
            page, data=waiting | line(1, "", teacher="") | line(2, "方法", teacher="", shared=unknown)
        )
        assert refused.status_code == 400
        assert f"“{unknown}” is neither a cohort of this office" in text_of(refused)
        assert 'id="rows-1-shared-error"' in refused.text
        assert "<details open>" in refused.text
    assert organiser.post(page, data=waiting).status_code == 302
    row = rows_of(database, cohort)["导论"]
    assert (row.joint_ids, row.guest_ids) == ((other.id,), (guest.id,))
    told = text_of(organiser.get(f"/training/cohorts/{cohort.id}"))
    assert "What it is to be taught was listed anew" in told
    typed = f"{other.number}, {guest.number} 乔木"
    shown = organiser.get(page)
    assert f'value="{typed}"' in shown.text
    assert f"with {typed}" in text_of(shown)
    assert f"导论 ({cohort.number})" in text_of(organiser.get(f"/training/cohorts/{other.id}/outline"))
    assert f"Shared with {other.number}, 乔木" in text_of(organiser.get(url(scene, f"/lessons/{row.id}")))
    by_room = text_of(organiser.get(url(scene, "?week=2026-11-30")))
    assert f"导论 jointly with {other.number}; guests: 乔木 唐以宁, 36 trainees" in by_room
    by_cohort = organiser.get(url(scene, "?week=2026-11-30&by=cohort"))
    assert "Languages, B 班" in text_of(by_cohort)
    assert by_cohort.text.count(f'data-lesson="{row.id}"') == 2
    for partner in (cohort, other):
        assert f"导论 jointly with {partner.number}; guests: 乔木 唐以宁" in text_of(by_cohort)
    assert organiser.post(url(scene, "/publish")).status_code == 302
    for each in (cohort, other):
        told = text_of(organiser.get(f"/training/cohorts/{each.id}"))
        partner = other if each is cohort else cohort
        assert f"导论 jointly with {partner.number}; guests: 乔木" in told
    assert f"Others at the lesson: cohorts {other.number}, guests 乔木: “导论”" in told


def test_an_outline_may_want_a_lesson_together_which_is_not_offered_twice(organiser, database, cohort):
    page = f"/training/courses/{cohort.course_id}/outline"
    assert organiser.post(page, data=line(0, "导论", together="y") | line(1, "方法")).status_code == 302
    kept = outlines.outline_of(database, cohort.course)
    assert [(each.title, each.together) for each in kept] == [("导论", True), ("方法", False)]
    assert text_of(organiser.get(page)).count("together") == 1 + 6
    peer = make_cohort(database, cohort.course, title="第 2 期")
    database.commit()
    mine = f"/training/cohorts/{peer.id}/outline"
    assert re.findall(r'name="rows-\d-title"[^>]*value="(导论|方法)"', organiser.get(mine).text) == [
        "导论",
        "方法",
    ]
    outlines.adopt(database, cohort, now=NOW)
    (first, _second) = rows_of(database, cohort).values()
    first.joint_ids = (peer.id,)
    database.commit()
    shown = organiser.get(mine).text
    assert re.findall(r'name="rows-\d-title"[^>]*value="(导论|方法)"', shown) == ["方法"]
    assert f"导论 ({cohort.number})" in shown


def test_a_wrong_line_is_told_at_its_field(organiser, database, cohort):
    page = f"/training/cohorts/{cohort.id}/outline"
    data = line(0, "", teacher="") | line(1, "方法", "5", teacher="")
    answer = organiser.post(page, data=data)
    assert answer.status_code == 400
    assert 'id="rows-1-minutes-error"' in answer.text
    data = line(0, "", teacher="") | line(1, "方法", equipment="电" * 201, teacher="")
    assert organiser.post(page, data=data).status_code == 400
    assert organiser.post(page, data=line(0, "方法", teacher="")).status_code == 302
    assert list(rows_of(database, cohort)) == ["方法"]


@pytest.fixture
def skilled(database, cohort):
    """何霁 of the pool, who holds what the course teaches and teaches in English."""
    skill = make_skill(database, make_taxonomy(database), name_zh="标准编写")
    cohort.course.skills = [CourseSkill(skill=skill)]
    facts = {"skills": (skill,), "grade": Grade.EXPERT, "languages": ("英文",)}
    person = make_person(database, "何霁", **facts)
    database.commit()
    return person


def test_language_days_between_and_an_expert_of_the_pool_are_entered_and_explained(
    organiser, database, office, cohort, skilled
):
    make_teacher(database, cohort)
    make_room(database, office, "第一教室", 40)
    page = f"/training/cohorts/{cohort.id}/outline"
    offered = text_of(organiser.get(page))
    assert "何霁 (of the pool, English, 0 lessons ahead)" in offered
    assert "Experts of the pool who fit 1" in offered
    for language, told in (("en", ["English", "Chinese"]), ("zh-CN", ["英语", "中文"])):
        shown = organiser.get(page, headers={"Accept-Language": language}).text
        assert re.findall(r'<option value="([^"]+)">', shown.partition('id="languages"')[2])[:2] == told
    data = line(0, "导论", language="English", teacher=f"p{skilled.id}")
    data |= line(1, "方法", language="英语", least_days="2", most_days="3", teacher="")
    assert organiser.post(page, data=data).status_code == 302
    first, second = rows_of(database, cohort).values()
    assert (first.person_id, first.language, second.language) == (skilled.id, "en", "en")
    assert (second.least_days, second.most_days, second.person_id) == (2, 3, None)
    again = organiser.get(page).text
    assert f'<option selected value="p{skilled.id}">' in again
    assert 'value="English"' in again
    timetable = make_timetable(database, office, cohort)
    put(database, timetable, first, at(0, "08:30"), person_id=skilled.id)
    database.commit()
    link = url(timetable, f"/lessons/{second.id}/effect?start=14:00&day=")
    near = text_of(organiser.get(f"{link}2026-12-01"))
    assert "“方法” is to come 2 days or more after “导论”, not 1" in near
    assert "唐以宁 does not teach in English" in near
    far = organiser.get(f"{link}2026-12-04", headers={"Accept-Language": "zh-CN"})
    assert "“方法”应在“导论”之后至多 3 天，现为 4 天" in text_of(far)
    assert "不用“英语”授课" in text_of(far)
    told = text_of(organiser.get(url(timetable, f"/lessons/{second.id}")))
    assert "1 teacher teachers do not teach in English" in told
    assert "2 to 3 days" in told


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"least_days": "3", "most_days": "2"}, "most_days"),
        ({"least_days": "9" * 30}, "least_days"),
        ({"language": "x" * 41}, "language"),
        ({"teacher": "p99999"}, "teacher"),
        ({"teacher": "nonsense"}, "teacher"),
    ],
)
def test_what_a_lesson_can_not_ask_for_is_told_at_its_field(organiser, database, cohort, wrong, field):
    page = f"/training/cohorts/{cohort.id}/outline"
    answer = organiser.post(page, data=line(0, "方法", **({"teacher": ""} | wrong)))
    assert answer.status_code == 400
    assert f'id="rows-0-{field}-error"' in answer.text
    assert rows_of(database, cohort) == {}


def test_what_is_agreed_with_a_teacher_is_noted_told_and_counts(as_role, organiser, database, scene, cohort):
    (teaching,) = cohort.teachings
    page = url(scene, f"/teachers/{teaching.person_id}")
    wrong = organiser.post(page, data={"week_minutes": "9" * 30, "unwished": ["1-am"]})
    assert wrong.status_code == 400
    assert 'id="week_minutes-error"' in wrong.text
    noted = {"week_minutes": "90", "unwished": ["1-am", "2-am", "2-pm"]}
    assert organiser.post(page, data=noted).status_code == 302
    assert 'value="2-pm" aria-label="Tue afternoon" checked' in organiser.get(page).text
    assert "唐以宁 not stated 1 90 90 Mon forenoon, Tue" in text_of(organiser.get(url(scene, "/teachers")))
    chinese = organiser.get(url(scene, "/teachers"), headers={"Accept-Language": "zh-CN"})
    assert "周一上午，周二" in text_of(chinese)
    assert "Lessons at times that teachers don't prefer 1 4" in html.unescape(
        text_of(organiser.get(url(scene)))
    )
    trail = text_of(as_role("administrator").get(f"/people/{teaching.person_id}"))
    assert "An office noted how much they teach and when rather not" in trail
    assert "Mon forenoon, Tue forenoon, Tue afternoon" in trail
    row = rows_of(database, cohort)["方法"]
    spot = "day=2026-12-03&start=14:00&room=any&teacher=any"
    told = text_of(organiser.get(url(scene, f"/lessons/{row.id}/effect?{spot}")))
    assert "唐以宁 would teach 180 minutes that week, at most 90" in told
    assert organiser.get(url(scene, "/teachers/99999")).status_code == 404


def test_more_teachers_take_no_more_statements(web_app, organiser, database, office, scene, cohort, skilled):
    pages = (url(scene, "/teachers"), f"/training/cohorts/{cohort.id}/outline")
    few = [statements_of(web_app, lambda page=page: organiser.get(page)) for page in pages]
    skills = tuple(each.skill for each in cohort.course.skills)
    for number in range(5):
        make_teacher(database, cohort, make_person(database, f"教师{number}"))
        make_person(database, f"专家{number}", skills=skills, grade=Grade.EXPERT)
    database.commit()
    assert [statements_of(web_app, lambda page=page: organiser.get(page)) for page in pages] == few


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"last": "2026-11-01"}, "last"),
        ({"cohort_ids": []}, "cohort_ids"),
        ({"periods": "早上"}, "periods"),
        ({"travel_minutes": "99999999999999999999"}, "travel_minutes"),
        ({"teacher_week_minutes": "99999999999999999999"}, "teacher_week_minutes"),
    ],
)
def test_a_wrong_timetable_is_told_at_its_field(organiser, cohort, wrong, field):
    values = {
        "title": "冬季课表",
        "first": "2026-11-30",
        "last": "2026-12-13",
        "cohort_ids": [str(cohort.id)],
        "periods": "08:30-10:00",
        "travel_minutes": "30",
    }
    answer = organiser.post("/training/timetables/new", data=values | wrong)
    assert answer.status_code == 400
    assert f'id="{field}-error"' in answer.text


def test_a_week_shows_lessons_bookings_and_what_has_no_place(organiser, database, scene, cohort):
    (teaching,) = cohort.teachings
    page = text_of(organiser.get(url(scene)))
    assert "Mon 30 Nov" in page
    assert "1 lesson is placed, 0 rules are broken, 1 lesson has no place." in page
    assert "第一教室 40 chairs" in page
    by_teacher = text_of(organiser.get(url(scene, "?by=teacher")))
    assert "唐以宁" in by_teacher
    by_cohort = text_of(organiser.get(url(scene, "?by=cohort")))
    assert "导论 唐以宁, 第一教室" in by_cohort
    later = text_of(organiser.get(url(scene, "?week=2026-12-07")))
    assert "Mon 7 Dec" in later
    assert organiser.get(url(scene, "?week=9999-99-99&by=nonsense")).status_code == 200
    assert teaching.person.name == "唐以宁"


def test_a_move_says_what_it_breaks_and_is_kept_by_a_button(organiser, database, scene, cohort):
    rows = rows_of(database, cohort)
    small, large = sorted(timetable_rooms(database, database.get(Timetable, scene.id).owner), reverse=True)
    link = url(scene, f"/lessons/{rows['方法'].id}")
    spot = f"day=2026-11-30&start=08:30&room=r{small}&teacher=any"
    told = text_of(organiser.get(f"{link}/effect?{spot}"))
    assert "4 rules would be broken" in told
    assert "小教室 has 10 seats for 20 trainees" in told
    assert "唐以宁 teaches “导论” at the same time" in told
    whole = text_of(organiser.get(f"{link}?{spot}"))
    assert "小教室 has 10 seats for 20 trainees" in whole
    free = text_of(organiser.get(f"{link}/effect?day=2026-11-30&start=10:20&by=cohort"))
    assert "This breaks nothing" in free
    assert "第一教室" in free
    values = {"day": "2026-12-01", "start": "14:00", "room": f"r{large}", "teacher": "any", "by": "teacher"}
    kept = organiser.post(f"{link}/move", data=values)
    assert kept.location == url(scene, "?week=2026-12-01&by=teacher")
    (placement,) = database.scalars(sa.select(Placement).where(Placement.cohort_lesson_id == rows["方法"].id))
    assert (placement.starts, placement.room_id) == (at(1, "14:00"), large)
    assert placement.teaching_id == cohort.teachings[0].id


def test_a_trainee_s_booking_is_told_when_moving_boxed_and_bars_publishing(
    organiser, database, scene, cohort
):
    trainee = enrol(database, cohort).person
    availability.book(database, {trainee.id: 7}, at(0, "14:00"), at(0, "17:00"), source_kind="seat")
    database.commit()
    link = url(scene, f"/lessons/{rows_of(database, cohort)['方法'].id}")
    values = {"day": "2026-11-30", "start": "14:00", "room": "any", "teacher": "any"}
    told = text_of(organiser.get(f"{link}/effect", query_string=values))
    assert f"{trainee.name} is not free from 14:00 to 17:00: another appointment" in told
    assert "as long as it is so, it can't be published" in told
    organiser.post(f"{link}/move", data=values)
    week = organiser.get(url(scene, "?week=2026-11-30"))
    assert 'class="ep-lesson is-clash"' in week.text
    changes = organiser.get(url(scene, "/changes"))
    assert f"{trainee.name} is not free" in text_of(changes).partition("It can't be published yet")[2]
    assert 'disabled aria-describedby="refused"' in changes.text
    refused = organiser.post(url(scene, "/publish"), data={})
    assert refused.status_code == 400
    assert f"{trainee.name} is booked for another appointment" in text_of(refused)
    assert database.scalars(sa.select(Lesson)).all() == []


def test_a_move_to_nowhere_is_told_at_its_field(organiser, database, scene, cohort):
    link = url(scene, f"/lessons/{rows_of(database, cohort)['方法'].id}")
    values = {"day": "2027-12-01", "start": "14:00", "room": "any", "teacher": "any"}
    answer = organiser.post(f"{link}/move", data=values)
    assert answer.status_code == 400
    assert 'id="day-error"' in answer.text
    assert organiser.post(f"{link}/move", data=values | {"start": "spät"}).status_code == 400
    assert organiser.post(f"{link}/move", data=values | {"room": "r999"}).status_code == 400
    assert organiser.get(f"{link}/effect?day=nonsense").status_code == 400


def test_a_clash_is_boxed_and_explained_with_ways_out(organiser, database, scene, cohort):
    row = rows_of(database, cohort)["方法"]
    room = min(timetable_rooms(database, scene.owner))
    put(database, scene, row, at(0, "08:30"), room_id=room, teaching_id=cohort.teachings[0].id)
    page = organiser.get(url(scene))
    assert page.text.count('class="ep-lesson is-clash"') == 1
    assert "clash with “方法”" in page.text
    told = text_of(page)
    assert "1 lesson breaks a rule where it is" in told
    assert "What breaks nothing:" in told


def test_a_pin_a_way_out_and_a_cancellation_are_buttons(organiser, database, scene, cohort):
    row = rows_of(database, cohort)["导论"]
    link = url(scene, f"/lessons/{row.id}")
    organiser.post(f"{link}/pin", data={"pinned": "yes"})
    assert database.scalars(sa.select(Placement.pinned)).all() == [True]
    assert "Release the pin" in organiser.get(link).text
    organiser.post(f"{link}/take-out")
    assert database.scalars(sa.select(Placement)).all() == []
    refused = organiser.post(f"{link}/leave", data={"leaving": "yes"}, follow_redirects=True)
    assert "This lesson is not published" in refused.text


def test_a_plan_is_asked_for_worked_out_and_published_once(organiser, database, scene, cohort):
    enrol(database, cohort)
    refused = organiser.post(url(scene, "/plans"), data={"seconds": "0"}, follow_redirects=True)
    assert "Seconds to search, at most: Number must be between" in refused.text
    asked = organiser.post(url(scene, "/plans"), data={"seconds": "5"})
    assert asked.location == url(scene, "/plans/1")
    assert "Stop and take the best so far" in organiser.get(asked.location).text
    assert organiser.get(f"{asked.location}/state").json["waiting"] is True
    assert "A plan is being worked out" in organiser.get(url(scene)).text
    organiser.post(f"{asked.location}/stop")
    database.commit()
    assert worker.work(database.get_bind())
    database.expire_all()
    (run,) = database.scalars(sa.select(TimetableRun))
    assert (run.state, run.best["unplaced_count"], len(run.input_hash)) == (TimetableRunState.DONE, 0, 64)
    assert "2 lessons are placed." in text_of(organiser.get(asked.location))
    assert 0 <= run.best["bound"] <= run.best["cost"]
    for bound, told in ((1_234, "No plan costs less."), (1_200, "No plan costs less than 1,200."), (0, "")):
        run.best = run.best | {"cost": 1_234, "bound": bound}
        database.commit()
        shown = text_of(organiser.get(asked.location))
        assert "Its cost is 1,234" in shown
        assert told in shown if told else "No plan costs less" not in shown
    assert "Publish 2 changes" in organiser.get(url(scene, "/changes")).text
    before = database.scalar(sa.select(sa.func.count()).select_from(Message))
    done = organiser.post(url(scene, "/publish"), follow_redirects=True)
    assert "2 changes are published" in done.text
    assert sorted(database.scalars(sa.select(Lesson.title))) == ["导论", "方法"]
    kinds = database.scalars(sa.select(Message.kind).order_by(Message.id)).all()[before:]
    assert kinds == ["training/timetable"]
    again = organiser.post(url(scene, "/publish"))
    assert again.location == url(scene, "")
    assert "The draft is what is published already." in organiser.get(again.location).text
    assert database.scalar(sa.select(sa.func.count()).select_from(Message)) == before + 1
    assert "Nothing differs" in organiser.get(url(scene, "/changes")).text


def test_a_run_is_called_off(organiser, database, scene):
    asked = organiser.post(url(scene, "/plans"), data={"seconds": "5"})
    organiser.post(f"{asked.location}/cancel")
    assert "This plan was called off" in organiser.get(asked.location).text
    again = organiser.post(f"{asked.location}/cancel", follow_redirects=True)
    assert "This run is over already." in again.text


def test_a_clash_that_came_meanwhile_refuses_and_names_it(organiser, database, scene, office, cohort):
    other = make_cohort(database, make_course(database, office))
    room = min(timetable_rooms(database, office))
    make_lesson(database, other, day=8, hours=1, room_id=room, title="抢先的课", now=NOW)
    lesson = database.scalars(sa.select(Lesson)).one()
    lesson.starts, lesson.ends = at(0, "08:30"), at(0, "10:00")
    booked = database.scalars(sa.select(RoomCommitment)).one()
    booked.starts, booked.ends = lesson.starts, lesson.ends
    answer = organiser.post(url(scene, "/publish"))
    assert answer.status_code == 400
    assert "第一教室 is booked at this time for" in answer.text
    assert "抢先的课" in answer.text
    assert [each.title for each in database.scalars(sa.select(Lesson))] == ["抢先的课"]


def test_weights_are_edited_and_those_that_are_usual_are_not_kept(organiser, database, scene):
    page = url(scene, "/weights")
    fields = re.findall(r'name="(\w+)" [^>]*value="(\d+)"', organiser.get(page).text)
    values = dict(fields)
    assert values["gap"] == "1"
    assert organiser.post(page, data=values | {"gap": "8"}).status_code == 302
    database.refresh(scene)
    assert scene.weights == {"gap": 8}
    assert organiser.post(page, data=values | {"gap": "-1"}).status_code == 400


def test_a_lesson_moved_on_its_own_page_is_told_and_taken_over(organiser, database, office, cohort):
    lesson = make_lesson(database, cohort, day=9)
    timetable = make_timetable(database, office, cohort)
    lesson.title = "改过的课"
    database.flush()
    assert "changed on their own pages" in organiser.get(url(timetable)).text
    organiser.post(url(timetable, "/take-over"))
    assert "changed on their own pages" not in organiser.get(url(timetable)).text


def test_a_foreign_office_sees_nothing(as_role, database, scene, cohort):
    stranger = as_role("organiser", make_organisation(database, "别的部门").id)
    row = rows_of(database, cohort)["导论"]
    for method, path in (
        ("GET", ""),
        ("GET", "/edit"),
        ("GET", "/weights"),
        ("GET", "/teachers"),
        ("POST", f"/teachers/{cohort.teachings[0].person_id}"),
        ("GET", "/changes"),
        ("POST", "/publish"),
        ("POST", "/plans"),
        ("POST", "/take-over"),
        ("GET", f"/lessons/{row.id}"),
        ("GET", f"/lessons/{row.id}/effect"),
        ("POST", f"/lessons/{row.id}/move"),
        ("POST", f"/lessons/{row.id}/pin"),
    ):
        assert_closed(stranger, method, url(scene, path), "冬季课表", "导论")
    for page in (f"/training/courses/{cohort.course_id}/outline", f"/training/cohorts/{cohort.id}/outline"):
        assert_closed(stranger, "GET", page, "导论")
    assert "冬季课表" not in stranger.get("/training/timetables/").text


def test_a_lesson_of_another_timetable_is_not_found(organiser, database, office, scene):
    other = make_cohort(database, make_course(database, office))
    (row,) = list_lessons(database, other, "别班的课")
    assert_closed(organiser, "GET", url(scene, f"/lessons/{row.id}"), "别班的课")


def test_more_lessons_and_timetables_take_no_more_statements(
    web_app, organiser, database, office, scene, cohort
):
    other, guest = make_cohort(database, make_course(database, office)), make_trainee(database)
    shares = {"joint_ids": (other.id,), "guest_ids": (guest.id,)}
    rows = [Row(each.title, 90, id=each.id, **shares) for each in rows_of(database, cohort).values()]
    list_lessons(database, cohort, *rows)
    database.commit()
    few = statements_of(web_app, lambda: organiser.get(url(scene)))
    listed = statements_of(web_app, lambda: organiser.get("/training/timetables/"))
    list_lessons(database, cohort, *rows, *(Row(f"第 {each} 课", 90, **shares) for each in range(12)))
    for each in rows_of(database, cohort).values():
        if each.title.startswith("第 "):
            put(database, scene, each, at(int(each.title.split()[1]) % 5, "14:00"))
    for _each in range(3):
        make_timetable(database, office, cohort)
    assert statements_of(web_app, lambda: organiser.get(url(scene))) <= few + 1
    assert statements_of(web_app, lambda: organiser.get("/training/timetables/")) <= listed
    assert timetables.facts_of(database, scene).first == MONDAY


def test_the_last_change_is_taken_back_by_a_button(organiser, database, scene, cohort):
    row = rows_of(database, cohort)["方法"]
    values = {"day": "2026-12-01", "start": "14:00", "room": "any", "teacher": "any"}
    organiser.post(url(scene, f"/lessons/{row.id}/move"), data=values)
    page = organiser.get(url(scene))
    assert "The last change can be taken back: placing a lesson by hand (方法)." in text_of(page)
    number = re.search(r'name="number" value="(\d+)"', page.text).group(1)
    done = organiser.post(url(scene, "/take-back"), data={"number": number}, follow_redirects=True)
    assert "The last change of the draft is taken back." in text_of(done)
    assert "Taken back: placing a lesson by hand (方法)" in text_of(done)
    assert [each.cohort_lesson_id for each in placed(database, scene)] == [
        rows_of(database, cohort)["导论"].id
    ]
    again = organiser.post(url(scene, "/take-back"), data={"number": number}, follow_redirects=True)
    assert "The draft was changed since" in text_of(again)


def placed(database, timetable):
    return database.scalars(sa.select(Placement).where(Placement.timetable_id == timetable.id)).all()


def test_an_office_s_weights_are_those_of_its_next_timetables(
    as_role, organiser, database, scene, office, cohort
):
    page = organiser.get("/training/timetables/weights")
    values = dict(re.findall(r'id="(\w+)"[^>]*? name="\1"[^>]*? value="(\d+)"', page.text))
    wrong = organiser.post("/training/timetables/weights", data=values | {"gap": "99999999999999999999"})
    assert wrong.status_code == 400
    assert 'id="gap-error"' in wrong.text
    saved = organiser.post("/training/timetables/weights", data=values | {"gap": "7"})
    assert saved.status_code == 302
    assert database.get(Timetable, scene.id).weights == {}
    later = make_timetable(database, office, cohort)
    assert later.weights == {"gap": 7}
    database.commit()
    own = text_of(organiser.get(url(later, "/weights")))
    assert re.search(r"does not wait between two lessons of a day for each half hour that it waits 7", own)
    told = database.scalars(sa.select(AuditEntry).where(AuditEntry.subject_kind == "organisation")).all()
    assert told[-1].facts["changes"] == {"gap": [None, 7]}
    trail = text_of(as_role("administrator").get(f"/organisations/{office.id}"))
    assert "The weights of its timetables were changed" in trail
    assert organiser.get("/training/timetables/weights?office=99999").status_code == 403


def test_a_cohort_without_a_teacher_gets_an_expert_who_holds_the_skills(organiser, database, office):
    taxonomy = make_taxonomy(database)
    skill = make_skill(database, taxonomy, name_zh="标准编写")
    chosen = make_person(database, "何霁", skills=(skill,), grade=Grade.EXPERT)
    course = make_course(database, office)
    course.skills = [CourseSkill(skill=skill)]
    cohort = make_cohort(database, course, title="第 2 期")
    list_lessons(database, cohort, Row("导论", 90, delivery=Delivery.ONLINE))
    timetable = make_timetable(database, office, cohort)
    database.commit()
    week = text_of(organiser.get(url(timetable)))
    assert "a plan chooses among experts of the pool" in week
    assert "Nothing is placed yet" in week
    link = url(timetable, f"/lessons/{rows_of(database, cohort)['导论'].id}")
    assert "何霁 (0 lessons ahead)" in text_of(organiser.get(link))
    values = {"day": "2026-11-30", "start": "08:30", "room": "", "teacher": "any"}
    organiser.post(f"{link}/move", data=values)
    assert "何霁, to be proposed as a teacher" in text_of(organiser.get(url(timetable, "/changes")))
    organiser.post(url(timetable, "/publish"), data={})
    (lesson,) = database.scalars(sa.select(Lesson)).all()
    assert lesson.teaching.person_id == chosen.id
