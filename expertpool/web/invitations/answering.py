"""The invited person's page: what is asked, three questions, and the answer."""

from __future__ import annotations

from collections.abc import Callable

from flask import Response, current_app, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from expertpool import clock
from expertpool.errors import Invalid, NotFound
from expertpool.extensions import db, limiter
from expertpool.invitations import answering, queries, suggestions
from expertpool.invitations.declaring import NOTHING
from expertpool.people import queries as people
from expertpool.web.invitations import telling
from expertpool.web.invitations.blueprint import PAIR, blueprint
from expertpool.web.invitations.doors import Door, by_link, quiet, signed_in, unknown
from expertpool.web.invitations.forms import (
    AcceptForm,
    DeclineForm,
    ReadyForm,
    SuggestForm,
)
from expertpool.web.invitations.telling import Told
from expertpool.web.invitations.wording import FACES, STATES, WHY, why_withdrawn
from expertpool.web.kit import guards
from expertpool.web.kit.forms import Form, put_error


@blueprint.route("/invitation", methods=PAIR)
@guards.public
@limiter.limit("30 per minute; 300 per hour", methods=["POST"])
def answer() -> ResponseReturnValue:
    """The invitation whose mailed link was followed, and its answer."""
    door = by_link()
    return quiet(_page(door)) if door else unknown()


@blueprint.route("/me/invitations/<int:invitation_id>", methods=PAIR)
@guards.requires("invitations.answer")
def answer_mine(invitation_id: int) -> ResponseReturnValue:
    """An invitation of the signed-in person, and its answer."""
    return _page(signed_in(invitation_id))


@blueprint.get("/me/invitations")
@guards.requires("invitations.answer")
def mine() -> ResponseReturnValue:
    """All invitations of the signed-in person."""
    try:
        person = people.of_user(db.session, guards.user().id)
    except NotFound:
        return render_template("me/unknown.html")
    rows = queries.of_person(db.session, person.id)
    return render_template("invitations/mine.html", rows=rows, states=STATES, faces=FACES, now=clock.now())


def _page(door: Door) -> Response:
    campaign = door.invitation.campaign
    told = telling.of_campaign(db.session, campaign, door.invitation.seat, door.invitation.teaching)
    accept = AcceptForm() if told.asks else ReadyForm()
    if isinstance(accept, AcceptForm):
        accept.ask_about(told.stakes)
    forms: dict[str, Form] = {"accept": accept, "decline": DeclineForm(), "suggest": SuggestForm()}
    chosen = forms.get(request.form.get("do", ""))
    if request.method == "POST" and chosen is not None and chosen.validate():
        try:
            ANSWERS[request.form["do"]](door, chosen, told)
            return current_app.make_response(redirect(door.url, 303))
        except Invalid as error:
            db.session.rollback()
            put_error(chosen, error)
    return _shown(door, told, forms, chosen)


def _shown(door: Door, told: Told, forms: dict[str, Form], chosen: Form | None) -> Response:
    invitation = door.invitation
    refused = chosen is not None and bool(chosen.faults)
    page = render_template(
        "invitations/answer.html",
        invitation=invitation,
        campaign=invitation.campaign,
        told=told,
        door=door,
        forms=forms,
        refused=chosen if refused else None,
        states=STATES,
        faces=FACES,
        why=WHY,
        why_withdrawn=why_withdrawn,
    )
    return current_app.make_response((page, 400 if refused else 200))


def _accept(door: Door, form: Form, told: Told) -> None:
    declared = form.declaration(told.stakes) if isinstance(form, AcceptForm) else NOTHING
    answering.accept(db.session, door.invitation, declared, by=door.by, actor=door.actor, now=clock.now())
    db.session.commit()


def _decline(door: Door, form: Form, _told: Told) -> None:
    assert isinstance(form, DeclineForm)
    answering.decline(
        db.session,
        door.invitation,
        form.chosen,
        form.text.data,
        rest_until=form.rest_until.data,
        by=door.by,
        actor=door.actor,
        now=clock.now(),
    )
    db.session.commit()


def _suggest(door: Door, form: Form, _told: Told) -> None:
    assert isinstance(form, SuggestForm)
    suggestions.suggest(
        db.session,
        door.invitation,
        person_name=form.person_name.data or "",
        organisation=form.organisation.data or "",
        contact=form.contact.data or "",
        note=form.note.data or "",
        actor=door.actor,
        now=clock.now(),
    )
    db.session.commit()
    flash(
        gettext("Thank you. The office checks conflicts first and then decides whether to invite them."),
        "success",
    )


ANSWERS: dict[str, Callable[[Door, Form, Told], None]] = {
    "accept": _accept,
    "decline": _decline,
    "suggest": _suggest,
}
