"""A vacant seat: who is next and who was passed over, and inviting them; taking an invitation back."""

from __future__ import annotations

from flask import flash, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from expertpool import clock
from expertpool.errors import N_, Invalid, NotFound
from expertpool.extensions import db
from expertpool.invitations import inviting, queries, suggestions, vacancies
from expertpool.invitations.models import Suggestion
from expertpool.invitations.vacancies import Next
from expertpool.panels import seating
from expertpool.panels.confirmation import violation_text
from expertpool.panels.models import Seat
from expertpool.panels.queries import cards
from expertpool.web.invitations import telling
from expertpool.web.invitations.blueprint import PAIR, blueprint
from expertpool.web.invitations.calling import seat_of
from expertpool.web.invitations.forms import ReadyForm, WithdrawForm
from expertpool.web.invitations.purposes import PANELS, SEND, acted_on, of_invitation
from expertpool.web.kit import guards
from expertpool.web.kit.forms import put_error
from expertpool.web.panels.wording import say


@blueprint.route("/panels/<int:panel_id>/vacancies/<int:seat_id>", methods=PAIR)
@guards.requires(SEND)
def vacancy(panel_id: int, seat_id: int) -> ResponseReturnValue:
    """Who would take a vacant seat, checked now, and the button that invites them."""
    purpose = acted_on(PANELS, panel_id)
    panel, vacant = seat_of(purpose, seat_id)
    if vacant not in seating.vacancies(panel):
        return redirect(purpose.url)
    form = ReadyForm()
    if form.validate_on_submit():
        try:
            invited = vacancies.invite_next(db.session, panel, vacant, actor=guards.actor(), now=clock.now())
            db.session.commit()
            flash(gettext("%(name)s was invited.", name=invited.person.name), "success")
            return redirect(purpose.url)
        except Invalid as error:
            db.session.rollback()
            put_error(form, error)
    found = vacancies.next_for(db.session, panel, vacant, now=clock.now())
    page = render_template(
        "invitations/vacancy.html",
        purpose=purpose,
        vacant=vacant,
        found=found,
        card=cards(db.session, [found.seat.person_id])[found.seat.person_id] if found.seat else None,
        passed=_passed_over(found),
        form=form,
    )
    return page, 400 if form.faults else 200


@blueprint.route("/invitations/<int:invitation_id>/withdraw", methods=PAIR)
@guards.requires(SEND)
def withdraw(invitation_id: int) -> ResponseReturnValue:
    """Take an invitation back, with a reason that the invited person reads."""
    invitation = queries.get(db.session, invitation_id)
    purpose = of_invitation(invitation)
    form = WithdrawForm()
    if form.validate_on_submit():
        try:
            inviting.withdraw(
                db.session, invitation, form.reason.data or "", actor=guards.actor(), now=clock.now()
            )
            db.session.commit()
            flash(gettext("%(name)s is told that the invitation is withdrawn.", name=invitation.person.name))
            return redirect(purpose.url)
        except Invalid as error:
            db.session.rollback()
            put_error(form, error)
    page = render_template(
        "invitations/withdraw.html",
        purpose=purpose,
        invitation=invitation,
        told=telling.of_campaign(db.session, invitation.campaign, invitation.seat, invitation.teaching),
        form=form,
    )
    return page, 400 if form.faults else 200


@blueprint.post("/invitations/suggestions/<int:suggestion_id>/settle")
@guards.requires(SEND)
def settle(suggestion_id: int) -> ResponseReturnValue:
    """Note that a suggested colleague was dealt with."""
    suggestion = db.session.get(Suggestion, suggestion_id)
    if suggestion is None:
        raise NotFound(N_("There is no such suggestion."))
    purpose = of_invitation(suggestion.invitation)
    suggestions.settle(db.session, suggestion, actor=guards.actor(), now=clock.now())
    db.session.commit()
    return redirect(purpose.url)


def _passed_over(found: Next) -> list[tuple[Seat, str]]:
    """Return who does not fit now, each with what stands against it in words."""
    return [
        (each.seat, " ".join(say(violation_text(db.session, broken)) for broken in each.rules))
        for each in found.passed_over
    ]
