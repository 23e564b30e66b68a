"""How teachings, enrolments and certificates follow when two records of one person are merged."""

from __future__ import annotations

from expertpool.people.merging import Follow

FOLLOWS = (
    Follow("certificates.person_id"),
    Follow("enrolments.person_id"),
    Follow("lesson_shares.person_id"),
    Follow("teachings.person_id"),
)
