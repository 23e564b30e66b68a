"""A week of a draft: by room, teacher or cohort; what breaks, what has no place, what it costs."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

import config
from expertpool import clock
from expertpool.audit import queries as audit
from expertpool.extensions import db
from expertpool.planning import kept, queries, steps, timetables
from expertpool.planning.composition import Composed
from expertpool.planning.differences import differences
from expertpool.planning.keys import lesson_key, number_of
from expertpool.planning.models import Timetable
from expertpool.planning.rows import sharing_of
from expertpool.planning.run_models import TimetableRun
from expertpool.settings import holidays
from expertpool.timetabling.plans import scoring
from expertpool.timetabling.plans.problem import Placement
from expertpool.timetabling.plans.result import Breach, Check, Soft
from expertpool.training.models import Cohort
from expertpool.web.kit import guards, trail
from expertpool.web.planning import engine, wording
from expertpool.web.planning.blueprint import VIEW, blueprint, composed, may_edit, timetable_of
from expertpool.web.planning.forms import AskForm
from expertpool.web.planning.told import NEW, Told
from expertpool.web.planning.week import Weekly, monday_of

VIEWS = ("room", "teacher", "cohort")
MOST_TOLD = 4
"""So many clashes are explained above the table, with ways out."""


@dataclass(frozen=True)
class Problem:
    """A breach in words, its lesson, and places where that would break nothing."""

    row_id: int
    lesson: str
    text: str
    ways: list[tuple[str, Placement]]


@blueprint.get("/training/timetables/<int:timetable_id>")
@guards.requires(VIEW)
def show(timetable_id: int) -> ResponseReturnValue:
    """One week, `?week=` a day of it, `?by=` room, teacher or cohort."""
    timetable = timetable_of(timetable_id)
    draft = composed(timetable)
    told, check = Told(draft), scoring.check(draft.problem, draft.plan)
    by = request.args.get("by", VIEWS[0])
    by = by if by in VIEWS else VIEWS[0]
    monday = _monday(timetable, draft)
    found = differences(db.session, timetable, now=clock.now())
    special = {each.day: each for each in holidays.between(db.session, monday, monday + timedelta(days=6))}
    week = Weekly(draft, told, by, check.breaches, found.changes).week(monday, special)
    editing = may_edit(timetable)
    return render_template(
        "planning/show.html",
        timetable=timetable,
        week=week,
        by=by,
        views=VIEWS,
        weeks=_weeks(timetable),
        nothing_listed=_without(draft, _listed(draft)),
        without_teacher=[each for id_, each in draft.cohorts.items() if draft.fits.get(id_) == []],
        choosing=[each for id_, each in draft.cohorts.items() if draft.fits.get(id_)],
        earlier=_link(timetable, monday - timedelta(days=7)),
        later=_link(timetable, monday + timedelta(days=7)),
        placed=len(draft.plan),
        problems=_problems(draft, told, check.breaches),
        breaches=len(check.breaches),
        found=found,
        unplaced=_unplaced(draft, told, check),
        costs=_costs(check, draft),
        total=sum(each.cost for each in check.costs if each.rule is not Soft.UNPLACED),
        run=queries.newest_runs(db.session, [timetable.id]).get(timetable.id),
        waiting=timetables.WAITING,
        form=AskForm(),
        step=steps.last(db.session, timetable) if editing else None,
        lines=_trail(timetable),
        may_edit=editing,
        told=told,
    )


def _monday(timetable: Timetable, draft: Composed) -> date:
    """Return the Monday of the week asked for; else of the first lesson ahead, or of the first day."""
    try:
        return monday_of(date.fromisoformat(request.args.get("week", "")))
    except (ValueError, OverflowError):
        pass
    today = clock.now().astimezone(config.zone_of()).date()
    ahead = [each.day for each in draft.plan if each.day >= today]
    return monday_of(min(ahead, default=timetable.first))


def _link(timetable: Timetable, monday: date) -> date | None:
    """Return a Monday if the timetable reaches into its week."""
    reaches = monday <= timetable.last and monday + timedelta(days=6) >= timetable.first
    return monday if reaches else None


def _weeks(timetable: Timetable) -> list[date]:
    """Return the Mondays of all weeks that the timetable reaches into."""
    first = monday_of(timetable.first)
    return [first + timedelta(days=day) for day in range(0, (timetable.last - first).days + 1, 7)]


def _listed(draft: Composed) -> set[int]:
    """Return the cohorts that have a lesson to place, their own or a joint one."""
    rows = draft.rows.values()
    return {id_ for row in rows for id_ in (row.cohort_id, *sharing_of(row).joint_ids)}


def _without(draft: Composed, present: set[int]) -> list[Cohort]:
    """Return the cohorts of the draft that are not among `present`."""
    return [each for id_, each in draft.cohorts.items() if id_ not in present]


def _problems(draft: Composed, told: Told, breaches: Iterable[Breach]) -> list[Problem]:
    """Return what is broken, a lesson once, with two ways out for the first few that clash."""
    of: dict[str, list[Breach]] = defaultdict(list)
    for breach in breaches:
        of[breach.lesson].append(breach)
    found: list[Problem] = []
    for key, broken in of.items():
        ways = []
        if len(found) < MOST_TOLD and engine.is_ready():
            effects = engine.moves().placings(draft.problem, draft.plan, key, most=2)
            ways = [(told.spot(each.placement), each.placement) for each in effects]
        text = "; ".join(dict.fromkeys(told.breach(each) for each in broken))
        found.append(Problem(number_of(key), told.lesson(key), text, ways))
    return found


def _unplaced(draft: Composed, told: Told, check: Check) -> list[dict[str, Any]]:
    """Return the lessons without a place, with what the last run said of them."""
    run = queries.last_answer(db.session, draft.timetable)
    said = _said(run)
    return [
        {
            "row": draft.rows[number_of(key)],
            "title": told.lesson(key),
            **(told.unplaced(said[key]) if key in said else {}),
        }
        for key in check.unplaced
    ]


def _said(run: TimetableRun | None) -> dict[str, Any]:
    kept_ones = (run.best or {}).get("unplaced", ()) if run else ()
    return {each["lesson"]: kept.unplaced_of(each) for each in kept_ones}


def _costs(check: Check, draft: Composed) -> list[tuple[Any, int, int, int]]:
    """Return each rule that costs something: what it counts, units, weight, cost; the dearest first.

    Lessons without a place are told beside the table.
    """
    units: Counter[Soft] = Counter()
    sums: Counter[Soft] = Counter()
    for each in check.costs:
        if each.rule is Soft.UNPLACED:
            continue
        units[each.rule] += each.units
        sums[each.rule] += each.cost
    return [
        (wording.SOFT[rule], units[rule], getattr(draft.problem.weights, rule.value), cost)
        for rule, cost in sorted(sums.items(), key=lambda pair: (-pair[1], pair[0]))
    ]


def _trail(timetable: Timetable) -> list[trail.Line]:
    entries = audit.trail(db.session, "timetable", timetable.id, limit=8, now=clock.now()).entries
    labels = {**wording.FIELDS, **{rule.value: word for rule, word in wording.SOFT.items()}}
    return trail.lines(entries, wording.SENTENCES, labels, wording.CODES)


def spot_link(timetable_id: int, placement: Placement) -> str:
    """Return the page of a lesson that shows what a move to a placement would do."""
    return url_for(
        "planning.lesson",
        timetable_id=timetable_id,
        row_id=number_of(placement.lesson),
        day=placement.day.isoformat(),
        start=f"{placement.start // 60:02}:{placement.start % 60:02}",
        room="any" if placement.room == NEW else placement.room or "",
        teacher="any" if placement.teacher == NEW else placement.teacher or "",
    )


blueprint.add_app_template_global(spot_link)
blueprint.add_app_template_global(lesson_key)
