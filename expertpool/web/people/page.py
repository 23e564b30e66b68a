"""The page of one person."""

from __future__ import annotations

from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue

from expertpool import clock
from expertpool.audit import queries as audit
from expertpool.availability import queries as diary
from expertpool.extensions import db
from expertpool.interests.queries import relations_of
from expertpool.panels import sealed
from expertpool.people import accounts, contacts, corrections, queries
from expertpool.people.models import Person
from expertpool.web.kit import guards, trail
from expertpool.web.people import service_record, wording
from expertpool.web.people.blueprint import EDIT, person_of
from expertpool.web.people.forms import AnswerForm, BusyForm, SkillsForm
from expertpool.web.skills.wording import skill_name

RECENT = 20
"""Entries of the trail on a person's page."""


def person_page(person: Person, *, phone: str | None = None, **forms: Any) -> ResponseReturnValue:
    """Return the page of a person; `phone` is the whole number for somebody whose look is recorded.

    `forms` are refused forms of the page, shown with their errors.
    """
    if person.merged_into_id is not None:
        return render_template("people/merged.html", person=person, into=person_of(person.merged_into_id))
    now = clock.now()
    entries = audit.trail(db.session, "person", person.id, now=clock.now(), limit=RECENT).entries
    seats = service_record.seats_of(db.session, person.id, guards.grants().scope("panels.view"), now=now)
    page = render_template(
        "people/show.html",
        person=person,
        phone=phone or contacts.masked(contacts.phone_of(person)),
        is_revealed=phone is not None,
        relations=[
            (row, wording.relation_words(row, person.id)) for row in relations_of(db.session, person.id)
        ],
        seats=seats if guards.may("panels.view") else None,
        years=service_record.years_of(db.session, person.id, sealed_at=now),
        marks=service_record.marks_of(db.session, seats, guards.grants().scope("panels.close")),
        commitments=diary.commitments_of(db.session, person.id, now, but_seats=sealed.seat_ids(now)),
        busy=diary.busy_times_of(db.session, person.id, now),
        duplicates=queries.merged_into(db.session, person.id),
        lines=trail.lines(entries, wording.SENTENCES, wording.FIELDS, wording.VALUES),
        may_edit=guards.may(EDIT),
        account=accounts.account_of(db.session, person),
        requests=corrections.open_requests(db.session, person.id) if guards.may(EDIT) else [],
        answer_form=forms.get("answer_form") or AnswerForm(formdata=None),
        skills_form=forms.get("skills_form") or SkillsForm(formdata=None),
        busy_form=forms.get("busy_form") or BusyForm(formdata=None),
        **words(),
    )
    return page, 400 if forms else 200


def words() -> dict[str, Any]:
    """Return what the templates of people need to put values into words."""
    return {
        "grades": wording.GRADES,
        "statuses": wording.STATUSES,
        "status_word": wording.status_word,
        "shapes": wording.SHAPES,
        "parties": wording.PARTIES,
        "genders": wording.GENDERS,
        "latin_name": wording.latin_name,
        "skill_name": skill_name,
    }
