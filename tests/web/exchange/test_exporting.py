import csv
import io

import pytest
import sqlalchemy as sa

from expertpool.audit.models import AuditEntry
from expertpool.exchange.columns import COLUMNS, Kind
from expertpool.people.models import Status
from tests.builders.people import make_person


@pytest.fixture
def people(database):
    make_person(database, "周岚", number="K1", region="甲市")
    make_person(database, "吴越", number="K2", region="乙市")
    make_person(database, "郑一", number="K3", region="甲市", status=Status.RETIRED)


def rows_of(answer):
    return list(csv.DictReader(io.StringIO(answer.get_data().decode("utf-8-sig"))))


@pytest.mark.parametrize("kind", list(Kind))
def test_each_of_the_five_files_is_had_in_both_formats_and_recorded(organiser, people, database, kind):
    table = organiser.post(f"/export/{kind}", data={"format": "csv"})
    assert table.status_code == 200
    header = table.get_data().decode("utf-8-sig").splitlines()[0].split(",")
    assert header[: len(COLUMNS[kind])] == [column.chinese for column in COLUMNS[kind]]
    book = organiser.post(f"/export/{kind}", data={"format": "xlsx"})
    assert book.get_data()[:2] == b"PK"
    assert f"{kind}-" in book.headers["Content-Disposition"]
    entries = database.scalars(
        sa.select(AuditEntry).where(AuditEntry.event == "export.file-exported").order_by(AuditEntry.id)
    ).all()
    number = 3 if kind is Kind.EXPERTS else 0
    told = [(entry.facts["kind"], entry.facts["rows"], entry.actor_id) for entry in entries]
    assert told == [(kind.value, number, organiser.user_id)] * 2


def test_the_whole_file_holds_everybody_and_the_list_those_whom_it_shows(organiser, people):
    whole = rows_of(organiser.post("/export/experts", data={"format": "csv"}))
    assert [row["姓名"] for row in whole] == ["周岚", "吴越", "郑一"]
    unfiltered = rows_of(organiser.post("/export/list", data={"format": "csv"}))
    assert [row["姓名"] for row in unfiltered] == ["周岚", "吴越"]
    narrowed = rows_of(organiser.post("/export/list?region=甲市", data={"format": "csv"}))
    assert [row["姓名"] for row in narrowed] == ["周岚"]


def test_what_a_list_asked_for_is_recorded(organiser, people, database):
    organiser.post("/export/list?region=甲市", data={"format": "csv"})
    entry = database.scalar(sa.select(AuditEntry).where(AuditEntry.event == "export.file-exported"))
    assert (entry.facts["rows"], entry.personal["where"]) == (1, {"list": "people", "region": "甲市"})


def test_the_list_of_people_leads_to_the_export_of_what_it_shows(organiser, people):
    page = organiser.get("/people/?region=甲市").text
    assert "/export/?region=%E7%94%B2%E5%B8%82&amp;listed=1" in page
    assert 'href="/import/"' in page
    offer = organiser.get("/export/?region=甲市&listed=1").text
    assert "The list: 1 expert" in offer
    assert "/export/list?region=%E7%94%B2%E5%B8%82" in offer
    assert "The list" not in organiser.get("/export/").text


@pytest.mark.parametrize("role", ["auditor", "administrator", "expert", None])
def test_nobody_else_takes_personal_data_out(as_role, people, database, role):
    client = as_role(role)
    for address in ("/export/experts", "/export/list"):
        answer = client.post(address, data={"format": "csv"})
        assert (answer.status_code, "周岚" in answer.text) == (403, False)
    assert "/export/" not in client.get("/people/").text


def test_a_wrong_kind_or_format_is_not_found_and_not_recorded(organiser, people, database):
    assert organiser.post("/export/nonsense", data={"format": "csv"}).status_code == 404
    assert organiser.post("/export/experts", data={"format": "pdf"}).status_code == 404
    entries = sa.select(sa.func.count()).where(AuditEntry.event == "export.file-exported")
    assert database.scalar(entries) == 0
