"""Secrets of both sides on their pages: without script, on a phone, in a sealed roster too."""

import json
import re
from datetime import timedelta

import pytest

from expertpool import clock
from expertpool.accounts.models import User
from expertpool.draws import parties, record
from expertpool.events import Actor
from expertpool.panels import sealing
from expertpool.panels.draw_models import Draw, Secret
from tests.builders.lots import HOUR, THEIRS
from tests.builders.panels import Scene
from tests.conftest import NOW
from tests.web.draws.test_draw_pages import SET_UP, text_of

OPEN_BY, DICE_AT = NOW + HOUR, NOW + 2 * HOUR
ASKED = SET_UP | {
    "open_by": "2026-11-22T11:00",
    "source-0": "现场骰子",
    "at-0": "2026-11-22T12:00",
    "range-0": "5 x 1-6",
}
FIELD = re.compile(r'name="(secret|salt)"[^>]*value="([^"]+)"')


@pytest.fixture
def at(monkeypatch):
    """Set the clock of the pages."""

    def set_to(moment):
        monkeypatch.setattr(clock, "now", lambda: moment)

    set_to(NOW)
    return set_to


@pytest.fixture
def scene(database):
    made = Scene(database)
    database.commit()
    return made


def proposed(page):
    """Return the secret and salt that a page proposes."""
    tags = re.findall(r"<input[^>]*>", page.text)
    return {name: value for tag in tags for name, value in FIELD.findall(tag)}


def test_both_sides_seal_and_open_and_the_draw_tells_it_all(database, scene, as_role, client, at):
    organiser, auditor, panel = as_role("organiser"), as_role("auditor"), scene.panel(seats=3)
    database.commit()
    base = f"/panels/{panel.id}/draws"
    made = organiser.post(f"{base}/new", data=ASKED)
    assert made.location == f"{base}/1", made.text[:3000]
    draw = database.query(Draw).one()
    told = text_of(organiser.get(made.location))
    assert "Seal your secret now." in told
    assert "The draw is fixed." not in told
    assert "Waiting for both secrets" in text_of(client.get(f"/draws/{draw.code}"))
    mine, theirs = f"{base}/1/organiser-secret", f"{base}/1/supervisor-secret"
    assert "Seal my secret" in text_of(auditor.get(f"{base}/1"))
    assert f'href="{theirs}"' in auditor.get("/").text
    assert f'href="{mine}"' in organiser.get("/").text
    page = auditor.get(theirs)
    assert page.headers["Cache-Control"] == "no-store"
    first = proposed(page)
    assert first != proposed(auditor.get(theirs))
    refused = auditor.post(theirs, data=first | {"secret": "青蛙"})
    assert "A secret is 1 to 64 letters A to Z and digits." in text_of(refused, 400)
    assert auditor.post(theirs, data=first | {"secret": "3 5-1 4，2"}).location == f"{base}/1"
    assert "waits for your secret" not in auditor.get("/").text
    seal = parties.seal(first["salt"], "35142")
    trail = f"/admin/audit?subject_kind=panel&subject_id={panel.id}"
    hidden = (organiser.get(f"{base}/1"), organiser.get(f"/panels/{panel.id}"), auditor.get(trail))
    assert not [page for page in hidden if page.status_code != 200 or seal in page.text]
    apart = parties.seal("ab" * 16, "NORTH")
    assert "64 hexadecimal" in text_of(organiser.post(mine, data={"seal": "abc"}), 400)
    assert organiser.post(mine, data={"seal": apart}).location == f"{base}/1"
    shown = text_of(organiser.get(f"{base}/1"))
    assert seal in shown
    assert apart in shown
    assert "Open my secret" in shown
    assert "Open my secret" in auditor.get("/").text
    wrong = organiser.post(mine, data={"secret": "SOUTH", "salt": "ab" * 16})
    assert "Secret and salt do not fit the seal." in text_of(wrong, 400)
    assert organiser.post(mine, data={"secret": "north", "salt": "ab" * 16}).location == f"{base}/1"
    assert "NORTH" not in auditor.get(f"{base}/1").text
    assert "Your seal" in text_of(auditor.get(theirs))
    assert auditor.post(theirs).location == f"{base}/1"
    assert f"NORTH {'ab' * 16}" in text_of(auditor.get(f"{base}/1"))
    at(DICE_AT)
    auditor.post(f"{base}/1/witness")
    organiser.post(f"{base}/1/numbers", data={"value-0": "6 2 5 1 2"})
    data = json.loads(auditor.get(f"{base}/1/record.json").text)
    assert data["withheld"] == []
    assert record.verify(data, commitment=draw.commitment) == []
    told = text_of(client.get(f"/draws/{draw.code}"))
    assert f"35142 {first['salt']}" in told
    assert "Secret of the supervisor" in told
    course = [
        "Supervisor: secret sealed, auditor",
        "Organiser: secret sealed, organiser",
        "people, plan and sources fixed, organiser",
        "Organiser: secret opened, organiser",
        "Supervisor: secret opened, auditor",
        "现场骰子 was to report",
        "A supervisor confirmed to be present, auditor",
        "Drawn, organiser",
    ]
    own = text_of(organiser.get(f"{base}/1")).partition("Who did what")[2]
    assert [each for each in course if each not in own] == []
    assert "secret sealed, auditor" not in told
    paper = text_of(organiser.get(f"{base}/1/paper"))
    assert seal in paper
    assert "Supervisor auditor" in paper


