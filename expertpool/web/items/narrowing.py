"""Conditions of the list of items, as the address gives them and as the page shows them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from flask import request
from flask_babel import gettext
from sqlalchemy.orm import Session

from expertpool.items import queries
from expertpool.items.models import Item, Stage
from expertpool.items.queries import Wanted
from expertpool.organisations.models import Organisation
from expertpool.people.models import Person
from expertpool.skills import queries as skills
from expertpool.skills.models import Skill
from expertpool.web.items.wording import STAGES
from expertpool.web.kit.pagination import here
from expertpool.web.skills.wording import skill_name

Row = tuple[str, int, str, bool]


@dataclass(frozen=True)
class Asked:
    """The conditions, with the records that they name."""

    wanted: Wanted
    skill: Skill | None
    organisation: Organisation | None
    person: Person | None


def read(session: Session) -> Asked:
    """Return what the address asks for; what names nothing is left out."""
    number = request.args.get
    skill = session.get(Skill, number("skill", 0, type=int))
    organisation = session.get(Organisation, number("organisation", 0, type=int))
    person = session.get(Person, number("person", 0, type=int))
    stage = request.args.get("stage", "")
    wanted = Wanted(
        text=request.args.get("q", "").strip()[:200],
        kind=request.args.get("kind") or None,
        stage=Stage(stage) if stage in set(Stage) else None,
        skill_ids=skills.expand(session, [skill.id])[skill.id] if skill else None,
        organisation_id=organisation.id if organisation else None,
        person_id=person.id if person else None,
        since=_day("since"),
        until=_day("until"),
        retired=request.args.get("retired") == "1",
    )
    return Asked(wanted, skill, organisation, person)


def groups(session: Session, asked: Asked) -> list[tuple[str, list[Row]]]:
    """Return what the list can be narrowed by, each with its count and its address."""
    wanted = asked.wanted
    kinds = queries.counts(session, replace(wanted, kind=None), Item.kind)
    stages = queries.counts(session, replace(wanted, stage=None), Item.stage)
    return [
        (gettext("Kind"), [_row("kind", kind, kind, n, wanted.kind) for kind, n in list(kinds.items())[:12]]),
        (
            gettext("Stage"),
            [
                _row("stage", stage.value, str(word), stages[stage], wanted.stage)
                for stage, word in STAGES.items()
                if stage in stages
            ],
        ),
    ]


def conditions(asked: Asked) -> list[tuple[str, str]]:
    """Return the chosen conditions in words, each with the address of the list without it."""
    wanted = asked.wanted
    texts = {
        "q": gettext("Text: %(text)s", text=wanted.text) if wanted.text else None,
        "kind": gettext("Kind: %(kind)s", kind=wanted.kind) if wanted.kind else None,
        "stage": gettext("Stage: %(stage)s", stage=STAGES[wanted.stage]) if wanted.stage else None,
        "skill": gettext("Skill: %(name)s", name=skill_name(asked.skill)) if asked.skill else None,
        "organisation": gettext("Applicant: %(name)s", name=asked.organisation.name)
        if asked.organisation
        else None,
        "person": gettext("Person: %(name)s", name=asked.person.name) if asked.person else None,
        "since": gettext("Since: %(day)s", day=wanted.since) if wanted.since else None,
        "until": gettext("Until: %(day)s", day=wanted.until) if wanted.until else None,
        "retired": gettext("Out of use") if wanted.retired else None,
    }
    return [(text, here(**{name: None, "page": None})) for name, text in texts.items() if text]


def _row(name: str, value: str, label: str, count: int, chosen: str | None) -> Row:
    is_chosen = value == chosen
    return (label, count, here(**{name: None if is_chosen else value, "page": None}), is_chosen)


def _day(name: str) -> date | None:
    try:
        return date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None
