"""How a run keeps what was asked and what came back: plain values, the same bytes for the same question."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import zlib
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from expertpool.timetabling.plans.problem import Placement, Problem
from expertpool.timetabling.plans.result import Easing, Plan, Progress, Reason, Rule, Unplaced


def packed(problem: Problem) -> tuple[bytes, str]:
    """Return the problem as compressed JSON, and the SHA-256 of that JSON."""
    text = json.dumps(dataclasses.asdict(problem), default=_plain, sort_keys=True, ensure_ascii=False)
    return zlib.compress(text.encode()), hashlib.sha256(text.encode()).hexdigest()


def of_progress(progress: Progress) -> dict[str, Any]:
    """Return the best so far: `{"placements", "unplaced_count", "cost", "spent"}`."""
    return {
        "placements": placements(progress.placements),
        "unplaced_count": progress.unplaced,
        "cost": progress.cost,
        "spent": round(progress.spent, 3),
    }


def of_plan(plan: Plan, unplaced: Sequence[Unplaced]) -> dict[str, Any]:
    """Return an answer: as `of_progress`, with `"bound"`, `"costs"` by rule, `"unplaced"`, `"stopped"`."""
    return {
        "placements": placements(plan.placements),
        "unplaced_count": len(unplaced),
        "cost": plan.total,
        "bound": plan.bound,
        "spent": 1.0,
        "costs": {rule.value: cost for rule, cost in plan.costs.items() if cost},
        "unplaced": [_unplaced(each) for each in unplaced],
        "seconds": round(plan.seconds, 1),
        "steps": plan.steps,
        "stopped": plan.stopped,
    }


def placements(found: Iterable[Placement]) -> list[dict[str, Any]]:
    """Return placements as plain values."""
    return [
        {
            "lesson": each.lesson,
            "day": each.day.isoformat(),
            "start": each.start,
            "room": each.room,
            "teacher": each.teacher,
        }
        for each in found
    ]


def placement_of(kept: dict[str, Any]) -> Placement:
    """Return the placement that `placements` wrote."""
    day = date.fromisoformat(kept["day"])
    return Placement(kept["lesson"], day, kept["start"], kept["room"], kept["teacher"])


def unplaced_of(kept: dict[str, Any]) -> Unplaced:
    """Return what an answer keeps of a lesson that does not fit."""
    return Unplaced(
        kept["lesson"],
        tuple(Reason(Rule(each["rule"]), each["places"], each["params"]) for each in kept["reasons"]),
        tuple(
            Easing(
                Rule(each["rule"]), each["subject"], each["was"], each["to"], placement_of(each["placement"])
            )
            for each in kept["easings"]
        ),
    )


def _unplaced(found: Unplaced) -> dict[str, Any]:
    return {
        "lesson": found.lesson,
        "reasons": [
            {"rule": each.rule.value, "places": each.places, "params": _values(each.params)}
            for each in found.reasons
        ],
        "easings": [
            {
                "rule": each.rule.value,
                "subject": each.subject,
                "was": _plain_value(each.was),
                "to": _plain_value(each.to),
                "placement": placements([each.placement])[0],
            }
            for each in found.easings
        ],
    }


def _values(params: Any) -> dict[str, Any]:
    return {name: _plain_value(value) for name, value in params.items()}


def _plain_value(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _plain(value: Any) -> Any:
    """Return what JSON does not know: dates as ISO, sets in order."""
    if isinstance(value, frozenset | set):
        return sorted(value)
    return _plain_value(value)
