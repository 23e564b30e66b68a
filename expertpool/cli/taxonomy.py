"""Load classifications of skills."""

from __future__ import annotations

import click

from expertpool.cli import Context, fail, say
from expertpool.cli.streams import read_bytes
from expertpool.errors import N_, Invalid

DONE = N_("%(added)s skills added, %(changed)s changed, %(retired)s retired, %(same)s as before.")


@click.group()
def command() -> None:
    """Load classifications of skills."""


@command.command("import")
@click.argument("file")
@click.option("--slug", required=True, help="Prefix of its codes, such as gbt4754.")
@click.option("--name-zh", required=True, help="Chinese name of the classification.")
@click.option("--name-en", required=True, help="English name of the classification.")
@click.option("--edition", help="Edition, such as 2017.")
@click.option("--source", help="Where the file came from, and under which licence.")
@click.pass_obj
def import_(
    context: Context,
    file: str,
    slug: str,
    name_zh: str,
    name_en: str,
    edition: str | None,
    source: str | None,
) -> None:
    """Load a classification from a spreadsheet or CSV file; loading it again changes nothing."""
    from expertpool import clock
    from expertpool.exchange.reading import read
    from expertpool.skills.loading import Edition, load
    from expertpool.skills.nodes import read_nodes

    try:
        content = read_bytes(file)
        nodes = read_nodes((row.number, row.cells) for row in read(content)[0].rows)
        with context.session() as session:
            what = Edition(slug.lower(), name_zh, name_en, edition, source)
            done = load(session, what, nodes, actor=context.actor, now=clock.now())
    except OSError as error:
        fail(N_("%(file)s cannot be read: %(reason)s."), file=file, reason=error.strerror)
    except Invalid as error:
        fail(N_("%(file)s: %(problem)s"), file=file, problem=error.sentence)
    say(DONE, added=done.added, changed=done.changed, retired=done.retired, same=done.same)


@command.command()
@click.argument("slug", type=click.Choice(["ics", "nsfc"]))
@click.pass_obj
def shipped(context: Context, slug: str) -> None:
    """Load a classification that comes with the product: ics or nsfc."""
    from expertpool import clock
    from expertpool.skills.loading import load_shipped

    with context.session() as session:
        done = load_shipped(session, slug, actor=context.actor, now=clock.now())
    say(DONE, added=done.added, changed=done.changed, retired=done.retired, same=done.same)
