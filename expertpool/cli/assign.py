"""Assign reviewers to all items of a round."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import click

from expertpool.cli import Fault, fail, say
from expertpool.cli.streams import read_bytes, write_text
from expertpool.errors import N_, Invalid, Sentence

if TYPE_CHECKING:
    from expertpool.matching.rounds.answer import Answer
    from expertpool.matching.rounds.problem import Pair, Round
    from expertpool.matching.rounds.solving import Impossible

T = TypeVar("T")
SEVERAL = ("--scores", "--weights")
NAMED = 5
"""So many ids are named in a note."""


class _SeveralValues(click.Command):
    """A command whose options in SEVERAL may be followed by several values: `--scores A.csv B.csv`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        parted: list[str] = []
        option = ""
        for word in args:
            name = word.partition("=")[0]
            if word.startswith("--"):
                option = name if name in SEVERAL else ""
            elif option and parted[-1] != option:
                parted.append(option)
            parted.append(word)
        return super().parse_args(ctx, parted)


@click.command(cls=_SeveralValues)
@click.option(
    "--scores",
    multiple=True,
    required=True,
    metavar="S.csv ...",
    help="Rows item,reviewer,score; several files.",
)
@click.option("--weights", multiple=True, type=float, metavar="W ...", help="A weight for each score file.")
@click.option("--constraints", metavar="C.csv", help="Rows item,reviewer,value: -1 forbids, 1 locks.")
@click.option("--per-item", type=click.IntRange(1), required=True, help="Reviewers of each item.")
@click.option("--min-per-reviewer", type=click.IntRange(0), default=0, help="Least load of a reviewer.")
@click.option("--max-per-reviewer", type=click.IntRange(0), help="Highest load of a reviewer.")
@click.option("--loads", metavar="L.csv", help="Rows reviewer,load: highest loads of their own.")
@click.option("--alternates", type=click.IntRange(0), default=0, help="Alternates of each item (0).")
@click.option(
    "--mode", type=click.Choice(["best", "fair", "random"]), default="best", help="How to assign (best)."
)
@click.option(
    "--max-probability",
    type=click.FloatRange(0, 1, min_open=True),
    help="For random: the largest probability of a pair.",
)
@click.option(
    "--quality", type=click.FloatRange(0, 1), help="For random: the share of the best total to keep."
)
@click.option("--no-together", metavar="PAIRS.csv", help="Rows reviewer,reviewer: never on one item.")
@click.option("--employers", metavar="E.csv", help="Rows reviewer,employer.")
@click.option("--max-per-employer", type=click.IntRange(0), help="Reviewers of one employer on an item.")
@click.option("--regions", metavar="G.csv", help="Rows reviewer,region.")
@click.option("--max-per-region", type=click.IntRange(0), help="Reviewers of one region on an item.")
@click.option("--scored-pairs-only", is_flag=True, help="Assign no pair without a score.")
@click.option(
    "--time-limit",
    type=click.FloatRange(0, min_open=True),
    default=300.0,
    help="Seconds after which the search for better assignments ends (300).",
)
@click.option("--seed", type=click.IntRange(0), default=0, help="Seed of random (0).")
@click.option("--out", default="-", metavar="A.csv", help="Where the assignment goes (standard output).")
@click.option("--report", metavar="R.json", help="Where measures, bounds and alternates go.")
def command(**given: Any) -> None:
    """Assign reviewers to all items of a round, and prove how good that is."""
    _check(given)
    from expertpool.matching.rounds.solving import Impossible, Mode, Wish, solve

    round_ = _round(given)
    wish = Wish(
        Mode(given["mode"]),
        given["max_probability"] or 1.0,
        given["quality"],
        given["seed"],
        given["alternates"],
        given["time_limit"],
    )
    try:
        answer = solve(round_, wish)
    except Impossible as error:
        _fail_short(error)
    except Invalid as error:
        fail(error.sentence)
    _write(answer, given)


