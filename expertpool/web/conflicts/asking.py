"""What the reader asks: which item, by which rules, on which day, for which panel."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from flask import request
from sqlalchemy.orm import Session

from expertpool import clock
from expertpool.access.queries import Grants
from expertpool.errors import N_, Invalid
from expertpool.interests.queries import Answer, findings_for_items
from expertpool.items.models import Item
from expertpool.panels import presets_service, queries, waivers
from expertpool.panels.models import Panel, PanelItem, PresetVersion
from expertpool.panels.preset import Preset
from expertpool.panels.question import OFFICE_ZONE, of_panel
from expertpool.panels.reviews import earlier_reviews
from expertpool.people.models import Person
from expertpool.web.kit import guards


@dataclass(frozen=True)
class Asked:
    """One question of conflicts. With a panel, its rules and day are asked and its waivers count."""

    item: Item
    version: PresetVersion
    preset: Preset
    on: date
    panel: Panel | None
    fault: Invalid | None = None
    """What is wrong with the day or the preset that was asked for; others stand in."""


def read(session: Session, item: Item, grants: Grants) -> Asked:
    """Return what `?preset= on= panel=` ask for; NotFound for a panel that the reader may not see."""
    panel_id = request.args.get("panel", type=int)
    if panel_id is not None:
        panel = queries.get(session, panel_id, grants, reader=guards.user().id, now=clock.now())
        if any(each.item_id == item.id for each in panel.items):
            day = _day_of(panel)
            return Asked(item, panel.preset, presets_service.rules(panel.preset), day, panel)
    fault = None
    try:
        on = _day(request.args.get("on", ""))
        version = _version(session, request.args.get("preset", ""), item)
    except Invalid as error:
        fault = error
        on, version = _today(), presets_service.default_for(session, [item.kind])
    return Asked(item, version, presets_service.rules(version), on, None, fault)


def answer(session: Session, asked: Asked, person_ids: Collection[int] | None = None) -> Answer:
    """Return the findings on everyone, or on these people."""
    panel_id = asked.panel.id if asked.panel else None
    return findings_for_items(
        session,
        [asked.item.id],
        asked.preset.on(asked.on).policy,
        asked.on,
        person_ids=person_ids,
        earlier=earlier_reviews(session, asked.on, now=clock.now(), but_panel=panel_id),
        waivers=waivers.standing_facts(session, panel_id),
    )


def panels_of(session: Session, item: Item, grants: Grants) -> Sequence[Panel]:
    """Return the panels on the item that the reader may see."""
    on_item = sa.select(PanelItem.panel_id).where(PanelItem.item_id == item.id)
    return session.scalars(
        sa.select(Panel).where(Panel.id.in_(on_item), queries.visible(grants)).order_by(Panel.id)
    ).all()


def pool_size(session: Session) -> int:
    """Return how many people a check reads: all that were not merged into another."""
    count = sa.select(sa.func.count()).select_from(Person).where(Person.merged_into_id.is_(None))
    return session.scalar(count) or 0


def _version(session: Session, slug: str, item: Item) -> PresetVersion:
    if not slug:
        return presets_service.default_for(session, [item.kind])
    found = presets_service.find_current(session, slug)
    if found is None:
        raise Invalid(N_("There is no such preset."), field="preset")
    return found


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text) if text else _today()
    except ValueError as error:
        raise Invalid(N_("%(day)s is no day such as 2026-11-22."), field="on", day=text) from error


def _day_of(panel: Panel) -> date:
    moment: datetime = panel.starts or clock.now()
    if panel.starts:
        return moment.astimezone(OFFICE_ZONE).date()
    return of_panel(panel, seed=0).meeting_day(moment)


def _today() -> date:
    return clock.now().astimezone(OFFICE_ZONE).date()
