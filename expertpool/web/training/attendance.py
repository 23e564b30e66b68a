"""Who is at a lesson: a list to tick, a code on the wall, and the trainee's own button."""

from __future__ import annotations

import io

import segno
import sqlalchemy as sa
from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from markupsafe import Markup

from expertpool import clock
from expertpool.errors import Invalid
from expertpool.extensions import db, limiter
from expertpool.training import attending, presence, queries, rosters
from expertpool.training.models import EnrolmentState, Lesson, Presence
from expertpool.web.kit import guards
from expertpool.web.training import sharing
from expertpool.web.training.blueprint import (
    BOTH,
    EDIT,
    acting,
    blueprint,
    lesson_of,
    myself,
)

LISTED = (EnrolmentState.ENROLLED, EnrolmentState.COMPLETED, EnrolmentState.NOT_COMPLETED)
RENEWAL = 30
"""Seconds after which the page on the wall renews itself."""


@blueprint.route("/training/lessons/<int:lesson_id>/attendance", methods=BOTH)
@guards.requires(EDIT)
def attendance(lesson_id: int) -> ResponseReturnValue:
    """The list of a lesson: ticked are those who were there."""
    lesson, cohort = lesson_of(lesson_id)
    refused = ""
    if request.method == "POST":
        try:
            added, removed = _save(lesson)
            db.session.commit()
            flash(
                gettext("Saved: %(added)s added, %(removed)s removed.", added=added, removed=removed),
                "success",
            )
            return redirect(url_for(".attendance", lesson_id=lesson_id))
        except Invalid as error:
            db.session.rollback()
            refused = error.sentence.translated(gettext)
    ids = attending.cohort_ids(lesson)
    page = render_template(
        "training/attendance.html",
        lesson=lesson,
        cohort=cohort,
        rows=db.session.execute(rosters.statement(*ids, states=LISTED)).all(),
        guests=sharing.of_lessons([lesson])[0].guests,
        present=_present(lesson),
        refused=refused,
        is_open=presence.is_open(db.session, lesson),
    )
    return page, 400 if refused else 200


@blueprint.get("/training/lessons/<int:lesson_id>/code")
@guards.requires(EDIT)
def wall(lesson_id: int) -> ResponseReturnValue:
    """The code for the projector; the page renews itself, for a code works for minutes only."""
    lesson, cohort = lesson_of(lesson_id)
    code = presence.check_in_code(lesson, clock.now())
    address = url_for(".check_in", lesson_id=lesson.id, code=code, _external=True)
    response = make_response(
        render_template(
            "training/wall.html",
            lesson=lesson,
            cohort=cohort,
            address=address,
            square=_square(address),
            present=len(_present(lesson)),
            enrolled=_enrolled(lesson),
        )
    )
    response.headers["Refresh"] = str(RENEWAL)
    return response


@blueprint.route("/check-in/<int:lesson_id>/<code>", methods=BOTH)
@guards.signed_in
@limiter.limit("30 per minute", methods=["POST"])
def check_in(lesson_id: int, code: str) -> ResponseReturnValue:
    """A trainee in the room: one button."""
    lesson, person = queries.lesson(db.session, lesson_id), myself()
    cohort = queries.cohort(db.session, lesson.cohort_id)
    done, refused = False, ""
    if person is None:
        refused = gettext("Your account belongs to nobody in the pool yet")
    elif request.method == "POST":
        try:
            presence.check_in(db.session, lesson, person, code, **acting())
            db.session.commit()
            done = True
        except Invalid as error:
            db.session.rollback()
            refused = error.sentence.translated(gettext)
    else:
        done = presence.is_noted(db.session, lesson, person)
    page = render_template(
        "training/check_in.html", lesson=lesson, cohort=cohort, done=done, refused=refused, code=code
    )
    return page, 400 if refused else 200


def _save(lesson: Lesson) -> tuple[int, int]:
    """Note the ticks that came and went since the page was shown; return how many."""
    shown, ticked = _numbers("shown"), _numbers("present")
    removed = presence.remove(db.session, lesson, (shown - ticked) & _present(lesson), **acting())
    added = presence.note(db.session, lesson, ticked - _present(lesson), **acting())
    return len(added), len(removed)


def _present(lesson: Lesson) -> set[int]:
    query = sa.select(Presence.enrolment_id).where(Presence.lesson_id == lesson.id)
    return set(db.session.scalars(query))


def _enrolled(lesson: Lesson) -> int:
    numbers = queries.summaries(db.session, attending.cohort_ids(lesson))
    return sum(each.enrolled for each in numbers.values())


def _numbers(name: str) -> set[int]:
    return {int(value) for value in request.form.getlist(name) if value.isdigit() and len(value) < 16}


def _square(text: str) -> Markup:
    """Return a QR code as SVG, black on white, as large as its place allows."""
    target = io.BytesIO()
    segno.make(text, error="m").save(
        target, kind="svg", border=4, light="#fff", xmldecl=False, svgns=False, omitsize=True, title=None
    )
    return Markup(target.getvalue().decode())
