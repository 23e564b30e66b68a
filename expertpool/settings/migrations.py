"""The version of the database's schema: read it, and bring it up to date under a lock."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from expertpool.database import reading

FOLDER = Path(__file__).parent.parent.parent / "migrations"
LOCK = 0x45585045
"""Key of the advisory lock on PostgreSQL ("EXPE")."""


def head() -> str | None:
    """Return the newest migration that this version of the program knows; None without any."""
    return ScriptDirectory.from_config(_configuration()).get_current_head()


def current(engine: sa.Engine) -> str | None:
    """Return the migration that the database is at; None when it never was migrated."""
    with reading(), engine.connect() as connection:
        return revision_of(connection)


def revision_of(connection: sa.Connection) -> str | None:
    """Return the migration that the database of a connection is at."""
    return MigrationContext.configure(connection).get_current_revision()


def is_current(engine: sa.Engine) -> bool:
    """Tell whether the database is at the newest migration."""
    return current(engine) == head()


def upgrade(url: str, revision: str = "head") -> tuple[str | None, str | None]:
    """Bring the database at `url` to `revision`; return its migration before and after.

    Two nodes may call this at once: the second waits, then finds nothing to do.
    """
    with locked(url) as connection:
        before = revision_of(connection)
        command.upgrade(_configuration(connection), revision)
        after = revision_of(connection)
    return before, after


def downgrade(url: str, revision: str) -> None:
    """Take the database at `url` back to `revision` (`base` is the empty database)."""
    with locked(url) as connection:
        command.downgrade(_configuration(connection), revision)


def remake(connection: sa.Connection) -> None:
    """Empty a database under the migration lock: take it down to nothing and up again."""
    command.downgrade(_configuration(connection), "base")
    command.upgrade(_configuration(connection), "head")


@contextlib.contextmanager
def locked(url: str) -> Iterator[sa.Connection]:
    """Give a connection inside one transaction that holds the migration lock.

    SQLite: BEGIN IMMEDIATE (see `database`) is the lock, and foreign keys are off, because batch mode
    copies tables. PostgreSQL: an advisory lock of the transaction.
    """
    with sa.create_engine(url, poolclass=sa.NullPool).connect() as connection:
        if connection.dialect.name == "sqlite":
            raw = connection.connection.driver_connection
            raw.execute("PRAGMA foreign_keys=OFF")  # type: ignore[union-attr]
        with connection.begin():
            if connection.dialect.name == "postgresql":
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(LOCK)))
            yield connection


def _configuration(connection: sa.Connection | None = None) -> Config:
    configuration = Config()
    configuration.set_main_option("script_location", str(FOLDER))
    configuration.attributes["connection"] = connection
    return configuration
