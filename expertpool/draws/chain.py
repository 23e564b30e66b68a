"""Draws after the first: numbered, with a reason, and chained to the record before them."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

from expertpool.draws import record
from expertpool.draws.announcing import Kind, Run
from expertpool.draws.record import Record
from expertpool.errors import N_, Invalid, Sentence


def next_run(before: Record, kind: Kind, reason: str) -> Run:
    """Return the run after `before`: a supplement (补抽) for open seats, or a redraw (重抽) of a void draw.

    Its sources must be new ones, still to come: commit to it as to any other.
    """
    if kind is Kind.FIRST or not reason.strip():
        raise Invalid(
            N_("A draw after the first is a supplement or a redraw, and has a reason."), field="reason"
        )
    return Run(before.data["announcement"]["run"]["number"] + 1, kind, before.sha256, reason)


def verify(records: Sequence[Any]) -> list[Sentence]:
    """Return what is wrong with a whole chain of records' plain data, from the first run to the last."""
    faults = [fault for data in records for fault in record.verify(data)]
    if faults:
        return faults
    if records and records[0]["announcement"]["run"]["number"] != 1:
        return [Sentence(N_("The chain does not begin with run 1."))]
    pairs = itertools.pairwise(records)
    return [
        fault
        for index, (before, after) in enumerate(pairs, start=1)
        for fault in _link_faults(before, after, _called(records[:index]))
    ]


def _link_faults(before: Any, after: Any, called: set[str]) -> list[Sentence]:
    run = after["announcement"]["run"]
    faults = []
    if run["number"] != before["announcement"]["run"]["number"] + 1 or run["previous"] != before["sha256"]:
        faults.append(
            Sentence(N_("Run %(number)s does not follow the record before it."), {"number": run["number"]})
        )
    if _prepared(before, after):
        faults.append(
            Sentence(
                N_("Run %(number)s was committed before the sources of the run before it."),
                {"number": run["number"]},
            )
        )
    again = sorted(called & {candidate["name"] for candidate in after["announcement"]["pool"]})
    if run["kind"] == Kind.SUPPLEMENT and again:
        faults.append(
            Sentence(
                N_("Run %(number)s fills open seats, but “%(name)s” was drawn before."),
                {"number": run["number"], "name": again[0]},
            )
        )
    return faults


def _prepared(before: Any, after: Any) -> bool:
    """Tell whether a run was fixed while the one before it could still come out differently."""
    ends = [source["at"] for source in before["announcement"]["sources"] if source["at"]]
    return bool(after["committed_at"] and ends and after["committed_at"] < max(ends))


def _called(records: Sequence[Any]) -> set[str]:
    """Return who holds a place since the last draw that began anew."""
    begun = max(i for i, data in enumerate(records) if data["announcement"]["run"]["kind"] != Kind.SUPPLEMENT)
    return {seat["name"] for data in records[begun:] for seat in data["picked"] + data["alternates"]}
