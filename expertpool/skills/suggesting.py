"""Suggest where tags to be placed belong: skills whose names are the same or nearly so."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from rapidfuzz import fuzz, process
from sqlalchemy.orm import Session

from expertpool.skills import queries
from expertpool.skills.models import Skill
from expertpool.skills.names import skill_key

NEAR = 75.0
"""Likeness from 0 to 100 below which a name is no suggestion."""


@dataclass(frozen=True)
class Suggestion:
    """A skill that a tag may stand for; `likeness` is 100 for the same name."""

    skill: Skill
    likeness: int


def suggest(session: Session, tags: Iterable[Skill], *, at_most: int = 3) -> dict[int, list[Suggestion]]:
    """Return for each tag the placed skills with the nearest names, best first."""
    keys, ids = _keys(session)
    chosen: dict[int, list[tuple[int, int]]] = {}
    for tag in tags:
        near = process.extract(tag.name_key, keys, scorer=fuzz.WRatio, score_cutoff=NEAR, limit=at_most * 4)
        best = sorted(near, key=lambda hit: (-hit[1], -fuzz.ratio(tag.name_key, hit[0]), ids[hit[2]]))
        rated = [(ids[index], round(score)) for _, score, index in best]
        chosen[tag.id] = list(dict(rated).items())[:at_most]
    skills = queries.by_ids(session, {number for pairs in chosen.values() for number, _ in pairs})
    return {
        number: [Suggestion(skills[each], likeness) for each, likeness in pairs]
        for number, pairs in chosen.items()
    }


def _keys(session: Session) -> tuple[list[str], list[int]]:
    keys, ids = [], []
    for number, key, name_en in queries.names(session):
        for each in {key, skill_key(name_en or "")} - {""}:
            keys.append(each)
            ids.append(number)
    return keys, ids
