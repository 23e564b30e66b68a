"""A confirmed panel moves: everybody and the room are booked anew, or nothing changes."""

import threading
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.audit.models import AuditEntry
from expertpool.availability import rooms
from expertpool.availability import service as availability
from expertpool.availability.models import Commitment, RoomCommitment
from expertpool.availability.rooms import RoomFacts
from expertpool.errors import Invalid, Stale
from expertpool.panels import confirmation, moving, request
from expertpool.panels.models import Panel, PanelState, SeatRole, SeatState
from expertpool.people.models import Employment
from tests.builders.panels import ACTOR, Scene, days, make_actor, propose
from tests.conftest import NOW

DAY = timedelta(days=1)
LATER = NOW + timedelta(minutes=1)


@pytest.fixture
def scene(session):
    return Scene(session)


def confirmed(session, scene, *, slots=1, room=None, **options):
    panel = scene.panel(slots=slots, **options)
    run = propose(session, panel)
    return confirmation.confirm(session, panel, run, room=room, actor=make_actor(session), now=LATER)


def make_room(session, scene, name="三楼会议室"):
    facts = RoomFacts(name, 20, "文化路 3 号")
    return rooms.create(session, facts, owner=scene.office, actor=ACTOR, now=NOW)


def people_booked(session, panel):
    seats = [seat.id for seat in panel.seats]
    query = sa.select(Commitment.person_id, Commitment.starts, Commitment.ends).where(
        Commitment.source_kind == "seat", Commitment.source_id.in_(seats)
    )
    return sorted(map(tuple, session.execute(query)))


def room_booked(session, panel):
    query = sa.select(RoomCommitment.room_id, RoomCommitment.starts).where(
        RoomCommitment.source_kind == "panel", RoomCommitment.source_id == panel.id
    )
    return list(map(tuple, session.execute(query)))


def members(panel):
    return sorted(seat.person_id for seat in panel.seats if seat.role is not SeatRole.ALTERNATE)


def move(session, panel, days_later=1, **options):
    values = {"place": panel.place, "room": None, "actor": ACTOR, "now": LATER}
    starts, ends = panel.starts + days_later * DAY, panel.ends + days_later * DAY
    return moving.move(session, panel, starts, ends, **values | options)


def test_people_and_room_are_booked_at_the_new_time_only(session, scene):
    room, other = make_room(session, scene), make_room(session, scene, "四楼会议室")
    panel = confirmed(session, scene, room=room)
    before = panel.starts, panel.ends
    assert people_booked(session, panel) == [(each, *before) for each in members(panel)]
    assert room_booked(session, panel) == [(room.id, before[0])]

    move(session, panel, room=other, place="")

    assert (panel.starts, panel.ends) == (before[0] + DAY, before[1] + DAY)
    assert people_booked(session, panel) == [(each, panel.starts, panel.ends) for each in members(panel)]
    assert room_booked(session, panel) == [(other.id, panel.starts)]
    assert panel.place == "四楼会议室，文化路 3 号"
    entry = session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).one()
    assert entry.event == "panel.panel-moved"
    assert entry.facts == {
        "starts": panel.starts.isoformat(),
        "ends": panel.ends.isoformat(),
        "starts_before": before[0].isoformat(),
        "ends_before": before[1].isoformat(),
        "place": "四楼会议室，文化路 3 号",
        "place_before": "三楼会议室，文化路 3 号",
        "room_id": other.id,
        "room_id_before": room.id,
    }


def test_a_move_by_an_hour_does_not_clash_with_itself(session, scene):
    room = make_room(session, scene)
    panel = confirmed(session, scene, room=room)
    hour = timedelta(hours=1)
    moving.move(
        session,
        panel,
        panel.starts + hour,
        panel.ends + hour,
        place=panel.place,
        room=room,
        actor=ACTOR,
        now=LATER,
    )
    assert room_booked(session, panel) == [(room.id, panel.starts)]
    assert {starts for _person, starts, _ends in people_booked(session, panel)} == {panel.starts}


def test_who_left_and_who_stands_by_is_not_booked(session, scene):
    panel = confirmed(session, scene)
    left = next(seat for seat in panel.seats if seat.role is SeatRole.MEMBER)
    left.state = SeatState.DECLINED
    session.flush()
    move(session, panel)
    stay = sorted(set(members(panel)) - {left.person_id})
    assert [person for person, *_ in people_booked(session, panel)] == stay


def test_a_member_who_is_booked_elsewhere_is_named(session, scene):
    panel = confirmed(session, scene)
    seat = panel.seats[0]
    availability.book(
        session, {seat.person_id: 1}, panel.starts + DAY, panel.ends + DAY, source_kind="lesson"
    )
    with pytest.raises(availability.DoubleBooked) as error, session.begin_nested():
        move(session, panel)
    assert error.value.person_ids == {seat.person_id}
    assert seat.person.name in str(error.value)
    session.refresh(panel)
    assert {starts for _person, starts, _ends in people_booked(session, panel)} == {panel.starts}


