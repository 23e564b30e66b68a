"""Backups: every row of every table in one ZIP file, which either database can take back.

The file holds `tables/<name>.jsonl` and a signed `manifest.json` with the migration, the fingerprints
of the data keys, and the number of rows and SHA-256 of each table. It holds no key.
"""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import json
import zipfile
import zlib
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import IO, Any

import sqlalchemy as sa

from expertpool.database import reading
from expertpool.errors import N_, Invalid
from expertpool.settings import crypto, migrations, own_ddl, rows

FORMAT = 1
MANIFEST = "manifest.json"
CHUNK = 1000
DAMAGE = (zipfile.BadZipFile, zlib.error, KeyError, TypeError, ValueError, EOFError, sa.exc.IntegrityError)
"""What reading a damaged file may raise."""
NOTHING = N_("This is no backup, or only a part of one. Take another copy of the file.")
ALTERED = N_("The backup was changed: %(part)s does not match. Take another copy of the file.")


def write(url: str, file: IO[bytes], now: datetime) -> dict[str, int]:
    """Write one consistent state of the database to `file`; return the number of rows of each table."""
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    if engine.dialect.name == "postgresql":
        engine = engine.execution_options(isolation_level="REPEATABLE READ")
    tables: dict[str, Any] = {}
    with (
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive,
        reading(),
        engine.connect() as connection,
    ):
        migration = migrations.revision_of(connection)
        for table in _tables():
            with archive.open(_member(table.name), "w", force_zip64=True) as member:
                tables[table.name] = _dump(connection, table, member)
        manifest = {
            "format": FORMAT,
            "made_at": now.isoformat(),
            "database": engine.dialect.name,
            "migration": migration,
            "keys": crypto.keyring().fingerprints,
            "tables": tables,
        }
        archive.writestr(MANIFEST, _signed(manifest))
    return {name: facts["rows"] for name, facts in tables.items()}


def restore(
    url: str,
    file: IO[bytes],
    *,
    replace: bool = False,
    afterwards: Callable[[sa.Connection], None] = lambda connection: None,
) -> dict[str, int]:
    """Put the rows of a backup into the database, all or nothing; return the number of rows of each table.

    `afterwards` runs in the same transaction. Raises `Invalid` when the database is not empty (unless
    `replace`), the file is truncated or changed, or of another migration or other data keys.
    """
    try:
        archive = zipfile.ZipFile(file)
        manifest = _manifest(archive)
    except DAMAGE as error:
        raise Invalid(NOTHING) from error
    _require_same(manifest)
    with archive, migrations.locked(url) as connection:
        _require_empty(connection, manifest, replace)
        with _deferred(connection):
            for table in _tables():
                _load(connection, table, archive, manifest["tables"][table.name])
        _number_on(connection)
        afterwards(connection)
    return {name: facts["rows"] for name, facts in manifest["tables"].items()}


def is_empty(connection: sa.Connection) -> bool:
    """Tell whether no table has a row."""
    return not any(connection.scalar(sa.select(sa.exists(sa.select(1).select_from(t)))) for t in _tables())


def _tables() -> list[sa.Table]:
    tables = own_ddl.import_models().tables
    return [tables[name] for name in sorted(tables)]


def _member(table: str) -> str:
    return f"tables/{table}.jsonl"


def _dump(connection: sa.Connection, table: sa.Table, member: IO[bytes]) -> dict[str, Any]:
    digest, number = hashlib.sha256(), 0
    query = sa.select(table).order_by(*table.primary_key.columns)
    for row in connection.execution_options(yield_per=CHUNK).execute(query):
        line = json.dumps(rows.written(table, row), ensure_ascii=False).encode() + b"\n"
        digest.update(line)
        member.write(line)
        number += 1
    return {"rows": number, "sha256": digest.hexdigest()}


def _signed(manifest: dict[str, Any]) -> str:
    text = json.dumps(manifest, ensure_ascii=False, indent=1)
    return json.dumps({"manifest": text, "signature": crypto.keyring().sign(text.encode())}, indent=1)


