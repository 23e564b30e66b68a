"""Documents of a panel to download: minutes, roster, sign-in sheet."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

from flask import current_app, flash, redirect, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from expertpool.errors import N_, Invalid, NotFound
from expertpool.exchange.documents import minutes, rosters, word
from expertpool.extensions import db
from expertpool.panels.models import Panel, PanelState
from expertpool.web.kit import guards
from expertpool.web.kit.locale import LANGUAGES, language
from expertpool.web.panels.blueprint import blueprint, seen
from expertpool.web.panels.wording import say

PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class Paper:
    """A document: how it is read within a transaction and written after it."""

    title: Any
    kind: str
    read: Callable[[Session, Panel, str, ZoneInfo], dict[str, Any]]
    write: Callable[[dict[str, Any], str], bytes]


PAPERS: dict[str, Paper] = {
    "minutes.pdf": Paper(
        _l("Minutes, PDF"),
        PDF,
        minutes.read_minutes,
        lambda data, locale: minutes.write_minutes(data, locale=locale),
    ),
    "minutes.docx": Paper(
        _l("Minutes, Word"), DOCX, minutes.read_minutes, lambda data, _locale: word.write_docx(data)
    ),
    "roster.pdf": Paper(
        _l("Roster, PDF"),
        PDF,
        rosters.read_roster,
        lambda data, locale: rosters.write_pdf(data, locale=locale),
    ),
    "roster.xlsx": Paper(
        _l("Roster, Excel"), XLSX, rosters.read_roster, lambda data, _locale: rosters.write_xlsx(data)
    ),
    "sign-in.pdf": Paper(
        _l("Sign-in sheet, PDF"),
        PDF,
        rosters.read_sign_in,
        lambda data, locale: rosters.write_pdf(data, locale=locale),
    ),
}
"""Documents by file name."""


@blueprint.get("/<int:panel_id>/papers/<name>")
@guards.requires("panels.view")
def paper(panel_id: int, name: str) -> ResponseReturnValue:
    """Hand out a document of a panel that was confirmed, in the reader's language or that of `?lang=`."""
    panel, wanted = seen(panel_id), PAPERS.get(name)
    if wanted is None or panel.state not in (PanelState.CONFIRMED, PanelState.CLOSED):
        raise NotFound(N_("There is no such document of this panel."))
    locale = request.args.get("lang", "")
    locale = locale if locale in LANGUAGES else language()
    zone = ZoneInfo(current_app.config["BABEL_DEFAULT_TIMEZONE"])
    filename = f"{panel.number}-{name}"
    data = wanted.read(db.session, panel, locale, zone)
    db.session.rollback()  # the reading ends before the writing, which takes a while
    try:
        made = wanted.write(data, locale)
    except Invalid as error:
        flash(say(error.sentence), "error")
        return redirect(url_for("panels.show", panel_id=panel_id))
    return send_file(BytesIO(made), mimetype=wanted.kind, as_attachment=True, download_name=filename)


def offered() -> list[tuple[str, str]]:
    """Return the documents as (name, title in the reader's language)."""
    return [(name, str(each.title)) for name, each in PAPERS.items()]
