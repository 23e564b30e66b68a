"""A clock that stands still, an office with a course, and a trainee who is signed in."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa

from expertpool import clock
from expertpool.accounts.models import User
from expertpool.people.models import Person
from tests.builders.organisations import make_organisation
from tests.builders.training import make_cohort, make_course, make_lesson, make_teacher, make_trainee
from tests.conftest import NOW


@pytest.fixture(autouse=True)
def moment(monkeypatch):
    """Set the time that pages see."""

    def at(now):
        monkeypatch.setattr(clock, "now", lambda: now)

    at(NOW)
    return at


@pytest.fixture
def office(database):
    return make_organisation(database, "青原市标准化促进中心")


@pytest.fixture
def course(database, office):
    return make_course(
        database, office, summary_zh="从一份真实的标准改起。", summary_en="Begin with a real one."
    )


@pytest.fixture
def cohort(database, course):
    """A cohort of two places with a lesson in ten days by 唐以宁."""
    made = make_cohort(database, course, title="第 1 期")
    teaching = make_teacher(database, made)
    make_lesson(database, made, title="结构与起草规则", teaching_id=teaching.id)
    database.commit()
    return made


@pytest.fixture
def trainee(database, as_role):
    """A client of somebody with the trainee's role who is in the pool; `client.person` is the person."""
    client = as_role("trainee")
    person = make_trainee(database, "方知予")
    person.user_id = client.user_id
    database.commit()
    client.person = person
    return client


@pytest.fixture
def user_of(database):
    return lambda client: database.get(User, client.user_id)


@pytest.fixture
def person_of(database):
    return lambda client: database.scalar(sa.select(Person).where(Person.user_id == client.user_id))


@pytest.fixture
def text_of():
    """Return what a page says, without its markup."""
    return lambda answer: re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text.split("<main")[-1]))
