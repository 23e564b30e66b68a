"""Check-in by list and by code, finishing a cohort, certificates and what anybody may know of them."""

import io
import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from pypdf import PdfReader

from expertpool.training import completing
from expertpool.training.models import (
    Certificate,
    CertificateState,
    CohortState,
    EnrolmentState,
    Lesson,
    Presence,
)
from tests.builders.organisations import make_organisation
from tests.builders.training import ACTOR, DAY, HOUR, enrol
from tests.conftest import NOW
from tests.web.foreign import assert_closed


@pytest.fixture
def organiser(as_role, office):
    return as_role("organiser", office.id)


@pytest.fixture
def lesson(database, cohort):
    return database.scalars(sa.select(Lesson)).one()


@pytest.fixture
def certificate(database, cohort, lesson, trainee):
    mine = enrol(database, cohort, trainee.person)
    completing.finish(database, cohort, {mine.id: True}, actor=ACTOR, now=lesson.ends + DAY)
    database.commit()
    return database.scalars(sa.select(Certificate)).one()


def present(database):
    return set(database.scalars(sa.select(Presence.enrolment_id)))


def test_the_list_is_ticked_and_unticked(organiser, database, cohort, lesson, moment):
    one, two = enrol(database, cohort), enrol(database, cohort)
    moment(lesson.starts)
    where = f"/training/lessons/{lesson.id}/attendance"
    shown = {"shown": [one.id, two.id]}
    organiser.post(where, data=shown | {"present": [one.id]})
    assert present(database) == {one.id}
    answer = organiser.post(where, data=shown | {"present": [two.id]}, follow_redirects=True)
    assert "Saved: 1 added, 1 removed." in answer.text
    assert present(database) == {two.id}


def test_who_came_by_code_meanwhile_is_not_unticked(organiser, database, cohort, lesson, moment):
    one, two = enrol(database, cohort), enrol(database, cohort)
    moment(lesson.starts)
    where = f"/training/lessons/{lesson.id}/attendance"
    organiser.post(where, data={"shown": [one.id, two.id], "present": [one.id]})
    organiser.post(where, data={"shown": [two.id], "present": [two.id]})
    assert present(database) == {one.id, two.id}


def test_nobody_is_noted_before_the_lesson_or_who_is_not_enrolled(
    organiser, database, cohort, lesson, moment
):
    one = enrol(database, cohort)
    where = f"/training/lessons/{lesson.id}/attendance"
    answer = organiser.post(where, data={"shown": [one.id], "present": [one.id]})
    assert answer.status_code == 400
    assert "Presence is noted from an hour before the lesson." in answer.text
    moment(lesson.starts)
    for wrong in ("999999", "x", "9" * 40):
        assert organiser.post(where, data={"present": [wrong]}).status_code in (302, 400)
    assert present(database) == set()


def test_a_trainee_checks_in_by_the_code_on_the_wall(organiser, trainee, database, cohort, lesson, moment):
    mine = enrol(database, cohort, trainee.person)
    moment(lesson.starts)
    wall = organiser.get(f"/training/lessons/{lesson.id}/code")
    assert wall.headers["Refresh"] == "30"
    assert "<svg" in wall.text
    path = re.search(r"/check-in/\d+/\w+", wall.text)[0]
    assert "I am here: trainee" in trainee.get(path).text
    assert present(database) == set()
    assert "You are noted as present" in trainee.post(path).text
    assert present(database) == {mine.id}
    again = trainee.get(path).text
    assert "You are noted as present" in again
    assert "I am here" not in again
    moment(lesson.starts + timedelta(minutes=10))
    late = trainee.post(path)
    assert late.status_code == 400
    assert "This code is no longer valid. Scan the one that is shown now." in late.text


def test_a_code_is_worth_nothing_to_who_is_not_enrolled(
    organiser, as_role, trainee, database, lesson, moment
):
    moment(lesson.starts)
    path = re.search(r"/check-in/\d+/\w+", organiser.get(f"/training/lessons/{lesson.id}/code").text)[0]
    answer = trainee.post(path)
    assert answer.status_code == 400
    assert "方知予 is not enrolled in this cohort." in answer.text
    assert as_role("trainee").post(path).status_code == 400
    assert present(database) == set()


