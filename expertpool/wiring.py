"""Who listens to which event. Pure Python, so that events work the same in pages, commands and jobs."""

from __future__ import annotations

from expertpool.availability import merging as diary
from expertpool.interests import merging as relations
from expertpool.items import merging as items
from expertpool.panels import merging as panels
from expertpool.people import listeners as people
from expertpool.people.merging import register


def connect() -> None:
    """Subscribe all listeners; safe to call twice."""
    people.connect()
    register(*diary.FOLLOWS, *relations.FOLLOWS, *items.FOLLOWS, *panels.FOLLOWS)
