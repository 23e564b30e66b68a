import csv
import io
import re

import pytest

from expertpool.interests.models import RelationKind
from expertpool.interests.service import add_relation
from expertpool.jobs import rounds as worker
from expertpool.panels.models import Panel, RunState, SeatRole
from expertpool.panels.round_models import ReviewRound, RoundItem, RoundRun, ScoredBy
from expertpool.people.models import Person
from tests.builders.organisations import make_organisation
from tests.builders.panels import ACTOR, Scene, make_item
from tests.builders.people import make_person
from tests.builders.review_rounds import assigned, confirmed, make_round, pairs_of, standing_by
from tests.conftest import NOW
from tests.web.counting import statements_of
from tests.web.foreign import assert_closed


@pytest.fixture
def scene(database):
    made = Scene(database)
    database.commit()
    return made


@pytest.fixture
def organiser(as_role):
    return as_role("organiser")


def text_of(page):
    assert page.status_code == 200, page.text[:2000]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.text))


def work(database):
    database.commit()
    assert worker.work(database.get_bind())
    database.expire_all()


def asked(scene, **changes):
    values = {
        "title": "2026 年度平台评审",
        "owner": scene.office.id,
        "preset": scene.panel().preset_id,
        "kind": "企业标准",
        "unreviewed": "y",
        "per_item": "3",
        "alternates": "2",
        "least": "0",
        "most": "2",
        "skilled_only": "y",
        "mode": "best",
        "quality": "90",
    }
    return {name: value for name, value in (values | changes).items() if value is not None}


def test_an_organiser_walks_from_conditions_to_an_assignment_and_its_file(database, scene, organiser):
    more = [make_item(database, f"第{number}号标准", skills=[scene.skill]) for number in (2, 3)]
    data = asked(scene)
    counted = organiser.post("/panels/rounds/new", data=data | {"do": "count"})
    assert "2 items meet the conditions; 12 people of the pool take part." in text_of(counted)
    made = organiser.post("/panels/rounds/new", data=data | {"do": "make"})
    round_ = database.query(ReviewRound).one()
    assert made.location == f"/panels/rounds/{round_.id}/runs/1", made.text
    items = database.query(RoundItem).all()
    assert [each.item_id for each in items] == [each.id for each in more]
    assert "Waiting" in text_of(organiser.get(made.location))
    assert organiser.get(made.location + "/state").json == {"state": "queued", "waiting": True}
    work(database)
    shown = text_of(organiser.get(made.location))
    assert "Proven best" in shown
    assert [each.title in shown for each in more] == [True, True]
    run = database.query(RoundRun).one()
    names = {person.id: person.name for person in database.query(Person)}
    for each in more:
        first, second = (names[id_] for id_ in standing_by(database, run, each.id)[:2])
        assert re.search(rf"Alternates: 1 {first} \d\.\d\d, 2 {second} \d\.\d\d ", shown)
    content = organiser.get(made.location + "/assignment.csv")
    rows = list(csv.reader(io.StringIO(content.text)))
    numbers = {("item", each.id): each.number for each in more} | {
        ("person", each.id): each.number for each in scene.people
    }
    pairs = {(numbers["item", item], numbers["person", person]) for item, person in pairs_of(database, run)}
    assert {(row[0], row[3]) for row in rows[1:] if row[2] == "Reviewer"} == pairs
    people = {numbers["person", person.id]: person.id for person in scene.people}
    for each in more:
        listed = [people[row[3]] for row in rows[1:] if row[0] == each.number and row[2] != "Reviewer"]
        assert listed == standing_by(database, run, each.id)[: len(listed)]
        assert [row[2] for row in rows[1:] if row[0] == each.number][3:5] == ["Alternate 1", "Alternate 2"]
    assert organiser.get(made.location + "/assignment.xlsx").data[:2] == b"PK"
    assert organiser.get(made.location + "/assignment.pdf").status_code == 404


