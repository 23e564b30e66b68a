import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from expertpool.audit.models import AuditEntry
from expertpool.jobs import solver
from expertpool.panels import waivers
from expertpool.panels.models import Panel, PanelState, SeatRole
from tests.builders.organisations import make_organisation
from tests.builders.panels import Scene, make_actor, propose
from tests.conftest import NOW


@pytest.fixture
def scene(database):
    made = Scene(database)
    made.person_of_applicant()
    database.commit()
    return made


@pytest.fixture
def organiser(as_role):
    return as_role("organiser")


def text_of(page):
    assert page.status_code == 200, page.text[:2000]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.text))


def work(database):
    """Do what the worker process does, on the database of the pages."""
    database.commit()
    assert solver.work(database.get_bind())
    database.expire_all()


def test_an_organiser_walks_from_what_is_reviewed_to_a_confirmed_panel(database, scene, organiser):
    first = organiser.post(
        "/panels/new",
        data={
            "title": "轴承标准审查",
            "owner": scene.office.id,
            "items": [scene.item.id],
            "place": "二会议室",
        },
    )
    assert first.status_code == 302, first.text
    panel = database.query(Panel).one()
    assert first.location == f"/panels/{panel.id}/request/people"
    assert panel.preset.slug == "enterprise-standard-filing"
    assert "轴承" in text_of(organiser.get(first.location))
    second = organiser.post(
        first.location,
        data={"seat_count": "5", "alternate_count": "2", "mode": "best", f"skill-{scene.skill.id}": "2"},
    )
    assert second.location == f"/panels/{panel.id}/request/terms"
    dates = {"date": ["2027-12-03", ""], "from": ["09:00", ""], "to": ["12:00", ""]}
    third = organiser.post(second.location, data={"preset": panel.preset_id, "odd": "", **dates})
    assert third.location == f"/panels/{panel.id}/proposals", third.text
    assert "Ask for a proposal" in text_of(organiser.get(third.location))
    asked = organiser.post(third.location)
    assert asked.location == f"/panels/{panel.id}/proposals/1"
    assert "Waiting" in text_of(organiser.get(asked.location))
    assert organiser.get(asked.location + "/state").json == {"state": "queued", "waiting": True}
    work(database)
    shown = text_of(organiser.get(asked.location))
    assert "proven best" in shown
    assert "In the pool 13 people: 1 barred by rules, 12 may sit." in shown
    assert "Employed by the applicant" in shown
    assert "Same organisation 1 person, may not sit" in shown
    page = text_of(organiser.get(asked.location + "/confirm"))
    assert "Conflicts, rules and diaries were checked again just now" in page
    unticked = organiser.post(asked.location + "/confirm", data={})
    assert unticked.status_code == 400
    confirmed = organiser.post(asked.location + "/confirm", data={"seen": "y"})
    assert confirmed.location == f"/panels/{panel.id}", confirmed.text
    database.expire_all()
    assert panel.state is PanelState.CONFIRMED
    roster = text_of(organiser.get(confirmed.location))
    names = [seat.person.name for seat in panel.seats if seat.role is not SeatRole.ALTERNATE]
    assert all(name in roster for name in names)
    assert "The panel was confirmed" in roster


def test_the_page_of_an_item_leads_to_a_panel_for_it(database, scene, organiser):
    address = f"/panels/new?item={scene.item.id}"
    assert address in organiser.get(f"/items/{scene.item.id}").text
    ticked = f'name="items" id="item-{scene.item.id}" value="{scene.item.id}" checked'
    assert ticked in organiser.get(address).text
    assert ticked not in organiser.get("/panels/new").text
    assert organiser.get("/panels/new?item=999999&item=x").status_code == 200


def test_wrong_input_comes_back_at_its_field_with_what_was_typed(database, scene, organiser):
    answer = organiser.post("/panels/new", data={"title": "", "owner": scene.office.id, "items": []})
    assert answer.status_code == 400
    assert "Give the panel a title." in answer.text
    answer = organiser.post("/panels/new", data={"title": "x", "owner": scene.office.id})
    assert answer.status_code == 400
    assert "Say what is reviewed: choose at least one item." in answer.text
    panel = scene.panel()
    database.commit()
    answer = organiser.post(
        f"/panels/{panel.id}/request/people",
        data={"seat_count": "5", "alternate_count": "2", "mode": "best", f"skill-{scene.skill.id}": "9"},
    )
    assert answer.status_code == 400
    assert "asks for 9 of 5 seats" in answer.text
    dates = {"date": ["2027-13-03"], "from": ["09:00"], "to": ["12:00"]}
    answer = organiser.post(
        f"/panels/{panel.id}/request/terms", data={"preset": panel.preset_id, "odd": "", **dates}
    )
    assert answer.status_code == 400
    assert "“2027-13-03 09:00 12:00” is no date" in answer.text
    assert 'value="2027-13-03"' in answer.text
    dates = {"date": ["2027-12-03"], "from": [""], "to": [""]}
    answer = organiser.post(
        f"/panels/{panel.id}/request/terms", data={"preset": panel.preset_id, "odd": "", **dates}
    )
    assert "“2027-12-03” is no date with two times" in answer.text


