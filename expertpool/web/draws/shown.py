"""A draw as its pages show it: what was fixed, and each step in words."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from expertpool.draws import entropy, record
from expertpool.draws.announcing import Announcement, Source, parse_stamp
from expertpool.draws.drawing import Outcome
from expertpool.errors import Sentence
from expertpool.extensions import db
from expertpool.panels import draw_queries
from expertpool.panels.draw_models import Draw
from expertpool.people.models import Person
from expertpool.web.draws import wording


@dataclass(frozen=True)
class Occasion:
    """A source: when it reports, and what it did; `withheld` when its party kept silent."""

    source: Source
    at: datetime | None
    value: str
    withheld: bool


@dataclass(frozen=True)
class Step:
    """One derived value and whom it drew. `who` is a name, or empty for strangers."""

    index: int
    digest: str
    stratum: str
    divisor: int
    place: int
    number: str
    who: str
    outcome: str
    face: str
    reason: str


@dataclass(frozen=True)
class Shown:
    """A draw, whole; `faults` are what does not agree when it is repeated."""

    announcement: Announcement
    occasions: list[Occasion]
    steps: list[Step]
    key: str
    sha256: str
    short: dict[str, int]
    faults: list[Sentence]
    bits: float

    def of(self, *outcomes: str) -> list[Step]:
        """Return the steps with these outcomes, in the order drawn."""
        words = {str(wording.OUTCOMES[Outcome(each)]) for each in outcomes}
        return [step for step in self.steps if step.outcome in words]

    @property
    def outcomes(self) -> dict[str, Step]:
        """The step that drew each person, by number."""
        return {step.number: step for step in self.steps}


EVERYBODY = frozenset(Outcome)
NOBODY: frozenset[Outcome] = frozenset()
DRAWN = frozenset({Outcome.SEAT, Outcome.ALTERNATE})
"""Whose names a published draw tells: never of those who were recused or passed over."""


def of_draw(draw: Draw, *, named: frozenset[Outcome]) -> Shown:
    """Return a stored draw, repeated; people of the outcomes `named` by name."""
    return _shown(draw_queries.announcement_of(draw), json.loads(draw.record) if draw.record else None, named)


def hash_of(draw: Draw) -> str:
    """Return the SHA-256 of a draw's record, which tells nothing of it; empty before it is made."""
    return str(json.loads(draw.record)["sha256"]) if draw.record else ""


def of_data(announcement: Announcement, data: dict[str, Any]) -> Shown:
    """Return somebody's record that is known to have the right shape."""
    return _shown(announcement, data, NOBODY)


def _shown(announcement: Announcement, data: dict[str, Any] | None, named: frozenset[Outcome]) -> Shown:
    steps = data["steps"] if data else []
    names = _names([each["name"] for each in steps if each["outcome"] in named])
    reports = data["reports"] if data else []
    seats = sum(each.seats for each in announcement.plan.strata)
    return Shown(
        announcement=announcement,
        occasions=[
            _occasion(source, reports[at] if data else None) for at, source in enumerate(announcement.sources)
        ],
        steps=[_step(each, names) for each in steps],
        key=data["key"] if data else "",
        sha256=data["sha256"] if data else "",
        short=data["short"] if data else {},
        faults=record.verify(data) if data else [],
        bits=entropy.needed(len(announcement.pool), seats),
    )


def _occasion(source: Source, report: dict[str, str] | None) -> Occasion:
    withheld = bool(report is not None and source.party and not report["value"])
    value = f"{report['value']} {report['salt']}".strip() if report else ""
    return Occasion(source, parse_stamp(source.at) if source.at else None, value, withheld)


def _step(each: dict[str, Any], names: dict[str, str]) -> Step:
    outcome = Outcome(each["outcome"])
    return Step(
        index=each["index"],
        digest=each["digest"],
        stratum=each["stratum"],
        divisor=each["divisor"],
        place=each["remainder"] + 1,
        number=each["name"],
        who=names.get(each["name"], ""),
        outcome=str(wording.OUTCOMES[outcome]),
        face=wording.OUTCOME_FACES[outcome],
        reason=wording.reason(each["reason"]) if each["reason"] else "",
    )


def _names(numbers: list[str]) -> dict[str, str]:
    if not numbers:
        return {}
    rows = db.session.execute(sa.select(Person.number, Person.name).where(Person.number.in_(numbers)))
    return dict(rows.all())
