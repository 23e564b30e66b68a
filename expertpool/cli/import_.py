"""Bring in experts, organisations, history, relations or items from a spreadsheet."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from expertpool import clock
from expertpool.cli.context import Context
from expertpool.cli.messages import Failed, Fault, say, translated
from expertpool.cli.streams import read_bytes, write_bytes
from expertpool.errors import N_, Invalid, Sentence

if TYPE_CHECKING:
    from expertpool.exchange.plans import Plan
    from expertpool.exchange.tables import Table

TOLD = {
    "skills": N_("New tags, to be placed: %(texts)s."),
    "organisations": N_("Organisations kept as text: %(texts)s."),
    "people": N_("People kept as text: %(texts)s."),
}
SUMMARY = N_(
    "%(file)s: %(rows)s rows; %(create)s new, %(change)s changed, %(same)s known already,"
    " %(repeat)s repeated, %(wait)s waiting, %(refuse)s refused."
)
KINDS = ("experts", "organisations", "history", "relations", "items")


@click.command()
@click.argument("kind", type=click.Choice(KINDS))
@click.argument("file")
@click.option("--dry-run", is_flag=True, help="Say what would happen; write nothing.")
@click.option("--report", metavar="FILE.csv", help="Write the rows that are wrong, to be corrected.")
@click.option("--skip-bad-rows", is_flag=True, help="Write the good rows though others can't come in.")
@click.option("--map", "mapping", multiple=True, metavar="HEADER=FIELD", help="Read a column as a field.")
@click.pass_obj
def command(
    context: Context,
    kind: str,
    file: str,
    dry_run: bool,
    report: str | None,
    skip_bad_rows: bool,
    mapping: tuple[str, ...],
) -> None:
    """Bring in a file (.xlsx or .csv; - is standard input): all of it, or nothing when a row is wrong."""
    from expertpool.exchange import reports, service

    table, sha256 = _read(kind, file, dict(_pair(text) for text in mapping))
    with context.session() as session:
        watched(N_("Comparing %(rows)s rows with the pool ..."), rows=len(table.records))
        plan = service.plan(session, table)
        if report is not None:
            write_bytes(report, reports.refused(plan, report, translated))
        wrong = len(plan.refused) == len(plan.entries) if skip_bad_rows else bool(plan.refused)
        if not (dry_run or wrong):
            watched(N_("Writing ..."))
            service.carry_out(session, plan, sha256=sha256, actor=context.actor, now=clock.now())
        else:
            session.rollback()
    _tell_faults(plan)
    _tell(plan, written=not (dry_run or wrong), err=report == "-")
    if wrong:
        raise SystemExit(1)


def watched(message: str, **params: Any) -> None:
    """Say how far the command is, when a person watches standard error."""
    if sys.stderr.isatty():
        say(message, **params)


def _read(kind: str, file: str, mapping: dict[str, str]) -> tuple[Table, str]:
    from expertpool.exchange import tables
    from expertpool.exchange.columns import Kind

    content = read_bytes(file)
    name = "-" if file == "-" else Path(file).name
    try:
        table = tables.parse(Kind(kind), content, name, mapping=mapping, today=clock.now().date())
    except Invalid as error:
        raise Failed([Fault(error.sentence, file=name)]) from None
    return table, hashlib.sha256(content).hexdigest()


def _pair(text: str) -> tuple[str, str]:
    header, equals, field = text.rpartition("=")
    if not (header and equals and field):
        raise click.BadParameter(
            translated(Sentence(N_("Write HEADER=FIELD, not %(text)s."), {"text": text})), param_hint="--map"
        )
    return header.strip(), field.strip()


def _tell_faults(plan: Plan) -> None:
    for entry in plan.refused:
        for fault in entry.faults:
            line = Fault(
                fault.problem,
                fault.remedy,
                file=plan.table.filename,
                row=entry.record.row,
                column=fault.column,
                value=fault.value or None,
            )
            click.echo(line.line(), err=True)


def _tell(plan: Plan, *, written: bool, err: bool) -> None:
    """Say what was noticed, and what happened."""

    def out(message: str, **params: Any) -> None:
        click.echo(" ".join(translated(Sentence(message, params)).split()), err=err)

    name = plan.table.filename
    for entry in plan.entries:
        for note in entry.notes if not entry.faults else ():
            out(N_("%(file)s, row %(row)s: %(note)s"), file=name, row=entry.record.row, note=note)
        if entry.possible:
            who = ", ".join(each.title for each in entry.possible)
            message = N_("%(file)s, row %(row)s: %(person)s comes in as a new person, but may be %(who)s.")
            out(message, file=name, row=entry.record.row, person=entry.label, who=who)
    for skipped in plan.skipped:
        if skipped.row:
            reason = Sentence(skipped.reason)
            out(N_("%(file)s, row %(row)s: skipped, %(reason)s."), file=name, row=skipped.row, reason=reason)
        else:
            out(N_("%(file)s: sheet %(sheet)s was skipped."), file=name, sheet=skipped.sheet)
    if plan.table.unknown:
        out(N_("Columns kept as they are: %(columns)s."), columns=", ".join(plan.table.unknown))
    for what, message in TOLD.items():
        if texts := plan.unresolved.get(what):
            out(message, texts=", ".join(texts))
    out(SUMMARY, file=name, **plan.counts)
    if not written:
        out(N_("Nothing was written."))
