"""The conflicts of one item: everyone with a finding, one person, and the same as a file."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import selectinload

from expertpool import clock
from expertpool.database import batches
from expertpool.extensions import db
from expertpool.interests.lines import finding_line
from expertpool.interests.wording import evidence_text, item_text
from expertpool.items import queries as items
from expertpool.panels import presets_service
from expertpool.people import queries as people
from expertpool.people.models import Person
from expertpool.web.conflicts import asking, grouping, wording
from expertpool.web.kit import guards
from expertpool.web.kit.pagination import SIZE, Page
from expertpool.web.panels.wording import preset_title

blueprint = Blueprint("conflicts", __name__, url_prefix="/conflicts")
FIRST = 5
"""People of each group who are shown before the reader opens the group."""


@dataclass(frozen=True)
class Card:
    """A person as a finding names them."""

    id: int
    number: str
    name: str
    employer: str


@blueprint.get("/<int:item_id>")
@guards.requires("conflicts.view")
def item(item_id: int) -> ResponseReturnValue:
    """Everyone with a finding (`?preset= on= panel=`), one group (`?rule= handling=`), one person (`?q=`)."""
    asked = asking.read(db.session, items.get(db.session, item_id), guards.grants())
    guards.record_look("item", item_id)
    answer = asking.answer(db.session, asked)
    told = grouping.by_person(answer.findings)
    groups = grouping.groups(told)
    chosen = _chosen(groups)
    shown = _page(chosen) if chosen else None
    wanted = request.args.get("q", "").strip()
    found = people.suggest(db.session, wanted) if wanted else []
    for person in found:
        guards.record_look("person", person.id)
    seen = shown.rows if shown else [each for group in groups for each in group.people[:FIRST]]
    return render_template(
        "conflicts/item.html",
        asked=asked,
        computed=clock.now(),
        presets=presets_service.all_current(db.session),
        panels=asking.panels_of(db.session, asked.item, guards.grants()),
        total=asking.pool_size(db.session),
        people=len(told),
        counts=grouping.counts(told),
        groups=groups,
        chosen=chosen,
        page=shown,
        wanted=wanted,
        found=[(_card(person), _told(told, person.id)) for person in found],
        cards=_cards({each.person_id for each in seen}),
        faults=[wording.say(item_text(fault)) for fault in answer.items],
        first=FIRST,
        words=wording,
        evidence_text=evidence_text,
        standing=grouping.standing,
        title_of=preset_title,
    ), 400 if asked.fault else 200


@blueprint.get("/<int:item_id>/findings.jsonl")
@guards.requires("conflicts.view")
def download(item_id: int) -> ResponseReturnValue:
    """All findings, one JSON object a line, as the command `expertpool conflicts` prints them."""
    asked = asking.read(db.session, items.get(db.session, item_id), guards.grants())
    if asked.fault:
        raise asked.fault
    guards.record_look("item", item_id)
    findings = asking.answer(db.session, asked).findings
    numbers = _numbers({int(finding.person) for finding in findings})
    lines = (
        json.dumps(finding_line(finding, numbers, wording.say), ensure_ascii=False) for finding in findings
    )
    body = "".join(f"{line}\n" for line in lines)
    name = f"conflicts-{item_id}-{asked.on.isoformat()}.jsonl"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(body, content_type="application/jsonl; charset=utf-8", headers=headers)


def _chosen(groups: Sequence[grouping.Group]) -> grouping.Group | None:
    wanted = request.args.get("rule"), request.args.get("handling")
    return next((group for group in groups if (group.rule.value, group.handling) == wanted), None)


def _page(group: grouping.Group) -> Page:
    total = len(group.people)
    number = min(max(1, request.args.get("page", 1, type=int)), max(1, -(-total // SIZE)))
    rows = group.people[(number - 1) * SIZE : number * SIZE]
    return Page(rows=rows, number=number, total=total, size=SIZE)


def _told(told: Sequence[grouping.Told], person_id: int) -> grouping.Told | None:
    return next((each for each in told if each.person_id == person_id), None)


def _cards(ids: Collection[int]) -> dict[int, Card]:
    query = sa.select(Person).where(Person.id.in_(ids)).options(selectinload(Person.employments))
    return {person.id: _card(person) for person in db.session.scalars(query)}


def _card(person: Person) -> Card:
    employer = next((row.organisation_text for row in person.employments if row.is_current), "")
    return Card(person.id, person.number, person.name, employer or gettext("no employer known"))


def _numbers(ids: Collection[int]) -> dict[int, str]:
    found: dict[int, str] = {}
    for some in batches(sorted(ids)):
        rows = db.session.execute(sa.select(Person.id, Person.number).where(Person.id.in_(some)))
        found |= {row.id: row.number for row in rows}
    return found
