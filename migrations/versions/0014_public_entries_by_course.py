"""Public calendar entries of lessons, one for each course that has them

Revision: 0014, after 0013. Going back leaves out those of courses that share a lesson of another.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

NAME = "uq_calendar_entries_public"
PUBLIC = sa.text("person_id IS NULL")


def upgrade() -> None:
    _index(["source_id", "course_id"])


def downgrade() -> None:
    entries = sa.table("calendar_entries", sa.column("id"), sa.column("source_id"), sa.column("person_id"))
    first = (
        sa.select(sa.func.min(entries.c.id))
        .where(entries.c.person_id.is_(None))
        .group_by(entries.c.source_id)
    )
    op.execute(entries.delete().where(entries.c.person_id.is_(None), entries.c.id.not_in(first)))
    _index(["source_id"])


def _index(columns: list[str]) -> None:
    op.drop_index(NAME, table_name="calendar_entries")
    op.create_index(
        NAME, "calendar_entries", columns, unique=True, sqlite_where=PUBLIC, postgresql_where=PUBLIC
    )
