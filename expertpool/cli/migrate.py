"""Bring the database to this version."""

from __future__ import annotations

import click

from expertpool.cli import Context, say
from expertpool.errors import N_


@click.command()
@click.pass_obj
def command(context: Context) -> None:
    """Bring the database to this version; safe to repeat, and on two nodes at once."""
    from expertpool.settings import crypto, migrations

    crypto.use(context.settings.data_keys)  # a migration may have to encrypt what was kept open before
    before, after = migrations.upgrade(context.settings.database_url)
    if before == after:
        say(N_("The database is of this version already (%(version)s)."), version=after)
    else:
        say(N_("The database is now of version %(version)s."), version=after)
