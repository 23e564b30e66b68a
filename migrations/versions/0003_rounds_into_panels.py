"""Rounds that are confirmed into panels

Revision: 0003, after 0002.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "round_confirmations",
        sa.Column("round_id", KEY, nullable=False),
        sa.Column("run_id", KEY, nullable=False),
        sa.Column(
            "panels_of",
            sa.Enum(
                "item", "reviewers", name="panelsof", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "queued",
                "running",
                "done",
                "failed",
                "cancelled",
                name="runstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("stage", sa.String(length=20), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("left_out", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("error", sa.String(length=60), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("requested_by_id", KEY, nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", KEY, nullable=False),
        sa.ForeignKeyConstraint(
            ["requested_by_id"], ["users.id"], name=op.f("fk_round_confirmations_requested_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["round_id"],
            ["rounds.id"],
            name=op.f("fk_round_confirmations_round_id_rounds"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["run_id"],
            ["round_runs.id"],
            name=op.f("fk_round_confirmations_run_id_round_runs"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_round_confirmations")),
    )
    op.create_index(op.f("ix_round_confirmations_run_id"), "round_confirmations", ["run_id"])
    op.create_index(op.f("ix_round_confirmations_state"), "round_confirmations", ["state"])
    op.create_index(
        "uq_round_confirmations_standing",
        "round_confirmations",
        ["round_id"],
        unique=True,
        sqlite_where=sa.text("state IN ('queued', 'running', 'done')"),
        postgresql_where=sa.text("state IN ('queued', 'running', 'done')"),
    )
    op.create_table(
        "round_panels",
        sa.Column("confirmation_id", KEY, nullable=False),
        sa.Column("panel_id", KEY, nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.ForeignKeyConstraint(
            ["confirmation_id"],
            ["round_confirmations.id"],
            name=op.f("fk_round_panels_confirmation_id_round_confirmations"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["panel_id"], ["panels.id"], name=op.f("fk_round_panels_panel_id_panels"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_round_panels")),
        sa.UniqueConstraint("panel_id", name=op.f("uq_round_panels_panel_id")),
    )
    op.create_index(op.f("ix_round_panels_confirmation_id"), "round_panels", ["confirmation_id"])


def downgrade() -> None:
    op.drop_table("round_panels")
    op.drop_table("round_confirmations")
