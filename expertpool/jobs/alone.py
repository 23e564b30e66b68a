"""Let one job run once at a time, in any thread, process or node.

The lock is not a lease: it is free again the moment its process ends, however long a run takes, and
taking it writes nothing, so that a run that finds nothing to do costs no transaction that writes.
PostgreSQL: an advisory lock of a connection. SQLite, whose processes share a machine: a file.
"""

from __future__ import annotations

import contextlib
import fcntl
import zlib
from collections.abc import Iterator
from pathlib import Path

import sqlalchemy as sa

JOBS = 0x4A4F4253
"""First half of the keys on PostgreSQL ("JOBS"); the second comes from the job's name."""


@contextlib.contextmanager
def alone(engine: sa.Engine, name: str) -> Iterator[bool]:
    """Hold the lock of the job `name` inside; give False when somebody else holds it."""
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            yield from _on_postgresql(connection, name)
    else:
        yield from _on_file(Path(f"{engine.url.database}-{name}.lock"))


def _on_postgresql(connection: sa.Connection, name: str) -> Iterator[bool]:
    key = zlib.crc32(name.encode()) - 2**31
    held = connection.scalar(sa.select(sa.func.pg_try_advisory_lock(JOBS, key)))
    try:
        yield bool(held)
    finally:
        if held:
            connection.execute(sa.select(sa.func.pg_advisory_unlock(JOBS, key)))


def _on_file(path: Path) -> Iterator[bool]:
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
