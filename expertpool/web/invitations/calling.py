"""Phone people one at a time, alternates in their order; each call leaves a record."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from flask import current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import joinedload

from expertpool import clock
from expertpool.errors import N_, Invalid, NotFound
from expertpool.extensions import db
from expertpool.invitations import calls, links
from expertpool.invitations.answering import REFUSALS, Accepted
from expertpool.invitations.models import Call
from expertpool.invitations.purposes import NotPossible
from expertpool.panels import seating
from expertpool.panels.models import Panel, Seat, SeatRole, SeatState
from expertpool.people import contacts, employments
from expertpool.people import queries as people
from expertpool.web.invitations import telling
from expertpool.web.invitations.blueprint import PAIR, blueprint
from expertpool.web.invitations.forms import CallForm
from expertpool.web.invitations.purposes import PANELS, SEND, Purpose, acted_on
from expertpool.web.invitations.wording import OUTCOME_FACES, OUTCOMES, REFUSED, WHY
from expertpool.web.kit import guards
from expertpool.web.kit.forms import put_error


@blueprint.get("/panels/<int:panel_id>/vacancies/<int:seat_id>/call")
@guards.requires(SEND)
def call_next(panel_id: int, seat_id: int) -> ResponseReturnValue:
    """Go on to the person whose turn it is to be phoned for a vacant seat."""
    purpose = acted_on(PANELS, panel_id)
    panel, vacant = seat_of(purpose, seat_id)
    if vacant not in seating.vacancies(panel):
        return redirect(purpose.url)
    seat = calls.next_to_call(db.session, panel, vacant, now=clock.now())
    if seat is None:
        return render_template("invitations/nobody_to_call.html", purpose=purpose, vacant=vacant)
    return redirect(url_for(".call", panel_id=panel.id, seat_id=seat.id))


@blueprint.route("/panels/<int:panel_id>/seats/<int:seat_id>/call", methods=PAIR)
@guards.requires(SEND)
def call(panel_id: int, seat_id: int) -> ResponseReturnValue:
    """Whom to phone, what to say, and how the call ended."""
    purpose = acted_on(PANELS, panel_id)
    panel, seat = seat_of(purpose, seat_id)
    form = CallForm()
    if form.validate_on_submit():
        try:
            result = calls.record(
                db.session,
                seat,
                form.ended,
                reason=form.why,
                rest_until=form.rest_until.data,
                note=form.text.data,
                declaration=form.declaration,
                actor=guards.actor(),
                now=clock.now(),
            )
            db.session.commit()
            return redirect(_after(purpose, panel, seat, result))
        except Invalid as error:
            db.session.rollback()
            put_error(form, error)
    return _page(purpose, seat, form)


@blueprint.post("/panels/<int:panel_id>/seats/<int:seat_id>/call/phone")
@guards.requires(SEND)
def reveal_phone(panel_id: int, seat_id: int) -> ResponseReturnValue:
    """The same page with the whole phone number; the look is recorded."""
    purpose = acted_on(PANELS, panel_id)
    _panel, seat = seat_of(purpose, seat_id)
    phone = contacts.reveal_phone(db.session, seat.person, actor=guards.actor(), now=clock.now())
    db.session.commit()
    return _page(purpose, seat, CallForm(formdata=None), phone=phone)


@blueprint.post("/panels/<int:panel_id>/seats/<int:seat_id>/call/link")
@guards.requires(SEND)
def add_link(panel_id: int, seat_id: int) -> ResponseReturnValue:
    """The same page, whose text to paste ends with a link of the person's own; it is shown this once."""
    purpose = acted_on(PANELS, panel_id)
    _panel, seat = seat_of(purpose, seat_id)
    form = CallForm(formdata=None)
    try:
        token = calls.send_link(db.session, seat, actor=guards.actor(), now=clock.now())
        db.session.commit()
    except Invalid as error:
        db.session.rollback()
        put_error(form, error)
        return _page(purpose, seat, form)
    settings = current_app.config["EXPERTPOOL"]
    answered = current_app.make_response(_page(purpose, seat, form, link=settings.link(links.PATH + token)))
    answered.headers["Cache-Control"] = "no-store"
    return answered


def seat_of(purpose: Purpose, seat_id: int) -> tuple[Panel, Seat]:
    """Return the panel and one of its seats; NotFound for seats of others."""
    panel = purpose.panel
    assert panel is not None
    seat = next((each for each in panel.seats if each.id == seat_id), None)
    if seat is None:
        raise NotFound(N_("There is no such seat on this panel."))
    return panel, seat


def _after(purpose: Purpose, panel: Panel, seat: Seat, result: Accepted | NotPossible | None) -> str:
    """Return where to go on: to the next in turn while a seat is vacant, else to the panel."""
    if isinstance(result, NotPossible):
        reason = REFUSED[REFUSALS[result.why]]
        flash(
            gettext("%(name)s would come and cannot: %(reason)s", name=seat.person.name, reason=reason),
            "warning",
        )
    else:
        flash(gettext("The call to %(name)s is on record.", name=seat.person.name), "success")
    vacant = next(iter(seating.vacancies(panel)), None)
    if vacant is None or isinstance(result, Accepted):
        return purpose.url
    return url_for(".call_next", panel_id=panel.id, seat_id=vacant.id)


def _page(
    purpose: Purpose, seat: Seat, form: CallForm, *, phone: str | None = None, link: str | None = None
) -> ResponseReturnValue:
    assert purpose.panel is not None
    person = people.get(db.session, seat.person_id)
    campaign = purpose.prepared()
    told = telling.of_campaign(db.session, campaign, seat)
    work = employments.current(person)
    is_alternate = seat.role is SeatRole.ALTERNATE
    page = render_template(
        "invitations/call.html",
        purpose=purpose,
        campaign=campaign,
        told=told,
        message=render_template(
            "invitations/message.txt", told=told, campaign=campaign, name=person.name, link=link
        ),
        link=link,
        may_link=seat.state in (SeatState.PROPOSED, SeatState.INVITED),
        seat=seat,
        vacant=next(iter(seating.vacancies(purpose.panel)), None) if is_alternate else None,
        person=person,
        employer=work.organisation_text if work else "",
        phone=phone or contacts.masked(contacts.phone_of(person)),
        is_revealed=phone is not None,
        calls=_calls(purpose.panel),
        form=form,
        outcomes=OUTCOMES,
        outcome_faces=OUTCOME_FACES,
        why=WHY,
    )
    return page, 400 if form.faults else 200


def _calls(panel: Panel) -> Sequence[Call]:
    """Return all calls of a panel, the newest first."""
    query = (
        sa.select(Call)
        .join(Seat, Seat.id == Call.seat_id)
        .where(Seat.panel_id == panel.id)
        .order_by(Call.called_at.desc(), Call.id.desc())
        .options(joinedload(Call.seat).joinedload(Seat.person))
    )
    return db.session.scalars(query).all()
