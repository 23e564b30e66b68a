"""Write a plan as JSON, the same for the same plan but for the seconds; and a problem."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from expertpool.timetabling.plans.changes import changed
from expertpool.timetabling.plans.problem import Problem
from expertpool.timetabling.plans.result import Easing, Plan, Reason, Unplaced

CLOCK = {"start", "end"}
"""Fields that hold minutes from midnight, written as a time of the day."""


def write(problem: Problem, plan: Plan, told: Callable[[Reason | Easing], str] | None = None) -> str:
    """Return a plan as a text, with what it changes of the published one, if there is one.

    With `told`, each reason and easing gets a `sentence` beside its codes.
    """
    values = {
        "placements": [_plain(each) for each in plan.placements],
        "unplaced": [_unplaced(each, told) for each in plan.unplaced],
        "cost": plan.total,
        "bound": plan.bound,
        "costs": {rule.value: cost for rule, cost in plan.costs.items()},
        "changes": _plain(changed(problem.published, plan.placements)) if problem.published else None,
        "seed": plan.seed,
        "steps": plan.steps,
        "seconds": round(plan.seconds, 1),
        "stopped": plan.stopped,
    }
    return json.dumps(values, ensure_ascii=False, indent=1) + "\n"


def _unplaced(unplaced: Unplaced, told: Callable[[Reason | Easing], str] | None) -> dict[str, Any]:
    values: dict[str, Any] = _plain(unplaced)
    if told is not None:
        for name in ("reasons", "easings"):
            for value, each in zip(values[name], getattr(unplaced, name), strict=True):
                value["sentence"] = told(each)
    return values


def write_problem(problem: Problem) -> str:
    """Return a problem as a text that `reading.read` reads."""
    return json.dumps(_plain(problem), ensure_ascii=False, indent=1) + "\n"


def _plain(value: Any, name: str = "") -> Any:
    """Return a dataclass, and all in it, as values of JSON; times of the day as texts."""
    if is_dataclass(value):
        return {each.name: _plain(getattr(value, each.name), each.name) for each in fields(value)}
    if isinstance(value, dict | Mapping):
        return {str(key): _plain(each, str(key)) for key, each in value.items()}
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, tuple | list):
        return [_plain(each) for each in value]
    if isinstance(value, dt.date):
        return value.isoformat()
    if name in CLOCK and isinstance(value, int):
        return f"{value // 60:02}:{value % 60:02}"
    return value
