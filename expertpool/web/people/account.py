"""The account that a person signs in with, and what they ask the office to put right."""

from __future__ import annotations

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from expertpool.errors import ExpertPoolError, Invalid
from expertpool.extensions import db
from expertpool.people import accounts, corrections
from expertpool.people.models import Person
from expertpool.web.kit import guards
from expertpool.web.kit.forms import put_error
from expertpool.web.kit.locale import language
from expertpool.web.people.blueprint import EDIT, acting, done, person_of
from expertpool.web.people.forms import AccountForm, AnswerForm
from expertpool.web.people.page import person_page

MANAGE = "accounts.manage"


@guards.requires(MANAGE)
def invite(person_id: int) -> ResponseReturnValue:
    """Let a person sign in: a new account with a mailed invitation, or the one that the address has."""
    person, form = person_of(person_id), AccountForm()
    if person.user_id is not None:
        return redirect(url_for("people.show", person_id=person_id, _anchor="account"))
    if not form.is_submitted():
        form.email.data = person.addresses[0].address if person.addresses else ""
    elif form.validate():
        try:
            return done(person, _invited(person, form.email.data or ""), "account")
        except ExpertPoolError as error:
            db.session.rollback()
            put_error(form, error)
    page = render_template("people/account.html", person=person_of(person_id), form=form)
    return page, 400 if form.faults else 200


@guards.requires(MANAGE)
def disconnect(person_id: int) -> ResponseReturnValue:
    """Take the account from a person; the account stays."""
    person = person_of(person_id)
    accounts.disconnect(db.session, person, **acting())
    return done(
        person, gettext("%(name)s and the account are no longer connected.", name=person.name), "account"
    )


@guards.requires(EDIT)
def settle_correction(person_id: int) -> ResponseReturnValue:
    """Say that what the person asked for is dealt with."""
    person, form = person_of(person_id), AnswerForm()
    if form.validate():
        try:
            corrections.settle(db.session, person, form.answer.data or "", **acting())
            return done(person, gettext("%(name)s can read your answer.", name=person.name))
        except Invalid as error:
            db.session.rollback()
            put_error(form, error)
    return person_page(person_of(person_id), answer_form=form)


def _invited(person: Person, email: str) -> str:
    user, is_new = accounts.invite(db.session, person, email, locale=language(), **acting())
    if is_new:
        return str(gettext("Invited %(name)s. The link works for 14 days.", name=person.name))
    return str(
        gettext("%(name)s signs in with the account of %(email)s.", name=person.name, email=user.email)
    )


ROUTES = (
    ("/<int:person_id>/account", invite, ("GET", "POST")),
    ("/<int:person_id>/account/disconnect", disconnect, ("POST",)),
    ("/<int:person_id>/corrections", settle_correction, ("POST",)),
)
