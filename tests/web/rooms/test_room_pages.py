"""Rooms: the list, making, changing and retiring them, and what is booked week by week."""

import re

import pytest
import sqlalchemy as sa

from expertpool import clock
from expertpool.availability.models import Room
from tests.builders.organisations import make_organisation
from tests.builders.training import make_cohort, make_course, make_lesson, make_room
from tests.conftest import NOW
from tests.web.counting import statements_of
from tests.web.foreign import assert_closed

ROOM = {"name": "第一教室", "capacity": "40", "address": "三层 301", "equipment": "投影\n白板\n投影"}


@pytest.fixture(autouse=True)
def moment(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def office(database):
    return make_organisation(database, "青原市标准化促进中心")


@pytest.fixture
def organiser(as_role, office):
    return as_role("organiser", office.id)


def text_of(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text.split("<main")[-1]))


def test_a_room_is_entered_changed_and_retired(organiser, database, office):
    organiser.post("/rooms/new", data=ROOM | {"owner": office.id})
    room = database.scalars(sa.select(Room)).one()
    assert (room.name, room.capacity, room.address, room.equipment) == (
        "第一教室",
        40,
        "三层 301",
        ["投影", "白板"],
    )
    form = ROOM | {"capacity": "30", "version": str(room.version)}
    organiser.post(f"/rooms/{room.id}/edit", data=form)
    assert room.capacity == 30
    assert organiser.post(f"/rooms/{room.id}/edit", data=form | {"name": "别名"}).status_code == 409
    organiser.post(f"/rooms/{room.id}/retire", follow_redirects=True)
    assert room.retired_at == NOW
    assert "第一教室" not in organiser.get("/rooms/").text
    assert "第一教室" in organiser.get("/rooms/?retired=1").text


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"name": ""}, "Give the room a name."),
        ({"name": "旧教室"}, "There is a room of this name already."),
        ({"capacity": "0"}, "Number must be between 1 and 10000."),
        ({"capacity": "many"}, "Not a valid integer value."),
        ({"owner": "999999"}, "Not a valid choice."),
    ],
)
def test_wrong_facts_are_named_at_their_fields(organiser, database, office, wrong, told):
    make_room(database, office, "旧教室")
    answer = organiser.post("/rooms/new", data=ROOM | {"owner": office.id} | wrong)
    assert answer.status_code == 400
    assert told in answer.text


def test_the_week_shows_what_is_booked_and_when_it_is_free(organiser, database, office):
    room = make_room(database, office)
    cohort = make_cohort(database, make_course(database, office))
    make_lesson(database, cohort, day=10, title="结构", room_id=room.id)
    assert "结构" not in organiser.get(f"/rooms/{room.id}").text
    page = text_of(organiser.get(f"/rooms/{room.id}?day=2026-12-04"))
    assert "Week from 30 Nov to 6 Dec" in page
    assert "Wed 2 Dec Wed 2 Dec 10:00–13:00 C-2026-0001-1 结构 Thu 3 Dec free" in page
    assert organiser.get(f"/rooms/{room.id}?day=nonsense").status_code == 200
    assert organiser.get(f"/rooms/{room.id}?day=9999-12-31").status_code == 200
    answer = organiser.post(f"/rooms/{room.id}/retire", follow_redirects=True)
    assert "is still booked 1 times. Move those first." in answer.text


def test_rooms_of_another_office_are_closed(as_role, database, office):
    room = make_room(database, office, "密室")
    other = as_role("organiser", make_organisation(database, "别的单位").id)
    assert "密室" not in other.get("/rooms/").text
    for method, address in (("GET", ""), ("GET", "/edit"), ("POST", "/edit"), ("POST", "/retire")):
        assert_closed(other, method, f"/rooms/{room.id}{address}", "密室")
    assert "密室" in as_role("administrator").get("/rooms/").text


def test_the_list_takes_the_same_statements_for_many_rooms(app, organiser, database, office):
    make_room(database, office)
    few = statements_of(app, lambda: organiser.get("/rooms/"))
    for _ in range(8):
        make_room(database, office)
    assert statements_of(app, lambda: organiser.get("/rooms/")) == few


def test_a_week_takes_the_same_statements_for_many_bookings(app, organiser, database, office):
    room = make_room(database, office)
    cohort = make_cohort(database, make_course(database, office))
    make_lesson(database, cohort, day=9, room_id=room.id)
    few = statements_of(app, lambda: organiser.get(f"/rooms/{room.id}?day=2026-12-04"))
    for day in (10, 11, 12):
        make_lesson(database, cohort, day=day, room_id=room.id)
    assert statements_of(app, lambda: organiser.get(f"/rooms/{room.id}?day=2026-12-04")) == few
