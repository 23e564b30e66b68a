import io
import re

import openpyxl
import pytest

from expertpool.affinity.models import AffinityItem, AffinityList
from expertpool.audit.models import AuditEntry
from expertpool.items import choosing
from expertpool.jobs import affinity_lists as worker
from expertpool.matching.rounds import reading
from expertpool.people.models import Status
from expertpool.web.people.wording import STATUSES
from tests.builders.affinities import list_of_items, list_of_text, named, worked_out
from tests.builders.organisations import make_organisation
from tests.builders.panels import Scene, make_item
from tests.builders.people import make_person
from tests.web.counting import statements_of
from tests.web.foreign import assert_closed

TEXT = "/panels/affinity/new"
ITEMS = "/panels/affinity/new/items"


@pytest.fixture
def scene(database):
    made = Scene(database, people=3)
    for person, bio in zip(made.people, ("角接触球轴承疲劳", "轴承振动", "轴承"), strict=True):
        person.bio = bio
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


def pasted(scene, **changes):
    values = {"title": "角接触球轴承疲劳寿命", "owner": scene.office.id, "experts": "20"}
    return values | {"abstract": "适用于机床主轴。", "skills": "21.100"} | changes


def chosen(scene, **changes):
    return {"title": "待审", "owner": scene.office.id, "experts": "2", "kind": "企业标准"} | changes


def test_an_organiser_pastes_a_text_waits_reads_and_takes_the_scores(database, scene, organiser):
    made = organiser.post(TEXT, data=pasted(scene))
    list_ = database.query(AffinityList).one()
    assert made.location == f"/panels/affinity/{list_.id}", made.text
    waiting = organiser.get(made.location)
    assert "Comparing texts" in text_of(waiting)
    assert '<noscript><meta http-equiv="refresh" content="3"></noscript>' in waiting.text
    assert organiser.get(made.location + "/state").json == {"state": "queued", "waiting": True}
    assert organiser.get(made.location + "/scores.csv").status_code == 404
    work(database)
    shown = text_of(organiser.get(made.location))
    assert "At most 20 experts near to a text." in shown
    assert f"organiser asked for {scene.office.name}" in shown
    assert "3 people of the pool were compared." in shown
    assert "Conflicts of interest are not looked at here" in shown
    first = scene.people[0]
    who = f"1 {first.name} {first.number} {first.employments[0].organisation_text}"
    assert re.search(rf"{who} 0\.\d{{3}} 21\.100 {scene.skill.name_zh} 角接触球轴承疲劳 ", shown)
    content = organiser.get(made.location + "/scores.csv")
    scores = reading.scores(content.text)
    assert [item for item, _ in scores] == [list_.number] * 3
    assert {person for _, person in scores} == {person.number for person in scene.people}
    assert organiser.get(made.location + "/scores.pdf").status_code == 404
    assert organiser.get(made.location + "/state").json == {"state": "done", "waiting": False}


def test_an_excel_file_tells_the_reasons_and_holds_no_formula(database, scene, organiser):
    scene.people[0].number = "=1+1"
    item = make_item(database, "轴承振动")
    list_ = worked_out(database, list_of_items(database, scene.office, [scene.item, item], experts=2))
    address = f"/panels/affinity/{list_.id}/scores"
    sheet = openpyxl.load_workbook(io.BytesIO(organiser.get(f"{address}.xlsx").data)).active
    head, *rows = sheet.iter_rows(values_only=True)
    assert head[0] == "Item number"
    assert head[-2:] == ("Words in common", "Skills in common")
    assert [(row[0], row[2]) for row in rows] == [
        (scene.item.number, "1"), (scene.item.number, "2"), (item.number, "1"), (item.number, "2"),
    ]  # fmt: skip
    assert rows[0][3] == "=1+1"
    assert rows[0][-2:] == ("角接触球轴承", scene.skill.name_zh)
    assert {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value} == {"s"}
    assert f"{scene.item.number},'=1+1,0." in organiser.get(f"{address}.csv").text


