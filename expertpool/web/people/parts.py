"""Forms for the parts of a record: contacts, employments, skills, grade and status, busy times."""

from __future__ import annotations

from datetime import UTC, date, datetime

import sqlalchemy as sa
from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import get_timezone, gettext, to_utc

from expertpool import clock
from expertpool.availability import service as diary
from expertpool.availability.models import BusyTime
from expertpool.errors import N_, Invalid, NotFound
from expertpool.extensions import db
from expertpool.people import contacts, employments, holdings, service
from expertpool.people.models import Employment, Grade, Person, Status
from expertpool.web.kit import guards
from expertpool.web.kit.forms import Form, put_error
from expertpool.web.people import wording
from expertpool.web.people.blueprint import EDIT, acting, done, person_of, skills_named
from expertpool.web.people.forms import BusyForm, ContactsForm, GradeForm, SkillsForm, StatusForm, WorkForm
from expertpool.web.people.page import person_page


@guards.requires(EDIT)
def change_contacts(person_id: int) -> ResponseReturnValue:
    """Change mail addresses and the phone number."""
    person = person_of(person_id)
    form = ContactsForm()
    other: Person | None = None
    if not form.is_submitted():
        form.addresses.data = "\n".join(row.address for row in person.addresses)
    elif form.validate():
        try:
            contacts.set_addresses(db.session, person, (form.addresses.data or "").split(), **acting())
            if form.remove_phone.data or (form.phone.data or "").strip():
                number = None if form.remove_phone.data else form.phone.data
                contacts.set_phone(db.session, person, number, **acting())
            return done(person, gettext("The contacts of %(name)s are saved.", name=person.name))
        except Invalid as error:
            other = _holder(error)
            _refused(form, error)
    return _form("contacts", person, form, other=other, phone=contacts.masked(contacts.phone_of(person)))


@guards.requires(EDIT)
def add_employment(person_id: int) -> ResponseReturnValue:
    """Add an employment."""
    person = person_of(person_id)
    form = WorkForm()
    if not form.is_submitted():
        form.is_current.data = employments.current(person) is None
    elif form.validate():
        try:
            work = form.work()
            employments.add_employment(db.session, person, work, source=service.BY_OFFICE, **acting())
            text = gettext(
                "%(employer)s stands in the history of %(name)s.",
                employer=work.organisation,
                name=person.name,
            )
            return done(person, text, "work")
        except Invalid as error:
            _refused(form, error)
    return _form("employment", person, form, employment=None)


@guards.requires(EDIT)
def change_employment(person_id: int, employment_id: int) -> ResponseReturnValue:
    """Correct or end an employment."""
    person, employment = _employment(person_id, employment_id)
    form = WorkForm()
    if not form.is_submitted():
        form.fill(employments.work_of(employment))
    elif form.validate():
        try:
            employments.change_employment(db.session, employment, form.work(), **acting())
            return done(person, gettext("The history of %(name)s is saved.", name=person.name), "work")
        except Invalid as error:
            _refused(form, error)
    return _form("employment", person, form, employment=employment)


@guards.requires(EDIT)
def remove_employment(person_id: int, employment_id: int) -> ResponseReturnValue:
    """Remove an employment that was entered by mistake."""
    person, employment = _employment(person_id, employment_id)
    text = gettext("%(employer)s was removed from the history.", employer=employment.organisation_text)
    employments.remove_employment(db.session, employment, **acting())
    return done(person, text, "work")


@guards.requires(EDIT)
def add_skills(person_id: int) -> ResponseReturnValue:
    """Add skills by name or code."""
    person = person_of(person_id)
    form = SkillsForm()
    if form.validate():
        try:
            new = holdings.add_skills(
                db.session, person, skills_named(form.skills.data), source=service.BY_OFFICE, **acting()
            )
            return done(person, gettext("Skills added: %(count)s.", count=len(new)), "skills")
        except Invalid as error:
            _refused(form, error)
    return person_page(person_of(person_id), skills_form=form)


@guards.requires(EDIT)
def remove_skill(person_id: int, skill_id: int) -> ResponseReturnValue:
    """Take a skill away."""
    person = person_of(person_id)
    if not holdings.remove_skills(db.session, person, [skill_id], **acting()):
        raise NotFound(N_("There is no such skill."))
    return done(person, gettext("The skill was taken away."), "skills")


