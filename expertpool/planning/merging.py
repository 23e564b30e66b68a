"""How drafts follow when two records of one person are merged."""

from __future__ import annotations

from expertpool.people.merging import Follow

FOLLOWS = (
    Follow("placements.person_id"),
    Follow("cohort_lessons.person_id"),
    Follow("cohort_lesson_shares.person_id"),
    Follow("teacher_terms.person_id"),
)
