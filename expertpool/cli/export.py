"""Write experts, organisations, history, relations or items to a spreadsheet."""

from __future__ import annotations

import click

from expertpool import clock
from expertpool.cli.context import Context
from expertpool.cli.import_ import KINDS, watched
from expertpool.cli.messages import say, translated
from expertpool.cli.streams import write_bytes
from expertpool.errors import N_, Sentence


@click.command()
@click.argument("kind", type=click.Choice(KINDS))
@click.argument("file")
@click.option("--where", multiple=True, metavar="FIELD=VALUE", help="Only experts like this; repeatable.")
@click.pass_obj
def command(context: Context, kind: str, file: str, where: tuple[str, ...]) -> None:
    """Write a file (.xlsx, else CSV; - is standard output) that can be imported again unchanged."""
    from expertpool.exchange import exporting, writing
    from expertpool.exchange.columns import Kind

    conditions = dict(_pair(text) for text in where)
    with context.session() as session:
        watched(N_("Exporting ..."))
        table = exporting.export(session, Kind(kind), where=conditions, actor=context.actor, now=clock.now())
        write_bytes(file, writing.as_file(file, table.labels, table.rows, title=kind))
    if file != "-":
        say(N_("%(file)s: %(rows)s rows."), file=file, rows=len(table.rows))


def _pair(text: str) -> tuple[str, str]:
    field, equals, value = text.partition("=")
    if not (field and equals and value):
        raise click.BadParameter(
            translated(Sentence(N_("Write FIELD=VALUE, not %(text)s."), {"text": text})), param_hint="--where"
        )
    return field.strip(), value.strip()
