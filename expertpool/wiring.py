"""Who listens to which event. Pure Python, so that events work the same in pages, commands and jobs."""

from __future__ import annotations


def connect() -> None:
    """Subscribe all listeners; safe to call twice."""