def test_a_round_by_texts_names_its_part_in_every_page(database, scene, organiser):
    writer = make_person(database, "郑无技", bio="角接触球轴承的精度与游隙")
    make_item(database, "角接触球轴承游隙的测量")
    page = organiser.get("/panels/rounds/new").text
    assert "What people are scored by" in page
    assert "nothing is sent elsewhere" in page
    data = asked(scene, scored_by="texts", skilled_only=None, text="游隙", per_item="2")
    made = organiser.post("/panels/rounds/new", data=data | {"do": "make"}).location
    assert "Comparing texts" in text_of(organiser.get(made))
    work(database)
    round_ = database.query(ReviewRound).one()
    assert round_.scored_by is ScoredBy.TEXTS
    shown = text_of(organiser.get(made))
    assert "Text affinity Experience Rotation Balance" in shown
    assert f"{writer.name} " in shown
    assert "Text affinity 0.50, Experience 0.00" in shown
    assert "Scored by Texts and skills" in text_of(organiser.get(f"/panels/rounds/{round_.id}"))
    item = database.query(RoundItem).one().item_id
    assert "Text affinity 0.50" in text_of(organiser.get(f"/panels/rounds/{round_.id}/items/{item}"))
    by_skills = organiser.post("/panels/rounds/new", data=asked(scene) | {"do": "make"}).location
    page = text_of(organiser.get(by_skills))
    assert "Looking for conflicts of interest" in page
    assert "Comparing texts" not in page
    work(database)
    assert "Skill Experience Rotation Balance" in text_of(organiser.get(by_skills))


def test_lock_run_again_and_compare(database, scene, organiser):
    round_ = make_round(scene)
    run = assigned(database, round_)
    pairs = pairs_of(database, run)
    left_out = next(each for each in scene.people if (scene.item.id, each.id) not in pairs)
    address = f"/panels/rounds/{round_.id}/items/{scene.item.id}"
    alternate = database.get_one(Person, standing_by(database, run, scene.item.id)[0])
    assert f"?person={alternate.number}" in organiser.get(address).text
    assert f'value="{left_out.number}"' in organiser.get(f"{address}?person={left_out.number}").text
    data = {"person": left_out.number, "kind": "lock", "reason": ""}
    without = organiser.post(address, data=data)
    assert without.status_code == 400
    assert "Give a reason of 3 to 300 characters" in without.text
    unknown = organiser.post(address, data=data | {"person": "无此人"})
    assert unknown.status_code == 400
    assert "Nobody in the pool is called" in unknown.text
    assert organiser.post(address, data=data | {"reason": "熟悉该标准"}).status_code == 302
    again = organiser.post(f"/panels/rounds/{round_.id}/runs")
    work(database)
    shown = organiser.get(f"{again.location}?q={scene.item.number}").text
    assert left_out.name in shown
    both = text_of(organiser.get(f"/panels/rounds/{round_.id}/compare?first=1&second=2"))
    assert left_out.name in both
    assert scene.item.number in both
    page = text_of(organiser.get(f"/panels/rounds/{round_.id}"))
    assert f"{left_out.name}: must review it. 熟悉该标准" in page
    assert organiser.get(f"/panels/rounds/{round_.id}/compare?first=1&second=9").status_code == 404


