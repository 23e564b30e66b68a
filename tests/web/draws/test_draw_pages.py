"""A draw in the browser: set up, supervised, drawn, printed, verified by strangers."""

import io
import json
import re
from datetime import timedelta

import pytest

from expertpool import clock
from expertpool.panels import draw_fixing, drawing
from expertpool.panels.draw_models import Draw, DrawState
from expertpool.panels.models import Run
from tests.builders.lots import HOUR, hold, wish
from tests.builders.panels import Scene, make_actor
from tests.conftest import NOW
from tests.web.counting import statements_of

LATER = NOW + HOUR + timedelta(minutes=1)


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
    made.person_of_applicant()
    database.commit()
    return made


def text_of(page, status=200):
    assert page.status_code == status, page.text[:2000]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.text))


SET_UP = {
    "label-0": "全体",
    "seats-0": "3",
    "alternates-0": "2",
    "at_most": "1",
    "source-0": "双色球，第2026133期",
    "at-0": "2026-11-22T11:00",
    "range-0": "6 of 1-49",
}
"""Three seats; the lottery reports at 03:00 UTC, which is 11:00 in the office."""


def test_an_organiser_and_a_supervisor_hold_a_draw(database, scene, as_role, client, at):
    organiser, auditor, panel = as_role("organiser"), as_role("auditor"), scene.panel(seats=3)
    base = f"/panels/{panel.id}/draws"
    assert "Name of the stratum" in text_of(organiser.get(f"{base}/new"))
    made = organiser.post(f"{base}/new", data=SET_UP)
    assert made.location == f"{base}/1", made.text[:3000]
    draw = database.query(Draw).one()
    assert "Until then nobody can know the result" in text_of(organiser.get(made.location))
    assert "Waiting for its sources" in text_of(client.get(f"/draws/{draw.code}"))
    assert "6 different numbers of 1–49" in text_of(client.get(f"/draws/{draw.code}"))
    assert "Being drawn by lot" in text_of(organiser.get("/panels/"))
    assert organiser.get(f"{base}/1/organiser-secret").location == f"{base}/1"
    at(LATER)
    refused = organiser.post(f"{base}/1/numbers", data={"value-0": "9 18 26 34 41 45"})
    assert "A supervisor must confirm first" in text_of(refused, 400)
    assert "I am present" in text_of(auditor.get(f"{base}/1"))
    assert "I am present" not in text_of(organiser.get(f"{base}/1"))
    auditor.post(f"{base}/1/witness")
    wrong = organiser.post(f"{base}/1/numbers", data={"value-0": "9 18 26"})
    assert "is not in the range 6 of 1-49" in text_of(wrong, 400)
    drawn = organiser.post(f"{base}/1/numbers", data={"value-0": "9 18 26 34 41 45"})
    assert drawn.location == f"{base}/1/screen"
    names = {each.number: each.name for each in scene.people}
    record = json.loads(auditor.get(f"{base}/1/record.json").text)
    order = [seat["name"] for seat in record["picked"] + record["alternates"]]
    shown = organiser.get(f"{base}/1/screen?shown=2")
    assert re.findall(r"<li><b>([^<]+)</b>", shown.text) == [names[each] for each in order[:2]]
    assert 'http-equiv="refresh"' in shown.text
    last = organiser.get(f"{base}/1/screen?shown=5")
    assert re.findall(r"<li><b>([^<]+)</b>", last.text) == [names[each] for each in order]
    assert 'http-equiv="refresh"' not in last.text
    assert "Verified: the draw repeats to the same people" in text_of(auditor.get(f"{base}/1"))
    paper = text_of(organiser.get(f"{base}/1/paper"))
    assert "Record of the draw of experts" in paper
    assert "Supervisor auditor: ____" in paper
    assert "Confirm who was drawn" in text_of(organiser.get(base))
    proposal = text_of(organiser.get(f"/panels/{panel.id}/proposals", follow_redirects=True))
    assert "by lot" in proposal
    assert "The record of the draw repeats it" in proposal


