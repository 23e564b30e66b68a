"""What differs from what is published, and publish it."""

from __future__ import annotations

from collections.abc import Iterable

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from expertpool import clock
from expertpool.errors import Invalid
from expertpool.extensions import db
from expertpool.planning import clashes, publishing, queries, timetables
from expertpool.planning.differences import What, differences
from expertpool.planning.keys import number_of
from expertpool.planning.models import Timetable
from expertpool.planning.rows import title_of
from expertpool.timetabling.plans import scoring
from expertpool.timetabling.plans.result import Breach
from expertpool.web.kit import guards
from expertpool.web.kit.forms import put_error
from expertpool.web.planning.blueprint import (
    EDIT,
    VIEW,
    acting,
    blueprint,
    composed,
    may_edit,
    timetable_of,
)
from expertpool.web.planning.forms import PublishForm
from expertpool.web.planning.told import Told


@blueprint.get("/training/timetables/<int:timetable_id>/changes")
@guards.requires(VIEW)
def changes(timetable_id: int) -> ResponseReturnValue:
    """What publishing would change, and what the draft breaks."""
    return _page(timetable_of(timetable_id), PublishForm())


@blueprint.post("/training/timetables/<int:timetable_id>/publish")
@guards.requires(EDIT)
def publish(timetable_id: int) -> ResponseReturnValue:
    """Make the draft the lessons of its cohorts, and tell everybody concerned once."""
    timetable, form = timetable_of(timetable_id, EDIT), PublishForm()
    if not differences(db.session, timetable, now=clock.now()).changes:
        flash(gettext("The draft is what is published already."), "info")
        return redirect(url_for(".show", timetable_id=timetable_id))
    if form.validate():
        try:
            done = publishing.publish(db.session, timetable, reason=form.reason.data or "", **acting())
            unbooked = {title: [each.name for each in people] for title, people in done.unbooked.items()}
            count = len(done.changes)
            db.session.commit()
            flash(
                gettext("%(count)s changes are published. Everybody concerned is told once.", count=count),
                "success",
            )
            for title, names in unbooked.items():
                text = gettext(
                    "Booked elsewhere at “%(lesson)s”: %(names)s.",
                    lesson=title,
                    names=gettext(", ").join(names),
                )
                flash(text, "warning")
            return redirect(url_for(".show", timetable_id=timetable_id))
        except Invalid as error:
            db.session.rollback()
            put_error(form, error)
    return _page(timetable_of(timetable_id), form), 400


def _page(timetable: Timetable, form: PublishForm) -> str:
    draft = composed(timetable)
    told, check = Told(draft), scoring.check(draft.problem, draft.plan)
    found = differences(db.session, timetable, now=clock.now())
    refused = clashes.of_changes(clashes.doubles(draft, draft.plan, check.breaches), found.changes)
    run = queries.newest_runs(db.session, [timetable.id]).get(timetable.id)
    return render_template(
        "planning/changes.html",
        timetable=timetable,
        form=form,
        found=found,
        groups=[
            (What.MOVED, gettext("Moved")),
            (What.PLANNED, gettext("New")),
            (What.CANCELLED, gettext("To be cancelled")),
        ],
        refused=_in_words(told, refused),
        broken=_in_words(told, (each for each in check.breaches if each not in refused)),
        cohort=lambda row: told.cohort(draft.cohorts[row.cohort_id]),
        title_of=title_of,
        may_edit=may_edit(timetable),
        is_working=run is not None and run.state in timetables.WAITING,
    )


def _in_words(told: Told, breaches: Iterable[Breach]) -> list[tuple[int, str, str]]:
    """Return of each breach the lesson, by id and name, and what it breaks."""
    return [(number_of(each.lesson), told.lesson(each.lesson), told.breach(each)) for each in breaches]
