"""Lessons that other cohorts and single trainees share

Revision: 0012, after 0011.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TABLES = {
    "lesson_shares": ("lesson_id", "lessons"),
    "cohort_lesson_shares": ("cohort_lesson_id", "cohort_lessons"),
}


def upgrade() -> None:
    for table, (lesson, lessons) in TABLES.items():
        op.create_table(
            table,
            sa.Column(lesson, KEY, nullable=False),
            sa.Column("id", KEY, nullable=False),
            sa.Column("cohort_id", KEY, nullable=True),
            sa.Column("person_id", KEY, nullable=True),
            sa.CheckConstraint(
                "(cohort_id IS NULL) <> (person_id IS NULL)", name=op.f(f"ck_{table}_one_of_two")
            ),
            sa.ForeignKeyConstraint(
                ["cohort_id"], ["cohorts.id"], name=op.f(f"fk_{table}_cohort_id_cohorts"), ondelete="CASCADE"
            ),
            sa.ForeignKeyConstraint(
                [lesson], [f"{lessons}.id"], name=op.f(f"fk_{table}_{lesson}_{lessons}"), ondelete="CASCADE"
            ),
            sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f(f"fk_{table}_person_id_people")),
            sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
            sa.UniqueConstraint(lesson, "cohort_id", name=op.f(f"uq_{table}_{lesson}_cohort_id")),
            sa.UniqueConstraint(lesson, "person_id", name=op.f(f"uq_{table}_{lesson}_person_id")),
        )
        for column in ("cohort_id", "person_id"):
            op.create_index(op.f(f"ix_{table}_{column}"), table, [column], unique=False)

    with op.batch_alter_table("outline_lessons", schema=None) as batch_op:
        batch_op.add_column(sa.Column("together", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("outline_lessons", schema=None) as batch_op:
        batch_op.alter_column("together", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("outline_lessons", schema=None) as batch_op:
        batch_op.drop_column("together")
    for table in TABLES:
        for column in ("person_id", "cohort_id"):
            op.drop_index(op.f(f"ix_{table}_{column}"), table_name=table)
        op.drop_table(table)
