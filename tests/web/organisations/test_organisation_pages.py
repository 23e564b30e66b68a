import re

import pytest
import sqlalchemy as sa

from expertpool.audit.models import AuditEntry
from expertpool.items.facts import Applicant
from expertpool.organisations.models import Organisation
from tests.builders.items import make_item
from tests.builders.organisations import make_organisation
from tests.builders.people import make_person
from tests.web.counting import statements_of


@pytest.fixture
def works(database):
    made = make_organisation(
        database, "远帆轴承有限公司", code="W1", name_en="Yuanfan Bearings", region="临川", kind="company"
    )
    database.commit()
    return made


def text_of(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))


def test_the_list_shows_names_regions_and_people(as_role, database, works):
    make_person(database, "唐以宁", employer=works)
    make_organisation(database, "青原理工大学", kind="university", region="青原")
    database.commit()
    page = text_of(as_role("organiser").get("/organisations/"))
    assert "2 organisations." in page
    assert "远帆轴承有限公司 Yuanfan Bearings W1 Company 临川 1" in page
    assert "University 1" in page


@pytest.mark.parametrize("query", ["q=远帆", "q=w1", "q=yuanfan", "kind=company", "region=临川"])
def test_the_list_is_narrowed_by_the_address(as_role, database, works, query):
    make_organisation(database, "青原理工大学", kind="university", region="青原")
    database.commit()
    page = as_role("auditor").get(f"/organisations/?{query}").text
    assert ("远帆轴承有限公司" in page, "青原理工大学</a>" in page) == (True, False)
    assert "2 organisations, 1 meet the conditions below." in page


def test_a_list_without_a_hit_says_what_to_do(as_role, works):
    assert "Show all 1" in as_role("organiser").get("/organisations/?q=没有").text


def test_items_are_linked_for_those_only_who_may_open_them(as_role, database, works):
    item = make_item(database, applicants=(Applicant(works.name, works.id),))
    for role, is_linked in (("organiser", True), ("administrator", False)):
        page = as_role(role).get(f"/organisations/{works.id}").text
        assert (item.title in page, f'href="/items/{item.id}"' in page) == (True, is_linked)


def test_the_record_shows_people_items_and_what_happened(as_role, database, works):
    make_person(database, "唐以宁", number="E0118", employer=works)
    make_item(database, "滚动轴承", number="I9", applicants=(Applicant(works.name, works.id),))
    make_organisation(database, "研发部", kind="department", parent_id=works.id)
    database.commit()
    page = text_of(as_role("organiser").get(f"/organisations/{works.id}"))
    assert "People now: 1, earlier: 0. Items applied for: 1." in page
    assert "唐以宁 E0118" in page
    assert "滚动轴承 I9" in page
    assert "Below: 研发部 Department" in page
    assert "Entered" in page


