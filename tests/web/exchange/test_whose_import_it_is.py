from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from expertpool.audit.models import AuditEntry
from expertpool.exchange.models import BatchState, ImportBatch
from expertpool.people.models import Person
from tests.builders.organisations import make_organisation
from tests.web.foreign import assert_closed

ROWS = [["姓名", "邮箱"], ["周岚", "zhou@mail.example"], ["吴越", "wu@mail.example"]]
PAGES = [("GET", ""), ("GET", "decide"), ("GET", "report.csv")]
VERBS = [("POST", "people"), ("POST", "columns"), ("POST", "apply"), ("POST", "discard")]


@pytest.fixture
def narrow(as_role, database):
    """Sign in an organiser of one organisation."""
    office = make_organisation(database, "甲处")
    return as_role("organiser", organisation_id=office.id)


@pytest.mark.parametrize(("method", "part"), PAGES + VERBS)
def test_a_narrower_role_does_not_open_the_imports_of_others(
    organiser, narrow, staged, database, method, part
):
    address = staged(organiser, ROWS, name="密.csv")
    assert_closed(narrow, method, f"{address}{part}", "周岚", "zhou@mail.example", "密.csv")
    assert "密.csv" not in narrow.get("/import/").text
    assert database.scalar(sa.select(ImportBatch.state)) is BatchState.STAGED
    assert database.scalar(sa.select(sa.func.count(Person.id))) == 0


def test_one_opens_ones_own_and_the_whole_office_opens_all(as_role, organiser, narrow, staged):
    address = staged(narrow, ROWS)
    assert narrow.get(address).status_code == 200
    assert organiser.get(address).status_code == 200
    assert_closed(as_role("auditor"), "GET", address, "周岚")


def test_a_narrower_role_does_not_rewrite_all_organisations(narrow, upload, organiser, staged, database):
    rows = [["单位代码", "名称"], ["D1", "乙厂"]]
    assert upload(narrow, rows, kind="organisations").status_code == 403
    assert database.scalar(sa.select(sa.func.count(ImportBatch.id))) == 0
    assert organiser.get(staged(organiser, rows, kind="organisations")).status_code == 200


def test_imports_that_do_not_exist_are_not_found(organiser):
    for method, part in PAGES + VERBS:
        assert organiser.open(f"/import/999/{part}", method=method).status_code == 404
    assert organiser.get("/import/?kind=nonsense").status_code == 404
    assert organiser.get("/import/examples/nonsense.csv").status_code == 404


@pytest.mark.parametrize("part", [part for _, part in VERBS])
def test_a_verb_without_its_token_changes_nothing(app, organiser, staged, database, monkeypatch, part):
    address = staged(organiser, ROWS)
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    assert organiser.post(f"{address}{part}").status_code == 400
    assert organiser.post("/export/experts", data={"format": "csv"}).status_code == 400
    assert organiser.post("/import/?kind=experts").status_code == 400
    assert database.scalar(sa.select(ImportBatch.state)) is BatchState.STAGED
    events = database.scalars(sa.select(AuditEntry.event).where(AuditEntry.event.startswith("export"))).all()
    assert events == []


def test_of_two_who_bring_one_file_in_at_once_one_wins(as_role, staged, database):
    first, second = as_role("organiser"), as_role("organiser")
    address = staged(first, ROWS)
    database.commit()
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda client: client.post(f"{address}apply"), [first, second]))
    assert [answer.status_code for answer in answers] == [302, 302]
    assert database.scalars(sa.select(Person.name).order_by(Person.id)).all() == ["周岚", "吴越"]
    done = sa.select(sa.func.count()).where(AuditEntry.event == "import.file-imported")
    assert database.scalar(done) == 1
    pages = [first.get(address).text, second.get(address).text]
    assert sum("already" in page for page in pages) == 1
