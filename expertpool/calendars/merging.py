"""How calendar entries and feeds follow when two records of one person are merged."""

from __future__ import annotations

from expertpool.people.merging import Follow

FOLLOWS = (Follow("calendar_entries.person_id"), Follow("calendar_feeds.person_id"))
