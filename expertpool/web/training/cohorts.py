"""Cohorts for those who plan them: the list, one cohort with lessons, teachers and roster, its editor."""

from __future__ import annotations

import dataclasses
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from expertpool import clock
from expertpool.errors import Invalid, Stale
from expertpool.extensions import db
from expertpool.settings import holidays
from expertpool.training import cohorts as verbs
from expertpool.training import hours, queries, rosters
from expertpool.training.cohorts import CohortFacts
from expertpool.training.models import GOING, Cohort, CohortState, EnrolmentState, Lesson, LessonState
from expertpool.web.kit import guards, trail
from expertpool.web.kit.dates import moment
from expertpool.web.kit.errors import stale_page
from expertpool.web.kit.forms import put_error, version_seen
from expertpool.web.kit.pagination import paginate
from expertpool.web.training import choosing, history, sharing
from expertpool.web.training.blueprint import (
    BOTH,
    EDIT,
    ENROL,
    VIEW,
    acting,
    attempt,
    aware,
    blueprint,
    cohort_of,
    course_of,
    may,
)
from expertpool.web.training.forms import CohortForm, ReasonForm
from expertpool.web.training.wording import COHORTS


@blueprint.get("/training/")
@guards.requires(VIEW)
def cohorts() -> ResponseReturnValue:
    """The cohorts of the reader's offices, narrowed by `?state=`; without it those that are not over."""
    state = request.args.get("state", "")
    query = queries.cohorts(guards.grants().scope(VIEW))
    wanted = [CohortState(state)] if state in list(CohortState) else list(GOING)
    page = paginate(db.session, query.where(Cohort.state.in_(wanted)))
    return render_template(
        "training/cohorts.html",
        page=page,
        numbers=queries.summaries(db.session, [each.id for each in page.rows]),
        state=state,
        counts=_counts(),
        states=COHORTS,
        now=clock.now(),
    )


@blueprint.get("/training/cohorts/<int:cohort_id>")
@guards.requires(VIEW)
def cohort(cohort_id: int) -> ResponseReturnValue:
    """One cohort: lessons, teachers, roster, and what happened.

    The roster is narrowed by `?state=` and `?q=`; what happened goes on from `?before=`.
    """
    cohort = cohort_of(cohort_id)
    now = clock.now()
    lessons = queries.lessons_of(db.session, [cohort.id]).get(cohort.id, [])
    planned = [each for each in lessons if each.state is LessonState.PLANNED]
    days = {each.id: hours.day_of(each.starts) for each in planned}
    warnings = holidays.warnings(db.session, set(days.values()))
    lines, older = history.of_cohort(cohort)
    return render_template(
        "training/cohort.html",
        cohort=cohort,
        course=cohort.course,
        numbers=queries.summaries(db.session, [cohort.id])[cohort.id],
        lessons=lessons,
        shared=_shared(cohort, lessons),
        days=days,
        warnings={day: each.translated(gettext) for day, each in warnings.items()},
        teachings=choosing.teachings_of(cohort),
        **_roster(cohort, now),
        lines=lines,
        older=older,
        is_going=cohort.state in GOING,
        is_over=cohort.state is CohortState.OPEN and bool(planned) and planned[-1].ends <= now,
        may_edit=may(EDIT, cohort.course),
        may_enrol=may(ENROL, cohort.course),
        now=now,
    )


@blueprint.route("/training/courses/<int:course_id>/cohorts/new", methods=BOTH)
@guards.requires(EDIT)
def new_cohort(course_id: int) -> ResponseReturnValue:
    """Plan a run of a course."""
    course, form = course_of(course_id, EDIT), CohortForm()
    if form.validate_on_submit():
        try:
            made = verbs.create(db.session, course, _facts(form), **acting())
            db.session.commit()
            flash(
                gettext(
                    "Cohort %(number)s is planned. Add its lessons, then publish it.", number=made.number
                ),
                "success",
            )
            _warn_if_closed(made)
            return redirect(url_for(".cohort", cohort_id=made.id))
        except Invalid as error:
            db.session.rollback()
            put_error(form, error)
    return render_template("training/new_cohort.html", form=form, course=course), 400 if form.faults else 200


def _warn_if_closed(cohort: Cohort) -> None:
    """Say when enrolment ended before now: meant for a cohort of the past, a slip for one to come."""
    if cohort.state in GOING and cohort.closes_at <= clock.now():
        text = gettext(
            "Enrolment ended on %(moment)s: nobody can enrol by themselves.", moment=moment(cohort.closes_at)
        )
        flash(text, "warning")


