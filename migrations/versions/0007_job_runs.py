"""Jobs and those of their runs that are worth keeping

Revision: 0007, after 0006.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def _outcome() -> sa.Enum:
    return sa.Enum(
        "done", "idle", "failed", name="outcome", native_enum=False, create_constraint=True, length=40
    )


def upgrade() -> None:
    op.create_table(
        "jobs",
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("every", sa.Integer(), nullable=False),
        sa.Column("ran_at", MOMENT, nullable=False),
        sa.Column("outcome", _outcome(), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=True),
        sa.Column("asked_by_id", KEY, nullable=True),
        sa.Column("id", KEY, nullable=False),
        sa.ForeignKeyConstraint(["asked_by_id"], ["users.id"], name=op.f("fk_jobs_asked_by_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jobs")),
        sa.UniqueConstraint("name", name=op.f("uq_jobs_name")),
    )
    op.create_index(op.f("ix_jobs_asked_by_id"), "jobs", ["asked_by_id"])
    op.create_table(
        "job_runs",
        sa.Column("job_id", KEY, nullable=False),
        sa.Column("began_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=False),
        sa.Column("outcome", _outcome(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.Column("error", sa.String(length=80), nullable=True),
        sa.Column("asked_by_id", KEY, nullable=True),
        sa.Column("id", KEY, nullable=False),
        sa.ForeignKeyConstraint(
            ["job_id"], ["jobs.id"], name=op.f("fk_job_runs_job_id_jobs"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["asked_by_id"], ["users.id"], name=op.f("fk_job_runs_asked_by_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job_runs")),
    )
    op.create_index(op.f("ix_job_runs_asked_by_id"), "job_runs", ["asked_by_id"])
    op.create_index("ix_job_runs_latest", "job_runs", ["job_id", "outcome", "id"])


def downgrade() -> None:
    op.drop_table("job_runs")
    op.drop_table("jobs")
