"""What refuses a double booking in the database itself, whoever writes."""

from __future__ import annotations

from sqlalchemy import DDL, event

from expertpool.availability.models import Commitment, RoomCommitment

_TRIGGER = """CREATE TRIGGER {table}_apart_{verb} BEFORE {when} ON {table}
WHEN EXISTS (SELECT 1 FROM {table} AS other WHERE other.{who} = NEW.{who}
AND other.starts < NEW.ends AND NEW.starts < other.ends{but})
BEGIN SELECT RAISE(ABORT, '{table} of one {what} overlap'); END"""

_EXCLUSION = """ALTER TABLE {table} ADD CONSTRAINT ex_{table}_apart
EXCLUDE USING gist ({who} WITH =, tstzrange(starts, ends) WITH &&)"""


def sqlite(table: str, who: str) -> tuple[str, ...]:
    """Return the triggers that keep the rows of one `who` in `table` apart."""
    names = {"table": table, "who": who, "what": who.removesuffix("_id")}
    return (
        _TRIGGER.format(verb="insert", when="INSERT", but="", **names),
        _TRIGGER.format(
            verb="update", when=f"UPDATE OF {who}, starts, ends", but=" AND other.id <> NEW.id", **names
        ),
    )


def postgresql(table: str, who: str) -> tuple[str, ...]:
    """Return the constraint that keeps the rows of one `who` in `table` apart."""
    return ("CREATE EXTENSION IF NOT EXISTS btree_gist", _EXCLUSION.format(table=table, who=who))


for model, who in ((Commitment, "person_id"), (RoomCommitment, "room_id")):
    for dialect, make in (("sqlite", sqlite), ("postgresql", postgresql)):
        for statement in make(model.__tablename__, who):
            ddl = DDL(statement).execute_if(dialect=dialect)  # type: ignore[no-untyped-call]
            event.listen(model.__table__, "after_create", ddl)
