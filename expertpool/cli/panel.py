"""Propose one panel from a request file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from expertpool import clock
from expertpool.cli import Context, Fault, fail
from expertpool.cli.conflicts import finding_line
from expertpool.cli.messages import Failed, translated
from expertpool.cli.streams import read_text, write_text
from expertpool.database import reading
from expertpool.errors import N_

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from expertpool.panels.composition import Composed
    from expertpool.panels.request_file import Asked, WrongRequest

SHARES = ("max_share_of_one_party", "min_share")
NAMES = {"max_share_of_one_party": "max_share_of_one_interest_party"}


@click.group()
def command() -> None:
    """Work with one panel."""


@command.command()
@click.argument("request_file", metavar="REQUEST.json")
@click.option("--out", default="-", metavar="RESULT.json", help="File to write; - is standard output.")
@click.option("--seed", type=click.IntRange(0, 2**31 - 1), default=0, help="Seed of the choice (default 0).")
@click.pass_obj
def propose(context: Context, request_file: str, out: str, seed: int) -> None:
    """Propose people and a date for a panel; writes nothing to the pool."""
    from expertpool.panels import kept, solving
    from expertpool.panels.composition import compose
    from expertpool.panels.request_file import WrongRequest, read

    values = _json(request_file)
    with reading(), context.session() as session:
        try:
            asked = read(session, values, seed=seed)
        except WrongRequest as error:
            raise Failed(_faults(request_file, error)) from error
        composed = compose(session, asked.question, now=clock.now())
        names = _skill_names(session, composed, asked)
    answered = solving.solve(composed)
    result = _printed(answered.result, kept.unpack(answered.evidence), composed, asked, names)
    write_text(out, json.dumps(result, ensure_ascii=False, indent=2) + "\n")


def _json(name: str) -> Any:
    try:
        return json.loads(read_text(name))
    except UnicodeDecodeError:
        fail(N_("%(name)s is not UTF-8 text."), name=name)
    except json.JSONDecodeError as error:
        fail(
            N_("%(name)s is not JSON: line %(line)s, column %(column)s: %(problem)s."),
            name=name,
            line=error.lineno,
            column=error.colno,
            problem=error.msg,
        )


def _faults(name: str, error: WrongRequest) -> list[Fault]:
    return [
        Fault(
            each.problem,
            file=name,
            column=each.key or None,
            value=None if each.value is None else json.dumps(each.value, ensure_ascii=False).strip('"'),
        )
        for each in error.faults
    ]


def _skill_names(session: Session, composed: Composed, asked: Asked) -> dict[str, str]:
    """Return the names of all skills that score, by id as text: the request's, else the pool's."""
    from expertpool.panels.queries import skill_names

    held = {skill for each in composed.backgrounds.values() for skill in each.skills}
    skills = skill_names(session, held)
    found = {id_: skill.name_zh or skill.name_en or "" for id_, skill in skills.items()}
    return found | {str(skill): name for skill, name in asked.skill_names.items()}


def _printed(
    result: Mapping[str, Any],
    evidence: Mapping[str, Any],
    composed: Composed,
    asked: Asked,
    names: Mapping[str, str],
) -> dict[str, Any]:
    from expertpool.panels import kept

    numbers = {person: number for number, person in composed.people.items()}
    barring = [found for found in map(kept.finding, evidence["findings"]) if found.bars]
    seats = {place: member["expert"] for place, member in enumerate(result["members"], 1)}
    return {
        "title": asked.title,
        "feasible": result["feasible"],
        "slot": result["slot"],
        "objective": result.get("objective"),
        "bound": result.get("bound"),
        "optimal": bool(result.get("optimal")),
        "gap": result.get("gap"),
        "seconds": result["seconds"],
        "seed": asked.question.seed,
        "pool": result["pool"],
        "unasked": [{"rule": "min_share", "subject": party} for party in result["unasked"]],
        "members": [
            {"expert": each["expert"], "role": each["role"], **_person(each, names, numbers)}
            for each in result["members"]
        ],
        "alternates": [
            {
                "expert": each["expert"],
                **_person(each, names, numbers),
                "seats": [seats[place] for place in each["seats"]],
            }
            for each in result["alternates"]
        ],
        "excluded": [finding_line(each, numbers) for each in barring],
        "relax": [{"rules": [_easing(rule, names) for rule in each["rules"]]} for each in result["relax"]],
    }


def _person(each: Mapping[str, Any], names: Mapping[str, str], numbers: Mapping[int, str]) -> dict[str, Any]:
    from expertpool.panels import kept, wording

    held = "、".join(names.get(skill, skill) for skill in each["skills"])
    return {
        "score": each["score"],
        "why": [{**part, "text": translated(wording.why(part["part"], each, held))} for part in each["why"]],
        "findings": [finding_line(kept.finding(found), numbers) for found in each["findings"]],
    }


def _easing(rule: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    from expertpool.panels import wording

    subject = names.get(rule["subject"] or "", rule["subject"])
    return {
        "rule": NAMES.get(rule["rule"], rule["rule"]),
        "subject": subject,
        "from": _amount(rule["rule"], rule["from"]),
        "to": _amount(rule["rule"], rule["to"]),
        "short": rule["short"],
        "text": translated(wording.easing(rule, str(subject or ""))),
    }


def _amount(rule: str, value: Any) -> Any:
    """Return a share as a number; everything else as it is."""
    from fractions import Fraction

    return round(float(Fraction(value)), 4) if rule in SHARES and value is not None else value