def test_who_does_not_open_in_time_is_named_on_every_page(database, scene, as_role, client, at):
    organiser, auditor, panel = as_role("organiser"), as_role("auditor"), scene.panel(seats=3)
    database.commit()
    base = f"/panels/{panel.id}/draws"
    organiser.post(f"{base}/new", data=ASKED)
    mine, theirs = f"{base}/1/organiser-secret", f"{base}/1/supervisor-secret"
    organiser.post(mine, data=proposed(organiser.get(mine)))
    auditor.post(theirs, data=proposed(auditor.get(theirs)))
    auditor.post(theirs)
    at(OPEN_BY)
    assert organiser.post(mine).location == f"{base}/1"
    assert "Organiser organiser not opened in time" in text_of(auditor.get(f"{base}/1"))
    at(DICE_AT)
    auditor.post(f"{base}/1/witness")
    organiser.post(f"{base}/1/numbers", data={"value-0": "6 2 5 1 2"})
    assert json.loads(auditor.get(f"{base}/1/record.json").text)["withheld"] == ["组织者 organiser"]
    code = database.query(Draw).one().code
    assert "withheld; the seal stands in" in text_of(client.get(f"/draws/{code}"))
    assert "not opened in time" in text_of(organiser.get(f"{base}/1/paper"))


def test_a_draw_whose_secrets_were_not_sealed_in_time_says_what_to_do(database, scene, as_role, at):
    organiser, auditor, panel = as_role("organiser"), as_role("auditor"), scene.panel(seats=3)
    database.commit()
    base = f"/panels/{panel.id}/draws"
    early = organiser.post(f"{base}/new", data=ASKED | {"open_by": "2026-11-22T12:00"})
    assert "a public source must close the draw" in text_of(early, 400)
    organiser.post(f"{base}/new", data=ASKED)
    at(OPEN_BY)
    assert "not sealed in time" in text_of(organiser.get(f"{base}/1"))
    assert "Void it and set it up again" in text_of(organiser.get(f"{base}/1"))
    late = auditor.post(f"{base}/1/supervisor-secret", data={"secret": THEIRS.value, "salt": THEIRS.salt})
    assert late.location == f"{base}/1"
    assert database.query(Secret).count() == 0


def test_a_supervisor_of_a_sealed_roster_takes_part_and_sees_no_list(database, scene, as_role, at):
    organiser, second, auditor = as_role("organiser"), as_role("organiser"), as_role("auditor")
    panel = scene.panel(seats=3)
    keeper = Actor(organiser.user_id, "organiser")
    until, user = NOW + timedelta(days=30), database.get_one(User, second.user_id)
    sealing.seal(database, panel, until, user, actor=keeper, now=NOW)
    database.commit()
    base = f"/panels/{panel.id}/draws"
    organiser.post(f"{base}/new", data=ASKED)
    mine, theirs = f"{base}/1/organiser-secret", f"{base}/1/supervisor-secret"
    other = as_role("organiser")
    assert other.get(mine).status_code == 403
    auditor.post(theirs, data=proposed(auditor.get(theirs)))
    second.post(mine, data=proposed(second.get(mine)))
    assert auditor.post(theirs).location == f"{base}/1"
    assert organiser.get(mine).location == f"{base}/1"
    assert second.post(mine).location == f"{base}/1"
    page = auditor.get(f"{base}/1").text
    assert [each.number for each in scene.people if each.number in page] == []
    assert page.count("opened") >= 2
    at(DICE_AT)
    auditor.post(f"{base}/1/witness")
    organiser.post(f"{base}/1/numbers", data={"value-0": "6 2 5 1 2"})
    data = json.loads(organiser.get(f"{base}/1/record.json").text)
    assert (record.verify(data), len(data["reports"])) == ([], 4)