def test_a_run_is_called_off_and_an_impossible_one_says_who_falls_short(database, scene, organiser):
    round_ = make_round(scene, items=9, most=2)
    first = organiser.post(f"/panels/rounds/{round_.id}/runs").location
    organiser.post(first + "/cancel")
    assert "This run was called off" in text_of(organiser.get(first))
    again = organiser.post(first + "/cancel", follow_redirects=True)
    assert "This run is over already." in again.text
    second = organiser.post(f"/panels/rounds/{round_.id}/runs").location
    work(database)
    page = text_of(organiser.get(second))
    assert "27 seats are to be filled, but the reviewers may take only 24 items in all." in page


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"title": " "}, "Give the round a title."),
        ({"least": "5"}, "The least load is above the highest."),
        ({"kind": "", "numbers": "没有-1"}, "There is no item 没有-1."),
        ({"kind": "", "skill": "99.999"}, "There is no skill with the code 99.999."),
        ({"since": "2026-03-02", "until": "2026-03-01"}, "The last day lies before the first."),
        ({"text": "什么也没有"}, "No item meets these conditions."),
        ({"per_item": "0"}, "Number must be between 1 and 50."),
        ({"alternates": "11"}, "Number must be between 0 and 10."),
        ({"per_item": "x"}, "Not a valid integer value."),
        ({"scored_by": "moods"}, "Not a valid choice."),
    ],
)
def test_what_does_not_fit_is_said_at_its_field(database, scene, organiser, changes, told):
    answer = organiser.post("/panels/rounds/new", data=asked(scene, **changes))
    assert answer.status_code == 400
    assert told in answer.text
    assert database.query(ReviewRound).count() == 0


def test_an_auditor_reads_and_an_organiser_elsewhere_sees_nothing(database, scene, as_role):
    round_ = make_round(scene)
    confirmed(database, round_, assigned(database, round_))
    elsewhere = as_role("organiser", make_organisation(database, "邻处").id)
    addresses = (
        ("GET", f"/panels/rounds/{round_.id}"),
        ("GET", f"/panels/rounds/{round_.id}/runs/1"),
        ("GET", f"/panels/rounds/{round_.id}/runs/1/state"),
        ("GET", f"/panels/rounds/{round_.id}/runs/1/assignment.csv"),
        ("GET", f"/panels/rounds/{round_.id}/compare?first=1&second=1"),
        ("GET", f"/panels/rounds/{round_.id}/items/{scene.item.id}"),
        ("POST", f"/panels/rounds/{round_.id}/runs"),
        ("POST", f"/panels/rounds/{round_.id}/runs/1/cancel"),
        ("GET", f"/panels/rounds/{round_.id}/runs/1/confirm"),
        ("POST", f"/panels/rounds/{round_.id}/runs/1/confirm"),
        ("GET", f"/panels/rounds/{round_.id}/panels"),
        ("GET", f"/panels/rounds/{round_.id}/panels/state"),
        ("POST", f"/panels/rounds/{round_.id}/panels/stop"),
    )
    for method, address in addresses:
        assert_closed(elsewhere, method, address, round_.title, scene.people[0].name)
    assert round_.title not in elsewhere.get("/panels/rounds/").text
    auditor = as_role("auditor")
    assert round_.title in auditor.get("/panels/rounds/").text
    assert "Proven best" in text_of(auditor.get(f"/panels/rounds/{round_.id}/runs/1"))
    assert auditor.post(f"/panels/rounds/{round_.id}/runs").status_code == 403


def test_lists_ask_the_same_number_of_questions_however_long_they_are(app, database, scene, organiser):
    first = make_round(scene, items=2).id
    assigned(database, database.get_one(ReviewRound, first))
    pages = ("/panels/rounds/", "/panels/rounds/{}/runs/1")
    for page in pages:
        organiser.get(page.format(first))
    before = [statements_of(app, lambda page=page: organiser.get(page.format(first))) for page in pages]
    second = make_round(scene, items=7, title="更多").id
    run = assigned(database, database.get_one(ReviewRound, second))
    assert run.state is RunState.DONE
    for number in range(5):
        assigned(database, make_round(scene, items=1, title=f"第{number}轮"))
    organiser.get(pages[0])
    after = [statements_of(app, lambda page=page: organiser.get(page.format(second))) for page in pages]
    assert after == before