@guards.requires(EDIT)
def change_grade(person_id: int) -> ResponseReturnValue:
    """Move a person up or down."""
    person = person_of(person_id)
    form = GradeForm()
    if not form.is_submitted():
        form.grade.data, form.on.data = person.grade.value, today()
    elif form.validate():
        try:
            grade = Grade(form.grade.data)
            reason = form.reason.data or ""
            service.change_grade(
                db.session, person, grade, reason=reason, on=form.on.data or today(), **acting()
            )
            word = wording.GRADES[grade]
            return done(person, gettext("%(name)s: %(grade)s.", name=person.name, grade=word))
        except Invalid as error:
            _refused(form, error)
    return _form("grade", person, form)


@guards.requires(EDIT)
def change_status(person_id: int) -> ResponseReturnValue:
    """Let a person rest, suspend or retire them, or bring them back; `?to=` chooses one beforehand."""
    person = person_of(person_id)
    form = StatusForm()
    if not form.is_submitted():
        to = request.args.get("to", "")
        form.status.data = to if to in set(Status) else person.status.value
        form.on.data, form.until.data = today(), person.status_until
    elif form.validate():
        try:
            service.change_status(
                db.session,
                person,
                Status(form.status.data),
                reason=form.reason.data,
                on=form.on.data or today(),
                until=form.until.data,
                **acting(),
            )
            word = wording.status_word(person)
            return done(person, gettext("%(name)s: %(status)s.", name=person.name, status=word))
        except Invalid as error:
            _refused(form, error)
    return _form("status", person, form)


@guards.requires(EDIT)
def add_busy_time(person_id: int) -> ResponseReturnValue:
    """Note when a person is not free."""
    person = person_of(person_id)
    form = BusyForm()
    if form.validate():
        try:
            add_busy(person, form)
            return done(person, gettext("The time is noted."), "time")
        except Invalid as error:
            _refused(form, error)
    return person_page(person_of(person_id), busy_form=form)


@guards.requires(EDIT)
def remove_busy_time(person_id: int, busy_id: int) -> ResponseReturnValue:
    """Note that a person is free again."""
    person = person_of(person_id)
    diary.remove_busy_time(db.session, busy_of(person, busy_id), **acting())
    return done(person, gettext("The time is free again."), "time")


def add_busy(person: Person, form: BusyForm) -> None:
    """Note the time of the form, which is in the reader's zone."""
    starts, ends = (_aware(value) for value in (form.starts.data, form.ends.data) if value)
    diary.add_busy_time(db.session, person, starts, ends, reason=form.reason.data, **acting())


def busy_of(person: Person, busy_id: int) -> BusyTime:
    """Return a busy time of this person, or raise `NotFound`."""
    found = db.session.scalar(
        sa.select(BusyTime).where(BusyTime.id == busy_id, BusyTime.person_id == person.id)
    )
    if found is None:
        raise NotFound(N_("There is no such time."))
    return found


def _aware(value: datetime) -> datetime:
    """Return a time that was typed in the reader's zone as a moment."""
    moment: datetime = to_utc(value).replace(tzinfo=UTC)
    return moment


def today() -> date:
    return clock.now().astimezone(get_timezone()).date()


def _employment(person_id: int, employment_id: int) -> tuple[Person, Employment]:
    person = person_of(person_id)
    found = next((row for row in person.employments if row.id == employment_id), None)
    if found is None:
        raise NotFound(N_("There is no such employment."))
    return person, found


def _holder(error: Invalid) -> Person | None:
    """Return whose an address is that was refused."""
    person_id = error.sentence.params.get("person_id")
    return db.session.get(Person, person_id) if person_id else None


def _refused(form: Form, error: Invalid) -> None:
    db.session.rollback()
    put_error(form, error)


def _form(name: str, person: Person, form: Form, **context: object) -> ResponseReturnValue:
    page = render_template(f"people/{name}.html", person=person, form=form, **context)
    return page, 400 if form.faults else 200


PAIR = ("GET", "POST")
_OF = "/<int:person_id>"
ROUTES = (
    (f"{_OF}/contacts", change_contacts, PAIR),
    (f"{_OF}/employments/new", add_employment, PAIR),
    (f"{_OF}/employments/<int:employment_id>", change_employment, PAIR),
    (f"{_OF}/employments/<int:employment_id>/remove", remove_employment, ("POST",)),
    (f"{_OF}/skills", add_skills, ("POST",)),
    (f"{_OF}/skills/<int:skill_id>/remove", remove_skill, ("POST",)),
    (f"{_OF}/grade", change_grade, PAIR),
    (f"{_OF}/status", change_status, PAIR),
    (f"{_OF}/busy", add_busy_time, ("POST",)),
    (f"{_OF}/busy/<int:busy_id>/remove", remove_busy_time, ("POST",)),
)
