"""Put a backup into an empty database."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import IO, TYPE_CHECKING, cast

import click

from expertpool.cli import Context, say
from expertpool.errors import N_

if TYPE_CHECKING:
    import sqlalchemy as sa


@click.command()
@click.argument("file")
@click.option("--replace", is_flag=True, help="Lose what is in the database now.")
@click.pass_obj
def command(context: Context, file: str, replace: bool) -> None:
    """Put the backup FILE (`-`: standard input) into the database, of whichever kind it is."""
    from expertpool.settings import archive, crypto

    settings = context.require_migrated()
    crypto.use(settings.data_keys)
    with _opened(file) as whole:
        counts = archive.restore(settings.database_url, whole, replace=replace, afterwards=_index)
    say(N_("%(rows)s rows of %(tables)s tables are restored."), rows=sum(counts.values()), tables=len(counts))


def _opened(file: str) -> IO[bytes]:
    """Return the file, or a temporary copy of standard input, since ZIP files are read from their end."""
    if file != "-":
        return Path(file).open("rb")
    whole = cast("IO[bytes]", tempfile.TemporaryFile())  # noqa: SIM115  (the caller closes it)
    whole.writelines(sys.stdin.buffer)
    whole.seek(0)
    return whole


def _index(connection: sa.Connection) -> None:
    """Make the search index, which backups leave out."""
    from sqlalchemy.orm import Session

    from expertpool.people import search

    session = Session(connection, join_transaction_mode="create_savepoint")
    search.rebuild(session)
    session.commit()
