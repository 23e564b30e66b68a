"""Secrets of both sides of a draw; the secret of a sealed roster encrypted

Revision: 0006, after 0005. Columns are added and dropped in place: a rebuilt table of SQLite would lose what
hangs on it. Secrets that are kept already are encrypted with the data keys of the process that migrates, and
only then are keys needed.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from expertpool.settings.crypto import keyring

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
DRAWS = sa.table(
    "panel_draws",
    sa.column("id", KEY),
    sa.column("state", sa.String),
    sa.column("secret", sa.String),
    sa.column("secret_sealed", sa.Text),
    sa.column("open_by", MOMENT),
    sa.column("void_reason", sa.String),
    sa.column("voided_at", MOMENT),
)


def upgrade() -> None:
    op.add_column("panel_draws", sa.Column("secret_sealed", sa.Text(), nullable=True))
    op.add_column("panel_draws", sa.Column("open_by", MOMENT, nullable=True))
    for id_, secret in _kept("secret"):
        _put(id_, secret_sealed=keyring().seal(secret))
    op.drop_column("panel_draws", "secret")
    op.create_table(
        "panel_draw_secrets",
        sa.Column("draw_id", KEY, nullable=False),
        sa.Column(
            "party",
            sa.Enum(
                "organiser",
                "supervisor",
                name="party",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("user_id", KEY, nullable=False),
        sa.Column("seal", sa.String(length=64), nullable=False),
        sa.Column("secret_sealed", sa.Text(), nullable=True),
        sa.Column("sealed_at", MOMENT, nullable=False),
        sa.Column("opened_at", MOMENT, nullable=True),
        sa.Column("id", KEY, nullable=False),
        sa.CheckConstraint(
            "opened_at IS NULL OR secret_sealed IS NOT NULL", name=op.f("ck_panel_draw_secrets_opened")
        ),
        sa.ForeignKeyConstraint(
            ["draw_id"], ["panel_draws.id"], name=op.f("fk_panel_draw_secrets_draw_id_panel_draws")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_panel_draw_secrets_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_panel_draw_secrets")),
        sa.UniqueConstraint("draw_id", "party", name=op.f("uq_panel_draw_secrets_draw_id_party")),
        sa.UniqueConstraint("draw_id", "seal", name=op.f("uq_panel_draw_secrets_draw_id_seal")),
        sa.UniqueConstraint("draw_id", "user_id", name=op.f("uq_panel_draw_secrets_draw_id_user_id")),
    )


def downgrade() -> None:
    """Draws that wait with secrets of both sides can't be made by the version before: they become void."""
    op.execute(
        sa.update(DRAWS)
        .where(DRAWS.c.state == "committed", DRAWS.c.open_by.is_not(None))
        .values(state="void", void_reason="downgraded", voided_at=sa.func.current_timestamp())
    )
    op.drop_table("panel_draw_secrets")
    op.add_column("panel_draws", sa.Column("secret", sa.String(length=70), nullable=True))
    for id_, sealed in _kept("secret_sealed"):
        _put(id_, secret=keyring().unseal(sealed))
    op.drop_column("panel_draws", "open_by")
    op.drop_column("panel_draws", "secret_sealed")


def _kept(column: str) -> list[tuple[int, str]]:
    kept = DRAWS.c[column]
    rows = op.get_bind().execute(sa.select(DRAWS.c.id, kept).where(kept.is_not(None)))
    return [(row[0], row[1]) for row in rows]


def _put(id_: int, **values: str) -> None:
    op.execute(sa.update(DRAWS).where(DRAWS.c.id == id_).values(**values))
