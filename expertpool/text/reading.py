"""Profiles from JSON lines: `{"id": "E1", "texts": ["...", ...], "skills": ["..."]}`."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from expertpool.errors import N_, Sentence
from expertpool.text.profile import Profile

MOST = 20
"""So many faults of one file are told."""
SHOWN = 60


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in a line (from 1)."""

    row: int
    value: str
    problem: Sentence


class Unreadable(Exception):
    """A file has faults."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__(f"{len(faults)} faults")
        self.faults = faults


def profiles(text: str) -> list[Profile]:
    """Return the profiles of a file, one a line; raises Unreadable with the first faults."""
    found: dict[str, Profile] = {}
    faults: list[Fault] = []
    for row, line in enumerate(text.split("\n"), 1):
        if not line.strip() or len(faults) == MOST:
            continue
        try:
            profile = _profile(line)
            if profile.id in found:
                raise _Wrong(profile.id, N_("this id stands in the file twice."))
        except _Wrong as wrong:
            faults.append(Fault(row, wrong.value, Sentence(wrong.problem)))
        else:
            found[profile.id] = profile
    if faults:
        raise Unreadable(faults)
    return list(found.values())


class _Wrong(Exception):
    def __init__(self, value: object, problem: str) -> None:
        super().__init__(problem)
        shown = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        self.value = shown if len(shown) <= SHOWN else f"{shown[:SHOWN]}…"
        self.problem = problem


def _profile(line: str) -> Profile:
    try:
        data = json.loads(line)
    except (ValueError, RecursionError):
        raise _Wrong(line.strip(), N_("a line is one JSON object.")) from None
    if not isinstance(data, dict):
        raise _Wrong(data, N_("a line is one JSON object."))
    return Profile(_id(data.get("id")), _strings(data.get("texts")), _strings(data.get("skills")))


def _id(value: Any) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, str) and value.strip():
        return value.strip()
    raise _Wrong(value, N_("an id is a text or a whole number, and needed."))


def _strings(value: Any) -> tuple[str, ...]:
    if value is None:
        return ()
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return tuple(value)
    raise _Wrong(value, N_("texts and skills are lists of texts."))
