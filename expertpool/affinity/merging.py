"""How affinity lists follow when two records of one person are merged.

Where a list names both for one item, the merged record's row stays with it, and lists pass it over.
"""

from __future__ import annotations

from expertpool.people.merging import Follow

FOLLOWS = (Follow("affinity_places.person_id"),)
