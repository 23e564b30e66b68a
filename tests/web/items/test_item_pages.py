import re
from datetime import date

import pytest
import sqlalchemy as sa

from expertpool.items.facts import Applicant, Party
from expertpool.items.models import Item, ItemRole, Stage
from expertpool.skills.models import Skill
from tests.builders.items import make_item
from tests.builders.organisations import make_organisation
from tests.builders.people import make_person
from tests.builders.skills import make_skill, make_taxonomy
from tests.web.counting import statements_of


@pytest.fixture
def item(database):
    works = make_organisation(database, "远帆轴承有限公司", code="W1")
    skill = make_skill(database, make_taxonomy(database), "21.100", "轴承", name_en="Bearings")
    made = make_item(
        database,
        "滚动轴承 通用技术条件",
        number="Q/YF 001",
        kind="企业标准",
        stage=Stage.REVIEW,
        dated=date(2026, 3, 1),
        skill_ids=(skill.id,),
        applicants=(Applicant("远帆轴承", works.id), Applicant("无名作坊")),
        people=(
            Party(ItemRole.LEADER, "唐以宁", "tang@example.org"),
            Party(ItemRole.EXCLUDED, "何霁", reason="师生"),
        ),
    )
    database.commit()
    return made


def text_of(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))


def test_the_list_shows_titles_applicants_and_skills(as_role, item):
    page = text_of(as_role("auditor").get("/items/"))
    assert (
        "滚动轴承 通用技术条件 Q/YF 001 远帆轴承有限公司 无名作坊 21.100 Bearings 企业标准 40 Review 1 Mar"
        in page
    )
    assert "Enter an item" not in page


def test_the_list_is_narrowed_by_the_address(as_role, database, item):
    make_item(database, "润滑脂测定", number="P-2", kind="科技项目", dated=date(2026, 9, 1))
    client = as_role("organiser")
    queries = [
        "q=轴承",
        "q=yf 001 无名",
        "kind=企业标准",
        "stage=40",
        f"skill={item.skills[0].skill_id}",
        f"organisation={item.applicants[0].organisation_id}",
        "until=2026-04-01",
    ]
    for query in queries:
        page = text_of(client.get(f"/items/?{query}"))
        assert ("2 items, 1 meet" in page, "滚动轴承" in page, "润滑脂测定" in page) == (True, True, False), (
            query
        )
    assert "润滑脂测定" in client.get("/items/?since=2026-04-01&stage=nonsense&skill=99&since=x").text
    page = client.get("/items/?sort=title").text
    assert page.index("润滑脂测定") < page.index("滚动轴承")


def test_the_record_says_who_is_certain_and_who_only_possible(as_role, item):
    page = text_of(as_role("organiser").get(f"/items/{item.id}"))
    assert "唐以宁 tang@example.org Leader certain" in page
    assert "何霁 Asked not to review it possible, a name alone 师生" in page
    assert "远帆轴承有限公司 远帆轴承 an organisation of ours" in page
    assert "无名作坊 text only, compared by its text" in page


def test_an_item_is_entered_with_people_by_number_address_and_name(as_role, database):
    known = make_person(database, "陆文澜", number="E0031", addresses=("lu@example.org",))
    works = make_organisation(database, "远帆轴承有限公司")
    data = {
        "title": "滚动轴承",
        "stage": "30",
        "dated": "2026-05-01",
        "skills": "C++软件测试\nISO/IEC 国际标准化",
        "applicants": "远帆轴承 有限公司\n无名作坊",
        "leaders": "E0031\n何霁",
        "contributors": "白鹿鸣<bai@example.org>\nlu@example.org",
        "excluded": "程以南 | 三年内合作",
    }
    answer = as_role("organiser").post("/items/new", data=data)
    made = database.scalars(sa.select(Item)).one()
    assert answer.location == f"/items/{made.id}"
    assert (made.number, made.stage, made.dated) == ("ITEM-1", "30", date(2026, 5, 1))
    assert [row.organisation_id for row in made.applicants] == [works.id, None]
    assert [(row.role, row.name, row.address, row.person_id, row.reason) for row in made.people] == [
        ("leader", "陆文澜", "", known.id, None),
        ("leader", "何霁", "", None, None),
        ("contributor", "白鹿鸣", "bai@example.org", None, None),
        ("contributor", "陆文澜", "lu@example.org", known.id, None),
        ("excluded", "程以南", "", None, "三年内合作"),
    ]
    names = [database.get(Skill, row.skill_id).name_zh for row in made.skills]
    assert names == ["C++软件测试", "ISO/IEC 国际标准化"]


