"""While somebody else holds the only lock of SQLite, pages are read, and who saves is told what to do."""

import html
import re
from io import BytesIO

import pytest
import sqlalchemy as sa

from expertpool import database as ground
from expertpool.accounts.models import User
from expertpool.extensions import db
from expertpool.organisations.models import Organisation


@pytest.fixture
def locked(app, monkeypatch):
    """Returns a context in which another connection writes, and nobody waits long for it."""
    monkeypatch.setattr(ground, "PATIENCE", 20)

    def lock():
        with app.app_context():
            db.engine.dispose()
            return db.engine.begin()

    return lock


def fields_of(page: str) -> dict[str, str]:
    form = page.partition("<main")[2].partition("</main>")[0]
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form)
    return {name: html.unescape(value) for name, value in found if name != "csrf_token"}


def test_a_form_is_kept_and_can_be_sent_again(as_role, database, locked):
    client = as_role("organiser")
    wanted = {"name": "河港 “轴承” <研究院>", "kind": "institute", "aliases": "河轴院\n河轴"}
    with locked():
        page = client.post("/organisations/new", data=wanted)
    assert (page.status_code, page.headers["Retry-After"]) == (503, "10")
    assert "<h1>The system is busy</h1>" in page.text
    kept = fields_of(page.text)
    assert kept == wanted
    assert database.scalars(sa.select(Organisation)).all() == []
    assert client.post("/organisations/new", data=kept).status_code == 302
    assert database.scalars(sa.select(Organisation.name)).all() == [wanted["name"]]


def test_the_page_is_in_the_readers_language_and_others_read_on(as_role, locked):
    client = as_role("organiser")
    with locked():
        page = client.post("/organisations/new", headers={"Accept-Language": "zh-CN"})
        assert client.get("/organisations/").status_code == 200
    assert "<h1>系统正忙</h1>" in page.text
    assert "再提交一次" in page.text


def test_passwords_and_files_are_not_repeated_in_a_page(as_role, client, locked):
    organiser = as_role("organiser")
    with locked():
        signing_in = client.post("/sign-in", data={"email": "a@b.example", "password": "very secret words"})
        file = {"file": (BytesIO("姓名\n何霁".encode()), "pool.csv"), "kind": "experts"}
        importing = organiser.post("/import/experts", data=file)
    for page in (signing_in, importing):
        assert page.status_code == 503
        assert "send the form again in a minute" in page.text
        assert fields_of(page.text) == {}


def test_other_faults_of_the_database_stay_faults(app, as_role, monkeypatch):
    client = as_role("organiser")

    def lost(*_args, **_more):
        raise sa.exc.OperationalError("SELECT", {}, Exception("the disk is gone"))

    monkeypatch.setattr(User, "get_id", lost)
    monkeypatch.setitem(app.view_functions, "organisations.index", lost)
    app.view_functions["organisations.index"].guard = "signed-in"
    with pytest.raises(sa.exc.OperationalError, match="the disk is gone"):
        client.get("/organisations/")