@blueprint.route("/training/cohorts/<int:cohort_id>/edit", methods=BOTH)
@guards.requires(EDIT)
def edit_cohort(cohort_id: int) -> ResponseReturnValue:
    """Change places and times; more places go to the waiting list at once."""
    cohort, form = cohort_of(cohort_id, EDIT), CohortForm()
    if not form.is_submitted():
        form.fill(cohort)
    elif form.validate():
        try:
            verbs.change(db.session, cohort, _facts(form), version=version_seen(form), **acting())
            db.session.commit()
            flash(gettext("%(number)s is saved.", number=cohort.number), "success")
            _warn_if_closed(cohort)
            return redirect(url_for(".cohort", cohort_id=cohort_id))
        except Stale:
            db.session.rollback()
            saved = CohortForm(formdata=None)
            saved.fill(cohort_of(cohort_id))
            return stale_page(
                _worded(saved), _worded(form), back=url_for(".edit_cohort", cohort_id=cohort_id)
            )
        except Invalid as error:
            db.session.rollback()
            put_error(form, error)
    return render_template("training/edit_cohort.html", form=form, cohort=cohort), 400 if form.faults else 200


@blueprint.post("/training/cohorts/<int:cohort_id>/publish")
@guards.requires(EDIT)
def publish_cohort(cohort_id: int) -> ResponseReturnValue:
    """Let a cohort be seen and enrolled in."""
    cohort = cohort_of(cohort_id, EDIT)
    return attempt(
        gettext("Cohort %(number)s can be seen by everybody now.", number=cohort.number),
        url_for(".cohort", cohort_id=cohort_id),
        lambda: verbs.publish(db.session, cohort, **acting()),
    )


@blueprint.route("/training/cohorts/<int:cohort_id>/cancel", methods=BOTH)
@guards.requires(EDIT)
def cancel_cohort(cohort_id: int) -> ResponseReturnValue:
    """Ask once, with a reason, then call the cohort off and tell everybody."""
    cohort, form = cohort_of(cohort_id, EDIT), ReasonForm()
    if form.validate_on_submit():
        try:
            verbs.cancel(db.session, cohort, form.reason.data or "", **acting())
            db.session.commit()
            flash(
                gettext(
                    "Cohort %(number)s is cancelled. Everybody in it is told by mail.", number=cohort.number
                ),
                "success",
            )
            return redirect(url_for(".cohort", cohort_id=cohort_id))
        except Invalid as error:
            db.session.rollback()
            put_error(form, error)
    numbers = queries.summaries(db.session, [cohort_id])[cohort_id]
    page = render_template(
        "training/cancel_cohort.html",
        form=form,
        cohort=cohort,
        numbers=numbers,
        shared=_ending_for_others(cohort),
    )
    return page, 400 if form.faults else 200


def _shared(cohort: Cohort, lessons: list[Lesson]) -> dict[int, str]:
    """Return in words with whom a cohort shares its lessons, by lesson."""
    found = [each for each in lessons if each.shares]
    owners = queries.owners_of(db.session, found)
    away = rosters.unbooked_guests(db.session, found, now=clock.now())
    return {
        lesson.id: sharing.told(each, owners[lesson.cohort_id], cohort, away.get(lesson.id, ()))
        for lesson, each in zip(found, sharing.of_lessons(found), strict=True)
    }


def _ending_for_others(cohort: Cohort) -> list[str]:
    """Return the lessons ahead of a cohort that others share, with these."""
    lessons, now = queries.lessons_of(db.session, [cohort.id]).get(cohort.id, []), clock.now()
    ahead = [each for each in lessons if each.state is LessonState.PLANNED and each.ends > now]
    own = [each for each in ahead if each.cohort_id == cohort.id and each.shares]
    told = (sharing.told(each, cohort, cohort) for each in sharing.of_lessons(own))
    return [
        gettext("%(lesson)s (%(cohort)s)", lesson=lesson.title, cohort=others)
        for lesson, others in zip(own, told, strict=True)
    ]


def _roster(cohort: Cohort, now: datetime) -> dict[str, Any]:
    """Return the page of the roster that the address asks for, and what it can be narrowed by."""
    state, name = request.args.get("state", ""), request.args.get("q", "").strip()
    wanted = [EnrolmentState(state)] if state in list(EnrolmentState) else []
    found = paginate(db.session, rosters.statement(cohort.id, states=wanted, name=name), scalars=False)
    return {
        "roster": dataclasses.replace(found, rows=rosters.rows(db.session, cohort, found.rows, now=now)),
        "counts": rosters.counts(db.session, cohort),
        "state": state,
        "name": name,
    }


def _counts() -> dict[CohortState, int]:
    """Return how many cohorts of the reader's offices there are in each state."""
    cohorts = queries.cohorts(guards.grants().scope(VIEW)).order_by(None).options()
    counted = cohorts.with_only_columns(Cohort.state, sa.func.count(), maintain_column_froms=True)
    return dict(db.session.execute(counted.group_by(Cohort.state)).all())


def _facts(form: CohortForm) -> CohortFacts:
    assert form.opens_at.data is not None
    assert form.closes_at.data is not None
    return CohortFacts(
        capacity=form.capacity.data or 0,
        opens_at=aware(form.opens_at.data),
        closes_at=aware(form.closes_at.data),
        title=form.title.data or "",
        offer_hours=form.offer_hours.data or 0,
    )


def _worded(form: CohortForm) -> dict[str, Any]:
    fields = [field for field in form if field.type not in ("HiddenField", "CSRFTokenField")]
    return {str(field.label.text): trail.shown(str(field.data or "")) for field in fields}
