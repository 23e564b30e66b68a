"""Teachers of a cohort are invited like members of a panel, and asked no questions about conflicts."""

from __future__ import annotations

import html
import re

import pytest
import sqlalchemy as sa

from expertpool.invitations import links
from expertpool.invitations.models import Invitation, InvitationState
from expertpool.people.models import EmailAddress
from expertpool.training import teachings
from expertpool.training.models import TeachingState
from tests.builders.organisations import make_organisation
from tests.builders.people import make_person
from tests.builders.training import ACTOR, make_cohort, make_lesson
from tests.conftest import NOW
from tests.web.counting import statements_of
from tests.web.foreign import assert_closed

TEXT = {
    "text_zh": "请您授课。",
    "text_en": "Please teach.",
    "contact": "周岚",
    "answer_hours": "48",
    "on_vacancy": "offer",
}


def text_of(page) -> str:
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.text)))


@pytest.fixture
def cohort(database):
    made = make_cohort(database)
    make_lesson(database, made)
    database.commit()
    return made


def teacher(database, cohort, name="何霁"):
    person = make_person(database, name)
    person.addresses = [EmailAddress(address=f"{person.number.lower()}@expert.example", position=0)]
    return teachings.propose(database, cohort, person, actor=ACTOR, now=NOW)


def test_a_teacher_is_invited_answers_and_is_seen(database, cohort, as_role, client):
    organiser = as_role("organiser")
    teaching = teacher(database, cohort)
    address = f"/cohorts/{cohort.id}/invitations"
    assert f'href="{address}/text"' in organiser.get(address).text
    saved = organiser.post(f"{address}/text", data=TEXT)
    assert saved.location == f"{address}/preview"
    preview = text_of(organiser.get(saved.location))
    assert [
        word
        for word in ("Please teach.", "请您授课。", "何霁", cohort.lessons[0].title)
        if word not in preview
    ] == []
    assert organiser.post(saved.location).location == address
    invitation = database.scalars(sa.select(Invitation)).one()
    path = links.PATH + links.mint(database, invitation, now=NOW)
    client.get(path)
    page = client.get("/invitation")
    assert "先回答三个问题" not in page.text
    assert cohort.lessons[0].title in page.text
    assert client.post("/invitation", data={"do": "accept"}).status_code == 303
    database.refresh(teaching)
    assert (teaching.state, invitation.state) == (TeachingState.ACCEPTED, InvitationState.ACCEPTED)
    assert "Accepted" in text_of(organiser.get(address))
    done = organiser.post(f"/invitations/{invitation.id}/withdraw", data={"reason": "课程调整"})
    assert done.location == address
    database.refresh(teaching)
    assert teaching.state is TeachingState.WITHDRAWN


def test_a_cohort_of_another_office_is_closed(database, cohort, as_role):
    teacher(database, cohort)
    stranger = as_role("organiser", organisation_id=make_organisation(database, "别的单位").id)
    for address in ("", "/text", "/preview"):
        assert_closed(stranger, "GET", f"/cohorts/{cohort.id}/invitations{address}", "何霁")
        assert as_role("organiser").get("/cohorts/999999/invitations" + address).status_code == 404


def test_the_list_of_teachers_costs_the_same_for_many(app, database, cohort, as_role):
    organiser = as_role("organiser")
    address = f"/cohorts/{cohort.id}/invitations"
    teacher(database, cohort)
    few = statements_of(app, lambda: organiser.get(address))
    for name in ("陆文澜", "唐以宁", "苏砚"):
        teacher(database, cohort, name)
    assert statements_of(app, lambda: organiser.get(address)) == few