def test_a_confirmed_run_becomes_panels_that_the_round_shows(app, database, scene, organiser):
    round_ = make_round(scene)
    run = assigned(database, round_)
    database.commit()
    address = f"/panels/rounds/{round_.id}"
    assert f"{address}/runs/1/confirm" in organiser.get(f"{address}/runs/1").text
    assert organiser.get(f"{address}/panels").status_code == 404
    asked = organiser.get(f"{address}/runs/1/confirm")
    assert "Each item on its own: 4 panels" in text_of(asked)
    without = organiser.post(f"{address}/runs/1/confirm", data={"panels_of": "item"})
    assert without.status_code == 400
    assert "Say that you looked at the reviewers." in without.text
    unknown = organiser.post(f"{address}/runs/1/confirm", data={"panels_of": "x", "understood": "y"})
    assert unknown.status_code == 400
    given = {"panels_of": "item", "understood": "y"}
    assert organiser.post(f"{address}/runs/1/confirm", data=given).location == f"{address}/panels"
    assert "The panels are being made" in text_of(organiser.get(f"{address}/panels"))
    assert organiser.get(f"{address}/panels/state").json == {"state": "queued", "waiting": True}
    again = organiser.post(f"{address}/runs/1/confirm", data=given)
    late = organiser.get(f"{address}/runs/1/confirm")
    assert [again.location, late.location] == [f"{address}/panels"] * 2
    assert "This round is confirmed already" in organiser.get(f"{address}/panels").text
    work(database)
    made = text_of(organiser.get(f"{address}/panels"))
    assert "4 panels were made of run 1." in made
    assert scene.item.title in made
    assert "is left to you" not in made
    panel = database.query(Panel).filter(Panel.title == scene.item.title).one()
    shown = organiser.get(f"/panels/{panel.id}")
    assert f"{address}/runs/1?q={scene.item.number}" in shown.text
    assert {seat.person.name in shown.text for seat in panel.seats} == {True}
    assert [seat.role for seat in panel.seats] == [SeatRole.MEMBER] * 3 + [SeatRole.ALTERNATE] * 3
    assert {seat.person_id for seat in panel.seats[:3]} == {
        person for item, person in pairs_of(database, run) if item == scene.item.id
    }
    page = text_of(organiser.get(address))
    assert "Run 1 was confirmed 4 panels" in page
    assert "Run again" not in page
    assert organiser.post(f"{address}/panels/stop", follow_redirects=True).status_code == 200
    late = organiser.post(f"{address}/runs", follow_redirects=True)
    assert "This round is confirmed already" in late.text


def test_a_person_who_became_barred_is_named_with_the_way_on(database, scene, organiser):
    round_ = make_round(scene)
    run = assigned(database, round_)
    inside = next(each for each in scene.people if (scene.item.id, each.id) in pairs_of(database, run))
    add_relation(
        database, inside, RelationKind.SHAREHOLDER, scene.applicant, source="公示", actor=ACTOR, now=NOW
    )
    confirmed(database, round_, run)
    page = organiser.get(f"/panels/rounds/{round_.id}/panels")
    assert "1 item is left to you" in text_of(page)
    assert f"{inside.name} may not sit any more: " in text_of(page)
    assert f"/panels/new?item={scene.item.id}" in page.text


def test_a_confirmation_is_taken_back_before_its_panels_are_made(database, scene, organiser):
    round_ = make_round(scene)
    assigned(database, round_)
    database.commit()
    address = f"/panels/rounds/{round_.id}"
    organiser.post(f"{address}/runs/1/confirm", data={"panels_of": "item", "understood": "y"})
    organiser.post(f"{address}/panels/stop")
    assert "No panel was made." in text_of(organiser.get(f"{address}/panels"))
    assert "Make panels" in text_of(organiser.get(f"{address}/runs/1"))
    assert database.query(Panel).count() == 0


def test_the_panels_of_a_round_ask_the_same_number_of_questions_however_many(app, database, scene, organiser):
    counts = []
    for items in (2, 7):
        round_ = make_round(scene, items=items, title=f"共 {items} 项")
        confirmed(database, round_, assigned(database, round_))
        address = f"/panels/rounds/{round_.id}/panels"
        organiser.get(address)
        counts.append(statements_of(app, lambda address=address: organiser.get(address)))
    assert counts[0] == counts[1]
