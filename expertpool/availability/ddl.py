"""What refuses a double booking in the database itself, whoever writes."""

from __future__ import annotations

from sqlalchemy import DDL, event

from expertpool.availability.models import Commitment

_TRIGGER = """CREATE TRIGGER commitments_apart_{verb} BEFORE {when} ON commitments
WHEN EXISTS (SELECT 1 FROM commitments AS other WHERE other.person_id = NEW.person_id
AND other.starts < NEW.ends AND NEW.starts < other.ends{but})
BEGIN SELECT RAISE(ABORT, 'commitments of one person overlap'); END"""

SQLITE = (
    _TRIGGER.format(verb="insert", when="INSERT", but=""),
    _TRIGGER.format(verb="update", when="UPDATE OF person_id, starts, ends", but=" AND other.id <> NEW.id"),
)
POSTGRESQL = (
    "CREATE EXTENSION IF NOT EXISTS btree_gist",
    """ALTER TABLE commitments ADD CONSTRAINT ex_commitments_apart
EXCLUDE USING gist (person_id WITH =, tstzrange(starts, ends) WITH &&)""",
)

for dialect, statements in (("sqlite", SQLITE), ("postgresql", POSTGRESQL)):
    for statement in statements:
        ddl = DDL(statement).execute_if(dialect=dialect)  # type: ignore[no-untyped-call]
        event.listen(Commitment.__table__, "after_create", ddl)