def test_a_room_that_is_taken_is_named_with_what_takes_it(session, scene):
    room = make_room(session, scene)
    panel = confirmed(session, scene)
    availability.book_room(session, room, 7, panel.starts + DAY, panel.ends + DAY, source_kind="lesson")
    with pytest.raises(availability.RoomTaken) as error, session.begin_nested():
        move(session, panel, room=room)
    assert error.value.field == "room"
    assert str(error.value) == "三楼会议室 is booked at this time for a lesson."


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"days_later": -30}, "starts"),
        ({"place": "x" * 201}, "place"),
        ({"days_later": 0}, None),
    ],
)
def test_what_cannot_be_is_refused_at_the_field(session, scene, change, field):
    panel = confirmed(session, scene)
    with pytest.raises(Invalid) as error:
        move(session, panel, **change)
    assert error.value.field == field


def test_times_out_of_order_and_too_long_are_refused(session, scene):
    panel = confirmed(session, scene)
    for ends in (panel.starts, panel.starts + timedelta(days=32)):
        with pytest.raises(Invalid) as error:
            moving.move(session, panel, panel.starts, ends, place=None, room=None, actor=ACTOR, now=LATER)
        assert error.value.field == "ends"


def test_drafts_are_not_moved(session, scene):
    panel = scene.panel()
    starts = NOW + DAY
    with pytest.raises(Invalid, match="Only a confirmed panel"):
        moving.move(session, panel, starts, starts + DAY, place=None, room=None, actor=ACTOR, now=NOW)


def test_a_panel_without_a_date_gets_one(session, scene):
    panel = confirmed(session, scene, slots=0)
    assert people_booked(session, panel) == []
    moving.move(session, panel, NOW + DAY, NOW + 2 * DAY, place="线上", room=None, actor=ACTOR, now=LATER)
    assert [person for person, *_ in people_booked(session, panel)] == members(panel)


def test_a_stale_form_is_refused(session, scene):
    panel = confirmed(session, scene)
    seen = panel.version
    move(session, panel)
    with pytest.raises(Stale):
        move(session, panel, version=seen)


@pytest.mark.parametrize("end", [confirmation.cancel, confirmation.reopen])
def test_cancelling_and_reopening_free_the_room(session, scene, end):
    panel = confirmed(session, scene, room=make_room(session, scene))
    assert room_booked(session, panel) != []
    end(session, panel, "改期另行通知", actor=ACTOR, now=LATER)
    assert room_booked(session, panel) == []
    assert people_booked(session, panel) == []


def test_consequences_name_the_busy_and_findings_that_the_new_day_changes(session, scene):
    panel = confirmed(session, scene)
    busy, former = panel.seats[0], panel.seats[1]
    new = panel.starts + 400 * DAY
    former.state = SeatState.INVITED
    availability.add_busy_time(session, busy.person, new, new + DAY, reason=None, actor=ACTOR, now=NOW)
    session.add(
        Employment(
            person_id=former.person_id,
            organisation_id=scene.applicant.id,
            organisation_text=scene.applicant.name,
            organisation_key=scene.applicant.name,
            since=new.date() - 10 * DAY,
            until=new.date() - 2 * DAY,
            source="测试",
            is_current=False,
        )
    )
    session.flush()

    found = moving.consequences(session, panel, new, new + timedelta(hours=3), now=LATER)

    assert found.busy == {busy.person_id}
    assert [seat.id for seat in found.told] == [former.id]
    assert {(each.person, each.rule.value) for each in found.appeared} == {
        (former.person_id, "former-organisation")
    }
    assert found.gone == ()


def test_two_panels_race_for_the_same_people_and_room(empty_engine):
    """Both move to one time at once: one of them gets it whole, the other keeps what it had."""
    with Session(empty_engine) as session:
        scene = Scene(session, people=7)
        room = make_room(session, scene)
        panels = []
        for slot in days(2):
            panel = scene.panel(seats=5)
            request.set_terms(
                session, panel, preset=panel.preset, rules={}, slots=[slot], actor=ACTOR, now=NOW
            )
            run = propose(session, panel)
            confirmation.confirm(session, panel, run, actor=make_actor(session), now=LATER)
            panels.append(panel.id)
        before = {panel: session.get_one(Panel, panel).starts for panel in panels}
        session.commit()
        room_id, target = room.id, max(before.values()) + 5 * DAY
    outcomes = {}
    barrier = threading.Barrier(2)

    def walk(panel_id):
        with Session(empty_engine) as session:
            panel, room = session.get_one(Panel, panel_id), session.get_one(rooms.Room, room_id)
            session.rollback()
            barrier.wait()
            try:
                moving.move(
                    session,
                    panel,
                    target,
                    target + timedelta(hours=3),
                    place=None,
                    room=room,
                    actor=ACTOR,
                    now=LATER,
                )
                session.commit()
                outcomes[panel_id] = "moved"
            except Invalid as error:
                session.rollback()
                outcomes[panel_id] = type(error).__name__

    threads = [threading.Thread(target=walk, args=(panel,)) for panel in panels]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes.values()) == ["DoubleBooked", "moved"]
    with Session(empty_engine) as session:
        for panel_id, outcome in outcomes.items():
            panel = session.get_one(Panel, panel_id)
            at = target if outcome == "moved" else before[panel_id]
            assert panel.starts == at
            assert [(p, s) for p, s, _ in people_booked(session, panel)] == [
                (each, at) for each in members(panel)
            ]
            assert room_booked(session, panel) == ([(room_id, at)] if outcome == "moved" else [])
            assert panel.state is PanelState.CONFIRMED
