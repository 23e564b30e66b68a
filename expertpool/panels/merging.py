"""How choices, seats and waivers follow when two records of one person are merged; runs stay as asked."""

from __future__ import annotations

from expertpool.people.merging import Follow

FOLLOWS = (
    Follow("panel_choices.person_id"),
    Follow("panel_runs.about_id", moves=False),
    Follow("round_alternates.person_id", moves=False),
    Follow("round_locks.person_id"),
    Follow("round_places.person_id", moves=False),
    Follow("seats.person_id"),
    Follow("waivers.person_id"),
)
