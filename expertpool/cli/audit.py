"""Check the audit trail."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import click

from expertpool.cli import Context, fail, say
from expertpool.errors import N_

if TYPE_CHECKING:
    from expertpool.audit.sealing import Head


@click.group()
def command() -> None:
    """Check the audit trail."""


@command.command()
@click.option("--head", "noted", metavar="NUMBER:HASH", help="A head noted earlier; it must still be there.")
@click.pass_obj
def verify(context: Context, noted: str | None) -> None:
    """Walk the whole chain; exit 1 and name the first entry that was changed or is missing."""
    from expertpool.audit import sealing
    from expertpool.database import reading

    known = _head(noted) if noted else None
    with reading(), context.session() as session:
        verdict = sealing.verify(session, known=known)
    if verdict.broken:
        fail(verdict.broken)
    say(N_("%(number)s entries are whole."), number=verdict.checked)
    click.echo(str(verdict.head))


@command.command()
@click.pass_obj
def head(context: Context) -> None:
    """Print the number and hash of the newest entry, to keep outside this system."""
    from expertpool.audit import sealing
    from expertpool.database import reading

    with reading(), context.session() as session:
        click.echo(str(sealing.head(session)))


def _head(text: str) -> Head:
    from expertpool.audit.sealing import Head

    if not re.fullmatch(r"\d+:[0-9a-f]{64}", text):
        fail(N_("“%(text)s” is no head. Give NUMBER:HASH as printed by: expertpool audit head"), text=text)
    number, _, digest = text.partition(":")
    return Head(int(number), digest)
