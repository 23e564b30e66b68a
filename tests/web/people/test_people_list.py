import re

import pytest
import sqlalchemy as sa

from expertpool.organisations.models import Organisation
from expertpool.people.models import Grade, InterestParty, Status
from tests.builders.people import MADE, make_person
from tests.rooms.people.taxonomy import make_skill


@pytest.fixture
def pool(database):
    bearings = make_skill(database, "21.100", "轴承", "Bearings")
    rolling = make_skill(database, "21.100.20", "滚动轴承", "Rolling bearings", parent=bearings)
    machines = make_skill(database, "25.060", "机床", "Machine tools")
    university = Organisation(name="青原理工大学", name_key="青原理工大学", created_at=MADE)
    database.add(university)
    database.flush()
    people = {
        "lu": make_person(
            database,
            "陆文澜",
            employer=university,
            skills=(rolling,),
            region="青原",
            grade=Grade.SENIOR,
            interest_party=InterestParty.RESEARCH,
        ),
        "he": make_person(database, "何霁", skills=(bearings, machines), region="临川", phone_index="x"),
        "zeng": make_person(database, "曾一诺", skills=(machines,), region="青原", status=Status.SUSPENDED),
        "old": make_person(database, "沈知远", skills=(machines,), region="青原", status=Status.RETIRED),
    }
    database.commit()
    return {"people": people, "bearings": bearings, "machines": machines, "university": university}


def names(page):
    return re.findall(r'<th scope="row"><a href="/people/\d+">([^<]+)</a>', page.text)


def test_the_list_shows_who_is_in_the_pool_by_pinyin(as_role, pool):
    page = as_role("organiser").get("/people/")
    assert page.status_code == 200
    assert names(page) == ["何霁", "陆文澜", "曾一诺"]
    assert "3 people in the pool." in page.text
    assert "Zeng Yinuo" in page.text


def addresses(pool):
    return {
        "?q=wenlan": ["陆文澜"],
        "?q=青原": ["陆文澜"],
        "?status=retired": ["沈知远"],
        "?status=retired&status=suspended": ["沈知远", "曾一诺"],
        "?region=青原": ["陆文澜", "曾一诺"],
        "?region=青原&region=临川&grade=expert": ["何霁", "曾一诺"],
        "?party=research": ["陆文澜"],
        f"?skill={pool['bearings'].id}": ["何霁", "陆文澜"],
        f"?skill={pool['bearings'].id}&skill={pool['machines'].id}": ["何霁"],
        f"?employer={pool['university'].id}": ["陆文澜"],
        "?sort=-name": ["曾一诺", "陆文澜", "何霁"],
        "?sort=nonsense&status=nonsense&grade=&skill=x&page=99": ["何霁", "陆文澜", "曾一诺"],
    }


def test_each_condition_narrows_the_list(as_role, pool):
    client = as_role("organiser")
    for address, expected in addresses(pool).items():
        assert names(client.get(f"/people/{address}")) == expected, address


def test_a_facet_counts_what_choosing_it_would_give(as_role, pool):
    page = as_role("organiser").get("/people/?region=青原")
    facets = re.findall(r'<li><a href="[^"]*"( aria-current="true")?>([^<]+)<span>(\d+)</span>', page.text)
    found = {label.strip(): (int(count), bool(chosen)) for chosen, label, count in facets}
    assert found == {
        "May be invited": (1, False),
        "Suspended": (1, False),
        "Left the pool": (1, False),
        "Senior expert": (1, False),
        "Expert": (1, False),
        "Machine tools 25.060": (1, False),
        "Rolling bearings 21.100.20": (1, False),
        "Research and teaching": (1, False),
        "青原": (2, True),
        "临川": (1, False),
    }


def test_an_empty_result_says_which_condition_to_drop_and_what_that_gives(as_role, pool):
    page = as_role("organiser").get("/people/?q=何霁&region=青原&grade=expert")
    assert names(page) == []
    assert "Without “青原”: 1 person" in page.text
    assert "Without “何霁”: 1 person" in page.text
    assert "Without “Expert”" not in page.text


def test_a_whole_address_or_phone_number_finds_its_person(as_role, database, pool):
    from expertpool.events import SYSTEM
    from expertpool.people import contacts
    from tests.conftest import NOW

    he = pool["people"]["he"]
    contacts.set_addresses(database, he, ["he.ji@example.org"], actor=SYSTEM, now=NOW)
    contacts.set_phone(database, he, "13800001234", actor=SYSTEM, now=NOW)
    database.commit()
    client = as_role("organiser")
    for text in ("HE.JI@example.org", "138 0000 1234", "%2B86 13800001234"):
        assert names(client.get(f"/people/?q={text}")) == ["何霁"]
    assert names(client.get("/people/?q=1380000")) == []


def test_the_list_asks_as_often_for_many_people_as_for_few(as_role, database, pool, app):
    from expertpool.extensions import db

    client = as_role("organiser")
    with app.app_context():
        engine = db.engine

    def count(address):
        asked = []
        listener = lambda *args: asked.append(args[2])  # noqa: E731
        sa.event.listen(engine, "before_cursor_execute", listener)
        client.get(address)
        sa.event.remove(engine, "before_cursor_execute", listener)
        return len(asked)

    few = count("/people/"), count("/people/?q=轴承")
    for number in range(60):
        make_person(
            database, f"何{number}", employer=f"单位{number}", skills=(pool["bearings"], pool["machines"])
        )
    database.commit()
    assert (count("/people/"), count("/people/?q=轴承")) == few


@pytest.mark.parametrize("role", ["expert", "trainee", None])
def test_others_see_nobody(as_role, pool, role):
    client = as_role(role)
    person = pool["people"]["lu"]
    for address in ("/people/", f"/people/{person.id}", "/people/?q=陆"):
        answer = client.get(address)
        assert answer.status_code == 403
        assert "陆文澜" not in answer.text


def test_who_may_only_look_sees_no_verbs(as_role, pool):
    person = pool["people"]["lu"]
    for role in ("auditor", "administrator"):
        client = as_role(role)
        assert "Enter an expert" not in client.get("/people/").text
        page = client.get(f"/people/{person.id}").text
        assert "陆文澜" in page
        for verb in ("Change facts", "Take away", "Add skills", "Show the number"):
            assert verb not in page
