"""Score how near experts are to items by their texts and skills."""

from __future__ import annotations

import contextlib
import csv
import io
import sys
from collections.abc import Iterator
from typing import IO, TYPE_CHECKING

import click

from expertpool.cli import Fault, fail, say
from expertpool.cli.streams import progress, read_text, replacing
from expertpool.errors import N_, Invalid, Sentence

if TYPE_CHECKING:
    from expertpool.text import Profile


@click.command()
@click.option("--experts", required=True, metavar="E.jsonl", help="Experts, one JSON object a line.")
@click.option("--items", required=True, metavar="I.jsonl", help="Items, one JSON object a line.")
@click.option(
    "--best", type=click.IntRange(1), help="Write only so many experts of each item, and no score of 0."
)
@click.option("--model", metavar="NAME", help="An installed language model that is heard beside the words.")
@click.option("--workers", type=click.IntRange(1), default=1, help="Processes that share the work (1).")
@click.option("--out", default="-", metavar="S.csv", help="Where the scores go (standard output).")
def command(experts: str, items: str, best: int | None, model: str | None, workers: int, out: str) -> None:
    """Score how near each expert is to each item: rows item,reviewer,score without a header, from 0 to 1."""
    if experts == items == "-":
        raise click.UsageError("--experts - | --items -")
    from expertpool.text import affinities, models

    pool, asked = _read(experts), _read(items)
    try:
        encode = models.load(model) if model else None
    except Invalid as error:
        fail(error.sentence)
    rows = 0
    scores = affinities(pool, asked, best=best, encode=encode, workers=workers)
    with _writing(out) as file:
        for item, found in progress(scores, Sentence(N_("Items")), total=len(asked)):
            text = io.StringIO()
            writer = csv.writer(text, lineterminator="\n")
            writer.writerows((item, expert, f"{score:.6f}") for expert, score in found)
            file.write(text.getvalue().encode())
            rows += len(found)
    say(
        N_("%(experts)s experts, %(items)s items: %(rows)s scores."),
        experts=len(pool),
        items=len(asked),
        rows=rows,
    )


def _read(file: str) -> list[Profile]:
    """Return the profiles of a file; ends the command with a line for each fault of it."""
    from expertpool.text.reading import Unreadable, profiles

    try:
        return profiles(read_text(file))
    except Unreadable as error:
        fail(*(Fault(each.problem, file=file, row=each.row, value=each.value) for each in error.faults))
    except UnicodeDecodeError:
        fail(Fault(Sentence(N_("This is no UTF-8 text.")), Sentence(N_("Save it as UTF-8.")), file=file))


@contextlib.contextmanager
def _writing(name: str) -> Iterator[IO[bytes]]:
    if name == "-":
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    with replacing(name) as file:
        yield file
