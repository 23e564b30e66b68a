"""Relations of people, kept by hand."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa

from expertpool.audit.models import AuditEntry
from expertpool.interests.models import Relation, RelationKind
from tests.builders.organisations import make_organisation
from tests.builders.people import make_person
from tests.conftest import NOW
from tests.web.counting import statements_of


@pytest.fixture
def person(database):
    made = make_person(database, "陆文澜")
    database.commit()
    return made


def relate(database, person, text="钟鸣远", kind=RelationKind.KIN):
    row = Relation(person_id=person.id, kind=kind, other_text=text, source="本人申报", created_at=NOW)
    database.add(row)
    database.commit()
    return row


def new(person, **values):
    data = {"kind": "coauthor", "other_kind": "person", "other": "钟鸣远", "source": "题录 2026-09"}
    return f"/relations/people/{person.id}/new", {**data, **values}


def post(client, person, **values):
    address, data = new(person, **values)
    return client.post(address, data=data)


def test_a_person_is_named_by_number(as_role, person, database):
    other = make_person(database, "何霁")
    database.commit()
    answer = post(as_role("organiser"), person, other=other.number, since="2021-01-01", until="2024-12-31")
    assert answer.location == f"/relations/people/{person.id}"
    row = database.scalars(sa.select(Relation)).one()
    assert (row.other_person_id, row.kind, row.until) == (other.id, RelationKind.COAUTHOR, date(2024, 12, 31))
    for each in (person, other):
        page = as_role("auditor").get(f"/relations/people/{each.id}").text
        assert "题录 2026-09" in page


def test_a_month_or_a_year_is_enough(as_role, person, database):
    post(as_role("organiser"), person, since="2021-02", until="2024")
    row = database.scalars(sa.select(Relation)).one()
    assert (row.since, row.until) == (date(2021, 2, 1), date(2024, 12, 31))
    page = as_role("organiser").get(f"/relations/{row.id}/edit").text
    assert 'value="2021-02-01"' in page


def test_a_name_that_people_of_the_pool_have_asks_which_of_them(as_role, person, database):
    namesake = make_person(database, "何霁")
    database.commit()
    answer = post(as_role("organiser"), person, other="何霁")
    assert (answer.status_code, f"{namesake.number} 何霁" in answer.text) == (400, True)
    assert database.scalars(sa.select(Relation)).all() == []


def test_others_are_kept_as_text_and_organisations_of_ours_are_known(as_role, person, database):
    ours = make_organisation(database, "衡岳数控装备有限公司")
    database.commit()
    client = as_role("organiser")
    post(client, person)
    post(client, person, kind="shareholder", other_kind="organisation", other="衡岳数控装备有限公司")
    post(client, person, kind="shareholder", other_kind="organisation", other="某公司")
    rows = database.scalars(sa.select(Relation).order_by(Relation.id)).all()
    assert [(row.other_text, row.organisation_id, row.other_is_organisation) for row in rows] == [
        ("钟鸣远", None, False),
        (None, ours.id, True),
        ("某公司", None, True),
    ]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"other": ""}, "Name the other."),
        ({"source": " "}, "Say where this is known from."),
        ({"kind": "spouse", "other_kind": "organisation"}, "between two people"),
        ({"kind": "shareholder"}, "with an organisation"),
        ({"since": "2025-01-02", "until": "2025-01-01"}, "ends before it begins"),
        ({"kind": "enemy"}, "Not a valid choice."),
        ({"since": "soon"}, "This is no possible date. Write it as 1980, 1980-06 or 1980-06-01."),
    ],
)
def test_wrong_values_are_named_at_their_field(as_role, person, database, values, message):
    answer = post(as_role("organiser"), person, **values)
    assert (answer.status_code, message in answer.text) == (400, True)
    assert 'class="invalid-feedback d-block"' in answer.text
    assert database.scalars(sa.select(Relation)).all() == []


def test_oneself_and_a_relation_on_file_are_refused(as_role, person, database):
    relate(database, person)
    client = as_role("organiser")
    assert "on file already" in post(client, person, kind="kin").text
    assert "names the same person twice" in post(client, person, other=person.number).text


def test_dates_and_source_are_corrected(as_role, person, database):
    row = relate(database, person)
    data = {"since": "2020-01-01", "until": "", "source": "户籍", "version": str(row.version)}
    assert as_role("organiser").post(f"/relations/{row.id}/edit", data=data).status_code == 302
    database.expire_all()
    assert (row.since, row.source) == (date(2020, 1, 1), "户籍")


def test_a_stale_correction_changes_nothing(as_role, person, database):
    row = relate(database, person)
    data = {"source": "户籍", "version": str(row.version - 1)}
    answer = as_role("organiser").post(f"/relations/{row.id}/edit", data=data)
    assert (answer.status_code, "本人申报" in answer.text, "户籍" in answer.text) == (409, True, True)
    database.expire_all()
    assert row.source == "本人申报"


def test_a_wrong_relation_is_retired_with_a_reason_and_stays_on_file(as_role, person, database):
    row = relate(database, person)
    client = as_role("organiser")
    assert client.post(f"/relations/{row.id}/retire", data={"reason": ""}).status_code == 400
    assert client.post(f"/relations/{row.id}/retire", data={"reason": "同名误记"}).status_code == 302
    assert "no longer counts" in client.get(f"/relations/people/{person.id}").text
    entry = database.scalars(sa.select(AuditEntry).where(AuditEntry.event.like("%relation-retired"))).one()
    assert "同名误记" in str([entry.facts, entry.personal])


def test_those_who_only_read_are_offered_no_change(as_role, person, database):
    row = relate(database, person)
    for role in ("auditor", "administrator"):
        client = as_role(role)
        page = client.get(f"/relations/people/{person.id}").text
        assert "钟鸣远" in page
        assert f"/relations/{row.id}/edit" not in page
        assert client.post(f"/relations/{row.id}/edit", data={"source": "x"}).status_code == 403


def test_statements_do_not_grow_with_the_relations(as_role, app, person, database):
    client = as_role("organiser")
    relate(database, person)
    address = f"/relations/people/{person.id}"
    before = statements_of(app, lambda: client.get(address))
    for number in range(10):
        relate(database, person, f"某人{number}")
    assert statements_of(app, lambda: client.get(address)) == before


@pytest.mark.parametrize(
    "address", ["/relations/people/9999", "/relations/people/9999/new", "/relations/9999/edit"]
)
def test_what_is_not_there_is_not_found(as_role, address):
    assert as_role("organiser").get(address).status_code == 404


def test_each_kind_and_each_relation_says_its_direction_and_its_history(as_role, person, database):
    other = make_person(database, "何霁")
    row = relate(database, person)
    client = as_role("organiser")
    form = client.get(f"/relations/people/{person.id}/new").text
    for words in ("陆文澜 is the advisor of the other", "陆文澜 is a student of the other"):
        assert words in form
    post(client, person, kind="advisor", other=other.number)
    client.post(f"/relations/{row.id}/retire", data={"reason": "同名误记"})
    for each in (person, other):
        page = client.get(f"/relations/people/{each.id}").text
        assert "陆文澜 is the advisor of 何霁: A relation is on file. Source: 题录 2026-09" in page
    assert ("同名误记" in page, "同名误记" in client.get(f"/relations/people/{person.id}").text) == (
        False,
        True,
    )
