"""The blueprint of the pages of people, and what all of them need."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from expertpool import clock
from expertpool.extensions import db
from expertpool.people import queries
from expertpool.people.facts import listed
from expertpool.people.models import Person
from expertpool.skills import queries as skills
from expertpool.skills import tagging
from expertpool.skills.models import Skill
from expertpool.skills.resolving import resolve
from expertpool.web.kit import guards

VIEW, EDIT = "people.view", "people.edit"

blueprint = Blueprint("people", __name__, url_prefix="/people")


def person_of(person_id: int) -> Person:
    """Return the person of an address, or raise `NotFound`."""
    return queries.get(db.session, person_id)


def acting() -> dict[str, Any]:
    """Return who acts and when, for a verb."""
    return {"actor": guards.actor(), "now": clock.now()}


def done(person: Person, text: str, anchor: str | None = None) -> ResponseReturnValue:
    """Commit, say what was done, and lead back to the person."""
    person_id = person.id
    db.session.commit()
    flash(text, "success")
    return redirect(url_for("people.show", person_id=person_id, _anchor=anchor))


def skills_named(text: str | None) -> list[Skill]:
    """Return the skills that a text lists; names that are not known become tags to be placed."""
    parts = list(listed(text))
    known = resolve(db.session, parts)
    new = [part for part in parts if part not in known]
    made = tagging.tag(db.session, new, **acting()) if new else {}
    return list(skills.by_ids(db.session, {**known, **made}.values()).values())
