"""Give a confirmed panel another time, place or room: first what it brings, then the move."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from expertpool import clock
from expertpool.availability.models import Room
from expertpool.errors import N_, Invalid, NotFound
from expertpool.extensions import db
from expertpool.panels import moving
from expertpool.panels.confirmation import room_label
from expertpool.panels.models import Panel, PanelState
from expertpool.people.models import EmailAddress, Person
from expertpool.settings import holidays
from expertpool.web.kit import guards
from expertpool.web.kit.forms import put_error, version_seen
from expertpool.web.panels import shown
from expertpool.web.panels.blueprint import acted_on, blueprint
from expertpool.web.panels.meeting_forms import MoveForm
from expertpool.web.panels.wording import say


@blueprint.route("/<int:panel_id>/move", methods=["GET", "POST"])
@guards.requires("panels.confirm")
def move(panel_id: int) -> ResponseReturnValue:
    """Choose another time, place or room, see what that brings, and move the panel."""
    panel = acted_on(panel_id, "panels.confirm")
    if panel.state is not PanelState.CONFIRMED:
        raise NotFound(N_("Only a confirmed panel can be moved."))
    form, rooms = MoveForm(), offered_rooms(panel.room_id)
    form.room.choices = room_choices(rooms)
    if not form.is_submitted():
        form.fill(panel, _own_place(panel))
        return render_template("panels/move.html", panel=panel, form=form, brings=None)
    if not form.validate():
        return render_template("panels/move.html", panel=panel, form=form, brings=None), 400
    starts, ends = form.span
    if "move" in request.form and form.looked.data == _seen(starts, ends) and _moved(panel, form, rooms):
        flash(gettext("The panel is moved. Everybody who was invited is told by mail."), "success")
        return redirect(url_for("panels.show", panel_id=panel_id))
    brings = None
    if not form.faults:
        try:
            room = rooms.get(form.room.data)
            moving.check(panel, starts, ends, place=form.place.data, room=room, now=clock.now())
            brings = _brings(panel, starts, ends)
            form.looked.data = _seen(starts, ends)
        except Invalid as error:
            put_error(form, error)
    page = render_template("panels/move.html", panel=panel, form=form, brings=brings)
    return page, 400 if form.faults else 200


def offered_rooms(chosen: int | None = None) -> dict[int, Room]:
    """Return the rooms that the reader may book, by name; among them the one that is chosen."""
    scope = guards.grants().scope("rooms.view")
    query = sa.select(Room).where(Room.retired_at.is_(None)).order_by(Room.name, Room.id)
    if scope is not None:
        query = query.where(Room.owner_id.in_(scope))
    found = {room.id: room for room in db.session.scalars(query)}
    known = db.session.get(Room, chosen) if chosen else None
    return {known.id: known, **found} if known else found


def room_choices(rooms: dict[int, Room]) -> list[tuple[int, str]]:
    """Return rooms for a form, none first."""
    return [(0, gettext("no room of the office")), *((id_, room_label(room)) for id_, room in rooms.items())]


def _moved(panel: Panel, form: MoveForm, rooms: dict[int, Room]) -> bool:
    """Move the panel; False when it can't be, with the clash at its field."""
    starts, ends = form.span
    try:
        moving.move(
            db.session,
            panel,
            starts,
            ends,
            place=form.place.data,
            room=rooms.get(form.room.data),
            version=version_seen(form),
            actor=guards.actor(),
            now=clock.now(),
        )
        db.session.commit()
    except Invalid as error:
        db.session.rollback()
        error.field = "starts" if error.field == "slot" else error.field
        put_error(form, error)
        return False
    return True


def _brings(panel: Panel, starts: datetime, ends: datetime) -> dict[str, Any]:
    """Return in words what another time brings."""
    found = moving.consequences(db.session, panel, starts, ends, now=clock.now())
    names = _names([seat.person_id for seat in panel.seats])
    told = [seat.person_id for seat in found.told]
    reached = _with_address(told)
    day = holidays.warning(db.session, starts.date())
    return {
        "day": say(day) if day else "",
        "busy": [names[id_] for id_ in sorted(found.busy)],
        "appeared": [(names[int(each.person)], told_) for each, told_ in _worded(found.appeared)],
        "gone": [(names[int(each.person)], told_) for each, told_ in _worded(found.gone)],
        "told": [names[id_] for id_ in told if id_ in reached],
        "by_phone": [names[id_] for id_ in told if id_ not in reached],
    }


def _worded(found: Any) -> list[tuple[Any, shown.Told]]:
    return list(zip(found, shown.findings(found), strict=True))


def _names(person_ids: list[int]) -> dict[int, str]:
    query = sa.select(Person.id, Person.name).where(Person.id.in_(person_ids))
    return dict(db.session.execute(query).all())


def _with_address(person_ids: list[int]) -> set[int]:
    query = sa.select(EmailAddress.person_id).where(EmailAddress.person_id.in_(person_ids))
    return set(db.session.scalars(query))


def _own_place(panel: Panel) -> str:
    """Return the place as it was typed; nothing when it is only the room's."""
    is_room = panel.room is not None and panel.place == room_label(panel.room)
    return "" if is_room else panel.place or ""


def _seen(starts: datetime, ends: datetime) -> str:
    return f"{starts.isoformat()}/{ends.isoformat()}"
