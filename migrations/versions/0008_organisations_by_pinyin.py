"""Organisations sorted as their names read

Revision: 0008, after 0007. The column is added in place, filled for the organisations that are there.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from expertpool.organisations.reading import pinyin_key

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

ORGANISATIONS = sa.table("organisations", sa.column("id"), sa.column("name"), sa.column("name_pinyin"))


def upgrade() -> None:
    op.add_column(
        "organisations", sa.Column("name_pinyin", sa.String(length=240), nullable=False, server_default="")
    )
    op.create_index(op.f("ix_organisations_name_pinyin"), "organisations", ["name_pinyin"])
    rows = op.get_bind().execute(sa.select(ORGANISATIONS.c.id, ORGANISATIONS.c.name)).all()
    keys = [{"of": row.id, "key": pinyin_key(row.name)} for row in rows]
    if keys:
        row = ORGANISATIONS.c.id == sa.bindparam("of")
        op.get_bind().execute(
            sa.update(ORGANISATIONS).where(row).values(name_pinyin=sa.bindparam("key")), keys
        )


def downgrade() -> None:
    op.drop_index(op.f("ix_organisations_name_pinyin"), table_name="organisations")
    op.drop_column("organisations", "name_pinyin")
