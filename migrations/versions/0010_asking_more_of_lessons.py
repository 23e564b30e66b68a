"""Languages, spacing and chosen teachers of lessons; what offices agree with teachers

Revision: 0010, after 0009.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
LISTS = ("outline_lessons", "cohort_lessons")
SPACING = {
    "least_days": "least_days BETWEEN 0 AND 200",
    "most_days": "most_days BETWEEN 0 AND 200",
    "spacing": "least_days <= most_days",
}


def upgrade() -> None:
    op.create_table(
        "teacher_terms",
        sa.Column("owner_id", KEY, nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("week_minutes", sa.Integer(), nullable=True),
        sa.Column("unwished", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("week_minutes BETWEEN 10 AND 10080", name=op.f("ck_teacher_terms_week_minutes")),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["organisations.id"], name=op.f("fk_teacher_terms_owner_id_organisations")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_teacher_terms_person_id_people"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_teacher_terms")),
        sa.UniqueConstraint("owner_id", "person_id", name=op.f("uq_teacher_terms_owner_id_person_id")),
    )
    op.create_index(op.f("ix_teacher_terms_person_id"), "teacher_terms", ["person_id"], unique=False)
    for table in LISTS:
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.add_column(sa.Column("language", sa.String(length=40), nullable=True))
            batch_op.add_column(sa.Column("least_days", sa.Integer(), nullable=True))
            batch_op.add_column(sa.Column("most_days", sa.Integer(), nullable=True))
            for name, rule in SPACING.items():
                batch_op.create_check_constraint(batch_op.f(f"ck_{table}_{name}"), rule)
    with op.batch_alter_table("cohort_lessons", schema=None) as batch_op:
        batch_op.add_column(sa.Column("person_id", KEY, nullable=True))
        batch_op.create_index(batch_op.f("ix_cohort_lessons_person_id"), ["person_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_cohort_lessons_person_id_people"), "people", ["person_id"], ["id"]
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_cohort_lessons_one_teacher"), "teaching_id IS NULL OR person_id IS NULL"
        )
    with op.batch_alter_table("timetables", schema=None) as batch_op:
        batch_op.add_column(sa.Column("teacher_week_minutes", sa.Integer(), nullable=True))
        batch_op.create_check_constraint(
            batch_op.f("ck_timetables_teacher_week_minutes"), "teacher_week_minutes BETWEEN 10 AND 10080"
        )


def downgrade() -> None:
    with op.batch_alter_table("timetables", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_timetables_teacher_week_minutes"), type_="check")
        batch_op.drop_column("teacher_week_minutes")
    with op.batch_alter_table("cohort_lessons", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_cohort_lessons_one_teacher"), type_="check")
        batch_op.drop_constraint(batch_op.f("fk_cohort_lessons_person_id_people"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_cohort_lessons_person_id"))
        batch_op.drop_column("person_id")
    for table in LISTS:
        with op.batch_alter_table(table, schema=None) as batch_op:
            for name in SPACING:
                batch_op.drop_constraint(batch_op.f(f"ck_{table}_{name}"), type_="check")
            for name in ("most_days", "least_days", "language"):
                batch_op.drop_column(name)
    op.drop_index(op.f("ix_teacher_terms_person_id"), table_name="teacher_terms")
    op.drop_table("teacher_terms")
