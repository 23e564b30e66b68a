import re

import pytest

from expertpool import wiring
from expertpool.interests import service as interests
from expertpool.interests.models import RelationKind
from expertpool.jobs import recheck_panels
from expertpool.panels import confirmation, watching
from expertpool.panels.watching_models import Outcome
from expertpool.people import employments
from tests.builders.organisations import make_organisation
from tests.builders.panels import ACTOR, Scene, make_actor, propose
from tests.conftest import NOW


@pytest.fixture
def scene(database):
    wiring.connect()
    made = Scene(database)
    database.commit()
    return made


@pytest.fixture
def panel(database, scene):
    panel = scene.panel(seats=5)
    confirmation.confirm(database, panel, propose(database, panel), actor=make_actor(database), now=NOW)
    database.commit()
    return panel


def employed(database, panel, organisation):
    """Let the first member go to work for somebody; return the member and what the job finds."""
    person = watching.held(database, panel.id)[0].person
    work = employments.Work(
        organisation=organisation.name, position=None, since=None, until=None, is_current=True
    )
    employments.add_employment(database, person, work, source="本人", actor=ACTOR, now=NOW)
    database.commit()
    assert recheck_panels.tick(database, NOW) > 0
    assert recheck_panels.tick(database, NOW) == 0
    [alert] = watching.of_panel(database, panel.id)
    return person, alert


def words(page):
    assert page.status_code == 200, page.text[:2000]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.text))


def test_the_panel_and_the_front_page_tell_what_came_up_until_it_is_waived(database, scene, panel, as_role):
    organiser = as_role("organiser")
    person, alert = employed(database, panel, scene.applicant)
    shown = words(organiser.get(f"/panels/{panel.id}"))
    assert "New conflicts" in shown
    assert f"Decide about {person.name}" in shown
    assert f"new conflict of {person.name}" in words(organiser.get("/"))
    page = f"/panels/{panel.id}/alerts/{alert.id}"
    assert scene.applicant.name in words(organiser.get(page))
    refused = organiser.post(page, data={"reason": "短"})
    assert refused.status_code == 400
    assert "Give a reason of 5 to 500 characters" in refused.text
    assert organiser.post(page, data={"reason": "唯一熟悉此产品的专家"}).status_code == 302
    database.expire_all()
    assert alert.outcome is Outcome.WAIVED
    assert "New conflicts" not in words(organiser.get(f"/panels/{panel.id}"))
    assert "settled already" in words(organiser.get(page))


def test_what_bars_nobody_is_kept_with_a_reason(database, scene, panel, as_role):
    organiser = as_role("organiser")
    person = watching.held(database, panel.id)[0].person
    interests.add_relation(
        database, person, RelationKind.COMPETITOR, scene.applicant, source="本人", actor=ACTOR, now=NOW
    )
    database.commit()
    recheck_panels.tick(database, NOW)
    [alert] = watching.of_panel(database, panel.id)
    page = f"/panels/{panel.id}/alerts/{alert.id}"
    assert organiser.post(page, data={"reason": "当场声明并记入纪要"}).status_code == 302
    database.expire_all()
    assert (alert.outcome, alert.reason) == (Outcome.KEPT, "当场声明并记入纪要")


def test_two_members_who_bar_each_other_are_told_and_nobody_can_waive_it(database, scene, panel, as_role):
    organiser = as_role("organiser")
    first, second = (seat.person for seat in watching.held(database, panel.id)[:2])
    interests.add_relation(database, first, RelationKind.SPOUSE, second, source="本人", actor=ACTOR, now=NOW)
    database.commit()
    recheck_panels.tick(database, NOW)
    [alert] = watching.of_panel(database, panel.id)
    assert "are spouses" in words(organiser.get(f"/panels/{panel.id}"))
    page = words(organiser.get(f"/panels/{panel.id}/alerts/{alert.id}"))
    assert "Two members bar each other" in page
    assert "Waive and keep the seat" not in page


def test_an_alert_opens_only_with_its_own_panel_and_to_who_may_act(database, scene, panel, as_role):
    _, alert = employed(database, panel, scene.applicant)
    other = scene.panel(seats=5)
    database.commit()
    assert as_role("organiser").get(f"/panels/{other.id}/alerts/{alert.id}").status_code == 404
    elsewhere = make_organisation(database, "别处")
    database.commit()
    stranger = as_role("organiser", organisation_id=elsewhere.id)
    assert stranger.get(f"/panels/{panel.id}/alerts/{alert.id}").status_code == 404
    assert as_role("auditor").get(f"/panels/{panel.id}/alerts/{alert.id}").status_code == 403