def test_strangers_see_numbers_and_no_names_and_can_verify_the_file(database, scene, client, at):
    draw = hold(database, scene.panel(seats=3), wish(), make_actor(database))
    database.commit()
    at(LATER)
    page, file = client.get(f"/draws/{draw.code}"), client.get(f"/draws/{draw.code}/record.json")
    assert "Verified: the draw repeats to the same people" in text_of(page)
    for person in scene.people:
        assert person.name not in page.text
        assert person.name not in file.text
    assert json.loads(draw.record)["picked"][0]["name"] in page.text
    good = client.post("/draws/verify", data={"record": (io.BytesIO(file.data), "record.json")})
    assert "Verified: the draw repeats to the same people" in text_of(good)
    wrong = {"record": (io.BytesIO(file.data), "record.json"), "commitment": "0" * 64}
    refused = text_of(client.post("/draws/verify", data=wrong))
    assert "The announcement is not the one that was committed." in refused
    changed = json.loads(file.data)
    changed["picked"].reverse()
    data = {"record": (io.BytesIO(json.dumps(changed).encode()), "record.json")}
    assert "when the draw is repeated" in text_of(client.post("/draws/verify", data=data))


@pytest.mark.parametrize("content", [b"", b"\xff", b"[" * 100_000, b"{}", b"1", b'{"announcement": 1.5}'])
def test_what_is_no_record_is_refused_in_words(client, content):
    answer = client.post("/draws/verify", data={"record": (io.BytesIO(content), "record.json")})
    assert answer.status_code in (200, 400)
    assert "is-conflict" in answer.text


def test_a_file_that_is_too_large_is_refused_at_its_field(client):
    answer = client.post("/draws/verify", data={"record": (io.BytesIO(b" " * 4_000_001), "record.json")})
    assert "The file is too large" in text_of(answer, 400)


def test_a_past_source_and_a_row_without_its_time_are_refused(scene, as_role, at):
    organiser, panel = as_role("organiser"), scene.panel(seats=3)
    url = f"/panels/{panel.id}/draws/new"
    for wrong, told in (
        (("at-0", "2026-11-22T09:00"), "Give a moment to come."),
        (("range-0", "abc"), "“abc” is no"),
    ):
        refused = organiser.post(url, data=SET_UP | dict([wrong]))
        assert f'<a href="#{wrong[0]}">' in refused.text
        assert told in text_of(refused, 400)
    assert "Give a date and a time." in text_of(organiser.post(url, data=SET_UP | {"at-0": ""}), 400)
    assert "must hold 3 seats together" in text_of(organiser.post(url, data=SET_UP | {"seats-0": "2"}), 400)
    assert "There is no source." in text_of(organiser.post(url, data=SET_UP | {"source-0": ""}), 400)


def test_a_void_draw_stays_visible_with_its_reason(database, scene, as_role, client, at):
    organiser, panel = as_role("organiser"), scene.panel(seats=3)
    draw = draw_fixing.commit(database, panel, wish(), actor=make_actor(database), now=NOW)
    base = f"/panels/{panel.id}/draws"
    assert "Give a reason." in text_of(organiser.post(f"{base}/1/void", data={"reason": ""}), 400)
    organiser.post(f"{base}/1/void", data={"reason": "彩票停售"})
    assert draw.state is DrawState.VOID
    assert "彩票停售" in text_of(organiser.get(base))
    assert "This draw is void" in text_of(client.get(f"/draws/{draw.code}"))
    assert "had reported by then" not in client.get(f"/draws/{draw.code}").text
    organiser.post(f"{base}/new", data=SET_UP)
    at(LATER)
    organiser.post(f"/panels/{panel.id}/choices", data={"person_id": scene.people[0].id, "choice": "exclude"})
    assert "A person was locked, excluded or let back afterwards" in text_of(organiser.get(base))
    assert "had reported by then: anybody could work out the result" in text_of(organiser.get(f"{base}/2"))


