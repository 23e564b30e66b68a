"""What is asked of a panel: what is reviewed, what people, under which rules, when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.audit.service import record
from expertpool.errors import N_, Invalid, Stale
from expertpool.events import Actor
from expertpool.items.models import Item
from expertpool.organisations.models import Organisation
from expertpool.panels import overrides
from expertpool.panels.events import PanelCreated, PanelRequestChanged
from expertpool.panels.models import (
    ChoiceMode,
    Panel,
    PanelItem,
    PanelSkill,
    PanelSlot,
    PanelState,
    PresetVersion,
)
from expertpool.panels.numbering import next_number
from expertpool.skills.models import Skill

MOST_SEATS, MOST_ALTERNATES, MOST_SLOTS = 200, 50, 30


@dataclass(frozen=True)
class Slot:
    """A time at which the panel could meet: `[starts, ends)`."""

    starts: datetime
    ends: datetime


def only_draft(panel: Panel) -> None:
    """Raise Invalid unless the panel is a draft."""
    if panel.state is not PanelState.DRAFT:
        raise Invalid(N_("This panel is no longer a draft. Reopen it to change what is asked."))


def create_panel(
    session: Session,
    *,
    title: str,
    owner_id: int,
    item_ids: Sequence[int],
    preset: PresetVersion,
    place: str | None = None,
    seat_count: int = 5,
    actor: Actor,
    now: datetime,
) -> Panel:
    """Open a draft panel on these items, convened by an office, under a version of a preset."""
    panel = Panel(
        number=next_number(session, now),
        title=_title(title),
        owner_id=_office(session, owner_id),
        preset_id=preset.id,
        preset=preset,
        place=place or None,
        seat_count=_count(seat_count, 1, MOST_SEATS, "seat_count"),
        mode=ChoiceMode.BEST,
        state=PanelState.DRAFT,
        alternate_count=3,
        rules={},
        items=_items(session, item_ids),
        created_by_id=actor.user_id,
        created_at=now,
        updated_at=now,
    )
    session.add(panel)
    session.flush()
    event = PanelCreated(panel.id, number=panel.number, owner_id=panel.owner_id)
    record(session, event, actor=actor, now=now)
    return panel


def describe(
    session: Session,
    panel: Panel,
    *,
    title: str,
    owner_id: int,
    item_ids: Sequence[int],
    place: str | None,
    version: int | None = None,
    actor: Actor,
    now: datetime,
) -> None:
    """Say what is reviewed, who convenes the panel and where."""
    _editable(panel, version)
    before = snapshot(panel)
    items = _items(session, item_ids)
    panel.title, panel.place = _title(title), place or None
    if owner_id != panel.owner_id:
        panel.owner_id = _office(session, owner_id)
    if {each.item_id for each in panel.items} != {each.item_id for each in items}:
        _replace(session, panel.items, items)
    _changed(session, panel, before, actor=actor, now=now)


def ask_for(
    session: Session,
    panel: Panel,
    *,
    seat_count: int,
    alternate_count: int,
    skills: Mapping[int, int],
    mode: ChoiceMode,
    version: int | None = None,
    actor: Actor,
    now: datetime,
) -> None:
    """Say how many people with which skills (id -> seats that at least need it), and how they are chosen."""
    _editable(panel, version)
    before = snapshot(panel)
    panel.seat_count = _count(seat_count, 1, MOST_SEATS, "seat_count")
    panel.alternate_count = _count(alternate_count, 0, MOST_ALTERNATES, "alternate_count")
    panel.mode = mode
    wanted = _skills(session, skills, panel.seat_count)
    if {each.skill_id: each.seats for each in panel.skills} != dict(skills):
        _replace(session, panel.skills, wanted)
    _changed(session, panel, before, actor=actor, now=now)


def set_terms(
    session: Session,
    panel: Panel,
    *,
    preset: PresetVersion,
    rules: Mapping[str, Any],
    slots: Iterable[Slot],
    version: int | None = None,
    actor: Actor,
    now: datetime,
) -> None:
    """Say under which rules the panel is formed, and when it could meet."""
    _editable(panel, version)
    before = snapshot(panel)
    panel.preset_id, panel.preset = preset.id, preset
    panel.rules = overrides.checked(rules)
    wanted = _slots(slots, now)
    if {(each.starts, each.ends) for each in panel.slots} != {(each.starts, each.ends) for each in wanted}:
        _replace(session, panel.slots, wanted)
    _changed(session, panel, before, actor=actor, now=now)


def snapshot(panel: Panel) -> dict[str, Any]:
    """Return what is asked of the panel in plain values, to compare and to audit."""
    return {
        "title": panel.title,
        "owner": panel.owner_id,
        "place": panel.place,
        "items": sorted(each.item_id for each in panel.items),
        "seats": panel.seat_count,
        "alternates": panel.alternate_count,
        "mode": panel.mode.value,
        "skills": {str(each.skill_id): each.seats for each in panel.skills},
        "preset": panel.preset_id,
        "rules": dict(panel.rules),
        "slots": sorted([each.starts.isoformat(), each.ends.isoformat()] for each in panel.slots),
    }


def _editable(panel: Panel, version: int | None) -> None:
    only_draft(panel)
    if version is not None and version != panel.version:
        raise Stale(N_("Somebody else changed this panel in the meantime."))


def _changed(session: Session, panel: Panel, before: dict[str, Any], *, actor: Actor, now: datetime) -> None:
    after = snapshot(panel)
    changes = {name: [before[name], after[name]] for name in after if before[name] != after[name]}
    if not changes:
        return
    panel.updated_at = now
    session.flush()
    record(session, PanelRequestChanged(panel.id, changes=changes), actor=actor, now=now)


def _replace(session: Session, rows: list[Any], new: Sequence[Any]) -> None:
    """Delete the old rows before the new ones are written: both may hold the same unique values."""
    rows.clear()
    session.flush()
    rows.extend(new)


def _title(title: str) -> str:
    title = " ".join(title.split())
    if not title:
        raise Invalid(N_("Give the panel a title."), field="title")
    if len(title) > 300:
        raise Invalid(N_("The title has %(length)s characters; 300 fit."), field="title", length=len(title))
    return title


def _office(session: Session, organisation_id: int) -> int:
    office = session.get(Organisation, organisation_id)
    if office is None or office.retired_at is not None:
        raise Invalid(N_("There is no such office."), field="owner")
    return office.id


def _items(session: Session, item_ids: Sequence[int]) -> list[PanelItem]:
    wanted = list(dict.fromkeys(item_ids))
    if not wanted:
        raise Invalid(N_("Say what is reviewed: choose at least one item."), field="items")
    found = session.scalars(sa.select(Item).where(Item.id.in_(wanted), Item.retired_at.is_(None))).all()
    if len(found) < len(wanted):
        raise Invalid(N_("One of these items does not exist any more."), field="items")
    by_id = {item.id: item for item in found}
    return [PanelItem(item_id=each, item=by_id[each]) for each in wanted]


def _skills(session: Session, skills: Mapping[int, int], seat_count: int) -> list[PanelSkill]:
    found = {each.id: each for each in session.scalars(sa.select(Skill).where(Skill.id.in_(list(skills))))}
    if len(found) < len(skills):
        raise Invalid(N_("One of these skills does not exist any more."), field="skills")
    for skill_id, seats in skills.items():
        if not 1 <= seats <= seat_count:
            raise Invalid(
                N_("“%(skill)s” asks for %(seats)s of %(all)s seats. Give a number from 1 to %(all)s."),
                field="skills",
                skill=found[skill_id].name_zh or found[skill_id].name_en,
                seats=seats,
                all=seat_count,
            )
    return [PanelSkill(skill_id=each, skill=found[each], seats=seats) for each, seats in skills.items()]


def _slots(slots: Iterable[Slot], now: datetime) -> list[PanelSlot]:
    wanted = sorted({(slot.starts, slot.ends) for slot in slots})
    if len(wanted) > MOST_SLOTS:
        raise Invalid(N_("Give at most %(most)s candidate dates."), field="slots", most=MOST_SLOTS)
    for starts, ends in wanted:
        if starts >= ends:
            raise Invalid(N_("A meeting ends after it starts."), field="slots")
        if starts <= now:
            raise Invalid(N_("A candidate date lies in the past."), field="slots")
    return [PanelSlot(starts=starts, ends=ends) for starts, ends in wanted]


def _count(value: int, least: int, most: int, field: str) -> int:
    if not least <= value <= most:
        raise Invalid(
            N_("Give a number from %(least)s to %(most)s, not %(value)s."),
            field=field,
            least=least,
            most=most,
            value=value,
        )
    return value
