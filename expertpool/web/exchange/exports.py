"""Take the five files out; experts also as a list of people shows them. Each export is recorded."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from expertpool import clock
from expertpool.errors import Invalid
from expertpool.exchange import exporting, writing
from expertpool.exchange.columns import Kind
from expertpool.exchange.exporting import Exported
from expertpool.extensions import db
from expertpool.people import listing
from expertpool.web.exchange import wording
from expertpool.web.exchange.blueprint import EXPORT, acting, blueprint, download, format_of, kind_of
from expertpool.web.kit import guards
from expertpool.web.people import asking


@blueprint.get("/export/")
@guards.requires(EXPORT)
def export() -> ResponseReturnValue:
    """What can be taken out; `?listed=1` with the conditions of a list of people offers that list."""
    asked = asking.conditions() if request.args.get("listed") else None
    return render_template(
        "exchange/export.html",
        tags=asking.tags(asked, asking.Words(db.session, asked, [])) if asked else [],
        total=listing.overview(db.session, asked).total if asked else None,
        back={key: values for key, values in request.args.to_dict(flat=False).items() if key != "listed"},
        kinds=list(Kind),
        words=wording,
    )


@guards.requires(EXPORT)
def export_file(kind: str) -> ResponseReturnValue:
    """One of the five files, whole."""
    chosen = kind_of(kind)
    return _file(chosen, exporting.export(db.session, chosen, **acting()))


@guards.requires(EXPORT)
def export_list() -> ResponseReturnValue:
    """The experts that a list of people shows."""
    return _file(Kind.EXPERTS, exporting.export_listed(db.session, asking.conditions(), **acting()))


def _file(kind: Kind, exported: Exported) -> ResponseReturnValue:
    """Commit the record of the export, then write the file."""
    extension = format_of(request.form.get("format"))
    db.session.commit()
    name = f"{kind}-{clock.now():%Y-%m-%d}"
    try:
        content = writing.as_file(f"{name}.{extension}", exported.labels, exported.rows, title=kind)
    except Invalid as error:
        flash(wording.sentence(error.sentence), "error")
        return redirect(url_for(".export"))
    return download(content, name, extension)


ROUTES = (
    ("/export/<kind>", export_file, ("POST",)),
    ("/export/list", export_list, ("POST",)),
)
