"""The teachers of a timetable: what they teach in it, and what the office has agreed with each."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from expertpool.errors import N_, Invalid, NotFound, Stale
from expertpool.extensions import db
from expertpool.people.models import Person
from expertpool.planning import teachers as agreed
from expertpool.planning.composition import Composed
from expertpool.planning.keys import number_of, person_key
from expertpool.web.kit import guards
from expertpool.web.kit.forms import put_error
from expertpool.web.planning.blueprint import BOTH, EDIT, VIEW, acting, blueprint, composed, timetable_of
from expertpool.web.planning.blueprint import may_edit as may_edit_timetable
from expertpool.web.planning.forms import TeacherForm


@dataclass(frozen=True)
class Line:
    """A teacher, the minutes that they teach in the draft, and what was agreed."""

    id: int
    name: str
    languages: list[str]
    lessons: int
    minutes: int
    terms: agreed.Terms


@blueprint.get("/training/timetables/<int:timetable_id>/teachers")
@guards.requires(VIEW)
def teachers(timetable_id: int) -> ResponseReturnValue:
    """Whoever teaches in a timetable or could."""
    timetable = timetable_of(timetable_id)
    return render_template(
        "planning/teachers.html",
        timetable=timetable,
        lines=_lines(composed(timetable)),
        may_edit=may_edit_timetable(timetable),
    )


@blueprint.route("/training/timetables/<int:timetable_id>/teachers/<int:person_id>", methods=BOTH)
@guards.requires(EDIT)
def teacher(timetable_id: int, person_id: int) -> ResponseReturnValue:
    """Note how many lessons a week somebody teaches at most, and when rather not."""
    timetable = timetable_of(timetable_id, EDIT)
    found = composed(timetable)
    if all(number_of(each.id) != person_id for each in found.problem.teachers):
        raise NotFound(N_("Nobody of this kind teaches in this timetable."))
    person, form = db.session.get_one(Person, person_id), TeacherForm()
    if not form.is_submitted():
        form.fill(found.terms.get(person_id, agreed.Terms()))
    elif form.validate():
        try:
            agreed.set_terms(db.session, timetable.owner, person, form.terms(), **acting())
            db.session.commit()
            flash(gettext("It is noted. Ask for a plan to have it count."), "success")
            return redirect(url_for(".teachers", timetable_id=timetable_id))
        except (Invalid, Stale) as error:
            db.session.rollback()
            put_error(form, error)
    page = render_template(
        "planning/teacher.html", form=form, timetable=timetable_of(timetable_id), name=person.name
    )
    return page, 400 if form.faults else 200


def _lines(found: Composed) -> list[Line]:
    lengths = {each.id: each.minutes for each in found.problem.lessons}
    lessons: Counter[str] = Counter()
    minutes: Counter[str] = Counter()
    for each in found.plan:
        if each.teacher:
            lessons[each.teacher] += 1
            minutes[each.teacher] += lengths[each.lesson]
    ids = [number_of(each.id) for each in found.problem.teachers]
    lines = [
        Line(
            id_,
            found.names[id_],
            list(found.languages[id_]),
            lessons[person_key(id_)],
            minutes[person_key(id_)],
            found.terms.get(id_, agreed.Terms()),
        )
        for id_ in ids
    ]
    return sorted(lines, key=lambda each: (-each.minutes, each.id))
