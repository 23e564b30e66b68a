"""Pages that merge two records of one person, and set them apart again."""

from __future__ import annotations

from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from expertpool.errors import Invalid
from expertpool.extensions import db
from expertpool.people import contacts, employments, merging, queries
from expertpool.people.models import Person
from expertpool.web.kit import guards
from expertpool.web.kit.forms import Form, put_error
from expertpool.web.people import wording
from expertpool.web.people.blueprint import EDIT, acting, done, person_of


@guards.requires(EDIT)
def merge(person_id: int) -> ResponseReturnValue:
    """Choose the other record (`?q=`, `?other=`), see both and what to keep, then merge it into this one."""
    kept = person_of(person_id)
    other_id = request.values.get("other", type=int)
    merged = person_of(other_id) if other_id else None
    form = Form()
    if merged is not None and form.validate_on_submit():
        try:
            merging.merge(
                db.session, kept, merged, take=request.form.getlist("take"), versions=_versions(), **acting()
            )
            text = gettext(
                "The record %(number)s is merged. This can be undone on its page.", number=merged.number
            )
            return done(kept, text)
        except Invalid as error:
            db.session.rollback()
            put_error(form, error)
    page = render_template(
        "people/merge.html",
        form=form,
        kept=kept,
        merged=merged,
        rows=_rows(kept, merged) if merged else [],
        found=_candidates(kept) if merged is None else [],
        asked=request.args.get("q", ""),
        employer=employments.current,
    )
    return page, 400 if form.faults else 200


@guards.requires(EDIT)
def undo_merge(person_id: int) -> ResponseReturnValue:
    """Set a merged record apart again."""
    merged = person_of(person_id)
    merging.undo(db.session, merged, **acting())
    return done(
        merged, gettext("%(name)s (%(number)s) stands apart again.", name=merged.name, number=merged.number)
    )


def _candidates(kept: Person) -> list[Person]:
    """Return who may be the other record: what was searched for, else people of the same name."""
    text = request.args.get("q", "").strip()[:200]
    if text:
        return list(queries.suggest(db.session, text, but=kept.id))
    return list(queries.possibly_same(db.session, kept.name, but=kept.id))


def _versions() -> tuple[int, int] | None:
    kept, merged = (request.form.get(name, type=int) for name in ("kept_version", "merged_version"))
    return (kept, merged) if kept is not None and merged is not None else None


def _rows(kept: Person, merged: Person) -> list[tuple[str, Any, str, str, bool]]:
    """Return column, label and both values of what can be chosen; and whether the other's is proposed."""
    labels = {**wording.FIELDS, "grade": gettext("Grade"), "phone_sealed": gettext("Phone number")}
    rows = []
    for column in merging.CHOICES:
        one, other = _shown(kept, column), _shown(merged, column)
        if other and one != other:
            rows.append((column, labels[column], one, other, not one))
    return rows


def _shown(person: Person, column: str) -> str:
    if column == "phone_sealed":
        return contacts.masked(contacts.phone_of(person)) or ""
    value = getattr(person, column)
    words: dict[str, Any] = {
        "gender": wording.GENDERS,
        "interest_party": wording.PARTIES,
        "grade": wording.GRADES,
    }
    if column in words and value is not None:
        return str(words[column][value])
    return ", ".join(value) if isinstance(value, list) else str(value or "")


ROUTES = (
    ("/<int:person_id>/merge", merge, ("GET", "POST")),
    ("/<int:person_id>/undo-merge", undo_merge, ("POST",)),
)