def test_items_are_counted_chosen_and_paged(database, scene, organiser):
    more = [make_item(database, f"第{number}号标准 轴承") for number in range(2, 13)]
    scene.item.kind = None
    data = chosen(scene)
    counted = organiser.post(ITEMS, data=data | {"do": "count"})
    assert "11 items meet the conditions." in text_of(counted)
    made = organiser.post(ITEMS, data=data | {"do": "ask", "experts": "20"})
    assert {each.item_id for each in database.query(AffinityItem)} == {each.id for each in more}
    work(database)
    first, second = (text_of(organiser.get(made.location + query)) for query in ("", "?page=2"))
    assert [each.title in first for each in more] == [True] * 10 + [False]
    assert more[-1].title in second
    assert "Items 1–10 of 11" in first
    found = text_of(organiser.get(f"{made.location}?q={more[4].number}"))
    assert [each.title in found for each in more] == [each is more[4] for each in more]
    assert "No item of this list is found." in text_of(organiser.get(f"{made.location}?q=没有"))


def test_an_item_leads_to_its_experts(database, scene, organiser):
    page = organiser.get(f"/items/{scene.item.id}")
    assert f"{ITEMS}?item={scene.item.id}" in page.text
    form = organiser.get(f"{ITEMS}?item={scene.item.id}")
    assert f'value="{scene.item.title}"' in form.text
    assert f">\r\n{scene.item.number}</textarea>" in form.text
    assert organiser.get(f"{ITEMS}?item=999999").status_code == 404
    scene.item.retired_at = scene.item.created_at
    assert ITEMS not in organiser.get(f"/items/{scene.item.id}").text


def test_the_people_the_panels_and_an_empty_index_lead_there(scene, organiser, as_role):
    assert TEXT in organiser.get("/people/").text
    assert "/panels/affinity/" in organiser.get("/panels/").text
    assert "No affinity lists yet" in text_of(organiser.get("/panels/affinity/"))
    auditor = as_role("auditor").get("/people/").text
    assert TEXT not in auditor
    assert "/panels/affinity/" in auditor


@pytest.mark.parametrize(
    ("address", "changes", "field", "told"),
    [
        (TEXT, {"title": " ", "abstract": ""}, "title", "Give the text a title."),
        (
            TEXT,
            {"skills": "21.100, 没有这个"},
            "skills",
            "There is no skill with the code or name “没有这个”.",
        ),
        (TEXT, {"experts": "101"}, "experts", "Number must be between 1 and 100."),
        (TEXT, {"experts": "x"}, "experts", "Not a valid integer value."),
        (TEXT, {"abstract": "长" * 20_001}, "abstract", "Field cannot be longer than 20000 characters."),
        (TEXT, {"owner": "999999"}, "owner", "Not a valid choice."),
        (TEXT, {"abstract": "a\0b"}, "abstract", "This holds a character that can&#39;t be kept."),
        (ITEMS, {"title": ""}, "title", "Give the list a title."),
        (ITEMS, {"numbers": "没有-1"}, "numbers", "There is no item 没有-1."),
        (ITEMS, {"skill": "99.999"}, "skill", "There is no skill with the code 99.999."),
        (ITEMS, {"text": "什么也没有"}, "text", "No item meets these conditions."),
    ],
)
def test_what_does_not_fit_is_said_at_its_field(database, scene, organiser, address, changes, field, told):
    data = (pasted if address == TEXT else chosen)(scene, **changes)
    answer = organiser.post(address, data=data)
    assert answer.status_code == 400
    found = re.search(rf'id="{field}-error">([^<]*)<', answer.text)
    assert found, answer.text
    assert found[1].startswith(told)
    assert database.query(AffinityList).count() == 0


def test_too_many_items_are_refused_at_the_conditions(database, scene, organiser, monkeypatch):
    make_item(database, "又一项")
    monkeypatch.setattr(choosing, "MOST", 1)
    answer = organiser.post(ITEMS, data=chosen(scene))
    assert answer.status_code == 400
    assert 'id="text-error">At most 1 items are taken at once.' in answer.text
    answer = organiser.post(ITEMS, data=chosen(scene, numbers="A\nB"))
    assert 'id="numbers-error">At most 1 items are taken at once.' in answer.text


