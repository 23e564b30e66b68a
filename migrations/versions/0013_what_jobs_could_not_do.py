"""How many single things a run of a job could not do

Revision: 0013, after 0012.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("job_runs", schema=None) as batch_op:
        batch_op.add_column(sa.Column("failed", sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table("job_runs", schema=None) as batch_op:
        batch_op.alter_column("failed", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("job_runs", schema=None) as batch_op:
        batch_op.drop_column("failed")
