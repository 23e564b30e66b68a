"""Draw by lot so that anybody can check it (RFC 3797)."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from typing import TypeVar

import click

from expertpool.cli import Fault, fail, say
from expertpool.cli.streams import read_text, write_text
from expertpool.draws import canonical, entropy, parties, record, rfc3797, sources
from expertpool.draws.announcing import Announcement
from expertpool.draws.plan import Candidate, simple
from expertpool.draws.reading import Reported, Unreadable, read_pool, read_sources
from expertpool.errors import N_, Invalid, Sentence

T = TypeVar("T")


@click.group(invoke_without_command=True)
@click.option("--pool", metavar="POOL.txt", help="Who may be drawn: a name a line, in the published order.")
@click.option(
    "--sources",
    "reported",
    metavar="SOURCES.txt",
    help="What the sources reported: one a line; may end in: # description [6 of 1-33]",
)
@click.option("--pick", type=click.IntRange(1, rfc3797.LIMIT), help="How many to pick.")
@click.option(
    "--hash",
    "hash_",
    type=click.Choice([each.value for each in rfc3797.Hash]),
    default="md5",
    show_default=True,
    help="The hash; the RFC's is md5.",
)
@click.option(
    "--out",
    metavar="RECORD.json",
    help="Where to write the record; -: to standard output, in place of the names.",
)
@click.pass_context
def command(
    ctx: click.Context, pool: str | None, reported: str | None, pick: int | None, hash_: str, out: str | None
) -> None:
    """Draw by lot so that anybody can check it (RFC 3797), and print the names picked, in order."""
    given = {"--pool": pool, "--sources": reported, "--pick": pick}
    if ctx.invoked_subcommand is not None:
        if out or any(given.values()):
            raise click.UsageError(f"{', '.join(given)}, --out | {ctx.invoked_subcommand}")
        return
    if pool is None or reported is None or pick is None:
        name = next(name for name, value in given.items() if value is None)
        raise click.MissingParameter(param_hint=f"'{name}'", param_type="option")
    _draw(pool, reported, pick, rfc3797.Hash(hash_), out)


@command.command()
@click.argument("file", metavar="RECORD.json")
@click.option("--commitment", help="The hash that was published before the draw.")
def verify(file: str, commitment: str | None) -> None:
    """Repeat the draw of RECORD.json; exit 0 when everything in it agrees, else 1."""
    data = _read(file, canonical.parse)
    faults = record.verify(data, commitment=commitment)
    if faults:
        fail(*(Fault(fault, file=file) for fault in faults))
    say(N_("%(file)s agrees: %(count)s picked."), file=file, count=len(data["picked"]))
    say(N_("Commitment: %(hash)s"), hash=data["commitment"])
    if data["withheld"]:
        say(N_("Secrets not opened in time: %(parties)s."), parties=", ".join(data["withheld"]))
    if data["late_recusals"]:
        names = ", ".join(recusal["name"] for recusal in data["late_recusals"])
        say(N_("Recused only after the commitment: %(names)s."), names=names)
    if data["committed_at"] is None:
        say(N_("The record claims no time of commitment: it proves the draw, not that its pool came first."))


@command.command()
@click.option("--secret", help="Your own: letters A to Z and digits, 64 at most; else one is made.")
def seal(secret: str | None) -> None:
    """Make a secret for a draw, its salt and its seal; only the seal is handed in before the draw."""
    salt = secrets.token_hex(16)
    chosen = secret if secret is not None else secrets.token_hex(10).upper()
    try:
        sealed = parties.seal(salt, chosen)
    except Invalid as error:
        fail(Fault(error.sentence, value=chosen))
    click.echo(f"secret {chosen}\nsalt {salt}\nseal {sealed}")


def _draw(pool: str, reported: str, pick: int, hash_: rfc3797.Hash, out: str | None) -> None:
    if pool == reported == "-":
        raise click.UsageError("--pool - | --sources -")
    people = _read(pool, read_pool)
    read = _read(reported, read_sources)
    _require(people, pool, pick)
    if not read.reports:
        fail(
            Fault(
                Sentence(N_("There is no source.")), Sentence(N_("Write one source a line.")), file=reported
            )
        )
    _tell_entropy(len(people), pick, read)
    announcement = Announcement("", people, simple(pick), read.sources, hash_)
    made = record.make(record.Inputs(announcement, None, read.reports))
    if out is not None:
        write_text(out, json.dumps(made.data, ensure_ascii=False, indent=1) + "\n")
    if out != "-":
        click.echo("\n".join(made.picked))


def _read(file: str, reader: Callable[[str], T]) -> T:
    """Return what `reader` makes of a file; ends the command with a line for each fault of it."""
    try:
        return reader(read_text(file))
    except Unreadable as error:
        fail(*(Fault(p.problem, p.remedy, file=file, row=p.row, value=p.value) for p in error.problems))
    except Invalid as error:
        fail(Fault(error.sentence, file=file))
    except UnicodeDecodeError:
        fail(Fault(Sentence(N_("This is no UTF-8 text.")), Sentence(N_("Save it as UTF-8.")), file=file))


def _require(people: tuple[Candidate, ...], file: str, pick: int) -> None:
    if pick > len(people):
        problem = Sentence(N_("there are only %(count)s names in the pool."), {"count": len(people)})
        fail(Fault(problem, Sentence(N_("Pick fewer, or add names.")), file=file, value=str(pick)))


def _tell_entropy(pool: int, pick: int, read: Reported) -> None:
    """Say on standard error how much randomness is needed and there, and warn of too little."""
    pairs = [(report.value, source.range) for report, source in zip(read.reports, read.sources, strict=True)]
    needed, offer = entropy.needed(pool, pick), entropy.offered(pairs)
    amount = {"needed": f"{needed:.1f}", "offered": f"{offer.bits:.1f}"}
    if offer.certain:
        say(N_("Bits of entropy needed: %(needed)s; offered by the sources: %(offered)s."), **amount)
    else:
        say(N_("Bits of entropy needed: %(needed)s; offered by the sources: %(offered)s at most."), **amount)
    if offer.bits < needed:
        say(N_("Warning: the sources offer too little for every choice to be possible. Add sources."))
    if any(sources.is_text(report.value) for report in read.reports):
        say(N_("Warning: a source is text, which RFC 3797 strongly advises against."))
