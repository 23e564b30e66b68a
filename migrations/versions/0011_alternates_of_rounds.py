"""Alternates of whole rounds

Revision: 0011, after 0010. Rounds that were made before ask for as many as new ones do.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "round_alternates",
        sa.Column("run_id", KEY, nullable=False),
        sa.Column("item_id", KEY, nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("parts", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_round_alternates_item_id_items")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_round_alternates_person_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["run_id"],
            ["round_runs.id"],
            name=op.f("fk_round_alternates_run_id_round_runs"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_round_alternates")),
        sa.UniqueConstraint(
            "run_id", "item_id", "person_id", name=op.f("uq_round_alternates_run_id_item_id_person_id")
        ),
    )
    op.create_index(op.f("ix_round_alternates_item_id"), "round_alternates", ["item_id"], unique=False)
    op.create_index(op.f("ix_round_alternates_person_id"), "round_alternates", ["person_id"], unique=False)
    with op.batch_alter_table("rounds", schema=None) as batch_op:
        batch_op.add_column(sa.Column("alternates", sa.Integer(), nullable=False, server_default="3"))
        batch_op.create_check_constraint(batch_op.f("ck_rounds_alternates"), "alternates BETWEEN 0 AND 10")
    with op.batch_alter_table("rounds", schema=None) as batch_op:
        batch_op.alter_column("alternates", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("rounds", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_rounds_alternates"), type_="check")
        batch_op.drop_column("alternates")
    op.drop_index(op.f("ix_round_alternates_person_id"), table_name="round_alternates")
    op.drop_index(op.f("ix_round_alternates_item_id"), table_name="round_alternates")
    op.drop_table("round_alternates")
