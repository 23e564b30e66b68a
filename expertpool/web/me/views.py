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
from expertpool.interests.models import RelationKind
from expertpool.interests.queries import RelationRow, relations_of
from expertpool.organisations import queries as organisations
from expertpool.organisations.models import Organisation
from expertpool.organisations.resolving import resolve
from expertpool.people import contacts, corrections, employments, queries, resting, service
from expertpool.people.facts import facts_of, listed
from expertpool.people.models import Person
from expertpool.web.kit import guards
from expertpool.web.kit.forms import Form, put_error
from expertpool.web.me.forms import CorrectionForm, DeclarationForm, EmployerForm, MyselfForm
from expertpool.web.people import service_record, wording
from expertpool.web.people.blueprint import acting
from expertpool.web.people.forms import BusyForm
from expertpool.web.people.page import words
from expertpool.web.people.parts import add_busy, busy_of, today

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
    return _page(person)


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
    return _page(_myself(), busy_form=form)


@blueprint.post("/profile/busy/<int:busy_id>/remove")
@guards.requires(PROFILE)
def remove_busy_time(busy_id: int) -> ResponseReturnValue:
    """Note that one is free again."""
    diary_service.remove_busy_time(db.session, busy_of(_myself(), busy_id), **acting())
    return _done(gettext("The time is free again."))


@blueprint.post("/profile/rest/end")
@guards.requires(PROFILE)
def end_rest() -> ResponseReturnValue:
    """Take part again after a rest that one asked for."""
    try:
        resting.end(db.session, _myself(), on=today(), **acting())
    except Invalid as error:
        db.session.rollback()
        flash(error.sentence.translated(gettext), "error")
        return redirect(url_for(".profile"))
    return _done(gettext("You take part again: the office can propose you for panels."))


@blueprint.post("/profile/declarations")
@guards.requires(PROFILE)
def declare() -> ResponseReturnValue:
    """Declare a relation or an interest; the office can retire it, nobody erases it."""
    form = DeclarationForm()
    if form.validate():
        try:
            _declare(_myself(), form)
            return _done(gettext("Your declaration is on file."))
        except Invalid as error:
            db.session.rollback()
            put_error(form, error)
    return _page(_myself(), declaration=form)


@blueprint.post("/profile/correction")
@guards.requires(PROFILE)
def ask_correction() -> ResponseReturnValue:
    """Ask the office to put one's record right."""
    form = CorrectionForm()
    if form.validate():
        try:
            corrections.ask(db.session, _myself(), form.note.data or "", **acting())
            return _done(gettext("The office reads your request and answers here."))
        except Invalid as error:
            db.session.rollback()
            put_error(form, error)
    return _page(_myself(), correction=form)


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


def _declare(person: Person, form: DeclarationForm) -> None:
    """Keep what one says of oneself. Other people stay text: whether they are in the pool is not told."""
    about, is_organisation = (form.about.data or "").strip(), form.what.data == "organisation"
    interests.declare(
        db.session,
        person,
        _organisation(about) if is_organisation else about,
        kind=RelationKind(form.kind.data),
        text_is_organisation=is_organisation,
        since=form.since.data,
        until=form.until.data,
        **acting(),
    )


def _organisation(text: str) -> Organisation | str:
    found = resolve(db.session, [text]).get(text)
    return organisations.get(db.session, found) if found else text


def _page(person: Person, **refused: Form) -> ResponseReturnValue:
    """Return one's own page; `refused` are forms shown with their errors."""
    now = clock.now()
    known = relations_of(db.session, person.id, with_retired=True)
    page = render_template(
        "me/profile.html",
        person=person,
        phone=contacts.masked(contacts.phone_of(person)),
        relations=[
            (row, wording.relation_words(row, person.id)) for row in known if _may_read(row, person.id)
        ],
        may_end_rest=resting.is_own(person),
        commitments=diary.commitments_of(db.session, person.id, now),
        busy=diary.busy_times_of(db.session, person.id, now),
        years=service_record.years_of(db.session, person.id, sealed_at=None),
        services=service_record.entries_of(db.session, person.id, sealed_at=None),
        requests=corrections.open_requests(db.session, person.id),
        answer=corrections.last_answer(db.session, person.id),
        busy_form=refused.get("busy_form") or BusyForm(formdata=None),
        declaration=refused.get("declaration") or DeclarationForm(formdata=None),
        correction=refused.get("correction") or CorrectionForm(formdata=None),
        **words(),
    )
    return page, 400 if refused else 200


def _may_read(row: RelationRow, person_id: int) -> bool:
    """Return whether one reads it: all of one's own, and what others did not say of themselves."""
    told_by_others = row.kind is RelationKind.DECLARED or row.source == interests.DECLARED_BY_PERSON
    return row.person_id == person_id or not told_by_others
