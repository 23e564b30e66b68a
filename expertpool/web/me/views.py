"""One's own profile: what the office knows, and what one may change oneself."""

from __future__ import annotations

import dataclasses

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from expertpool import clock
from expertpool.availability import queries as diary
from expertpool.availability import service as diary_service
from expertpool.errors import Invalid, NotFound
from expertpool.extensions import db
from expertpool.interests import service as interests
from expertpool.interests.queries import relations_of
from expertpool.people import contacts, employments, queries, service
from expertpool.people.facts import facts_of, listed
from expertpool.people.models import Person
from expertpool.web.kit import guards
from expertpool.web.kit.forms import put_error
from expertpool.web.me.forms import DeclarationForm, EmployerForm, MyselfForm
from expertpool.web.people import wording
from expertpool.web.people.blueprint import acting
from expertpool.web.people.forms import BusyForm
from expertpool.web.people.page import words
from expertpool.web.people.parts import add_busy, busy_of

PROFILE = "me.profile"
PAIR = ["GET", "POST"]

blueprint = Blueprint("me", __name__, url_prefix="/me")


@blueprint.get("/profile")
@guards.requires(PROFILE)
def profile() -> ResponseReturnValue:
    """One's own page."""
    try:
        person = _myself()
    except NotFound:
        return render_template("me/unknown.html")
    return _page(person, BusyForm(formdata=None), DeclarationForm(formdata=None))


@blueprint.route("/profile/edit", methods=PAIR)
@guards.requires(PROFILE)
def edit() -> ResponseReturnValue:
    """Change one's contacts, languages and profile."""
    person = _myself()
    form = MyselfForm()
    if not form.is_submitted():
        form.addresses.data = "\n".join(row.address for row in person.addresses)
        form.languages.data = ", ".join(person.languages or ())
        form.bio.data = person.bio
    elif form.validate():
        try:
            _change(person, form)
            return _done(gettext("Your profile is saved."))
        except Invalid as error:
            db.session.rollback()
            put_error(form, _without_names(error))
    phone = contacts.masked(contacts.phone_of(person))
    return render_template("me/edit.html", form=form, phone=phone), 400 if form.faults else 200


@blueprint.route("/profile/employer", methods=PAIR)
@guards.requires(PROFILE)
def employer() -> ResponseReturnValue:
    """Say that one has a new employer."""
    person = _myself()
    form = EmployerForm()
    if form.validate_on_submit():
        work = employments.Work(
            form.organisation.data or "", form.position.data, since=form.since.data, is_current=True
        )
        try:
            employments.add_employment(db.session, person, work, source=service.BY_PERSON, **acting())
            return _done(gettext("Your employer is saved. Panels you sit on are checked again."))
        except Invalid as error:
            db.session.rollback()
            put_error(form, error)
    present = employments.current(person)
    return render_template("me/employer.html", form=form, present=present), 400 if form.faults else 200


@blueprint.post("/profile/busy")
@guards.requires(PROFILE)
def add_busy_time() -> ResponseReturnValue:
    """Note when one is not free."""
    form = BusyForm()
    if form.validate():
        try:
            add_busy(_myself(), form)
            return _done(gettext("The time is noted."))
        except Invalid as error:
            db.session.rollback()
            put_error(form, error)
    return _page(_myself(), form, DeclarationForm(formdata=None))


@blueprint.post("/profile/busy/<int:busy_id>/remove")
@guards.requires(PROFILE)
def remove_busy_time(busy_id: int) -> ResponseReturnValue:
    """Note that one is free again."""
    diary_service.remove_busy_time(db.session, busy_of(_myself(), busy_id), **acting())
    return _done(gettext("The time is free again."))


@blueprint.post("/profile/declarations")
@guards.requires(PROFILE)
def declare() -> ResponseReturnValue:
    """Declare an interest; the office can retire it, nobody erases it."""
    form = DeclarationForm()
    if form.validate():
        try:
            interests.declare(
                db.session,
                _myself(),
                form.about.data or "",
                text_is_organisation=form.what.data == "organisation",
                since=form.since.data,
                until=form.until.data,
                **acting(),
            )
            return _done(gettext("Your declaration is on file."))
        except Invalid as error:
            db.session.rollback()
            put_error(form, error)
    return _page(_myself(), BusyForm(formdata=None), form)


def _myself() -> Person:
    person = queries.of_user(db.session, guards.user().id)
    service.require_whole(person)
    return person


def _change(person: Person, form: MyselfForm) -> None:
    facts = dataclasses.replace(
        facts_of(person), bio=form.bio.data, languages=tuple(listed(form.languages.data))
    )
    service.change(db.session, person, facts, **acting())
    contacts.set_addresses(db.session, person, (form.addresses.data or "").split(), **acting())
    if form.remove_phone.data or (form.phone.data or "").strip():
        number = None if form.remove_phone.data else form.phone.data
        contacts.set_phone(db.session, person, number, **acting())


def _without_names(error: Invalid) -> Invalid:
    """Return the error for an address of somebody else without saying whose it is."""
    if "person_id" not in error.sentence.params:
        return error
    address = error.sentence.params["address"]
    return Invalid(contacts.IN_USE, field="addresses", address=address)


def _done(text: str) -> ResponseReturnValue:
    db.session.commit()
    flash(text, "success")
    return redirect(url_for("me.profile"))


def _page(person: Person, busy_form: BusyForm, declaration: DeclarationForm) -> ResponseReturnValue:
    now = clock.now()
    own = [row for row in relations_of(db.session, person.id) if row.person_id == person.id]
    page = render_template(
        "me/profile.html",
        person=person,
        phone=contacts.masked(contacts.phone_of(person)),
        relations=[(row, wording.relation_words(row, person.id)) for row in own],
        commitments=diary.commitments_of(db.session, person.id, now),
        busy=diary.busy_times_of(db.session, person.id, now),
        busy_form=busy_form,
        declaration=declaration,
        **words(),
    )
    return page, 400 if busy_form.faults or declaration.faults else 200
