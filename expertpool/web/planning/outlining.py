"""What is taught, as lists: the outline of a course, and the lessons that a cohort is to have."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from itertools import chain
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from sqlalchemy.orm import joinedload

from expertpool import clock
from expertpool.errors import Invalid
from expertpool.extensions import db
from expertpool.people.models import Person
from expertpool.planning import fitting, outlines
from expertpool.planning.fitting import Fit
from expertpool.planning.models import CohortLesson
from expertpool.planning.rows import is_published
from expertpool.text.languages import normal
from expertpool.training.models import Cohort, Course
from expertpool.training.teachings import LIVE
from expertpool.web.kit import guards
from expertpool.web.kit.forms import put_error
from expertpool.web.planning.blueprint import BOTH, EDIT, acting, blueprint
from expertpool.web.planning.forms import ANYBODY, CohortForm, OutlineForm
from expertpool.web.planning.wording import language_name, language_names
from expertpool.web.training import choosing, sharing
from expertpool.web.training.blueprint import cohort_of, course_of

USUAL = ("zh", "en")
"""Languages that are always offered."""


@blueprint.route("/training/courses/<int:course_id>/outline", methods=BOTH)
@guards.requires(EDIT)
def outline(course_id: int) -> ResponseReturnValue:
    """List the lessons that a course consists of; new cohorts get a copy."""
    course, form = course_of(course_id, EDIT), OutlineForm()
    if not form.is_submitted():
        form.fill(outlines.outline_of(db.session, course))
    elif form.validate() and _saved(
        form, lambda: outlines.set_outline(db.session, course, form.lines(), **acting())
    ):
        flash(gettext("The outline is saved. Cohorts that have no list yet get it."), "success")
        return redirect(url_for("training.manage_course", course_id=course_id))
    fits = fitting.fitting(db.session, [course.id], now=clock.now()).get(course.id, ())
    languages = _languages(course, [each.languages for each in fits])
    page = render_template("planning/outline.html", form=form, course=course, spoken=languages)
    return page, 400 if form.faults else 200


@blueprint.route("/training/cohorts/<int:cohort_id>/outline", methods=BOTH)
@guards.requires(EDIT)
def cohort_outline(cohort_id: int) -> ResponseReturnValue:
    """List what a cohort is to be taught and does not have yet."""
    cohort, form = cohort_of(cohort_id, EDIT), CohortForm()
    rows = outlines.lessons_of(db.session, [cohort.id])
    fits = fitting.for_cohort(db.session, cohort, now=clock.now())
    teachers = _teachers(cohort, rows, fits)
    if not form.is_submitted():
        form.fill(_offered(cohort, rows))
    form.choose(teachers)
    if (
        form.is_submitted()
        and form.validate()
        and _saved(form, lambda: outlines.set_lessons(db.session, cohort, form.shared(cohort), **acting()))
    ):
        flash(gettext("The list is saved. Timetables with this cohort place these lessons."), "success")
        return redirect(url_for("training.cohort", cohort_id=cohort_id))
    form.choose(teachers)
    page = render_template(
        "planning/cohort_outline.html",
        form=form,
        cohort=cohort,
        published=[each for each in rows if is_published(each)],
        joined=_joined(cohort),
        offered=sharing.offered(cohort),
        fits=fits,
        spoken=_languages(cohort.course, [*(each.languages for each in fits), *_spoken(cohort)]),
    )
    return page, 400 if form.faults else 200


def _teachers(cohort: Cohort, rows: Sequence[CohortLesson], fits: Sequence[Fit]) -> list[tuple[str, str]]:
    """Return who may be chosen at a lesson: teachers of the cohort, and experts of the pool who fit it."""
    own = [(f"t{id_}", name) for id_, name in choosing.teachers(cohort)]
    anybody = gettext("any of the cohort") if own else gettext("left to the plan")
    pool = {f"p{each.person_id}": _described(each) for each in fits}
    for row in rows:
        if row.person_id is not None:
            pool.setdefault(f"p{row.person_id}", db.session.get_one(Person, row.person_id).name)
    return [(ANYBODY, anybody), *own, *pool.items()]


def _joined(cohort: Cohort) -> list[str]:
    """Return the lessons of other cohorts' lists that this one is to have with them."""
    rows = db.session.scalars(outlines.joined_by(cohort).options(joinedload(CohortLesson.cohort))).all()
    return [
        gettext("%(lesson)s (%(cohort)s)", lesson=each.title, cohort=each.cohort.number)
        for each in rows
        if not is_published(each)
    ]


def _described(fit: Fit) -> str:
    """Return an expert of the pool with languages and lessons ahead."""
    lessons = ngettext("%(num)s lesson ahead", "%(num)s lessons ahead", fit.lessons)
    told = gettext(", ").join(filter(None, [gettext("of the pool"), language_names(fit.languages), lessons]))
    return str(gettext("%(name)s (%(lessons)s)", name=fit.name, lessons=told))


def _spoken(cohort: Cohort) -> list[Sequence[str]]:
    """Return the languages of each teacher of a cohort."""
    return [each.person.languages for each in choosing.teachings_of(cohort) if each.state in LIVE]


def _languages(course: Course, listed: Iterable[Iterable[str]]) -> list[str]:
    """Return the languages to offer by name: those of `listed` people, most frequent first, then others.

    Those are the languages of the office's lessons, Chinese and English.
    """
    known = [*sorted(outlines.languages_of(db.session, course.owner_id)), *USUAL]
    spoken = Counter(map(normal, chain.from_iterable(listed))).most_common()
    return list(dict.fromkeys(map(language_name, [*(code for code, _number in spoken), *known])))


def _offered(cohort: Cohort, rows: Sequence[CohortLesson]) -> list[Any]:
    """Return the lines to begin with: those that wait, or those of the course's outline without a list."""
    if rows:
        return [each for each in rows if not is_published(each)]
    return outlines.lacking(db.session, cohort)


def _saved(form: OutlineForm, save: Callable[[], None]) -> bool:
    """Save the lines and commit; a refusal is put at its field."""
    try:
        save()
        db.session.commit()
    except Invalid as error:
        db.session.rollback()
        form.renumber()
        _put(form, error)
        return False
    return True


def _put(form: OutlineForm, error: Invalid) -> None:
    """Put an error at `rows-<number>-<field>`, counted among the lines with a title."""
    _, number, name = [*(error.field or "").split("-", 2), "", ""][:3]
    if number.isdecimal() and int(number) < len(form.rows):
        field = form.rows[int(number)].form[name]
        field.errors = [*field.errors, error.sentence.translated(gettext)]
        form.rows.errors = [line.errors for line in form.rows]
    else:
        put_error(form, error)
