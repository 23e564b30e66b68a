"""A large file comes in by a job; its page says so and goes on by itself."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from expertpool.exchange import orders
from expertpool.exchange.models import ImportOrder
from expertpool.jobs import scheduler
from expertpool.people.models import Person
from tests.builders.people import make_person

GOOD = [["姓名", "邮箱"], ["周岚", "zhou@mail.example"], ["吴越", "wu@mail.example"]]
MIXED = [*GOOD, ["郑一", "无"]]


@pytest.fixture(autouse=True)
def every_file_is_large(monkeypatch):
    monkeypatch.setattr(orders, "AT_ONCE", 1)


@pytest.fixture
def job(app):
    """Let the job tick once."""
    found = next(each for each in scheduler.discover() if each.name == "bring-in-files")
    return lambda: scheduler.run(app, found)


def names(database):
    """Return the names in the pool, and let go of the database."""
    found = database.scalars(sa.select(Person.name).order_by(Person.id)).all()
    database.rollback()
    return found


def test_the_page_waits_for_the_job_and_then_tells_how_it_ended(organiser, staged, database, job):
    address = staged(organiser, GOOD)
    waits = organiser.post(f"{address}apply", follow_redirects=True)
    assert "2 rows wait to be brought in" in waits.text
    assert '<noscript><meta http-equiv="refresh" content="3"></noscript>' in waits.text
    assert f'data-progress="{address}state"' in waits.text
    assert organiser.get(f"{address}state").json == {"waiting": True}
    assert "on its way" in organiser.get("/import/").text
    assert names(database) == []
    job()
    assert organiser.get(f"{address}state").json == {"waiting": False}
    assert "2 came in, 0 changed, 0 left out." in organiser.get(address).text
    assert "on its way" not in organiser.get("/import/").text
    assert names(database) == ["周岚", "吴越"]


def test_while_a_job_holds_it_the_page_says_so_and_nothing_else_is_done_with_it(
    organiser, staged, database, now
):
    address = staged(organiser, GOOD)
    organiser.post(f"{address}apply")
    orders.claim(database, now=now)
    database.commit()
    assert "2 rows are being brought in" in organiser.get(address).text
    for verb in ("apply", "discard", "people"):
        answer = organiser.post(f"{address}{verb}", follow_redirects=True)
        assert "This file is being brought in." in answer.text
    assert organiser.post(f"{address}columns").status_code == 404
    assert organiser.get(f"{address}decide").status_code == 404
    assert database.scalar(sa.select(sa.func.count(ImportOrder.id))) == 1


def test_bad_rows_are_asked_about_before_a_job_is_ordered(organiser, staged, database, job):
    address = staged(organiser, MIXED)
    assert organiser.post(f"{address}apply").status_code == 400
    organiser.post(f"{address}apply", data={"bad": "stop"})
    job()
    held = organiser.get(address).text
    assert "The file did not come in" in held
    assert "in the next step to leave them out." in held
    assert names(database) == []
    organiser.post(f"{address}apply", data={"bad": "skip"})
    job()
    assert names(database) == ["周岚", "吴越"]


def test_when_the_pool_has_changed_the_file_is_shown_anew(organiser, staged, database, job):
    address = staged(organiser, GOOD)
    organiser.post(f"{address}apply")
    make_person(database, "周岚", addresses=("zhou@mail.example",))
    database.commit()
    job()
    page = organiser.get(address).text
    assert "The pool has changed since this file was compared with it." in page
    assert "2 rows, 1 come in, 1 known already" in page
    organiser.post(f"{address}apply")
    job()
    assert names(database) == ["周岚", "吴越"]
