"""The blueprint of imports and exports, whose imports one may open, and how files are handed out."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from flask import Blueprint, Response, send_file

from expertpool import clock
from expertpool.errors import N_, Forbidden, NotFound
from expertpool.exchange import orders
from expertpool.exchange.columns import Kind
from expertpool.exchange.models import BatchState, ImportBatch
from expertpool.extensions import db
from expertpool.web.kit import guards

IMPORT, EXPORT = "people.import", "people.export"
FORMATS = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}

blueprint = Blueprint("exchange", __name__)


def sees_all() -> bool:
    """Return whether the reader may open the imports of others: only a role that holds everywhere may."""
    return guards.grants().scope(IMPORT) is None


def batch_of(batch_id: int) -> ImportBatch:
    """Return the import of an address; one of others is `NotFound` for a narrower role."""
    batch = db.session.get(ImportBatch, batch_id)
    if batch is None or not (sees_all() or batch.actor_id == guards.user().id):
        raise NotFound(N_("There is no such import."))
    return batch


def staged(batch_id: int) -> ImportBatch:
    """Return an import that waits for decisions, or raise `NotFound`."""
    batch = batch_of(batch_id)
    if batch.state is not BatchState.STAGED:
        raise NotFound(N_("This import was applied or discarded already."))
    if on_its_way(batch):
        raise NotFound(N_("This file is being brought in."))
    return batch


def on_its_way(batch: ImportBatch) -> bool:
    """Return whether a job is to bring the import in, or does."""
    order = orders.of(db.session, batch.id)
    return order is not None and order.error is None


def require_kind(kind: Kind) -> None:
    """Raise `Forbidden` for a file that reaches beyond the organisations of the reader's role."""
    if kind is Kind.ORGANISATIONS and guards.grants().scope("organisations.edit") is not None:
        raise Forbidden(N_("A file of organisations reaches beyond the organisation of your role."))


def kind_of(text: str | None) -> Kind:
    """Return the kind that an address names, or raise `NotFound`."""
    if text not in set(Kind):
        raise NotFound(N_("There is no such file."))
    return Kind(text)


def acting() -> dict[str, Any]:
    """Return who acts and when, for a verb."""
    return {"actor": guards.actor(), "now": clock.now()}


def download(content: bytes, name: str, extension: str) -> Response:
    """Answer with a file."""
    if extension == "csv":
        content = b"\xef\xbb\xbf" + content
    return send_file(
        BytesIO(content),
        mimetype=FORMATS[extension],
        as_attachment=True,
        download_name=f"{name}.{extension}",
    )


def format_of(text: str | None) -> str:
    """Return the format that an address names, or raise `NotFound`."""
    if text not in FORMATS:
        raise NotFound(N_("There is no such file."))
    return text
