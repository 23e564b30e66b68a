"""One question to the engine, as an office asks it: from a panel of the database, or from a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from expertpool.matching.problem import Mode
from expertpool.panels import presets_service
from expertpool.panels.models import Choice, Panel
from expertpool.panels.preset import Preset

OFFICE_ZONE = ZoneInfo("Asia/Shanghai")
"""Zone in which the day of a meeting is counted for look-backs."""


@dataclass(frozen=True)
class Question:
    """Who should sit, and when.

    `wanted` maps ids of skills to the seats that at least need them; `lock` and `exclude` hold ids of
    people; `slots` are `(starts, ends)`. `panel_id` names the panel whose waivers count and whose own
    seats don't count as load.
    """

    item_ids: tuple[int, ...]
    preset: Preset
    seats: int
    alternates: int = 3
    wanted: Mapping[int, int] = field(default_factory=dict)
    slots: tuple[tuple[datetime, datetime], ...] = ()
    lock: frozenset[int] = frozenset()
    exclude: frozenset[int] = frozenset()
    rules: Mapping[str, Any] = field(default_factory=dict)
    mode: Mode = Mode.BEST
    seed: int = 0
    panel_id: int | None = None

    def meeting_day(self, now: datetime) -> date:
        """Return the day from which look-backs count: of the earliest candidate date, else today."""
        moment = min((starts for starts, _ in self.slots), default=now)
        return moment.astimezone(OFFICE_ZONE).date()


def of_panel(panel: Panel, seed: int) -> Question:
    """Return what the panel asks."""
    return Question(
        item_ids=tuple(each.item_id for each in panel.items),
        preset=presets_service.rules(panel.preset),
        seats=panel.seat_count,
        alternates=panel.alternate_count,
        wanted={each.skill_id: each.seats for each in panel.skills},
        slots=tuple((each.starts, each.ends) for each in panel.slots),
        lock=_chosen(panel, Choice.LOCK),
        exclude=_chosen(panel, Choice.EXCLUDE),
        rules=dict(panel.rules),
        mode=Mode(panel.mode.value),
        seed=seed,
        panel_id=panel.id,
    )


def _chosen(panel: Panel, choice: Choice) -> frozenset[int]:
    return frozenset(each.person_id for each in panel.choices if each.choice is choice)
