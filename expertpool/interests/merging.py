"""How relations follow when two records of one person are merged; a tie between the two stays as it is."""

from __future__ import annotations

from expertpool.people.merging import Follow

FOLLOWS = (Follow("relations.person_id"), Follow("relations.other_person_id"))