def test_finding_items_and_skills_keeps_what_was_typed_and_saves_nothing(database, scene, organiser):
    answer = organiser.post("/panels/new", data={"title": "草稿", "find": "角接触", "do": "find"})
    assert answer.status_code == 200
    assert 'value="草稿"' in answer.text
    assert scene.item.number in answer.text
    assert database.query(Panel).count() == 0
    panel = scene.panel()
    database.commit()
    answer = organiser.post(
        f"/panels/{panel.id}/request/people", data={"seat_count": "7", "find": "轴承", "do": "find"}
    )
    assert f"skill-{scene.skill.id}" in answer.text


def proposed(database, scene, **options):
    panel = scene.panel(**options)
    run = propose(database, panel)
    database.commit()
    return panel, run, f"/panels/{panel.id}/proposals/{run.number}"


def test_a_locked_person_is_marked_and_asking_again_keeps_them(database, scene, organiser):
    panel, run, url = proposed(database, scene)
    seated = {each["person_id"] for each in run.result["members"]}
    other = next(person for person in scene.people if person.id not in seated)
    organiser.post(
        f"/panels/{panel.id}/choices", data={"person_id": other.id, "choice": "lock", "number": run.number}
    )
    assert "Ask again before you confirm" in text_of(organiser.get(url))
    asked = organiser.post(f"/panels/{panel.id}/proposals")
    work(database)
    page = text_of(organiser.get(asked.location))
    assert f"{other.name}" in page
    assert "Locked" in page


def test_why_not_somebody_and_what_seating_them_costs(database, scene, organiser):
    _, run, url = proposed(database, scene)
    taken = {each["person_id"] for each in [*run.result["members"], *run.result["alternates"]]}
    other = next(person for person in scene.people if person.id not in taken)
    assert "May sit. Scores" in text_of(organiser.get(url, query_string={"who": other.name}))
    assert "a conflict of interest" in text_of(organiser.get(url, query_string={"who": "沈知远"}))
    assert "Nobody in the pool is called" in text_of(organiser.get(url, query_string={"who": "无此人"}))
    organiser.post(url + "/swap", data={"person_id": other.id})
    assert "The cost is being worked out." in text_of(organiser.get(url, query_string={"who": other.name}))
    work(database)
    assert "With this person the total changes by" in text_of(
        organiser.get(url, query_string={"who": other.name})
    )


def test_an_impossible_panel_offers_ways_each_with_a_button(database, scene, organiser):
    panel, _, url = proposed(database, scene, seats=4)
    page = organiser.get(url)
    assert "No panel holds every rule" in page.text
    assert "4 seats become 5" in page.text
    eased = organiser.post(url + "/ease", data={"position": "0"})
    work(database)
    assert "Proposed seats" in text_of(organiser.get(eased.location))
    database.refresh(panel)
    assert panel.seat_count == 5


def test_a_waiver_is_given_with_the_evidence_in_sight_and_revoked(database, scene, organiser):
    panel, _, url = proposed(database, scene)
    person = database.query(type(scene.people[0])).filter_by(name="沈知远").one()
    database.commit()
    address = f"{url}/waive?person={person.id}&rule=same-organisation"
    assert scene.applicant.name in text_of(organiser.get(address))
    assert organiser.post(address, data={"reason": ""}).status_code == 400
    done = organiser.post(address, data={"reason": "使用方代表，金额小"})
    assert done.location == f"/panels/{panel.id}/proposals/2"
    work(database)
    assert "Waived by organiser" in text_of(organiser.get(done.location))
    shown = organiser.get(f"/panels/{panel.id}").text
    assert "使用方代表，金额小" in shown
    revoked = organiser.post(re.search(r"/panels/\d+/waivers/\d+/revoke", shown).group())
    assert revoked.status_code == 302
    assert organiser.get(f"{url}/waive?person={person.id}&rule=kin").status_code == 404


def test_an_auditor_reads_and_replays_but_changes_nothing(database, scene, as_role):
    panel, _, url = proposed(database, scene)
    auditor = as_role("auditor")
    page = auditor.get(url)
    assert page.status_code == 200
    assert "Ask again" not in page.text
    assert auditor.post(f"/panels/{panel.id}/proposals").status_code == 403
    assert auditor.post(url + "/confirm", data={"seen": "y"}).status_code == 403
    auditor.post(url + "/replay")
    work(database)
    assert "Replayed with the same answer" in text_of(auditor.get(url))
    looks = database.query(AuditEntry).filter_by(subject_id=panel.id, actor_id=auditor.user_id).all()
    assert len(looks) >= 2


