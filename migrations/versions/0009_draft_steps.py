"""Steps of a draft, weights of an office, and teachers of the pool in a draft

Revision: 0009, after 0008.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "office_weights",
        sa.Column("owner_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("weights", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["organisations.id"], name=op.f("fk_office_weights_owner_id_organisations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_office_weights")),
        sa.UniqueConstraint("owner_id", name=op.f("uq_office_weights_owner_id")),
    )
    op.create_table(
        "draft_steps",
        sa.Column("timetable_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "placed",
                "taken-out",
                "pinned",
                "released",
                "planned",
                name="stepkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("called", sa.String(length=200), nullable=False),
        sa.Column("before", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["timetable_id"],
            ["timetables.id"],
            name=op.f("fk_draft_steps_timetable_id_timetables"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft_steps")),
        sa.UniqueConstraint("timetable_id", "number", name=op.f("uq_draft_steps_timetable_id_number")),
    )
    with op.batch_alter_table("placements", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
        )
        batch_op.create_index(batch_op.f("ix_placements_person_id"), ["person_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_placements_person_id_people"), "people", ["person_id"], ["id"]
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_placements_one_teacher"), "teaching_id IS NULL OR person_id IS NULL"
        )


def downgrade() -> None:
    with op.batch_alter_table("placements", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_placements_one_teacher"), type_="check")
        batch_op.drop_constraint(batch_op.f("fk_placements_person_id_people"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_placements_person_id"))
        batch_op.drop_column("person_id")
    op.drop_table("draft_steps")
    op.drop_table("office_weights")