def _manifest(archive: zipfile.ZipFile) -> dict[str, Any]:
    """Return the manifest; raises `Invalid` when these data keys did not sign it."""
    signed = json.loads(archive.read(MANIFEST))
    manifest: dict[str, Any] = json.loads(signed["manifest"])
    if not set(manifest["keys"]) <= set(crypto.keyring().fingerprints):
        message = N_(
            "The backup needs the data keys %(wanted)s, but EXPERTPOOL_DATA_KEYS has %(given)s. "
            "Set the right keys."
        )
        given = ", ".join(crypto.keyring().fingerprints)
        raise Invalid(message, wanted=", ".join(manifest["keys"]), given=given)
    if not crypto.keyring().signed(signed["manifest"].encode(), signed["signature"]):
        raise Invalid(ALTERED, part=MANIFEST)
    return manifest


def _require_same(manifest: dict[str, Any]) -> None:
    if manifest["format"] != FORMAT or manifest["migration"] != migrations.head():
        message = N_(
            "The backup is of version %(theirs)s, and this program of %(ours)s. "
            "Restore it with the program that made it, then run: expertpool migrate"
        )
        raise Invalid(message, theirs=manifest["migration"], ours=migrations.head())
    if set(manifest["tables"]) != {table.name for table in _tables()}:
        raise Invalid(ALTERED, part=MANIFEST)


def _require_empty(connection: sa.Connection, manifest: dict[str, Any], replace: bool) -> None:
    if migrations.revision_of(connection) != manifest["migration"]:
        raise Invalid(N_("The database is not of this version. Run first: expertpool migrate"))
    if replace:
        migrations.remake(connection)
    elif not is_empty(connection):
        raise Invalid(N_("The database is not empty. To lose what is in it, add --replace"))


def _load(
    connection: sa.Connection, table: sa.Table, archive: zipfile.ZipFile, facts: dict[str, Any]
) -> None:
    digest, number = hashlib.sha256(), 0
    insertion = rows.insertion(table)
    try:
        with archive.open(_member(table.name)) as member:
            for lines in _chunks(member):
                for line in lines:
                    digest.update(line)
                connection.execute(insertion, [rows.read(table, json.loads(line)) for line in lines])
                number += len(lines)
    except DAMAGE as error:
        raise Invalid(ALTERED, part=table.name) from error
    if (number, digest.hexdigest()) != (facts["rows"], facts["sha256"]):
        raise Invalid(ALTERED, part=table.name)


def _chunks(member: IO[bytes]) -> Iterator[list[bytes]]:
    while lines := list(itertools.islice(member, CHUNK)):
        yield lines


@contextlib.contextmanager
def _deferred(connection: sa.Connection) -> Iterator[None]:
    """Check foreign keys only when all rows are in, whatever the order of tables and rows."""
    if connection.dialect.name == "sqlite":  # its foreign keys are off under the migration lock
        yield
        if connection.exec_driver_sql("PRAGMA foreign_key_check").first():
            raise Invalid(ALTERED, part=MANIFEST)
        return
    _alter_keys(connection, "DEFERRABLE INITIALLY DEFERRED")
    yield
    connection.exec_driver_sql("SET CONSTRAINTS ALL IMMEDIATE")
    _alter_keys(connection, "NOT DEFERRABLE")


def _alter_keys(connection: sa.Connection, how: str) -> None:
    for table in _tables():
        for key in table.foreign_key_constraints:
            connection.exec_driver_sql(f'ALTER TABLE "{table.name}" ALTER CONSTRAINT "{key.name}" {how}')


def _number_on(connection: sa.Connection) -> None:
    """Let PostgreSQL's sequences go on after the highest numbers (SQLite does by itself)."""
    if connection.dialect.name != "postgresql":
        return
    for table in _tables():
        for column in table.primary_key.columns:
            sequence = connection.scalar(sa.select(sa.func.pg_get_serial_sequence(table.name, column.name)))
            highest = connection.scalar(sa.select(sa.func.max(column))) if sequence else None
            if highest is not None:
                connection.execute(sa.select(sa.func.setval(sequence, highest)))
