"""What rounds score by

Revision: 0015, after 0014. Rounds that were made before score by skills.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("rounds", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("scored_by", sa.String(length=40), nullable=False, server_default="skills")
        )
        batch_op.create_check_constraint(batch_op.f("ck_rounds_scoredby"), "scored_by IN ('skills', 'texts')")
    with op.batch_alter_table("rounds", schema=None) as batch_op:
        batch_op.alter_column("scored_by", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("rounds", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_rounds_scoredby"), type_="check")
        batch_op.drop_column("scored_by")
