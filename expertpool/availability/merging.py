"""How the diary follows when two records of one person are merged."""

from __future__ import annotations

from expertpool.errors import N_
from expertpool.people.merging import Follow

FOLLOWS = (
    Follow(
        "commitments.person_id",
        refusal=N_("%(kept)s and %(merged)s are booked at the same time. Release one of the bookings first."),
    ),
    Follow("busy_times.person_id"),
)
