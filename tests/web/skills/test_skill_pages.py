import io
import re

import pytest
import sqlalchemy as sa

from expertpool.skills import service
from expertpool.skills.models import Skill
from tests.builders.items import make_item
from tests.builders.people import make_person
from tests.builders.skills import make_skill, make_tag, make_taxonomy
from tests.web.counting import statements_of


@pytest.fixture
def bearings(database):
    ics = make_taxonomy(database, name_en="Standards classes")
    top = make_skill(database, ics, "21", "机械系统", name_en="Mechanical systems")
    made = make_skill(database, ics, "21.100", "轴承", name_en="Bearings", parent=top)
    database.commit()
    return made


def text_of(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))


def test_trees_are_browsed_level_by_level(as_role, database, bearings):
    make_person(database, skills=(bearings,))
    make_tag(database, "轴承技术")
    client = as_role("auditor")
    page = text_of(client.get("/skills/"))
    assert "Standards classes ICS 2" in page
    assert "The office's own tree 0 1 tag" in page.replace("&#39;", "'")
    page = text_of(client.get("/skills/trees/ics"))
    assert "Mechanical systems 21 1 0" in page
    assert "Bearings" not in page
    page = text_of(client.get(f"/skills/{bearings.parent_id}"))
    assert "Active people who satisfy it: 1. Items that call for it: 0." in page
    assert "Bearings 21.100 0 1" in page
    assert client.get("/skills/trees/none").status_code == 404


@pytest.mark.parametrize("text", ["轴承", "bearing", "ICS:21.100"])
def test_a_search_finds_names_of_both_languages_and_codes(as_role, bearings, text):
    page = text_of(as_role("organiser").get("/skills/", query_string={"q": text}))
    assert "Bearings ICS:21.100 Standards classes › Mechanical systems 0" in page


def test_the_page_of_a_skill_counts_those_who_satisfy_it(as_role, database, bearings):
    tag = make_tag(database, "轴承技术")
    make_person(database, skills=(tag,))
    make_person(database, skills=(bearings, tag))
    make_person(database, skills=(bearings,), status="retired")
    make_item(database, skill_ids=(bearings.id,))
    client = as_role("organiser")
    assert client.post(f"/skills/{tag.id}/place", data={"same_as": bearings.id}).status_code == 302
    page = text_of(client.get(f"/skills/{bearings.id}"))
    assert "Active people who satisfy it: 2. Items that call for it: 1." in page
    assert "Tags that mean the same 轴承技术" in page


def test_tags_wait_with_suggestions_and_are_placed(as_role, database, bearings):
    tag, other = make_tag(database, "轴承"), make_tag(database, "滚珠 轴承")
    third = make_tag(database, "滚珠轴承技术")
    client = as_role("organiser")
    page = text_of(client.get("/skills/to-be-placed"))
    assert "Bearings ICS:21.100 Mechanical systems › likeness 100 %" in page
    address = f"/skills/{tag.id}/place"
    assert client.post(address, data={"how": "below", "target": ""}).status_code == 400
    assert client.post(address, data={"how": "below", "target": "没有"}).status_code == 400
    assert client.post(address, data={"how": "top"}).status_code == 302
    below = {"how": "below", "target": "轴承"}
    assert client.post(f"/skills/{other.id}/place", data=below).status_code == 302
    merged = {"how": "merge", "target": f"滚珠 轴承 #{other.id}"}
    assert client.post(f"/skills/{third.id}/place", data=merged).status_code == 302
    assert other.path == f"/{tag.id}/{other.id}/"
    assert service.resolve(database, ["滚珠轴承技术"]) == {"滚珠轴承技术": other.id}
    assert "No tag waits" in client.get("/skills/to-be-placed").text


def test_a_tag_is_made_renamed_moved_and_retired(as_role, database, bearings):
    client = as_role("administrator")
    assert client.post("/skills/new", data={"name_en": "Tribology"}).status_code == 302
    assert client.post("/skills/new", data={}).status_code == 400
    assert client.post("/skills/new", data={"name_zh": "摩擦", "parent": "ICS:21.100"}).status_code == 400
    client.post("/skills/new", data={"name_zh": "摩擦", "parent": "Tribology"})
    top, below = database.scalars(sa.select(Skill).where(Skill.code.is_(None)).order_by(Skill.id)).all()
    assert below.parent_id == top.id
    assert f"Tribology #{top.id}" in client.get(f"/skills/new?below={top.id}").text
    edit = f"/skills/{below.id}/edit"
    assert f"Tribology #{top.id}" in client.get(edit).text
    assert client.post(edit, data={"name_zh": "磨损", "version": below.version}).status_code == 302
    assert (below.name_zh, below.parent_id) == ("磨损", None)
    assert client.post(edit, data={"name_zh": "磨耗", "version": 0}).status_code == 409
    client.post(f"/skills/{below.id}/retire")
    assert below.retired_at is not None
    client.post(f"/skills/{below.id}/bring-back")
    assert below.retired_at is None
    client.post(f"/skills/{below.id}/merge", data={"into": "tribology"})
    assert (below.same_as_id, below.retired_at is None) == (top.id, False)


def test_a_published_skill_is_not_changed_by_hand(as_role, bearings):
    client = as_role("organiser")
    assert client.post(f"/skills/{bearings.id}/retire").status_code == 400
    assert client.post(f"/skills/{bearings.id}/edit", data={"name_zh": "轴"}).status_code == 400
    assert bearings.name_zh == "轴承"


def test_a_classification_is_loaded_from_a_file(as_role, database):
    client = as_role("organiser")
    form = {"slug": "SEI", "name_zh": "战新产业", "name_en": "Emerging industries", "edition": "2018"}

    def send(content):
        data = form | {"file": (io.BytesIO(content.encode()), "sei.csv")}
        return client.post("/skills/import", data=data, content_type="multipart/form-data")

    assert send("代码,名称,上级\n1,信息技术,\n1.1,网络,1\n").location == "/skills/trees/sei"
    assert "信息技术" in client.get("/skills/trees/sei").text
    answer = send("代码,名称,上级\n1,信息技术,\n1.1,网络,7\n")
    assert answer.status_code == 400
    assert "Row 3: there is no 7 for 1.1 to stand below." in answer.text
    assert client.post("/skills/import", data=form).status_code == 400


def test_a_classification_of_the_product_is_loaded_by_its_button(as_role, database):
    client = as_role("organiser")
    assert client.post("/skills/shipped/ics").location == "/skills/trees/ics"
    assert "1381 skills added" in client.get("/skills/trees/ics").text
    assert client.post("/skills/shipped/udc").status_code == 404


def test_lists_ask_as_often_for_many_as_for_one(as_role, database, bearings, app):
    client = as_role("organiser")
    make_tag(database, "标签0")
    pages = [
        "/skills/",
        "/skills/trees/ics",
        "/skills/?q=2",
        "/skills/to-be-placed",
        f"/skills/{bearings.parent_id}",
    ]
    before = [statements_of(app, lambda page=page: client.get(page)) for page in pages]
    for number in range(20):
        make_skill(database, bearings.taxonomy, f"22.{number}", f"专业{number}", parent=None)
        make_skill(
            database,
            bearings.taxonomy,
            f"21.{number}",
            f"级{number}",
            parent=database.get(Skill, bearings.parent_id),
        )
        make_tag(database, f"专业标签{number}")
    assert [statements_of(app, lambda page=page: client.get(page)) for page in pages] == before