WRITES = [
    "choices",
    "proposals",
    "proposals/1/ease",
    "proposals/1/swap",
    "proposals/1/confirm",
    "reopen",
    "cancel",
    "shares",
]
READS = ["", "/proposals", "/proposals/1", "/proposals/1/state", "/proposals/1/confirm", "/request/what"]


def test_an_office_finds_no_trace_of_a_panel_of_another(database, scene, as_role):
    panel, _, _ = proposed(database, scene)
    stranger_office = make_organisation(database, "旁的处室")
    database.commit()
    stranger = as_role("organiser", organisation_id=stranger_office.id)
    for path in READS:
        assert stranger.get(f"/panels/{panel.id}{path}").status_code == 404, path
    for path in WRITES:
        assert stranger.post(f"/panels/{panel.id}/{path}").status_code == 404, path
    assert panel.title not in stranger.get("/panels/").text
    assert panel.title in as_role("organiser", organisation_id=scene.office.id).get("/panels/").text


def test_a_share_opens_a_panel_for_reading_and_only_with_leave_for_acting(
    database, scene, as_role, organiser
):
    panel, _, url = proposed(database, scene)
    friend_office = make_organisation(database, "兄弟处室")
    database.commit()
    friend = as_role("organiser", organisation_id=friend_office.id)
    organiser.post(f"/panels/{panel.id}/shares", data={"organisation": friend_office.id})
    assert friend.get(url).status_code == 200
    assert friend.post(f"/panels/{panel.id}/proposals").status_code == 403
    organiser.post(f"/panels/{panel.id}/shares", data={"organisation": friend_office.id, "may_edit": "y"})
    assert friend.post(f"/panels/{panel.id}/proposals").status_code == 302
    organiser.post(f"/panels/{panel.id}/shares/{friend_office.id}/remove")
    assert friend.get(url).status_code == 404


def test_ids_of_another_panel_are_not_found(database, scene, organiser):
    panel, _, _ = proposed(database, scene)
    other = scene.panel()
    actor = make_actor(database)
    person = database.query(type(scene.people[0])).filter_by(name="沈知远").one()
    waiver = waivers.waive(database, panel, person, "same-organisation", "使用方代表", actor=actor, now=NOW)
    database.commit()
    assert organiser.get(f"/panels/{other.id}/proposals/1").status_code == 404
    assert organiser.post(f"/panels/{other.id}/waivers/{waiver.id}/revoke").status_code == 404
    assert organiser.post(f"/panels/{panel.id}/choices", data={"person_id": "999999"}).status_code == 404


def test_the_list_keeps_its_conditions_in_the_address(database, scene, organiser):
    panel, _, _ = proposed(database, scene)
    assert panel.title in organiser.get("/panels/?state=draft&q=角接触").text
    assert "Confirm the proposal" in organiser.get("/panels/").text
    assert "No panel meets these conditions" in organiser.get("/panels/?state=closed").text
    assert "No panel meets these conditions" in organiser.get("/panels/?q=没有").text


def test_the_list_asks_the_same_number_of_questions_for_many_panels(database, scene, organiser):
    seen = []

    def count(*arguments):
        seen.append(arguments[2])

    def questions():
        seen.clear()
        assert organiser.get("/panels/").status_code == 200
        return len(seen)

    proposed(database, scene)
    sa.event.listen(sa.Engine, "before_cursor_execute", count)
    try:
        questions()
        few = questions()
        for _ in range(8):
            scene.panel()
        database.commit()
        assert questions() == few
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", count)


def test_today_shows_what_waits_and_the_panels_being_formed(database, scene, organiser):
    _, _, url = proposed(database, scene)
    page = organiser.get("/").text
    assert "people are proposed, confirm them" in page
    assert url in page
    assert "Panels being formed" in page


def test_the_words_of_a_proposal_in_chinese(database, scene, organiser):
    panel, _, url = proposed(database, scene)
    organiser.post("/language/zh_Hans")
    assert "时间按中国标准时间。" in organiser.get(f"/panels/{panel.id}/request/terms").text
    assert ">可行</span>" in organiser.get(f"/panels/{panel.id}").text
    assert "名候补。刚刚再次核对" in organiser.get(f"{url}/confirm").text


def test_panels_are_listed_by_their_date_those_without_one_first(database, scene, as_role):
    titles = {"no date": None, "next week": 7, "last week": -7, "next month": 30}
    for title, days in titles.items():
        panel = scene.panel(title=title)
        if days is not None:
            panel.starts = NOW + timedelta(days=days)
            panel.ends = panel.starts + timedelta(hours=3)
    database.commit()
    page = as_role("organiser").get("/panels/").text
    shown = sorted(titles, key=page.index)
    assert shown == ["no date", "next month", "next week", "last week"]
    page = as_role("organiser").get("/panels/?sort=date").text
    assert sorted(titles, key=page.index) == shown[::-1]
