"""The list's address: `?q= status= grade= party= region= skill= employer=`, read and put into words."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, TypeVar

from flask import request
from flask_babel import gettext
from sqlalchemy.orm import Session

from expertpool.people import listing
from expertpool.people.listing import Conditions, Overview
from expertpool.people.models import Grade, InterestParty, Status
from expertpool.skills import queries as skills
from expertpool.web.kit.pagination import here
from expertpool.web.people.wording import GRADES, PARTIES, STATUSES
from expertpool.web.skills.wording import skill_name

Choice = TypeVar("Choice", bound=StrEnum)
Row = tuple[Any, int, str, bool]
PARAMETER = {"skills": "skill"}
"""Name of a condition in the address, where it differs."""
WORDS: dict[str, Any] = {"status": STATUSES, "grade": GRADES, "party": PARTIES}
MOST_REGIONS = 8


def conditions() -> Conditions:
    """Return the conditions that the address asks for; values that are none are left out."""
    return Conditions(
        q=request.args.get("q", "").strip()[:200],
        status=_chosen("status", Status),
        grade=_chosen("grade", Grade),
        party=_chosen("party", InterestParty),
        region=tuple(filter(None, request.args.getlist("region")))[:10],
        skills=tuple(dict.fromkeys(request.args.getlist("skill", type=int)))[:5],
        employer=request.args.get("employer", type=int),
    )


class Words:
    """Puts conditions into words; reads the names of skills and employer once."""

    def __init__(self, session: Session, asked: Conditions, held: list[tuple[int, int]]) -> None:
        wanted = {*asked.skills, *(skill_id for skill_id, _ in held)}
        self.skills = skills.by_ids(session, wanted) if wanted else {}
        self.employer = listing.organisation_name(session, asked.employer) if asked.employer else None

    def of(self, name: str, value: Any) -> str:
        """Return the words of one condition's value."""
        if name == "skills":
            found = self.skills.get(value)
            return " ".join(filter(None, [skill_name(found), found.code])) if found else f"#{value}"
        if name == "employer":
            return self.employer or f"#{value}"
        return str(WORDS[name][value]) if name in WORDS else str(value)


def tags(asked: Conditions, words: Words) -> list[tuple[str, str]]:
    """Return each condition in words with the address of the list without it."""
    titles = _titles()
    return [
        (
            gettext("%(title)s: %(value)s", title=titles[name], value=words.of(name, value)),
            _without(asked, name, value),
        )
        for name, value in asked.chosen
    ]


def facets(
    asked: Conditions, overview: Overview, held: list[tuple[int, int]], words: Words
) -> list[tuple[str, list[Row]]]:
    """Return what the list can be narrowed by: title, and rows of label, count, address, chosen."""
    titles = _titles()
    groups = [
        (titles[name], _rows(asked, name, list(WORDS[name].items()), overview))
        for name in ("status", "grade")
    ]
    holders = [
        (words.of("skills", skill_id), count, *_toggled(asked, "skills", skill_id))
        for skill_id, count in held
    ]
    regions = overview.counts["region"].most_common(MOST_REGIONS)
    return [
        *groups,
        (titles["skills"], holders),
        (titles["party"], _rows(asked, "party", list(PARTIES.items()), overview)),
        (titles["region"], _rows(asked, "region", [(region, region) for region, _ in regions], overview)),
    ]


def ways_out(session: Session, asked: Conditions, words: Words) -> list[tuple[str, int, str]]:
    """Return for each condition its words, how many people there are without it, and that list's address."""
    found = []
    for name, value in asked.chosen:
        count = listing.overview(session, asked.without(name, value)).total
        if count:
            found.append((words.of(name, value), count, _without(asked, name, value)))
    return found


def _rows(asked: Conditions, name: str, values: list[tuple[Any, Any]], overview: Overview) -> list[Row]:
    counts = overview.counts[name]
    return [
        (word, counts[value], *_toggled(asked, name, value))
        for value, word in values
        if counts[value] or value in getattr(asked, name)
    ]


def _toggled(asked: Conditions, name: str, value: Any) -> tuple[str, bool]:
    """Return the address with the value chosen, or not any more; and whether it is chosen now."""
    present = getattr(asked, name)
    if value in present:
        return _without(asked, name, value), True
    return here(**{PARAMETER.get(name, name): [*present, value], "page": None}), False


def _without(asked: Conditions, name: str, value: Any) -> str:
    rest = getattr(asked.without(name, value), name)
    return here(**{PARAMETER.get(name, name): list(rest) if isinstance(rest, tuple) else None, "page": None})


def _chosen(name: str, kind: type[Choice]) -> tuple[Choice, ...]:
    known = set(kind)
    return tuple(dict.fromkeys(kind(text) for text in request.args.getlist(name) if text in known))


def _titles() -> dict[str, str]:
    return {
        "q": gettext("Search"),
        "status": gettext("Status"),
        "grade": gettext("Grade"),
        "skills": gettext("Skills"),
        "party": gettext("Interest party"),
        "region": gettext("Region"),
        "employer": gettext("Employer"),
    }