def _check(given: dict[str, Any]) -> None:
    """Refuse options that do not go together."""
    chance = given["max_probability"] is not None or given["quality"] is not None
    if given["mode"] == "random" and not chance:
        raise click.MissingParameter(param_hint="--max-probability | --quality", param_type="option")
    if given["mode"] != "random" and chance:
        raise click.UsageError(f"--max-probability | --quality | --mode {given['mode']}")
    if given["weights"] and len(given["weights"]) != len(given["scores"]):
        raise click.UsageError(f"--weights ({len(given['weights'])}) | --scores ({len(given['scores'])})")
    for file, most in (("employers", "max_per_employer"), ("regions", "max_per_region")):
        if (given[file] is None) != (given[most] is None):
            raise click.UsageError(f"--{file} | --{most.replace('_', '-')}")
    if given["out"] == given["report"] == "-":
        raise click.UsageError("--out - | --report -")


def _round(given: dict[str, Any]) -> Round:
    from expertpool.matching.rounds import reading
    from expertpool.matching.rounds.problem import make_round

    weights = given["weights"] or [1.0] * len(given["scores"])
    scores = reading.weighted(
        [(_read(file, reading.scores), weight) for file, weight in zip(given["scores"], weights, strict=True)]
    )
    bans, locks = _read(given["constraints"], reading.constraints) if given["constraints"] else (set(), set())
    loads = _read(given["loads"], reading.loads) if given["loads"] else {}
    if not scores and not bans and not locks:
        fail(Fault(Sentence(N_("There is no score.")), file=given["scores"][0]))
    round_ = make_round(
        scores,
        per_item=given["per_item"],
        least=given["min_per_reviewer"],
        most=given["max_per_reviewer"],
        loads=loads,
        bans=bans,
        locks=locks,
        scored_only=given["scored_pairs_only"],
        crowds=_crowds(given),
    )
    _tell_unknown(given["loads"], loads, round_)
    return round_


def _crowds(given: dict[str, Any]) -> list[tuple[str, Sequence[str], int]]:
    """Return who may not sit together, or only so many."""
    from expertpool.matching.rounds import reading

    couples: list[Pair] = _read(given["no_together"], reading.couples) if given["no_together"] else []
    found: list[tuple[str, Sequence[str], int]] = [(" / ".join(couple), couple, 1) for couple in couples]
    for file, most in (("employers", "max_per_employer"), ("regions", "max_per_region")):
        if given[file]:
            groups = _read(given[file], reading.groups)
            found += [(label, members, given[most]) for label, members in groups.items()]
    return found


def _read(file: str, reader: Callable[[str], T]) -> T:
    """Return what `reader` makes of a file; ends the command with a line for each fault of it."""
    from expertpool.matching.rounds.reading import Unreadable

    content = read_bytes(file)
    try:
        return reader(_decoded(content))
    except Unreadable as error:
        fail(*(Fault(each.problem, file=file, row=each.row, value=each.value) for each in error.faults))
    except UnicodeDecodeError:
        fail(Fault(Sentence(N_("This is no UTF-8 text.")), Sentence(N_("Save it as UTF-8.")), file=file))


def _decoded(content: bytes) -> str:
    """Return the text of a file in UTF-8 (with or without BOM) or in GB18030."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("gb18030")


def _tell_unknown(file: str, loads: dict[str, int], round_: Round) -> None:
    unknown = sorted(loads.keys() - set(round_.reviewers))
    if unknown:
        names = ", ".join(unknown[:NAMED]) + (" …" if len(unknown) > NAMED else "")
        say(
            N_("%(file)s: %(count)s reviewers have no score and no constraint and take no part: %(names)s."),
            file=file,
            count=len(unknown),
            names=names,
        )


def _fail_short(error: Impossible) -> None:
    lines = [Fault(short.reason, value=short.subject or None) for short in error.shorts]
    fail(Fault(Sentence(N_("The round can't be filled."))), *lines)


def _write(answer: Answer, given: dict[str, Any]) -> None:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(answer.rows())
    measures = answer.report() | {"mode": given["mode"], "seed": given["seed"]}
    write_text(given["out"], text.getvalue())
    if given["report"]:
        write_text(given["report"], json.dumps(measures, ensure_ascii=False, indent=2) + "\n")
    say(
        N_("%(count)s pairs; total %(total)s, at most %(bound)s; worst item %(smallest)s."),
        count=measures["assigned"],
        total=f"{measures['objective']:.6g}",
        bound=f"{measures['bound']:.6g}",
        smallest=f"{measures['smallest']:.6g}",
    )