def test_namesakes_are_listed_at_the_field_until_names_are_kept(as_role, database):
    for number, employer in (("E1", "甲厂"), ("E2", "乙厂")):
        make_person(database, "王伟", number=number, employer=employer)
    client = as_role("organiser")
    data = {"title": "滚动轴承", "stage": "none", "leaders": "王伟"}
    answer = client.post("/items/new", data=data)
    assert answer.status_code == 400
    assert "王伟: E1 王伟 (甲厂); E2 王伟 (乙厂)" in answer.text
    assert client.post("/items/new", data=data | {"keep_names": "y"}).status_code == 302
    assert [row.person_id for row in database.scalars(sa.select(Item)).one().people] == [None]


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"title": ""}, "Give a title."),
        (
            {"leaders": "何霁<lu@example.org>"},
            "lu@example.org is the address of 陆文澜 (E0031), not of 何霁.",
        ),
        ({"contributors": "何霁<he@>"}, "is no mail address."),
        ({"number": "Q/YF 001"}, "Number Q/YF 001 belongs to “滚动轴承 通用技术条件”."),
        ({"dated": "2026-02-31"}, "Not a valid date value."),
        ({"stage": "77"}, "Not a valid choice."),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_kept(as_role, database, item, wrong, sentence):
    make_person(database, "陆文澜", number="E0031", addresses=("lu@example.org",))
    data = {"title": "轴承", "stage": "none", "skills": "全新技能"} | wrong
    answer = as_role("organiser").post("/items/new", data=data)
    assert answer.status_code == 400
    assert sentence in answer.text
    assert database.scalars(sa.select(Item.id)).all() == [item.id]
    assert database.scalars(sa.select(Skill).where(Skill.name_zh == "全新技能")).all() == []


def test_saving_the_form_unchanged_changes_nothing(as_role, database, item):
    make_person(database, "唐以宁", number="E7", addresses=("tang@example.org",))
    client = as_role("organiser")
    page = client.get(f"/items/{item.id}/edit").text
    data = dict(re.findall(r'<input class="form-control"[^>]*name="(\w+)"[^>]*value="([^"]*)"', page))
    data |= {
        name: text.strip() for name, text in re.findall(r'<textarea[^>]*name="(\w+)"[^>]*>([^<]*)<', page)
    }
    data = {name: text.replace("&lt;", "<").replace("&gt;", ">") for name, text in data.items()}
    version = re.search(r'name="version"[^>]*value="(\d+)"', page)[1]
    before = [(row.id, row.name, row.reason) for row in item.people], item.applicants[0].organisation_id
    answer = client.post(
        f"/items/{item.id}/edit",
        data=data | {"stage": "40", "keep_names": "y", "version": version, "dated": "2026-03-01"},
    )
    assert answer.status_code == 302
    assert (
        [(row.id, row.name, row.reason) for row in item.people],
        item.applicants[0].organisation_id,
    ) == before


def test_a_stale_change_shows_both_sides(as_role, database, item):
    data = {"title": "滑动轴承", "stage": "none", "number": "Q/YF 001", "version": item.version - 1}
    answer = as_role("organiser").post(f"/items/{item.id}/edit", data=data)
    assert answer.status_code == 409
    assert "滚动轴承 通用技术条件" in answer.text
    assert "滑动轴承" in answer.text
    assert item.title == "滚动轴承 通用技术条件"


def test_an_item_is_retired_and_brought_back(as_role, item):
    client = as_role("organiser")
    client.post(f"/items/{item.id}/retire")
    assert "No items yet" in client.get("/items/").text
    assert "滚动轴承" in client.get("/items/?retired=1").text
    client.post(f"/items/{item.id}/bring-back")
    assert item.retired_at is None


def test_the_list_asks_as_often_for_fifty_as_for_one(as_role, database, item, app):
    client = as_role("organiser")
    one = statements_of(app, lambda: client.get("/items/"))
    skill = item.skills[0].skill
    for number in range(49):
        works = make_organisation(database, f"厂{number}")
        make_item(
            database, f"项目{number}", skill_ids=(skill.id,), applicants=(Applicant(works.name, works.id),)
        )
    assert statements_of(app, lambda: client.get("/items/")) == one
