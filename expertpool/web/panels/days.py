"""Which candidate dates fall on a holiday, a weekend, or a weekend that is worked: said, never refused."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import TypeVar
from zoneinfo import ZoneInfo

from flask_babel import gettext

from expertpool.extensions import db
from expertpool.panels.models import PanelSlot
from expertpool.settings import holidays
from expertpool.web.kit.dates import zone_name
from expertpool.web.panels.blueprint import blueprint

Named = TypeVar("Named")


def warnings_of_typed(days: Iterable[str]) -> dict[str, str]:
    """Return the warnings of days as they were typed (`2026-10-01`), in the reader's language."""
    return _worded({day: parsed for day in days if (parsed := _parsed(day))})


def warnings_of_slots(slots: Iterable[PanelSlot]) -> dict[int, str]:
    """Return the warnings of candidate dates by the slot's id; a slot's day is that of the reader's zone."""
    here = ZoneInfo(zone_name())
    return _worded({slot.id: slot.starts.astimezone(here).date() for slot in slots})


@blueprint.context_processor
def _for_templates() -> dict[str, Callable[..., dict[int, str]]]:
    return {"warnings_of_slots": warnings_of_slots}


def _worded(days: dict[Named, date]) -> dict[Named, str]:
    found = holidays.warnings(db.session, set(days.values()))
    return {key: found[day].translated(gettext) for key, day in days.items() if day in found}


def _parsed(day: str) -> date | None:
    try:
        return date.fromisoformat(day)
    except ValueError:
        return None
