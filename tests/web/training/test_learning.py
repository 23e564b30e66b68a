"""One's own learning, and the page behind a mailed link."""

import pytest
import sqlalchemy as sa

from expertpool.training import completing, enrolling, links
from expertpool.training.models import Enrolment, EnrolmentState, OfferLink
from tests.builders.training import ACTOR, DAY, enrol, make_cohort, make_course, make_lesson
from tests.conftest import NOW
from tests.web.counting import statements_of


@pytest.fixture
def offered(database, cohort, trainee):
    """The trainee's enrolment, to whom a freed place is offered."""
    first = enrol(database, cohort)
    enrol(database, cohort)
    mine = enrol(database, cohort, trainee.person)
    enrolling.cancel(database, first, actor=ACTOR, now=NOW)
    database.commit()
    assert mine.state is EnrolmentState.OFFERED
    return mine


def test_it_shows_offers_positions_lessons_hours_and_certificates(
    trainee, database, cohort, offered, text_of, moment
):
    done = make_cohort(database, make_course(database, title_en="Finished course"))
    lesson = make_lesson(database, done, day=1)
    theirs = enrol(database, done, trainee.person)
    later = lesson.ends + DAY
    completing.finish(database, done, {theirs.id: True}, actor=ACTOR, now=later)
    full = make_cohort(database, make_course(database, title_en="Full course"), capacity=1)
    enrol(database, full)
    enrol(database, full, trainee.person)
    page = text_of(trainee.get("/me/learning"))
    assert "A place is held for you: Writing standards Answer before Mon 23 Nov 10:00" in page
    assert "Full course 1 Leave the waiting list" in page
    assert "Finished course T-2026-" in page
    assert "2026 : 12 of 90 class hours" in page


def test_the_offer_is_accepted_or_declined(trainee, database, offered):
    answer = trainee.post(f"/me/learning/{offered.id}/accept", follow_redirects=True)
    assert "The place is yours." in answer.text
    assert offered.state is EnrolmentState.ENROLLED
    again = trainee.post(f"/me/learning/{offered.id}/decline", follow_redirects=True)
    assert "No place is offered here any more." in again.text
    assert offered.state is EnrolmentState.ENROLLED


def test_a_place_is_given_back_and_goes_to_the_next(trainee, database, cohort):
    mine = enrol(database, cohort, trainee.person)
    enrol(database, cohort)
    waiting = enrol(database, cohort)
    trainee.post(f"/me/learning/{mine.id}/leave")
    assert (mine.state, waiting.state) == (EnrolmentState.CANCELLED, EnrolmentState.OFFERED)


@pytest.mark.parametrize("verb", ["accept", "decline", "leave"])
def test_nobody_answers_for_somebody_else(as_role, database, offered, verb):
    other = as_role("trainee")
    assert other.post(f"/me/learning/{offered.id}/{verb}").status_code == 404
    assert offered.state is EnrolmentState.OFFERED
    assert "Writing standards" not in other.get("/me/learning").text


def test_following_a_mailed_link_changes_nothing(client, database, offered):
    token = links.mint(database, offered, now=NOW)
    before = offered.version
    for method in ("GET", "HEAD"):
        followed = client.open(f"/offer/{token}", method=method)
        assert (followed.status_code, followed.location) == (303, "/offer/")
        assert followed.headers["Referrer-Policy"] == "no-referrer"
        assert token not in followed.location
        client.open("/offer/", method=method)
    assert (offered.state, offered.version) == (EnrolmentState.OFFERED, before)
    page = client.get("/offer/")
    assert "A place is held for you" in page.text
    assert page.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("do", "state"),
    [
        ("accept", EnrolmentState.ENROLLED),
        ("decline", EnrolmentState.LAPSED),
        ("leave", EnrolmentState.CANCELLED),
    ],
)
def test_the_buttons_of_the_link_answer(client, database, offered, do, state):
    client.get(f"/offer/{links.mint(database, offered, now=NOW)}")
    assert client.post("/offer/", data={"do": do}).status_code == 200
    assert offered.state is state


def test_a_late_answer_is_told_why(client, database, offered, moment):
    client.get(f"/offer/{links.mint(database, offered, now=NOW)}")
    moment(NOW + 2 * DAY)
    answer = client.post("/offer/", data={"do": "accept"})
    assert answer.status_code == 400
    assert "The time to accept this place is over." in answer.text
    assert client.post("/offer/", data={"do": "nonsense"}).status_code == 200
    assert offered.state is EnrolmentState.OFFERED


def test_a_wrong_or_absent_token_opens_nothing(client, database, offered):
    links.mint(database, offered, now=NOW)
    client.get("/offer/nonsense")
    answer = client.get("/offer/")
    assert answer.status_code == 410
    assert "方知予" not in answer.text
    assert client.post("/offer/", data={"do": "accept"}).status_code == 410
    assert database.scalar(sa.select(sa.func.count()).select_from(OfferLink)) >= 1


def test_an_account_without_a_person_is_told_what_to_do(as_role, cohort):
    assert "You are in no course yet" in as_role("expert").get("/me/learning").text


def test_it_takes_the_same_statements_for_many_courses(app, trainee, database, cohort):
    enrol(database, cohort, trainee.person)
    few = statements_of(app, lambda: trainee.get("/me/learning"))
    for day in range(20, 28):
        other = make_cohort(database, make_course(database))
        make_lesson(database, other, day=day)
        enrol(database, other, trainee.person)
    assert statements_of(app, lambda: trainee.get("/me/learning")) == few
    assert database.scalar(sa.select(sa.func.count()).select_from(Enrolment)) == 9
