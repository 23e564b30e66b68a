"""Find everyone in conflict with an item."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import click

from expertpool import clock
from expertpool.cli import Context, fail, say
from expertpool.cli.messages import translated
from expertpool.cli.streams import write_text
from expertpool.errors import N_

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from expertpool.conflicts.findings import Finding
    from expertpool.panels.preset import Preset


@click.command()
@click.argument("item")
@click.option("--preset", help="Slug of the preset of rules; the item kind's by default.")
@click.option("--on", "day", metavar="DATE", help="Day of the meeting (default today).")
@click.option("--out", default="-", metavar="FILE", help="File to write; - is standard output.")
@click.pass_obj
def command(context: Context, item: str, preset: str | None, day: str | None, out: str) -> None:
    """Find everyone in conflict with an item: one JSON object a line for each finding."""
    from expertpool.interests.queries import findings_for_items
    from expertpool.interests.wording import item_text
    from expertpool.panels.reviews import earlier_reviews

    on = _day(day) if day else datetime.now(ZoneInfo(context.settings.timezone)).date()
    with context.session() as session:
        item_id, kind = _item(session, item)
        policy = _preset(session, preset, kind).on(on).policy
        answer = findings_for_items(
            session, [item_id], policy, on, earlier=earlier_reviews(session, on, now=clock.now())
        )
        numbers = _numbers(session, {int(finding.person) for finding in answer.findings})
        lines = [json.dumps(finding_line(each, numbers), ensure_ascii=False) for each in answer.findings]
    write_text(out, "".join(f"{line}\n" for line in lines))
    for fault in answer.items:
        say(item_text(fault))
    say(N_("%(count)s findings on %(people)s people."), count=len(lines), people=len(numbers))


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        fail(N_("%(day)s is no day such as 2026-11-22."), day=text)


def _item(session: Session, number: str) -> tuple[int, str | None]:
    import sqlalchemy as sa

    from expertpool.items.models import Item

    row = session.execute(sa.select(Item.id, Item.kind).where(Item.number == number)).one_or_none()
    if row is None:
        fail(N_("There is no item %(number)s."), number=number)
    return row.id, row.kind


def _preset(session: Session, slug: str | None, kind: str | None) -> Preset:
    """Return the office's version of the preset asked for, else the one that ships."""
    from expertpool.errors import NotFound
    from expertpool.panels import preset, presets_service

    if slug is None:
        try:
            return presets_service.rules(presets_service.default_for(session, [kind]))
        except NotFound:
            return preset.shipped(preset.default_slug(kind))
    version = presets_service.find_current(session, slug)
    return presets_service.rules(version) if version else preset.shipped(slug)


def _numbers(session: Session, ids: set[int]) -> dict[int, str]:
    import sqlalchemy as sa

    from expertpool.people.models import Person

    rows = session.execute(sa.select(Person.id, Person.number))
    return {id_: number for id_, number in rows if id_ in ids}


def finding_line(finding: Finding, numbers: Mapping[int, str]) -> dict[str, Any]:
    """Return a finding as FORMATS prints it; `numbers` are those of people by id."""
    from expertpool.interests import lines

    return lines.finding_line(finding, numbers, translated)
