"""The list of rooms, what is booked in one of them week by week, and the verbs on rooms."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import joinedload

from expertpool import clock
from expertpool.availability import naming, queries, rooms
from expertpool.availability.models import Room, RoomCommitment
from expertpool.errors import N_, Forbidden, Invalid, NotFound, Stale
from expertpool.extensions import db
from expertpool.organisations import queries as organisations
from expertpool.web.kit import guards
from expertpool.web.kit.dates import zone_name
from expertpool.web.kit.errors import stale_page
from expertpool.web.kit.forms import put_error, version_seen
from expertpool.web.kit.pagination import paginate
from expertpool.web.panels import offices
from expertpool.web.rooms.forms import NewRoomForm, RoomForm
from expertpool.web.rooms.wording import FIELDS

VIEW, EDIT = "rooms.view", "rooms.edit"
BOTH = ["GET", "POST"]
WEEK = timedelta(days=7)

blueprint = Blueprint("rooms", __name__, url_prefix="/rooms")


@blueprint.get("/")
@guards.requires(VIEW)
def index() -> ResponseReturnValue:
    """The rooms of the reader's offices, `?retired=1` those out of use too."""
    scope = guards.grants().scope(VIEW)
    with_retired = "retired" in request.args
    query = (
        sa.select(Room)
        .options(joinedload(Room.owner))
        .order_by(Room.retired_at.is_not(None), Room.name, Room.id)
    )
    if scope is not None:
        query = query.where(Room.owner_id.in_(scope))
    if not with_retired:
        query = query.where(Room.retired_at.is_(None))
    page = paginate(db.session, query)
    return render_template("rooms/index.html", page=page, ahead=_ahead(page.rows), with_retired=with_retired)


@blueprint.route("/new", methods=BOTH)
@guards.requires(EDIT)
def create() -> ResponseReturnValue:
    """Enter a room."""
    form = NewRoomForm()
    form.owner.choices = offices.choices(EDIT)
    if form.validate_on_submit():
        try:
            owner = organisations.get(db.session, form.owner.data)
            room = rooms.create(db.session, form.facts, owner=owner, **_acting())
            return _done(room, gettext("“%(room)s” can be booked now.", room=room.name))
        except Invalid as error:
            db.session.rollback()
            put_error(form, error)
    return render_template("rooms/new.html", form=form), 400 if form.faults else 200


@blueprint.get("/<int:room_id>")
@guards.requires(VIEW)
def show(room_id: int) -> ResponseReturnValue:
    """One room and what is booked in the week of `?day=`."""
    room = found(room_id)
    first = _monday()
    here = ZoneInfo(zone_name())
    starts = datetime.combine(first, time(), here)
    bookings = queries.bookings_of_room(db.session, room.id, starts, starts + WEEK)
    names = naming.names_of(db.session, bookings)
    return render_template(
        "rooms/show.html",
        room=room,
        days=_days(first, list(zip(bookings, map(_worded, names), strict=True)), here),
        first=first,
        last=first + timedelta(days=6),
        before=first - WEEK,
        after=first + WEEK,
        may_edit=guards.grants().covers(EDIT, room.owner_id),
    )


@blueprint.route("/<int:room_id>/edit", methods=BOTH)
@guards.requires(EDIT)
def edit(room_id: int) -> ResponseReturnValue:
    """Change the facts of a room."""
    room, form = editable(room_id), RoomForm()
    if not form.is_submitted():
        form.fill(room)
    elif form.validate():
        try:
            rooms.change(db.session, room, form.facts, version=version_seen(form), **_acting())
            return _done(room, gettext("“%(room)s” is saved.", room=room.name))
        except Stale:
            db.session.rollback()
            saved = RoomForm(formdata=None)
            saved.fill(room)
            return stale_page(_values(saved), _values(form), back=url_for(".edit", room_id=room.id))
        except Invalid as error:
            db.session.rollback()
            put_error(form, error)
    return render_template("rooms/edit.html", form=form, room=room), 400 if form.faults else 200


@blueprint.post("/<int:room_id>/retire")
@guards.requires(EDIT)
def retire(room_id: int) -> ResponseReturnValue:
    """Book a room no more."""
    room = editable(room_id)
    try:
        rooms.retire(db.session, room, **_acting())
    except Invalid as error:
        db.session.rollback()
        flash(error.sentence.translated(gettext), "error")
        return redirect(url_for(".show", room_id=room_id))
    return _done(room, gettext("“%(room)s” is out of use.", room=room.name))


def found(room_id: int) -> Room:
    """Return a room of the reader's offices, or raise `NotFound`."""
    room = rooms.get(db.session, room_id)
    if not guards.grants().covers(VIEW, room.owner_id):
        raise NotFound(N_("There is no such room."))
    return room


def editable(room_id: int) -> Room:
    """Return a room that the reader may change."""
    room = found(room_id)
    if not guards.grants().covers(EDIT, room.owner_id):
        raise Forbidden(N_("This belongs to an organisation outside of your role."))
    return room


def _ahead(shown: Any) -> dict[int, int]:
    """Return how often each room is booked from now on, in one read."""
    query = (
        sa.select(RoomCommitment.room_id, sa.func.count())
        .where(RoomCommitment.room_id.in_([room.id for room in shown]), RoomCommitment.ends > clock.now())
        .group_by(RoomCommitment.room_id)
    )
    return dict(db.session.execute(query).all())


def _monday() -> date:
    """Return the Monday of the week that the address names, else of this one."""
    today = clock.now().astimezone(ZoneInfo(zone_name())).date()
    try:
        asked = date.fromisoformat(request.args.get("day", ""))
    except ValueError:
        asked = today
    day = asked if abs((asked - today).days) < 36_500 else today
    return day - timedelta(days=day.weekday())


def _days(
    first: date, booked: list[tuple[RoomCommitment, str]], here: ZoneInfo
) -> list[tuple[date, list[tuple[RoomCommitment, str]]]]:
    """Return the seven days with what begins on each; what began before stands on the first."""
    found: dict[date, list[tuple[RoomCommitment, str]]] = {first + timedelta(days=at): [] for at in range(7)}
    for booking, name in booked:
        found[max(first, booking.starts.astimezone(here).date())].append((booking, name))
    return list(found.items())


def _worded(name: Any) -> str:
    return name if isinstance(name, str) else str(name.translated(gettext))


def _values(form: RoomForm) -> dict[str, str]:
    return {
        str(FIELDS[name]): str(form[name].data or "") for name in ("name", "capacity", "address", "equipment")
    }


def _acting() -> dict[str, Any]:
    return {"actor": guards.actor(), "now": clock.now()}


def _done(room: Room, text: str) -> ResponseReturnValue:
    room_id = room.id
    db.session.commit()
    flash(text, "success")
    return redirect(url_for(".show", room_id=room_id))
