"""Strangers make themselves an account to learn with, and read what is kept about them.

The answer is the same for every address: who has an account gets a link to sign in.
"""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from expertpool import clock
from expertpool.access.models import Role
from expertpool.access.service import grant
from expertpool.accounts import links, service
from expertpool.accounts.models import Purpose
from expertpool.errors import Invalid
from expertpool.events import SYSTEM, Actor
from expertpool.extensions import db, limiter
from expertpool.settings import choices
from expertpool.web.accounts.link_views import AFTER, LIMIT, LIMIT_OF_NETWORK
from expertpool.web.accounts.security import asked_address
from expertpool.web.kit import guards
from expertpool.web.kit.forms import put_error
from expertpool.web.kit.locale import language
from expertpool.web.training.blueprint import BOTH, blueprint
from expertpool.web.training.forms import RegisterForm


@blueprint.route("/register", methods=BOTH)
@guards.public
@limiter.limit(LIMIT_OF_NETWORK, methods=["POST"])
@limiter.limit(LIMIT, methods=["POST"], key_func=asked_address)
def register() -> ResponseReturnValue:
    """Make an account to learn with; `?course=` and `cohort=` say where the new trainee wants to go on."""
    if current_user.is_authenticated:
        return redirect(_back())
    form = RegisterForm()
    if form.validate_on_submit():
        try:
            address = _make_account(form)
            db.session.commit()
            session[AFTER] = _back()
            return render_template("training/registered.html", email=address)
        except Invalid as error:
            db.session.rollback()
            put_error(form, error)
    return render_template("training/register.html", form=form, back=_back()), 400 if form.faults else 200


@blueprint.get("/privacy")
@guards.public
def privacy() -> ResponseReturnValue:
    """What is kept about people, why, and whom to ask."""
    return render_template(
        "training/privacy.html", office=_choice("office.name"), contact=_choice("office.contact")
    )


def _make_account(form: RegisterForm) -> str:
    """Make the account unless there is one, and mail a link to sign in; return the address."""
    address, now = service.normal_email(form.email.data or ""), clock.now()
    name = " ".join((form.name.data or "").split())
    if service.find_user(db.session, address) is None:
        actor = Actor(None, name, via="web")
        user = service.create_user(
            db.session, email=address, name=name, locale=language(), actor=actor, now=now
        )
        reason = gettext("Registered as a trainee and agreed to the privacy note.")
        grant(db.session, user, Role.TRAINEE, organisation_id=None, reason=reason, actor=SYSTEM, now=now)
    links.ask(db.session, address, Purpose.SIGN_IN, locale=language(), now=now)
    return address


def _back() -> str:
    """Return the page of the course that the stranger came from, else the catalogue."""
    course, cohort = request.args.get("course"), request.args.get("cohort")
    return url_for(".course", number=course, cohort=cohort) if course else url_for(".catalogue")


def _choice(key: str) -> Any:
    return choices.value_of(db.session, key)
