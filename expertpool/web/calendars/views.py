"""One's own calendar: the agenda month by month, the private address, and files for who cannot subscribe."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from expertpool import clock
from expertpool.calendars import feeds, queries, words
from expertpool.calendars.models import CalendarEntry
from expertpool.errors import N_, Invalid, NotFound
from expertpool.extensions import db
from expertpool.people import queries as people
from expertpool.people.models import Person
from expertpool.web.calendars import months, public
from expertpool.web.calendars.answers import downloaded
from expertpool.web.calendars.wording import SOURCES, STATES
from expertpool.web.kit import guards
from expertpool.web.kit.locale import language

CALENDAR = "me.calendar"

blueprint = Blueprint("calendars", __name__)
public.add_routes(blueprint)


@blueprint.get("/me/calendar")
@guards.requires(CALENDAR)
def agenda() -> ResponseReturnValue:
    """The month of `?month=2026-12`, else the present one: panels and lessons, day by day."""
    try:
        person = _myself()
    except NotFound:
        return render_template("me/unknown.html")
    month = months.asked(request.args.get("month", ""))
    entries = queries.between(db.session, person.id, month.first, month.last)
    following = queries.next_after(db.session, person.id, month.last)
    return render_template(
        "calendars/agenda.html",
        month=month,
        entries=entries,
        warned=months.warnings_of(db.session, entries, month),
        following=following and following.astimezone(month.zone).date(),
        named=months.named,
        until=months.until,
        states=STATES,
        sources=SOURCES,
        title_of=lambda event: words.plain_title(event, language()),
    )


@blueprint.get("/me/calendar/address")
@guards.requires(CALENDAR)
def address() -> ResponseReturnValue:
    """How to subscribe, and what became of one's address."""
    return _address_page(_myself())


@blueprint.post("/me/calendar/address")
@guards.requires(CALENDAR)
def make_address() -> ResponseReturnValue:
    """Make an address, or replace it; it is shown in this answer alone."""
    person = _myself()
    try:
        token = feeds.make(db.session, person.id, actor=guards.actor(), now=clock.now())
    except Invalid as error:
        db.session.rollback()
        flash(error.sentence.translated(gettext), "danger")
        return redirect(url_for(".address"))
    db.session.commit()
    return _address_page(person, token)


@blueprint.post("/me/calendar/address/revoke")
@guards.requires(CALENDAR)
def revoke_address() -> ResponseReturnValue:
    """Let one's address stop working."""
    feeds.revoke(db.session, _myself().id, actor=guards.actor(), now=clock.now())
    db.session.commit()
    flash(gettext("The address no longer works."), "success")
    return redirect(url_for(".address"))


@blueprint.get("/me/calendar/all.ics")
@guards.requires(CALENDAR)
def everything() -> ResponseReturnValue:
    """All of one's entries as a file."""
    events = queries.of_person(db.session, _myself().id, clock.now())
    return downloaded(events, language(), "calendar")


@blueprint.get("/me/calendar/<int:entry_id>.ics")
@guards.requires(CALENDAR)
def entry(entry_id: int) -> ResponseReturnValue:
    """One of one's own entries as a file; NotFound for anybody else's."""
    mine = CalendarEntry.person_id == _myself().id
    events = queries.events(db.session, mine & (CalendarEntry.id == entry_id))
    if not events:
        raise NotFound(N_("There is no such calendar entry."))
    return downloaded(events, language(), f"entry-{entry_id}")


def _myself() -> Person:
    return people.of_user(db.session, guards.user().id)


def _address_page(person: Person, token: str | None = None) -> Response:
    settings = current_app.config["EXPERTPOOL"]
    private = settings.link(url_for(".private_feed", token=token)) if token else None
    page = render_template(
        "calendars/address.html",
        feed=feeds.live(db.session, person.id),
        address=private,
        webcal=private and "webcal://" + private.partition("://")[2],
        is_reachable=settings.https,
    )
    response = current_app.make_response(page)
    response.headers["Cache-Control"] = "no-store"
    return response
