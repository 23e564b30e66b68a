"""Alembic's environment: one linear history for SQLite and PostgreSQL.

`expertpool migrate` hands in a locked connection. Developers cut a migration with
`alembic -c migrations/alembic.ini revision --autogenerate -m "..."`: it needs the database of the
settings at the newest migration, and writes the rooms' own DDL (triggers, search indexes) that is new
into it.
"""

from __future__ import annotations

import sys
from pathlib import Path

import sqlalchemy as sa
from alembic import context

from expertpool.settings import own_ddl

sys.path.insert(0, str(Path(__file__).parent))
import rules


def configure(connection: sa.Connection) -> None:
    """Tell Alembic how to compare and write on this connection."""
    context.configure(
        connection=connection,
        target_metadata=own_ddl.import_models(),
        render_as_batch=True,
        compare_type=True,
        include_object=rules.include_object,
        render_item=rules.render_item,
        process_revision_directives=rules.add_own_ddl,
        transactional_ddl=True,
    )


def run() -> None:
    """Run on the connection that was handed in, or on the database of the settings."""
    given = context.config.attributes.get("connection")
    if given is not None:
        configure(given)
        context.run_migrations()
        return
    import config

    with sa.create_engine(config.load().database_url).begin() as connection:
        configure(connection)
        context.run_migrations()


run()
