"""Sealed rosters, published names of draws

Revision: 0004, after 0003. Columns are added and dropped in place: a rebuilt table of SQLite would lose what
hangs on it.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
WAITING = sa.text("settled_at IS NULL")


def upgrade() -> None:
    op.add_column("panels", sa.Column("sealed_until", MOMENT, nullable=True))
    op.create_index(op.f("ix_panels_sealed_until"), "panels", ["sealed_until"])
    op.add_column("panel_draws", sa.Column("secret", sa.String(length=70), nullable=True))
    op.add_column("panel_draws", sa.Column("names_published_at", MOMENT, nullable=True))
    op.add_column("messages", sa.Column("about", sa.String(length=60), nullable=True))
    op.create_table(
        "panel_keepers",
        sa.Column("panel_id", KEY, nullable=False),
        sa.Column("user_id", KEY, nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.ForeignKeyConstraint(
            ["panel_id"], ["panels.id"], name=op.f("fk_panel_keepers_panel_id_panels"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_panel_keepers_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_panel_keepers")),
        sa.UniqueConstraint("panel_id", "user_id", name=op.f("uq_panel_keepers_panel_id_user_id")),
    )
    op.create_index(op.f("ix_panel_keepers_user_id"), "panel_keepers", ["user_id"])
    op.create_table(
        "panel_openings",
        sa.Column("panel_id", KEY, nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("sealed_until", MOMENT, nullable=False),
        sa.Column("asked_by_id", KEY, nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("agreed", sa.Boolean(), nullable=True),
        sa.Column("settled_by_id", KEY, nullable=True),
        sa.Column("settled_at", MOMENT, nullable=True),
        sa.Column("id", KEY, nullable=False),
        sa.CheckConstraint("settled_by_id <> asked_by_id", name=op.f("ck_panel_openings_two_people")),
        sa.CheckConstraint("(agreed IS NULL) = (settled_at IS NULL)", name=op.f("ck_panel_openings_settled")),
        sa.ForeignKeyConstraint(
            ["panel_id"], ["panels.id"], name=op.f("fk_panel_openings_panel_id_panels"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["users.id"], name=op.f("fk_panel_openings_asked_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["settled_by_id"], ["users.id"], name=op.f("fk_panel_openings_settled_by_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_panel_openings")),
    )
    op.create_index(op.f("ix_panel_openings_panel_id"), "panel_openings", ["panel_id"])
    op.create_index(
        "uq_panel_openings_open",
        "panel_openings",
        ["panel_id"],
        unique=True,
        sqlite_where=WAITING,
        postgresql_where=WAITING,
    )


def downgrade() -> None:
    op.drop_table("panel_openings")
    op.drop_table("panel_keepers")
    op.drop_column("messages", "about")
    op.drop_column("panel_draws", "names_published_at")
    op.drop_column("panel_draws", "secret")
    op.drop_index(op.f("ix_panels_sealed_until"), table_name="panels")
    op.drop_column("panels", "sealed_until")
