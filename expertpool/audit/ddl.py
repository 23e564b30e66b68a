"""Triggers that keep the audit trail append-only, whoever writes to the database.

Allowed are: sealing an entry once, and erasing its personal values (`personal` and `personal_salt`
become NULL). Everything else that changes or deletes an entry is refused.
"""

from __future__ import annotations

from sqlalchemy import DDL, event

from expertpool.audit.models import AuditEntry

HASHED = (
    "id",
    "at",
    "actor_id",
    "actor_label",
    "via",
    "request_id",
    "event",
    "subject_kind",
    "subject_id",
    "facts",
    "personal_hash",
)
SEAL = ("number", "previous_hash", "hash")
ERASABLE = ("personal", "personal_salt")


def _changed(operator: str) -> str:
    """Return the SQL condition under which an update is refused; `operator` is NULL-safe inequality."""
    fixed = [f"NEW.{name} {operator} OLD.{name}" for name in HASHED]
    sealed = [f"(OLD.number IS NOT NULL AND NEW.{name} {operator} OLD.{name})" for name in SEAL]
    erased = [f"(NEW.{name} IS NOT NULL AND NEW.{name} {operator} OLD.{name})" for name in ERASABLE]
    return " OR ".join(fixed + sealed + erased)


SQLITE = (
    f"""CREATE TRIGGER audit_entries_unchanged BEFORE UPDATE ON audit_entries WHEN {_changed("IS NOT")}
BEGIN SELECT RAISE(ABORT, 'audit entries are append-only'); END""",
    """CREATE TRIGGER audit_entries_undeleted BEFORE DELETE ON audit_entries
BEGIN SELECT RAISE(ABORT, 'audit entries are append-only'); END""",
)
POSTGRESQL = (
    f"""CREATE OR REPLACE FUNCTION audit_entries_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND NOT ({_changed("IS DISTINCT FROM")}) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'audit entries are append-only';
END $$""",
    """CREATE TRIGGER audit_entries_unchanged BEFORE UPDATE OR DELETE ON audit_entries
FOR EACH ROW EXECUTE FUNCTION audit_entries_refuse()""",
    """CREATE TRIGGER audit_entries_untruncated BEFORE TRUNCATE ON audit_entries
FOR EACH STATEMENT EXECUTE FUNCTION audit_entries_refuse()""",
)

for dialect, statements in (("sqlite", SQLITE), ("postgresql", POSTGRESQL)):
    for statement in statements:
        ddl = DDL(statement).execute_if(dialect=dialect)  # type: ignore[no-untyped-call]
        event.listen(AuditEntry.__table__, "after_create", ddl)
