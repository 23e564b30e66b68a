"""The first step: which kind of file, the file, what its columns are called; and the imports of late."""

from __future__ import annotations

import hashlib

import sqlalchemy as sa
from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage

from expertpool import database
from expertpool.errors import Invalid
from expertpool.exchange import orders, service, tables, writing
from expertpool.exchange.columns import COLUMNS, Kind
from expertpool.exchange.models import ImportBatch
from expertpool.extensions import db
from expertpool.web.exchange import deciding, examples, exports, preview, wording
from expertpool.web.exchange.blueprint import (
    IMPORT,
    acting,
    blueprint,
    download,
    format_of,
    kind_of,
    require_kind,
    sees_all,
)
from expertpool.web.exchange.forms import UploadForm
from expertpool.web.kit import guards
from expertpool.web.kit.forms import put_error
from expertpool.web.kit.locale import language
from expertpool.web.kit.pagination import Page, paginate

BOTH = ["GET", "POST"]
RECENT = 10


@blueprint.route("/import/", methods=BOTH)
@guards.requires(IMPORT)
def index() -> ResponseReturnValue:
    """Choose a file; `?kind=` says what it holds, `?page=` pages the imports of late."""
    kind = kind_of(request.args.get("kind", Kind.EXPERTS.value))
    form = UploadForm()
    if form.validate_on_submit():
        require_kind(kind)
        try:
            batch_id = _stage(kind, form.file.data)
            return redirect(url_for(".show", batch_id=batch_id))
        except Invalid as error:
            db.session.rollback()
            error.field = "file"
            put_error(form, error)
    recent = _recent()
    page = render_template(
        "exchange/index.html",
        form=form,
        kind=kind,
        columns=COLUMNS[kind],
        named={field: request.form.get(f"column-{field}", "") for field in _required(kind)},
        recent=recent,
        coming=orders.on_their_way(db.session, [batch.id for batch in recent.rows]),
        words=wording,
    )
    return page, 400 if form.faults else 200


@blueprint.get("/import/examples/<kind>.<extension>")
@guards.requires(IMPORT)
def example(kind: str, extension: str) -> Response:
    """An example of a file, with headers in the reader's language."""
    labels, rows = examples.table(kind_of(kind), chinese=language() != "en")
    name = f"example-{kind}"
    content = writing.as_file(f"{name}.{format_of(extension)}", labels, rows, title=kind)
    return download(content, name, extension)


def _stage(kind: Kind, file: FileStorage) -> int:
    """Read the file and compare it with the pool without holding the database; return the import's id."""
    content, name = file.stream.read(), (file.filename or "").replace("\\", "/").rpartition("/")[2]
    mapping = {text: field for field in _required(kind) if (text := request.form.get(f"column-{field}", ""))}
    who = acting()
    db.session.rollback()
    table = tables.parse(kind, content, name, mapping=mapping, today=who["now"].date())
    with database.reading():
        plan = service.plan(db.session, table)
        db.session.rollback()
    batch = service.keep(db.session, plan, sha256=hashlib.sha256(content).hexdigest(), **who)
    batch_id = batch.id
    db.session.commit()
    return batch_id


def _required(kind: Kind) -> list[str]:
    return [column.field for column in COLUMNS[kind] if column.required]


def _recent() -> Page:
    query = sa.select(ImportBatch).order_by(ImportBatch.id.desc())
    if not sees_all():
        query = query.where(ImportBatch.actor_id == guards.user().id)
    return paginate(db.session, query, size=RECENT)


for rule, view, methods in (*preview.ROUTES, *deciding.ROUTES, *exports.ROUTES):
    blueprint.add_url_rule(rule, view_func=view, methods=list(methods))
