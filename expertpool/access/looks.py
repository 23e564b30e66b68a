"""Looks of auditors, which are recorded."""

from __future__ import annotations

from expertpool.events import Event


class PersonLookedAt(Event):
    """An auditor opened a person's page."""

    subject_kind = "person"


class PanelLookedAt(Event):
    """An auditor opened a panel's page."""

    subject_kind = "panel"


EVENTS: dict[str, type[Event]] = {"person": PersonLookedAt, "panel": PanelLookedAt}
"""By kind of what was looked at."""
