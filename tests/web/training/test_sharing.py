"""A lesson's page says who shares it; they see it, and the list of attendance has them."""

import html
import re
from dataclasses import replace
from functools import partial

import pytest
import sqlalchemy as sa

from expertpool.availability import service as availability
from expertpool.training import lessons, presence
from expertpool.training.models import Lesson
from tests.builders.training import ACTOR, enrol, make_cohort, make_course, make_lesson, make_trainee
from tests.conftest import NOW
from tests.web.counting import statements_of

TIMES = {"starts": "2026-12-07T09:00", "ends": "2026-12-07T12:00", "room_id": "0", "teaching_id": "0"}


@pytest.fixture
def organiser(as_role, office):
    return as_role("organiser", office.id)


@pytest.fixture
def other(database, office):
    """A cohort of another course of the office, with one trainee."""
    made = make_cohort(database, make_course(database, office, title_zh="外语", title_en="Languages"))
    enrol(database, made, make_trainee(database, "卫星"))
    database.commit()
    return made


def test_a_lesson_is_planned_and_changed_with_others(
    organiser, trainee, database, cohort, other, text_of, moment
):
    new = f"/training/cohorts/{cohort.id}/lessons/new"
    assert f'<option value="{other.number}" label="外语">' in organiser.get(new).text
    refused = organiser.post(new, data=TIMES | {"title": "合班课", "shared": "查无此人"})
    assert refused.status_code == 400
    assert 'id="shared-error"' in refused.text
    shares = f"{other.number}；{trainee.person.number}"
    assert organiser.post(new, data=TIMES | {"title": "合班课", "shared": shares}).status_code == 302
    lesson = database.scalars(sa.select(Lesson).where(Lesson.title == "合班课")).one()
    told = text_of(organiser.get(f"/training/cohorts/{cohort.id}"))
    assert f"合班课 jointly with {other.number}; guests: 方知予" in told
    assert f"合班课 jointly with {cohort.number}; guests: 方知予" in text_of(
        organiser.get(f"/training/cohorts/{other.id}")
    )
    busy = make_trainee(database, "卢忙")
    availability.book(database, {busy.id: 1}, lesson.starts, lesson.ends, source_kind="seat")
    lessons.change(
        database,
        lesson,
        replace(lessons.facts_of(lesson), guest_ids=(*lesson.guest_ids, busy.id)),
        actor=ACTOR,
        now=NOW,
    )
    database.commit()
    told = text_of(organiser.get(f"/training/cohorts/{cohort.id}"))
    assert "guests: 方知予, 卢忙 (booked elsewhere)" in told
    assert "合班课 as a guest" in text_of(trainee.get("/me/learning"))
    assert "合班课" in text_of(trainee.get("/"))
    public = trainee.get(f"/courses/{other.course.number}").text
    assert "合班课" in public
    assert "方知予" not in public.partition("<main")[2]
    ending = text_of(organiser.get(f"/training/cohorts/{cohort.id}/cancel"))
    assert f"end for the others, too: 合班课 (jointly with {other.number}; guests: 方知予, 卢忙)" in ending
    assert "end for the others" not in text_of(organiser.get(f"/training/cohorts/{other.id}/cancel"))
    moment(lesson.starts)
    listed = text_of(organiser.get(f"/training/lessons/{lesson.id}/attendance"))
    assert "0 of 1 present" in listed
    assert "卫星" in listed
    assert "Guests, whose presence is not noted: 方知予, 卢忙" in listed
    code = presence.check_in_code(lesson, lesson.starts)
    assert "方知予 is a guest here" in trainee.post(f"/check-in/{lesson.id}/{code}").text
    page = f"/training/lessons/{lesson.id}/edit"
    typed = f"{other.number}, {trainee.person.number} 方知予, {busy.number} 卢忙"
    assert f'value="{typed}"' in organiser.get(page).text
    changed = TIMES | {"title": "合班课", "version": str(lesson.version), "shared": other.number}
    assert organiser.post(page, data=changed).status_code == 302
    database.refresh(lesson)
    assert (lesson.joint_ids, lesson.guest_ids) == ((other.id,), ())
    assert "合班课" not in text_of(trainee.get("/me/learning"))


def test_pages_take_the_same_statements_for_many_shared_lessons(
    app, organiser, trainee, database, cohort, other
):
    def share(day):
        guests = (trainee.person.id, make_trainee(database).id)
        make_lesson(database, cohort, day=day, joint_ids=(other.id,), guest_ids=guests)
        database.commit()

    pages = {
        f"/training/cohorts/{cohort.id}": organiser,
        f"/training/cohorts/{cohort.id}/cancel": organiser,
        f"/training/cohorts/{other.id}": organiser,
        "/me/learning": trainee,
        "/": trainee,
    }
    share(20)
    few = {page: statements_of(app, partial(reader.get, page)) for page, reader in pages.items()}
    for day in range(21, 25):
        share(day)
    many = {page: statements_of(app, partial(reader.get, page)) for page, reader in pages.items()}
    assert many == few


@pytest.mark.parametrize(
    "names", [["King, Jr.", "甲、乙"], [f"Wolfgang Amadeus Li-{each}" for each in range(50)]]
)
def test_what_the_page_of_a_lesson_shows_is_read_again(organiser, database, cohort, names):
    guests = [make_trainee(database, each).id for each in names]
    lesson = make_lesson(database, cohort, day=12, guest_ids=tuple(guests))
    database.commit()
    page = f"/training/lessons/{lesson.id}/edit"
    shown = re.search(r'id="shared"[^>]* value="([^"]*)"', organiser.get(page).text)
    changed = TIMES | {"title": "带客人", "version": str(lesson.version), "shared": html.unescape(shown[1])}
    assert organiser.post(page, data=changed).status_code == 302
    database.refresh(lesson)
    assert (lesson.title, lesson.guest_ids) == ("带客人", tuple(guests))