def test_finishing_decides_for_each_and_certifies(organiser, trainee, database, cohort, lesson, moment):
    mine, other = enrol(database, cohort, trainee.person), enrol(database, cohort)
    moment(lesson.starts)
    organiser.post(f"/training/lessons/{lesson.id}/attendance", data={"present": [mine.id]})
    where = f"/training/cohorts/{cohort.id}/finish"
    shown = {"shown": [mine.id, other.id]}
    early = organiser.post(where, data=shown)
    assert early.status_code == 400
    assert "is not over yet." in early.text
    moment(lesson.ends + HOUR)
    page = organiser.get(where).text
    assert re.findall(r'name="completed" value="(\d+)"[^>]* checked', page) == [str(mine.id)]
    assert organiser.post(where, data={"shown": [mine.id]}).status_code == 400
    answer = organiser.post(where, data=shown | {"completed": [mine.id]}, follow_redirects=True)
    assert "1 certificate is issued." in answer.text
    assert (mine.state, other.state) == (EnrolmentState.COMPLETED, EnrolmentState.NOT_COMPLETED)
    assert cohort.state is CohortState.FINISHED


def test_anybody_verifies_a_certificate_and_reads_no_name(client, certificate, text_of):
    typed = certificate.code.replace("-", " ").lower()
    assert client.get(f"/certificates?code={typed}").status_code == 302
    page = text_of(client.get(f"/certificates/{certificate.code}"))
    assert "This certificate is valid" in page
    assert (
        f"Certificate number {certificate.number} Holder 方*予 Course Writing standards Level Basic" in page
    )
    assert "Hours 9" in page
    assert "方知予" not in page


@pytest.mark.parametrize("code", ["AAAA-AAAA-AAAA-AAAA", "x", "9" * 500, "%00", "<b>"])
def test_an_unknown_code_says_so(client, certificate, code):
    answer = client.get(f"/certificates/{code}")
    assert answer.status_code == 404
    assert "No certificate has this code" in answer.text
    assert "<b>" not in answer.text.split("<main")[1].replace("<b>Back", "")
    assert answer.text.count("No certificate has this code") == 2  # title and heading
    assert client.get("/certificates").status_code == 200


@pytest.mark.parametrize("typed", ["", " ", "/"])
def test_an_empty_code_is_told_at_its_field(client, typed):
    refused = client.get("/certificates", query_string={"code": typed})
    assert refused.status_code == 400
    assert refused.text.count("Type the code of the certificate.") == 2
    assert 'href="#code"' in refused.text


@pytest.mark.parametrize(
    ("state", "told"),
    [("suspended", "This certificate is suspended"), ("withdrawn", "This certificate was withdrawn")],
)
def test_the_office_takes_a_certificate_back_and_gives_it_again(
    organiser, client, trainee, certificate, state, told
):
    where = f"/training/certificates/{certificate.id}"
    assert organiser.post(f"{where}/mark", data={"state": state}).status_code == 400
    organiser.post(f"{where}/mark", data={"state": state, "reason": "代考"})
    page = client.get(f"/certificates/{certificate.code}").text
    assert told in page
    assert "代考" not in page
    assert trainee.get(f"/certificates/{certificate.id}.pdf").status_code == 404
    assert "代考" in organiser.get(where).text
    organiser.post(f"{where}/mark", data={"state": "valid", "reason": "查无此事"})
    assert certificate.state is CertificateState.VALID
    again = organiser.post(f"{where}/mark", data={"state": "valid", "reason": "查无此事"})
    assert again.status_code == 400


def test_an_expired_certificate_says_so(client, database, certificate):
    certificate.expires_on = (NOW - DAY).date()
    assert "This certificate has expired" in client.get(f"/certificates/{certificate.code}").text


def test_holder_and_office_download_the_pdf_and_nobody_else(
    client, organiser, trainee, as_role, database, certificate
):
    for reader in (trainee, organiser):
        answer = reader.get(f"/certificates/{certificate.id}.pdf")
        assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
        text = "".join(PdfReader(io.BytesIO(answer.data)).pages[0].extract_text().split())
        assert certificate.number in text
        assert f"/certificates/{certificate.code}" in text
    assert client.get(f"/certificates/{certificate.id}.pdf").status_code == 302
    other = as_role("organiser", make_organisation(database, "别的单位").id)
    for stranger in (other, as_role("trainee"), as_role("expert")):
        assert_closed(stranger, "GET", f"/certificates/{certificate.id}.pdf", "方知予")
    assert_closed(other, "GET", f"/training/certificates/{certificate.id}", "方知予")
    assert_closed(other, "POST", f"/training/certificates/{certificate.id}/mark", "方知予")
