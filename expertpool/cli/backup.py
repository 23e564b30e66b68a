"""Write everything in the database to one file."""

from __future__ import annotations

import sys
import tempfile
from typing import IO, cast

import click

from expertpool.cli import Context, say
from expertpool.cli.streams import replacing
from expertpool.errors import N_


@click.command()
@click.argument("file")
@click.pass_obj
def command(context: Context, file: str) -> None:
    """Write everything in the database to FILE (`-`: standard output). Keep the data keys elsewhere."""
    from expertpool import clock
    from expertpool.settings import archive, crypto

    settings = context.require_migrated()
    crypto.use(settings.data_keys)
    if file == "-":
        with tempfile.TemporaryFile() as whole:
            counts = archive.write(settings.database_url, cast("IO[bytes]", whole), clock.now())
            whole.seek(0)
            sys.stdout.buffer.writelines(whole)
            sys.stdout.buffer.flush()
    else:
        with replacing(file, mode=0o600) as whole:
            counts = archive.write(settings.database_url, whole, clock.now())
    say(
        N_("%(rows)s rows of %(tables)s tables are in the backup."),
        rows=sum(counts.values()),
        tables=len(counts),
    )
