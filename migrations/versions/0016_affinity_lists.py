"""Affinity lists

Revision: 0016, after 0015.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
MOMENT = sa.DateTime(timezone=True)
STATES = ("queued", "running", "done", "failed", "cancelled")


def upgrade() -> None:
    op.create_table(
        "affinity_lists",
        sa.Column("title", sa.String(300), nullable=False),
        sa.Column("abstract", sa.Text(), nullable=True),
        sa.Column("is_text", sa.Boolean(), nullable=False),
        sa.Column("owner_id", KEY, nullable=False),
        sa.Column("experts", sa.Integer(), nullable=False),
        sa.Column("scored", sa.Integer(), nullable=False),
        sa.Column("pool", sa.Integer(), nullable=True),
        sa.Column("requested_by_id", KEY, nullable=True),
        sa.Column("requested_at", MOMENT, nullable=False),
        sa.Column(
            "state",
            sa.Enum(*STATES, name="runstate", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("stage", sa.String(20), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(60), nullable=True),
        sa.Column("lease_until", MOMENT, nullable=True),
        sa.Column("finished_at", MOMENT, nullable=True),
        sa.Column("id", KEY, nullable=False),
        sa.CheckConstraint("experts BETWEEN 1 AND 100", name=op.f("ck_affinity_lists_experts")),
        sa.CheckConstraint("is_text OR abstract IS NULL", name=op.f("ck_affinity_lists_abstract_of_text")),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["organisations.id"], name=op.f("fk_affinity_lists_owner_id_organisations")
        ),
        sa.ForeignKeyConstraint(
            ["requested_by_id"], ["users.id"], name=op.f("fk_affinity_lists_requested_by_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_affinity_lists")),
        sqlite_autoincrement=True,
    )
    for column in ("owner_id", "requested_at", "state"):
        op.create_index(op.f(f"ix_affinity_lists_{column}"), "affinity_lists", [column])
    op.create_table(
        "affinity_items",
        sa.Column("list_id", KEY, nullable=False),
        sa.Column("item_id", KEY, nullable=True),
        sa.Column("id", KEY, nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_affinity_items_item_id_items")),
        sa.ForeignKeyConstraint(
            ["list_id"],
            ["affinity_lists.id"],
            name=op.f("fk_affinity_items_list_id_affinity_lists"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_affinity_items")),
        sa.UniqueConstraint("list_id", "item_id", name=op.f("uq_affinity_items_list_id_item_id")),
    )
    op.create_index(op.f("ix_affinity_items_item_id"), "affinity_items", ["item_id"])
    op.create_table(
        "affinity_skills",
        sa.Column("list_id", KEY, nullable=False),
        sa.Column("skill_id", KEY, nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.ForeignKeyConstraint(
            ["list_id"],
            ["affinity_lists.id"],
            name=op.f("fk_affinity_skills_list_id_affinity_lists"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["skill_id"], ["skills.id"], name=op.f("fk_affinity_skills_skill_id_skills")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_affinity_skills")),
        sa.UniqueConstraint("list_id", "skill_id", name=op.f("uq_affinity_skills_list_id_skill_id")),
    )
    op.create_index(op.f("ix_affinity_skills_skill_id"), "affinity_skills", ["skill_id"])
    op.create_table(
        "affinity_places",
        sa.Column("about_id", KEY, nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("words", JSON, nullable=False),
        sa.Column("skills", JSON, nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.CheckConstraint("score > 0 AND score <= 1", name=op.f("ck_affinity_places_score")),
        sa.ForeignKeyConstraint(
            ["about_id"],
            ["affinity_items.id"],
            name=op.f("fk_affinity_places_about_id_affinity_items"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_affinity_places_person_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_affinity_places")),
        sa.UniqueConstraint("about_id", "person_id", name=op.f("uq_affinity_places_about_id_person_id")),
    )
    op.create_index(op.f("ix_affinity_places_person_id"), "affinity_places", ["person_id"])


def downgrade() -> None:
    for table in ("affinity_places", "affinity_skills", "affinity_items", "affinity_lists"):
        op.drop_table(table)
