"""One lesson of a draft: why it is where it is, where else it could be, and what a move breaks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time
from itertools import product
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from werkzeug.datastructures import MultiDict

from expertpool.errors import ExpertPoolError, Invalid
from expertpool.extensions import db
from expertpool.planning import clashes, drafts, queries, timetables
from expertpool.planning.composition import Composed
from expertpool.planning.drafts import spot_of
from expertpool.planning.keys import lesson_key
from expertpool.planning.models import CohortLesson, Timetable
from expertpool.planning.rows import is_published, title_of
from expertpool.timetabling.plans.problem import Mode, Placement
from expertpool.timetabling.plans.result import Effect, Soft, Unplaced
from expertpool.web.kit import guards
from expertpool.web.kit.forms import put_error
from expertpool.web.planning import engine, wording
from expertpool.web.planning.blueprint import EDIT, VIEW, acting, blueprint, composed, may_edit, timetable_of
from expertpool.web.planning.forms import SpotForm
from expertpool.web.planning.told import Told

LONGEST = 60.0
"""Seconds that a question waits for the engine, which is then compiled for the first time."""
ANY = "any"
"""Value of a room or teacher that is left to the system."""


@dataclass(frozen=True)
class Move:
    """What a move does, in words."""

    placement: Placement
    spot: str
    breaks: list[str]
    mends: list[str]
    costs: list[tuple[Any, int]]
    change: int
    is_double: bool
    """Whether it books somebody or a room twice, which publishing refuses."""


@blueprint.get("/training/timetables/<int:timetable_id>/lessons/<int:row_id>")
@guards.requires(VIEW)
def lesson(timetable_id: int, row_id: int) -> ResponseReturnValue:
    """A lesson; with `?day= start= room= teacher=` what a move there would do."""
    timetable = timetable_of(timetable_id)
    row = drafts.row_of(db.session, timetable, row_id)
    form, effect = _form(draft := composed(timetable), row), None
    if request.args.get("day"):
        form = _form(draft, row, request.args)
        if form.validate():
            effect = _asked(draft, row, form)
    return _page(timetable, row, draft, form, effect), 400 if form.faults else 200


@blueprint.get("/training/timetables/<int:timetable_id>/lessons/<int:row_id>/effect")
@guards.requires(VIEW)
def effect(timetable_id: int, row_id: int) -> ResponseReturnValue:
    """What a move does, as a part of a page, for the script that lets lessons be dragged."""
    timetable = timetable_of(timetable_id)
    row = drafts.row_of(db.session, timetable, row_id)
    draft = composed(timetable)
    form = _form(draft, row, request.args)
    if not form.validate():
        abort(400)
    return render_template(
        "planning/_effect.html",
        timetable=timetable,
        row=row,
        effect=_asked(draft, row, form),
        may_edit=may_edit(timetable),
        is_part=True,
    )


@blueprint.post("/training/timetables/<int:timetable_id>/lessons/<int:row_id>/move")
@guards.requires(EDIT)
def move(timetable_id: int, row_id: int) -> ResponseReturnValue:
    """Put a lesson elsewhere, whatever that breaks: the page said what it does."""
    timetable = timetable_of(timetable_id, EDIT)
    row = drafts.row_of(db.session, timetable, row_id)
    draft = composed(timetable)
    form = _form(draft, row, request.form)
    if form.validate():
        placement = _asked(draft, row, form).placement
        try:
            drafts.place(db.session, timetable, row, spot_of(draft, placement), **acting())
            db.session.commit()
            flash(gettext("“%(lesson)s” is moved in the draft.", lesson=title_of(row)), "success")
            return redirect(_back(timetable_id, placement.day))
        except Invalid as error:
            db.session.rollback()
            put_error(form, error)
    timetable = timetable_of(timetable_id)
    row = drafts.row_of(db.session, timetable, row_id)
    return _page(timetable, row, composed(timetable), form, None), 400


@blueprint.post("/training/timetables/<int:timetable_id>/lessons/<int:row_id>/pin")
@guards.requires(EDIT)
def pin(timetable_id: int, row_id: int) -> ResponseReturnValue:
    """Let no run move a lesson, or let it again."""
    pinned = request.form.get("pinned") == "yes"
    done = (
        gettext("It is pinned: plans leave it where it is.")
        if pinned
        else gettext("Plans may move it again.")
    )
    return _done(timetable_id, row_id, drafts.pin, done, pinned)


@blueprint.post("/training/timetables/<int:timetable_id>/lessons/<int:row_id>/take-out")
@guards.requires(EDIT)
def take_out(timetable_id: int, row_id: int) -> ResponseReturnValue:
    """Leave a lesson without a place."""
    return _done(timetable_id, row_id, drafts.take_out, gettext("It has no place in the draft any more."))


@blueprint.post("/training/timetables/<int:timetable_id>/lessons/<int:row_id>/leave")
@guards.requires(EDIT)
def leave(timetable_id: int, row_id: int) -> ResponseReturnValue:
    """Have a published lesson cancelled with the next publication, or not after all."""
    leaving = request.form.get("leaving") == "yes"
    done = gettext("It is cancelled when you publish.") if leaving else gettext("It stays.")
    return _done(timetable_id, row_id, drafts.leave, done, leaving)


def _done(timetable_id: int, row_id: int, verb: Any, done: str, *values: bool) -> ResponseReturnValue:
    timetable = timetable_of(timetable_id, EDIT)
    row = drafts.row_of(db.session, timetable, row_id)
    try:
        verb(db.session, timetable, row, *values, **acting())
        db.session.commit()
        flash(done, "success")
    except ExpertPoolError as error:
        db.session.rollback()
        flash(error.sentence.translated(gettext), "error")
    return redirect(url_for(".lesson", timetable_id=timetable_id, row_id=row_id))


def _page(
    timetable: Timetable, row: CohortLesson, draft: Composed, form: SpotForm, asked: Move | None
) -> str:
    told, key = Told(draft), lesson_key(row.id)
    movable = any(each.id == key for each in draft.problem.lessons)
    ready = movable and engine.is_ready()
    placement = next((each for each in draft.plan if each.lesson == key), None)
    best = engine.moves().placings(draft.problem, draft.plan, key, most=8) if ready else ()
    run = queries.newest_runs(db.session, [timetable.id]).get(timetable.id)
    return render_template(
        "planning/lesson.html",
        timetable=timetable,
        row=row,
        title=title_of(row),
        cohort=draft.cohorts[row.cohort_id],
        placement=placement,
        kept=draft.placements.get(row.id),
        is_published=is_published(row),
        movable=movable,
        ready=ready,
        why=engine.moves().why(draft.problem, draft.plan, key) if ready else None,
        best=[_told(draft, each) for each in best],
        easings=_easings(draft, told, key) if ready and placement is None and not best else None,
        form=form,
        effect=asked,
        told=told,
        fits=draft.fits.get(row.cohort_id),
        may_edit=may_edit(timetable),
        is_working=run is not None and run.state in timetables.WAITING,
    )


def _easings(draft: Composed, told: Told, key: str) -> dict[str, Any]:
    """Return in words what would let a lesson in; empty for nothing."""
    found = engine.easing()(draft.problem, draft.plan, key)
    return told.unplaced(Unplaced(key, (), found)) if found else {}


def _form(draft: Composed, row: CohortLesson, values: Any = None) -> SpotForm:
    """Return the form of a spot, filled with `values` or with the present place."""
    lesson = next((each for each in draft.problem.lessons if each.id == lesson_key(row.id)), None)
    present = next((each for each in draft.plan if each.lesson == lesson_key(row.id)), None)
    given = MultiDict(values) if values is not None else None
    if given is not None:
        for name in ("room", "teacher"):
            given.setdefault(name, ANY)
    form = SpotForm(formdata=given, meta={"csrf": False})
    told, anything = Told(draft), (ANY, gettext("the best that is free"))
    form.room.choices = [anything]
    if lesson is None or lesson.mode is not Mode.ONLINE:
        form.room.choices += [(each.id, told.room(each.id)) for each in draft.problem.rooms]
    form.room.choices.append(("", gettext("no room")))
    form.teacher.choices = [anything]
    form.teacher.choices += [(each, told.teacher(each)) for each in (lesson.teachers if lesson else ())]
    form.teacher.choices.append(("", gettext("nobody")))
    if given is None:
        form.room.data, form.teacher.data = ANY, ANY
        if present is not None:
            form.day.data, form.start.data = present.day, time(*divmod(present.start, 60))
            form.room.data, form.teacher.data = present.room or "", present.teacher or ""
    return form


def _asked(draft: Composed, row: CohortLesson, form: SpotForm) -> Move:
    """Return what a move does; of a room or teacher left to the system, the one that breaks least."""
    lesson = next((each for each in draft.problem.lessons if each.id == lesson_key(row.id)), None)
    if lesson is None:
        abort(404)
    if not engine.is_ready(LONGEST):
        abort(503)
    day, clock = form.day.data, form.start.data
    assert day is not None
    assert clock is not None
    rooms: tuple[str | None, ...] = (form.room.data or None,)
    teachers: tuple[str | None, ...] = (form.teacher.data or None,)
    if form.room.data == ANY:
        needed = lesson.mode is not Mode.ONLINE
        rooms = tuple(each.id for each in draft.problem.rooms if needed) or (None,)
    if form.teacher.data == ANY:
        teachers = lesson.teachers or (None,)
    found = [
        engine.moves().moving(
            draft.problem, draft.plan, lesson.id, day, clock.hour * 60 + clock.minute, room, teacher
        )
        for room, teacher in product(rooms, teachers)
    ]
    return _told(draft, min(found, key=lambda each: (len(each.breaches), each.change)))


def _told(draft: Composed, effect: Effect) -> Move:
    told, moved = Told(draft), effect.placement
    plan = [moved, *(each for each in draft.plan if each.lesson != moved.lesson)]
    return Move(
        effect.placement,
        told.spot(effect.placement),
        list(dict.fromkeys(_whose(told, effect, each) for each in effect.breaches)),
        list(dict.fromkeys(told.breach(each) for each in effect.mended)),
        [(wording.SOFT[rule], change) for rule, change in effect.costs.items() if rule is not Soft.UNPLACED],
        effect.change - effect.costs.get(Soft.UNPLACED, 0),
        bool(clashes.doubles(draft, plan, effect.breaches)),
    )


def _whose(told: Told, effect: Effect, breach: Any) -> str:
    """Return a breach in words, with the lesson if it is another's."""
    text = told.breach(breach)
    if breach.lesson == effect.placement.lesson:
        return text
    return str(gettext("%(lesson)s: %(breach)s", lesson=told.lesson(breach.lesson), breach=text))


def _back(timetable_id: int, day: date) -> str:
    """Return the week from which the lesson was moved, by what it showed."""
    by = request.form.get("by", "")
    return url_for(".show", timetable_id=timetable_id, week=day.isoformat(), by=by or None)
