"""What the front page shows to a signed-in reader; each room tells its own part.

A room's web package may have a module `today` with `tasks(session, now)` and `sections(session, now)`,
which ask `guards` who reads.
"""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from importlib.util import find_spec
from types import ModuleType
from typing import Any

from sqlalchemy.orm import Session

from expertpool import web


@dataclass(frozen=True)
class Task:
    """One thing that waits for the reader: when or in what state, what, and the verb.

    `due` or `state` leads the line (`state` is (class, word), see the components); `why` is the small line.
    """

    text: str
    verb: str
    url: str
    due: datetime | None = None
    state: tuple[str, str] | None = None
    why: str = ""


@dataclass(frozen=True)
class Section:
    """A part of the page: a template of the room with its values, placed by `order`."""

    template: str
    order: int
    values: dict[str, Any] = field(default_factory=dict)


def collect(session: Session, now: datetime) -> tuple[list[Task], list[Section]]:
    """Return what all rooms have to tell the reader today."""
    tasks = [task for room in _rooms() if hasattr(room, "tasks") for task in room.tasks(session, now)]
    sections = [
        part for room in _rooms() if hasattr(room, "sections") for part in room.sections(session, now)
    ]
    tasks.sort(key=lambda task: (task.due is not None, task.due or now, task.text))
    return tasks, sorted(sections, key=lambda section: section.order)


@cache
def _rooms() -> list[ModuleType]:
    names = sorted(module.name for module in pkgutil.iter_modules(web.__path__) if module.ispkg)
    return [
        importlib.import_module(f"expertpool.web.{name}.today")
        for name in names
        if name != "home" and find_spec(f"expertpool.web.{name}.today")
    ]
