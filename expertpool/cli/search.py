"""Keep the search index."""

from __future__ import annotations

import click

from expertpool.cli import Context, say
from expertpool.errors import N_


@click.group()
def command() -> None:
    """Keep the search index."""


@command.command()
@click.pass_obj
def rebuild(context: Context) -> None:
    """Make the search index anew."""
    from expertpool.people import search

    with context.session() as session:
        number = search.rebuild(session)
    say(N_("%(number)s people are in the search index."), number=number)