def test_another_offices_draws_are_not_found(database, scene, as_role, at):
    panel = scene.panel(seats=3)
    draw_fixing.commit(database, panel, wish(), actor=make_actor(database), now=NOW)
    stranger = as_role("organiser", organisation_id=scene.applicant.id)
    auditor = as_role("auditor", organisation_id=scene.applicant.id)
    base = f"/panels/{panel.id}/draws"
    pages = ("", "/new", "/1", "/1/numbers", "/1/screen", "/1/paper", "/1/record.json")
    assert {stranger.get(base + page).status_code for page in pages} == {404}
    posts = ("/new", "/step-in", "/1/void", "/1/numbers")
    assert {stranger.post(base + page).status_code for page in posts} == {404}
    assert auditor.post(f"{base}/1/witness").status_code == 404


def test_the_list_of_draws_takes_as_many_queries_for_five_as_for_one(database, scene, as_role, at, app):
    organiser, panel = as_role("organiser"), scene.panel(seats=3)
    actor = make_actor(database)
    base = f"/panels/{panel.id}/draws"

    def one_more():
        made = draw_fixing.commit(database, panel, wish(), actor=actor, now=NOW)
        drawing.void(database, made, "来源取消", actor=actor, now=NOW)
        return statements_of(app, lambda: organiser.get(base))

    first = one_more()
    assert [one_more() for _ in range(4)] == [first] * 4


def test_the_office_publishes_the_names_of_the_drawn_and_of_nobody_else(database, scene, as_role, client, at):
    panel = scene.panel(seats=3)
    draw = hold(database, panel, wish(), make_actor(database))
    organiser, auditor = as_role("organiser"), as_role("auditor")
    at(LATER)
    base, names = f"/panels/{panel.id}/draws", {each.number: each.name for each in scene.people}
    record = json.loads(draw.record)
    picked = {seat["name"] for seat in record["picked"] + record["alternates"]}
    assert auditor.post(f"{base}/1/names").status_code == 403
    assert "Publish the names" in organiser.get(f"{base}/1").text
    assert organiser.post(f"{base}/1/names").location == f"{base}/1"
    told = client.get(f"/draws/{draw.code}").text
    assert {number for number, name in names.items() if name in told} == picked
    assert scene.people[0].name not in client.get(f"/draws/{draw.code}/record.json").text
    other = database.query(Run).one().result["members"][1]["person_id"]
    organiser.post(f"{base}/chair", data={"chair": other})
    assert re.search(rf'<option value="{other}" selected', organiser.get(base).text)
    drawing.void(database, draw, "名单有误", actor=make_actor(database), now=LATER)
    assert {name for name in names.values() if name in client.get(f"/draws/{draw.code}").text} == set()


def test_what_hinders_a_draw_is_said_before_anybody_fills_in_its_form(database, scene, as_role, at):
    organiser, panel = as_role("organiser"), scene.panel(seats=3, slots=2)
    database.commit()
    page = organiser.get(f"/panels/{panel.id}/draws/new")
    assert "Settle on one date first" in text_of(page)
    assert f'href="/panels/{panel.id}/request/terms"' in page.text
    assert "label-0" not in page.text


def test_commas_between_the_numbers_of_a_source_stand_for_spaces(database, scene, as_role, at):
    organiser, auditor, panel = as_role("organiser"), as_role("auditor"), scene.panel(seats=3)
    base = f"/panels/{panel.id}/draws"
    organiser.post(f"{base}/new", data=SET_UP)
    at(LATER)
    auditor.post(f"{base}/1/witness")
    drawn = organiser.post(f"{base}/1/numbers", data={"value-0": "9,18，26、 34,41, 45"})
    assert drawn.location == f"{base}/1/screen"
