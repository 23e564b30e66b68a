"""Service hours and marks on a person's page and on one's own."""

import re
from datetime import date

import pytest

from expertpool.ledger import service as ledger
from expertpool.ledger.models import HourKind
from expertpool.panels import closing, confirmation, evaluations
from expertpool.panels.conclusions import Ballots
from expertpool.panels.evaluations import Marks
from tests.builders.closing import AFTER, conclude, make_met, note
from tests.builders.organisations import make_organisation
from tests.builders.panels import ACTOR, Scene
from tests.conftest import NOW


@pytest.fixture
def closed(database):
    """A closed panel whose first member was marked, and who served and studied elsewhere too."""
    panel = make_met(database, Scene(database))
    note(database, panel)
    conclude(database, panel, Ballots(7, 0, 0))
    seat = confirmation.holders(panel)[0]
    evaluations.evaluate(database, seat, Marks(5, 4, 2, "只给组织者看的评语"), actor=ACTOR, now=AFTER)
    closing.close(database, panel, "", actor=ACTOR, now=AFTER)
    values = {"source_kind": "panel", "title": "P-2025-0007 往年的评审", "now": NOW}
    ledger.credit(database, seat.person_id, HourKind.SERVICE, 90, date(2025, 5, 1), source_id=10**6, **values)
    ledger.credit(database, seat.person_id, HourKind.STUDY, 600, date(2026, 5, 1), source_id=10**6, **values)
    ledger.credit(
        database, seat.person_id, HourKind.SERVICE, 777, date(2025, 5, 1), source_id=10**7, **values
    )
    ledger.reverse(database, HourKind.SERVICE, "panel", 10**7, now=NOW)
    database.commit()
    return panel


def rows(page, heading):
    """The rows of the table under a column of this name, cells joined."""
    table = next(each for each in re.findall(r"<table.*?</table>", page.text, re.S) if heading in each)
    body = table.split("<tbody>")[1]
    cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.S) for row in body.split("</tr>")[:-1]]
    return [[re.sub(r"<[^>]+>", "", cell).strip() for cell in row] for row in cells]


def test_service_is_summed_by_year_without_study_and_what_was_reversed(closed, as_role):
    person = confirmation.holders(closed)[0].person
    page = as_role("organiser").get(f"/people/{person.id}")
    assert rows(page, "Hours of service") == [["2026", "1", "3"], ["2025", "1", "1.5"]]


def test_marks_are_for_organisers_of_that_office_alone(database, closed, as_role):
    person = confirmation.holders(closed)[0].person
    elsewhere = make_organisation(database, "别处")
    path = f"/people/{person.id}"
    assert "只给组织者看的评语" in as_role("organiser").get(path).text
    assert "5, 4, 2" in as_role("organiser", organisation_id=closed.owner_id).get(path).text
    for reader in (as_role("auditor"), as_role("organiser", organisation_id=elsewhere.id)):
        page = reader.get(path)
        assert page.status_code == 200
        assert "只给组织者看的评语" not in page.text
        assert "5, 4, 2" not in page.text


def test_one_sees_ones_own_hours_but_no_marks(database, closed, as_role):
    expert = as_role("expert")
    person = confirmation.holders(closed)[0].person
    person.user_id = expert.user_id
    database.commit()
    page = expert.get("/me/profile")
    assert rows(page, "Hours of service") == [["2026", "1", "3"], ["2025", "1", "1.5"]]
    titles = [row[0] for row in rows(page, "Time in minutes")]
    assert titles == [f"{closed.number} {closed.title}", "P-2025-0007 往年的评审"]
    assert "只给组织者看的评语" not in page.text


def test_who_never_served_sees_no_table(database, closed, as_role):
    other = next(seat.person for seat in closed.seats if seat.role == "alternate")
    assert "Hours of service" not in as_role("organiser").get(f"/people/{other.id}").text