def test_a_list_is_called_off_asked_for_again_and_removed(database, scene, organiser):
    address = organiser.post(TEXT, data=pasted(scene)).location
    organiser.post(address + "/cancel")
    assert "This list was called off" in text_of(organiser.get(address))
    assert "This list is over already." in organiser.post(address + "/cancel", follow_redirects=True).text
    assert not worker.work(database.get_bind())
    organiser.post(address + "/again")
    work(database)
    assert scene.people[0].name in text_of(organiser.get(address))
    late = organiser.post(address + "/again", follow_redirects=True)
    assert "This list is worked out, or being worked out." in late.text
    gone = organiser.post(address + "/remove", follow_redirects=True)
    assert "is removed." in gone.text
    assert "No affinity lists yet" in gone.text
    assert organiser.get(address).status_code == 404
    told = {entry.event for entry in database.query(AuditEntry) if entry.subject_kind == "affinity-list"}
    assert told == {
        f"affinity-list.affinity-{what}" for what in ("requested", "cancelled", "recorded", "removed")
    }


def test_a_list_that_failed_says_why(database, scene, organiser, monkeypatch):
    address = organiser.post(TEXT, data=pasted(scene)).location
    monkeypatch.setattr(worker.scoring, "read", lambda *_: 1 / 0)
    work(database)
    page = text_of(organiser.get(address))
    assert "This list failed" in page
    assert "Something unexpected happened" in page


def test_who_left_the_pool_since_is_marked(database, scene, organiser):
    list_ = worked_out(database, list_of_text(database, scene.office, "轴承"))
    scene.people[2].status = Status.RETIRED
    page = text_of(organiser.get(f"/panels/affinity/{list_.id}"))
    assert re.search(rf"{scene.people[2].number} {STATUSES[Status.RETIRED]} ", page)
    assert len(named(database, list_)) == 3


def test_an_auditor_reads_and_an_organiser_elsewhere_sees_nothing(database, scene, as_role):
    list_ = worked_out(database, list_of_text(database, scene.office, "轴承疲劳"))
    office = make_organisation(database, "邻处")
    elsewhere = as_role("organiser", office.id)
    address = f"/panels/affinity/{list_.id}"
    for method, path in (
        ("GET", ""),
        ("GET", "/state"),
        ("GET", "/scores.csv"),
        ("GET", "/scores.xlsx"),
        ("POST", "/cancel"),
        ("POST", "/again"),
        ("POST", "/remove"),
    ):
        assert_closed(elsewhere, method, address + path, list_.title, scene.people[0].name)
    assert list_.title not in elsewhere.get("/panels/affinity/").text
    refused = elsewhere.post(TEXT, data=pasted(scene))
    assert refused.status_code == 400
    auditor = as_role("auditor")
    assert list_.title in auditor.get("/panels/affinity/").text
    page = auditor.get(address)
    assert scene.people[0].name in text_of(page)
    assert "/remove" not in page.text
    assert auditor.post(address + "/remove").status_code == 403
    for role in ("expert", "trainee", None):
        for path in ("/panels/affinity/", address):
            assert_closed(as_role(role), "GET", path, list_.title)


def test_lists_ask_the_same_number_of_questions_however_long_they_are(app, database, scene, organiser):
    def ask(items):
        made = [make_item(database, f"轴承{number}", skills=[scene.skill]) for number in range(items)]
        list_ = worked_out(database, list_of_items(database, scene.office, made))
        return f"/panels/affinity/{list_.id}"

    def statements(address):
        pages = ("/panels/affinity/", address)
        for page in pages:
            organiser.get(page)
        return [statements_of(app, lambda page=page: organiser.get(page)) for page in pages]

    before = statements(ask(2))
    make_person(database, "沈知远", employer="新单位", bio="轴承")
    for number in range(4):
        ask(number + 1)
    assert statements(ask(9)) == before
