"""A lesson's page says who shares it; they see it, and the list of attendance has them."""

import pytest
import sqlalchemy as sa

from expertpool.training import presence
from expertpool.training.models import Lesson
from tests.builders.training import enrol, make_cohort, make_course, make_trainee

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
    assert "合班课" in text_of(trainee.get("/me/learning"))
    assert "合班课" in text_of(trainee.get("/"))
    public = trainee.get(f"/courses/{other.course.number}").text
    assert "合班课" in public
    assert "方知予" not in public.partition("<main")[2]
    ending = text_of(organiser.get(f"/training/cohorts/{cohort.id}/cancel"))
    assert f"end for the others, too: 合班课 (jointly with {other.number}; guests: 方知予)" in ending
    assert "end for the others" not in text_of(organiser.get(f"/training/cohorts/{other.id}/cancel"))
    moment(lesson.starts)
    listed = text_of(organiser.get(f"/training/lessons/{lesson.id}/attendance"))
    assert "0 of 1 present" in listed
    assert "卫星" in listed
    assert "Guests, whose presence is not noted: 方知予" in listed
    code = presence.check_in_code(lesson, lesson.starts)
    assert "方知予 is a guest here" in trainee.post(f"/check-in/{lesson.id}/{code}").text
    page = f"/training/lessons/{lesson.id}/edit"
    typed = f"{other.number}, {trainee.person.number} 方知予"
    assert f'value="{typed}"' in organiser.get(page).text
    changed = TIMES | {"title": "合班课", "version": str(lesson.version), "shared": other.number}
    assert organiser.post(page, data=changed).status_code == 302
    database.refresh(lesson)
    assert (lesson.joint_ids, lesson.guest_ids) == ((other.id,), ())
    assert "合班课" not in text_of(trainee.get("/me/learning"))
