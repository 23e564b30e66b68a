"""The public catalogue of courses."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from expertpool import clock
from expertpool.extensions import db
from expertpool.skills import queries as skills
from expertpool.training import queries
from expertpool.training.models import Cohort, Course, Level
from expertpool.training.queries import Summary, Wanted
from expertpool.web.kit import guards
from expertpool.web.kit.pagination import here, paginate
from expertpool.web.skills.wording import skill_name
from expertpool.web.training.blueprint import blueprint
from expertpool.web.training.standing import NOTHING, first_of, stage_of
from expertpool.web.training.wording import LEVELS


@dataclass(frozen=True)
class Row:
    """A course of the catalogue with the cohort that a reader looks for first."""

    course: Course
    cohort: Cohort | None
    numbers: Summary
    stage: str
    more: int
    """Further cohorts that are not over."""


@blueprint.get("/courses")
@guards.public
def catalogue() -> ResponseReturnValue:
    """The published courses, narrowed by `?q= level= skill= open=`."""
    now = clock.now()
    wanted = _wanted(now)
    page = paginate(db.session, queries.catalogue(db.session, wanted))
    return render_template(
        "training/catalogue.html",
        page=page,
        rows=_rows(page.rows, now),
        wanted=wanted,
        levels=LEVELS,
        conditions=_conditions(wanted),
    )


def _rows(courses: Any, now: datetime) -> list[Row]:
    cohorts = queries.cohorts_of(db.session, [each.id for each in courses])
    numbers = queries.summaries(db.session, [each.id for found in cohorts.values() for each in found])
    return [_row(each, cohorts.get(each.id, []), numbers, now) for each in courses]


def _row(course: Course, cohorts: list[Cohort], numbers: dict[int, Summary], now: datetime) -> Row:
    stages = {each.id: stage_of(each, now) for each in cohorts}
    going = [each for each in cohorts if stages[each.id] in ("open", "soon", "closed")]
    first = first_of(going, stages, None)
    if first is None:
        return Row(course, None, NOTHING, "", 0)
    return Row(course, first, numbers[first.id], stages[first.id], len(going) - 1)


def _wanted(now: datetime) -> Wanted:
    level = request.args.get("level", "")
    return Wanted(
        text=request.args.get("q", "").strip()[:200],
        level=Level(level) if level in list(Level) else None,
        skill_id=request.args.get("skill", type=int),
        open_at=now if "open" in request.args else None,
    )


def _conditions(wanted: Wanted) -> list[tuple[str, str]]:
    """Return each chosen condition in words with the address of the list without it."""
    found: list[tuple[str, str]] = []
    if wanted.text:
        found.append((gettext("“%(text)s”", text=wanted.text), here(q=None, page=None)))
    if wanted.level:
        found.append((str(LEVELS[wanted.level]), here(level=None, page=None)))
    if wanted.skill_id:
        skill = skills.by_ids(db.session, [wanted.skill_id]).get(wanted.skill_id)
        found.append((skill_name(skill) if skill else f"#{wanted.skill_id}", here(skill=None, page=None)))
    if wanted.open_at:
        found.append((gettext("open for enrolment"), here(open=None, page=None)))
    return found
