"""Outlines, timetables and their runs

Revision: 0005, after 0004.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "timetables",
        sa.Column("owner_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("periods", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("in_order", sa.Boolean(), nullable=False),
        sa.Column("cohort_minutes", sa.Integer(), nullable=True),
        sa.Column("teacher_minutes", sa.Integer(), nullable=True),
        sa.Column("travel_minutes", sa.Integer(), nullable=False),
        sa.Column("weights", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("created_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("cohort_minutes BETWEEN 10 AND 1440", name=op.f("ck_timetables_cohort_minutes")),
        sa.CheckConstraint("first <= last", name=op.f("ck_timetables_ordered")),
        sa.CheckConstraint("teacher_minutes BETWEEN 10 AND 1440", name=op.f("ck_timetables_teacher_minutes")),
        sa.CheckConstraint("travel_minutes BETWEEN 0 AND 600", name=op.f("ck_timetables_travel_minutes")),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["users.id"], name=op.f("fk_timetables_created_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["organisations.id"], name=op.f("fk_timetables_owner_id_organisations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_timetables")),
    )
    with op.batch_alter_table("timetables", schema=None) as batch_op:
        batch_op.create_index("ix_timetables_last", ["last"], unique=False)
        batch_op.create_index(batch_op.f("ix_timetables_owner_id"), ["owner_id"], unique=False)

    op.create_table(
        "outline_lessons",
        sa.Column("course_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("equipment", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "lecture",
                "exercise",
                "exam",
                "other",
                name="lessonkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "delivery",
            sa.Enum(
                "on-site",
                "online",
                "both",
                name="delivery",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.CheckConstraint("minutes BETWEEN 10 AND 720", name=op.f("ck_outline_lessons_minutes")),
        sa.ForeignKeyConstraint(
            ["course_id"],
            ["courses.id"],
            name=op.f("fk_outline_lessons_course_id_courses"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outline_lessons")),
    )
    with op.batch_alter_table("outline_lessons", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_outline_lessons_course_id"), ["course_id"], unique=False)

    op.create_table(
        "timetable_runs",
        sa.Column("timetable_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "queued",
                "running",
                "done",
                "failed",
                "cancelled",
                name="timetablerunstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("stop_asked", sa.Boolean(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("seed", sa.BigInteger(), nullable=False),
        sa.Column("versions", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("problem", sa.LargeBinary(), nullable=True),
        sa.Column("input_hash", sa.String(length=64), nullable=True),
        sa.Column("best", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
        sa.Column("error", sa.String(length=60), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("requested_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("seconds BETWEEN 1 AND 3600", name=op.f("ck_timetable_runs_seconds")),
        sa.ForeignKeyConstraint(
            ["requested_by_id"], ["users.id"], name=op.f("fk_timetable_runs_requested_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["timetable_id"],
            ["timetables.id"],
            name=op.f("fk_timetable_runs_timetable_id_timetables"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_timetable_runs")),
        sa.UniqueConstraint("timetable_id", "number", name=op.f("uq_timetable_runs_timetable_id_number")),
    )
    with op.batch_alter_table("timetable_runs", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_timetable_runs_state"), ["state"], unique=False)
        batch_op.create_index(
            "uq_timetable_runs_waiting",
            ["timetable_id"],
            unique=True,
            sqlite_where=sa.text("state IN ('queued', 'running')"),
            postgresql_where=sa.text("state IN ('queued', 'running')"),
        )

    op.create_table(
        "timetable_cohorts",
        sa.Column("timetable_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("cohort_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["cohort_id"],
            ["cohorts.id"],
            name=op.f("fk_timetable_cohorts_cohort_id_cohorts"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["timetable_id"],
            ["timetables.id"],
            name=op.f("fk_timetable_cohorts_timetable_id_timetables"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_timetable_cohorts")),
        sa.UniqueConstraint(
            "timetable_id", "cohort_id", name=op.f("uq_timetable_cohorts_timetable_id_cohort_id")
        ),
    )
    with op.batch_alter_table("timetable_cohorts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_timetable_cohorts_cohort_id"), ["cohort_id"], unique=False)

    op.create_table(
        "cohort_lessons",
        sa.Column("cohort_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("teaching_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("lesson_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("leaving", sa.Boolean(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("equipment", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "lecture",
                "exercise",
                "exam",
                "other",
                name="lessonkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "delivery",
            sa.Enum(
                "on-site",
                "online",
                "both",
                name="delivery",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.CheckConstraint("minutes BETWEEN 1 AND 1440", name=op.f("ck_cohort_lessons_minutes")),
        sa.ForeignKeyConstraint(
            ["cohort_id"],
            ["cohorts.id"],
            name=op.f("fk_cohort_lessons_cohort_id_cohorts"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["lesson_id"],
            ["lessons.id"],
            name=op.f("fk_cohort_lessons_lesson_id_lessons"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["teaching_id"],
            ["teachings.id"],
            name=op.f("fk_cohort_lessons_teaching_id_teachings"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cohort_lessons")),
        sa.UniqueConstraint("lesson_id", name=op.f("uq_cohort_lessons_lesson_id")),
    )
    with op.batch_alter_table("cohort_lessons", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_cohort_lessons_cohort_id"), ["cohort_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_cohort_lessons_teaching_id"), ["teaching_id"], unique=False)

    op.create_table(
        "placements",
        sa.Column("timetable_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("cohort_lesson_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("starts", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends", sa.DateTime(timezone=True), nullable=False),
        sa.Column("room_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("teaching_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("pinned", sa.Boolean(), nullable=False),
        sa.Column("lesson_version", sa.Integer(), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("starts < ends", name=op.f("ck_placements_ordered")),
        sa.ForeignKeyConstraint(
            ["cohort_lesson_id"],
            ["cohort_lessons.id"],
            name=op.f("fk_placements_cohort_lesson_id_cohort_lessons"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["room_id"], ["rooms.id"], name=op.f("fk_placements_room_id_rooms")),
        sa.ForeignKeyConstraint(
            ["teaching_id"],
            ["teachings.id"],
            name=op.f("fk_placements_teaching_id_teachings"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["timetable_id"],
            ["timetables.id"],
            name=op.f("fk_placements_timetable_id_timetables"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_placements")),
        sa.UniqueConstraint(
            "timetable_id", "cohort_lesson_id", name=op.f("uq_placements_timetable_id_cohort_lesson_id")
        ),
    )
    with op.batch_alter_table("placements", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_placements_cohort_lesson_id"), ["cohort_lesson_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_placements_room_id"), ["room_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_placements_teaching_id"), ["teaching_id"], unique=False)
        batch_op.create_index("ix_placements_timetable_time", ["timetable_id", "starts"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("placements", schema=None) as batch_op:
        batch_op.drop_index("ix_placements_timetable_time")
        batch_op.drop_index(batch_op.f("ix_placements_teaching_id"))
        batch_op.drop_index(batch_op.f("ix_placements_room_id"))
        batch_op.drop_index(batch_op.f("ix_placements_cohort_lesson_id"))

    op.drop_table("placements")
    with op.batch_alter_table("cohort_lessons", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_cohort_lessons_teaching_id"))
        batch_op.drop_index(batch_op.f("ix_cohort_lessons_cohort_id"))

    op.drop_table("cohort_lessons")
    with op.batch_alter_table("timetable_cohorts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_timetable_cohorts_cohort_id"))

    op.drop_table("timetable_cohorts")
    with op.batch_alter_table("timetable_runs", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_timetable_runs_waiting",
            sqlite_where=sa.text("state IN ('queued', 'running')"),
            postgresql_where=sa.text("state IN ('queued', 'running')"),
        )
        batch_op.drop_index(batch_op.f("ix_timetable_runs_state"))

    op.drop_table("timetable_runs")
    with op.batch_alter_table("outline_lessons", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_outline_lessons_course_id"))

    op.drop_table("outline_lessons")
    with op.batch_alter_table("timetables", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_timetables_owner_id"))
        batch_op.drop_index("ix_timetables_last")

    op.drop_table("timetables")
