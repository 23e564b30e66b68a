"""The second step: what would happen, row by row; the columns; the report of bad rows. And how it ended."""

from __future__ import annotations

import sqlalchemy as sa
from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from expertpool import clock
from expertpool.audit import queries as audit
from expertpool.errors import N_, Invalid
from expertpool.exchange import orders, reports, service, staging
from expertpool.exchange.columns import COLUMNS
from expertpool.exchange.models import BatchState, ImportBatch, ImportRow
from expertpool.exchange.plans import Entry, Outcome, Plan
from expertpool.exchange.tables import Record, Table
from expertpool.extensions import db
from expertpool.web.exchange import wording
from expertpool.web.exchange.blueprint import (
    IMPORT,
    acting,
    batch_of,
    download,
    format_of,
    on_its_way,
    staged,
)
from expertpool.web.kit import guards, trail
from expertpool.web.kit.pagination import SIZE, Page

POSSIBLE, SKIPPED = "possible", "skipped"
MOST_TEXTS = 100
ORDER = ("refuse", "change", "create", "wait", "repeat", "same")


@guards.requires(IMPORT)
def show(batch_id: int) -> ResponseReturnValue:
    """What would come in (`?show=` narrows it to one outcome), or what has become of it."""
    batch = batch_of(batch_id)
    if batch.state is not BatchState.STAGED:
        return _ended(batch)
    order = orders.of(db.session, batch.id)
    if order is not None and order.error is None:
        return render_template("exchange/progress.html", batch=batch, order=order, words=wording)
    counts = _counts(batch)
    chosen = request.args.get("show", "")
    chosen = chosen if chosen in counts else ""
    return render_template(
        "exchange/check.html",
        batch=batch,
        counts=counts,
        chosen=chosen,
        page=_page(batch, chosen, counts),
        columns=COLUMNS[batch.kind],
        fields={label: field for field, label in batch.headers["names"].items()},
        unresolved=[(key, texts) for key, texts in batch.unresolved.items() if texts],
        most=MOST_TEXTS,
        held_back=order.error if order is not None else None,
        words=wording,
    )


@guards.requires(IMPORT)
def progress(batch_id: int) -> ResponseReturnValue:
    """Whether the file is still on its way, for the script that waits on its page."""
    return {"waiting": on_its_way(batch_of(batch_id))}


@guards.requires(IMPORT)
def report(batch_id: int, extension: str) -> ResponseReturnValue:
    """The rows that can't come in, to be corrected and imported again."""
    batch = staged(batch_id)
    rows = staging.preview(
        db.session, batch.id, outcomes=[Outcome.REFUSE], limit=max(1, batch.counts["refuse"])
    )
    table = Table(batch.kind, batch.filename, batch.headers["labels"], {}, [], [], [])
    entries = [
        Entry(Record(each.row, each.sheet, original=each.cells, faults=each.faults), Outcome.REFUSE)
        for each in rows
    ]
    name = f"report.{format_of(extension)}"
    content = reports.refused(Plan(table, entries), name, wording.sentence)
    return download(content, f"report-{batch.kind}-{batch.id}", extension)


@guards.requires(IMPORT)
def remap(batch_id: int) -> ResponseReturnValue:
    """Read columns as other fields, and compare the file with the pool again."""
    batch = staged(batch_id)
    labels = batch.headers["labels"]
    mapping = {label: request.form.get(f"column-{at}", "") for at, label in enumerate(labels) if label}
    try:
        _require_once(mapping)
        service.remap(db.session, batch_id, mapping, **acting())
        db.session.commit()
        flash(gettext("The file was read again with these columns."), "success")
    except Invalid as error:
        db.session.rollback()
        flash(wording.sentence(error.sentence), "error")
    return redirect(url_for(".show", batch_id=batch_id))


def possible_rows(batch: ImportBatch) -> int:
    """Return how many rows speak of somebody who may be in the pool already."""
    query = sa.select(sa.func.count()).where(ImportRow.batch_id == batch.id, ImportRow.has_possible)
    return db.session.scalar(query) or 0


def page_of(batch: ImportBatch, total: int, size: int = SIZE, **asked: object) -> Page:
    """Return the page of rows that `?page=` asks for."""
    number = _number(total, size)
    offset = (number - 1) * size
    rows = staging.preview(db.session, batch.id, offset=offset, limit=size, **asked)  # type: ignore[arg-type]
    return Page(rows=rows, number=number, total=total, size=size)


def _number(total: int, size: int) -> int:
    return min(max(1, request.args.get("page", 1, type=int)), max(1, -(-total // size)))


def _counts(batch: ImportBatch) -> dict[str, int]:
    """Return how many rows each filter shows; those that show none are left out."""
    counts = {key: batch.counts[key] for key in ORDER}
    counts |= {POSSIBLE: possible_rows(batch), SKIPPED: len(batch.skipped)}
    return {key: count for key, count in counts.items() if count}


def _page(batch: ImportBatch, chosen: str, counts: dict[str, int]) -> Page:
    if chosen == SKIPPED:
        number = _number(counts[SKIPPED], SIZE)
        rows = batch.skipped[(number - 1) * SIZE : number * SIZE]
        return Page(rows=rows, number=number, total=counts[SKIPPED], size=SIZE)
    if chosen == POSSIBLE:
        return page_of(batch, counts[POSSIBLE], only_possible=True)
    if chosen:
        return page_of(batch, counts[chosen], outcomes=[Outcome(chosen)])
    return page_of(batch, batch.counts["rows"])


def _require_once(mapping: dict[str, str]) -> None:
    """Raise `Invalid` when two columns are to be read as one field."""
    seen: dict[str, str] = {}
    for label, field in mapping.items():
        if field and field in seen:
            raise Invalid(
                N_("“%(one)s” and “%(other)s” can't both be read as %(name)s. Keep one of them as it is."),
                one=seen[field],
                other=label,
                name=field,
            )
        seen[field] = label


def _ended(batch: ImportBatch) -> ResponseReturnValue:
    entries = audit.trail(db.session, "import", batch.id, now=clock.now(), limit=20).entries
    lines = trail.lines(entries, wording.SENTENCES, {})
    return render_template("exchange/done.html", batch=batch, lines=lines, words=wording)


ROUTES = (
    ("/import/<int:batch_id>/", show, ("GET",)),
    ("/import/<int:batch_id>/state", progress, ("GET",)),
    ("/import/<int:batch_id>/columns", remap, ("POST",)),
    ("/import/<int:batch_id>/report.<extension>", report, ("GET",)),
)
