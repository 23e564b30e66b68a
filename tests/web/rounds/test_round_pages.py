import csv
import io
import re

import pytest

from expertpool.jobs import rounds as worker
from expertpool.panels.models import RunState
from expertpool.panels.round_models import ReviewRound, RoundItem, RoundRun
from tests.builders.organisations import make_organisation
from tests.builders.panels import Scene, make_item
from tests.builders.review_rounds import assigned, make_round, pairs_of
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
    content = organiser.get(made.location + "/assignment.csv")
    rows = list(csv.reader(io.StringIO(content.text)))
    assert len(rows) == 7
    numbers = {("item", each.id): each.number for each in more} | {
        ("person", each.id): each.number for each in scene.people
    }
    pairs = {(numbers["item", item], numbers["person", person]) for item, person in pairs_of(database, run)}
    assert {(row[0], row[2]) for row in rows[1:]} == pairs
    assert organiser.get(made.location + "/assignment.xlsx").data[:2] == b"PK"
    assert organiser.get(made.location + "/assignment.pdf").status_code == 404


def test_lock_run_again_and_compare(database, scene, organiser):
    round_ = make_round(scene)
    pairs = pairs_of(database, assigned(database, round_))
    left_out = next(each for each in scene.people if (scene.item.id, each.id) not in pairs)
    address = f"/panels/rounds/{round_.id}/items/{scene.item.id}"
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
        ({"text": "什么也没有"}, "No item meets these conditions."),
        ({"per_item": "0"}, "Number must be between 1 and 50."),
        ({"per_item": "x"}, "Not a valid integer value."),
    ],
)
def test_what_does_not_fit_is_said_at_its_field(database, scene, organiser, changes, told):
    answer = organiser.post("/panels/rounds/new", data=asked(scene, **changes))
    assert answer.status_code == 400
    assert told in answer.text
    assert database.query(ReviewRound).count() == 0


def test_an_auditor_reads_and_an_organiser_elsewhere_sees_nothing(database, scene, as_role):
    round_ = make_round(scene)
    assigned(database, round_)
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