def test_an_organisation_is_entered_with_its_parent_by_name(as_role, database, works):
    client = as_role("organiser")
    answer = client.post(
        "/organisations/new",
        data={
            "name": "研发部",
            "kind": "department",
            "parent": "yuanfan bearings",
            "aliases": "R&D\n\n研发中心",
            "mail_domains": "rd.example.org",
        },
    )
    made = database.scalars(sa.select(Organisation).where(Organisation.name == "研发部")).one()
    assert answer.location == f"/organisations/{made.id}"
    assert (made.parent_id, [name.name for name in made.names]) == (works.id, ["R&D", "研发中心"])
    entry = database.scalars(sa.select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert (entry.event, entry.actor_id) == ("organisation.organisation-created", client.user_id)


def test_a_parent_that_may_be_several_is_listed_at_the_field(as_role, database, works):
    make_organisation(database, "远帆物流有限公司")
    database.commit()
    answer = as_role("organiser").post(
        "/organisations/new", data={"name": "研发部", "kind": "department", "parent": "远帆"}
    )
    assert answer.status_code == 400
    assert "“远帆” may mean: W1 远帆轴承有限公司; #" in answer.text
    assert database.scalar(sa.select(sa.func.count(Organisation.id))) == 2


def test_a_changed_name_can_be_kept_as_a_former_one(as_role, database, works):
    client = as_role("organiser")
    address = f"/organisations/{works.id}/edit"
    assert 'value="远帆轴承有限公司"' in client.get(address).text
    data = {"name": "远帆股份有限公司", "kind": "company", "code": "W1", "keep_name": "y"}
    assert client.post(address, data=data).status_code == 302
    database.expire_all()
    assert (works.name, [(row.name, row.kind) for row in works.names]) == (
        "远帆股份有限公司",
        [("远帆轴承有限公司", "former")],
    )


def test_a_stale_change_shows_both_sides(as_role, database, works):
    data = {"name": "远帆二厂", "kind": "company", "version": works.version - 1}
    answer = as_role("organiser").post(f"/organisations/{works.id}/edit", data=data)
    assert answer.status_code == 409
    assert "远帆轴承有限公司" in answer.text
    assert "远帆二厂" in answer.text
    database.expire_all()
    assert works.name == "远帆轴承有限公司"


def test_a_duplicate_is_compared_merged_and_set_apart_again(as_role, database, works):
    duplicate = make_organisation(database, "远帆轴承厂", code="D1")
    person = make_person(database, "唐以宁", employer=duplicate)
    database.commit()
    client = as_role("organiser")
    address = f"/organisations/{duplicate.id}/merge"
    assert "Merge into 远帆轴承有限公司" in client.get(f"{address}?into=W1").text
    assert client.get(f"{address}?into=没有").status_code == 400
    assert client.post(address, data={"into": "W1"}).location == f"/organisations/{works.id}"
    database.expire_all()
    assert person.employments[0].organisation_id == works.id
    page = client.get(f"/organisations/{duplicate.id}").text
    assert "Undo the merge" in page
    client.post(f"/organisations/{duplicate.id}/undo-merge")
    database.expire_all()
    assert person.employments[0].organisation_id == duplicate.id


def test_alliances_are_added_and_removed(as_role, database, works):
    client = as_role("organiser")
    address = f"/organisations/{works.id}/alliances"
    wrong = {"alliance": "轴承联盟", "since": "2026-02-01", "until": "2025-01-01"}
    assert client.post(address, data=wrong).status_code == 400
    assert client.post(address, data={"alliance": "轴承联盟", "since": "2025-01-01"}).status_code == 302
    page = client.get(address).text
    assert "since 2025-01-01" in page
    remove = re.search(rf'action="({address}/\d+/remove)"', page)[1]
    client.post(remove)
    assert "since 2025-01-01" not in client.get(address).text


def test_an_organisation_is_retired_and_brought_back(as_role, database, works):
    client = as_role("organiser")
    client.post(f"/organisations/{works.id}/retire")
    assert "No organisations yet" in client.get("/organisations/").text
    assert "远帆轴承有限公司" in client.get("/organisations/?retired=1").text
    client.post(f"/organisations/{works.id}/bring-back")
    database.expire_all()
    assert works.retired_at is None


def test_a_role_within_a_part_of_the_office_reaches_no_other_organisation(as_role, database, works):
    office = make_organisation(database, "青原标准院")
    below = make_organisation(database, "审评部", kind="department", parent_id=office.id)
    database.commit()
    client = as_role("organiser", organisation_id=office.id)
    for path in ("edit", "merge", "alliances"):
        assert client.get(f"/organisations/{below.id}/{path}").status_code == 200
        assert client.get(f"/organisations/{works.id}/{path}").status_code == 403
    for path in ("retire", "bring-back", "undo-merge", "alliances/1/remove"):
        assert client.post(f"/organisations/{works.id}/{path}").status_code == 403
    assert client.post(f"/organisations/{below.id}/merge", data={"into": "W1"}).status_code == 403
    assert client.post("/organisations/new", data={"name": "新厂", "kind": "company"}).status_code == 400
    inside = {"name": "新部", "kind": "department", "parent": "青原标准院"}
    assert client.post("/organisations/new", data=inside).status_code == 302
    moved = {"name": "审评部", "kind": "department", "parent": "W1"}
    assert client.post(f"/organisations/{below.id}/edit", data=moved).status_code == 400


def test_the_list_asks_as_often_for_fifty_as_for_one(as_role, database, works, app):
    client = as_role("organiser")
    one = statements_of(app, lambda: client.get("/organisations/"))
    for number in range(49):
        parent = make_organisation(database, f"集团{number}")
        made = make_organisation(database, f"厂{number}", region=f"区{number % 3}", parent_id=parent.id)
        make_person(database, employer=made)
    database.commit()
    assert statements_of(app, lambda: client.get("/organisations/")) == one


def test_pages_of_what_is_not_there_say_so(as_role):
    assert as_role("organiser").get("/organisations/77").status_code == 404
