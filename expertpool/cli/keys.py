"""Rotate the data keys, which encrypt personal values."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from expertpool.cli import Context, say
from expertpool.errors import N_

if TYPE_CHECKING:
    from expertpool.settings.resealing import Place

STEPS = N_(
    "Encrypt every value anew with the first of EXPERTPOOL_DATA_KEYS.\n\n"
    "1. Put a new key (expertpool keys new) in front of the old ones: EXPERTPOOL_DATA_KEYS=NEW,OLD. Without "
    "that setting the keys are in the file data_keys of the instance folder. Restart all processes.\n\n"
    "2. Run this command. The service may run meanwhile. When it was stopped, run it again: it goes on where "
    "it was.\n\n"
    "3. Take the old keys away and restart. Keep them with the backups made before, which need them."
)


@click.group()
def command() -> None:
    """Rotate the data keys, which encrypt personal values."""


@command.command()
def new() -> None:
    """Print a new key for EXPERTPOOL_DATA_KEYS."""
    import config

    click.echo(config.new_data_key())


@command.command(help=STEPS)
@click.pass_obj
def rotate(context: Context) -> None:
    """Encrypt every value anew with the first of EXPERTPOOL_DATA_KEYS."""
    from expertpool import clock
    from expertpool.audit.service import record
    from expertpool.settings import crypto
    from expertpool.settings.events import KeysRotated

    counts = {}
    for place in places(context):
        counts[str(place)] = changed = _renewed(context, place)
        say(N_("%(place)s: %(count)s values encrypted anew."), place=str(place), count=changed)
    with context.session() as session:
        fingerprint = crypto.keyring().fingerprints[0]
        record(session, KeysRotated(0, fingerprint, counts), actor=context.actor, now=clock.now())
    say(N_("Every value now needs the key %(fingerprint)s only."), fingerprint=fingerprint)


def places(context: Context) -> list[Place]:
    """Return every place of sealed values."""
    from expertpool.accounts import sealed as accounts
    from expertpool.exchange import sealed as exchange
    from expertpool.invitations import sealed as invitations
    from expertpool.outbox import sealed as outbox
    from expertpool.panels import draw_kept
    from expertpool.people import sealed as people

    rooms = (outbox, people, invitations, exchange, draw_kept)
    return [accounts.place(context.settings.data_keys), *(place for room in rooms for place in room.PLACES)]


def _renewed(context: Context, place: Place) -> int:
    from expertpool.settings import resealing

    after: int | None = 0
    changed = 0
    while after is not None:
        with context.session() as session:
            batch = resealing.step(session, place, after)
        after, changed = batch.after, changed + batch.changed
    return changed
