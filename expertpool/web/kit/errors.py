"""Errors become HTTP here, and nowhere else in the web door."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import structlog
from flask import Flask, current_app, g, render_template, request
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, OperationalError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException

from expertpool.database import is_busy, reading
from expertpool.errors import ExpertPoolError, Forbidden, Invalid, NotFound, Stale
from expertpool.extensions import db

log = structlog.get_logger("expertpool.web")

STATUS: dict[type[Exception], int] = {
    Invalid: 400,
    NotFound: 404,
    Forbidden: 403,
    Stale: 409,
    StaleDataError: 409,
    DataError: 400,
    OverflowError: 400,
}

RETRY_AFTER = 10
"""Seconds after which a request that found the database busy is worth sending again."""
SECRETIVE = frozenset({"security", "accounts"})
"""Blueprints whose forms carry passwords and codes."""

PAGES = {
    400: (
        _l("This request is incomplete"),
        _l("Go back, reload the page and try again. Nothing was changed."),
    ),
    403: (
        _l("Not open to you"),
        _l("Your roles do not open this page. An administrator can grant one that does."),
    ),
    404: (
        _l("There is no such page"),
        _l("The address may be mistyped, or what it showed was removed or is not yours to see."),
    ),
    405: (_l("This page does not answer that"), _l("Go back and use the page's own buttons.")),
    409: (
        _l("Somebody else saved this in the meantime"),
        _l(
            "Nothing of yours was saved. Go back, reload the page to see the new version, "
            "and make your change again."
        ),
    ),
    413: (_l("The file is too large"), _l("Give a file of at most %(size)s MB, or split it.")),
    429: (_l("Too many attempts"), _l("Wait a few minutes, then try again.")),
    500: (
        _l("Something broke on our side"),
        _l("It was logged. If it happens again, give the administrator the number below."),
    ),
}
"""Title and remedy of each status."""


def install(app: Flask) -> None:
    """Have every error answered by a page in the reader's language."""
    app.register_error_handler(CSRFError, _csrf)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(ExpertPoolError, _domain)
    app.register_error_handler(StaleDataError, _domain)
    app.register_error_handler(DataError, _domain)
    app.register_error_handler(OverflowError, _domain)
    app.register_error_handler(OperationalError, _busy)
    app.register_error_handler(Exception, _unexpected)


def stale_page(theirs: Mapping[str, Any], mine: Mapping[str, Any], *, back: str) -> tuple[str, int]:
    """Answer 409 with both versions side by side: label -> value as saved, and as the reader wanted it.

    `back` is the address of the form with the saved version.
    """
    rows = [(label, theirs.get(label, ""), mine.get(label, "")) for label in {**theirs, **mine}]
    return render_template("errors/stale.html", rows=rows, back=back), 409


def _csrf(_error: CSRFError) -> tuple[str, int]:
    title = gettext("This form was open for too long")
    return _page(
        400, title=title, text=gettext("Go back, reload the page and send it again. Nothing was changed.")
    )


def _http(error: HTTPException) -> Any:
    if error.response is not None or (error.code or 500) < 400:
        return error
    return _page(error.code or 500)


def _domain(error: Exception) -> tuple[str, int]:
    db.session.rollback()
    status = next(code for kind, code in STATUS.items() if isinstance(error, kind)) if _known(error) else 500
    text = error.sentence.translated(gettext) if isinstance(error, ExpertPoolError) else None
    return _page(status, text=text)


def _known(error: Exception) -> bool:
    return isinstance(error, tuple(STATUS))


def _busy(error: OperationalError) -> Any:
    """Say that others held the database for too long, and offer to send the same again."""
    if not is_busy(error):
        return _unexpected(error)
    db.session.rollback()
    log.warning("the database is busy", route=str(request.url_rule))
    with reading():
        page = render_template(
            "errors/busy.html",
            sent=_sent_again() if request.method == "POST" else None,
            request_id=g.get("request_id"),
        )
    return page, 503, {"Retry-After": str(RETRY_AFTER)}


def _sent_again() -> list[tuple[str, str]] | None:
    """Return the fields of the form that was sent; None when a page must not repeat them: files, secrets."""
    if request.files or request.blueprint in SECRETIVE:
        return None
    return [(name, value) for name, value in request.form.items(multi=True) if name != "csrf_token"]


def _unexpected(error: Exception) -> tuple[str, int]:
    db.session.rollback()
    current_app.logger.exception("request %s failed", g.get("request_id"), exc_info=error)
    if current_app.config.get("PROPAGATE_EXCEPTIONS") or current_app.testing:
        raise error
    return _page(500)


def _page(status: int, *, title: str | None = None, text: str | None = None) -> tuple[str, int]:
    title_of_status, remedy = PAGES.get(status, PAGES[500 if status >= 500 else 400])
    size = current_app.config["MAX_CONTENT_LENGTH"] // (1024 * 1024)
    return (
        render_template(
            "errors/error.html",
            status=status,
            title=title or title_of_status,
            text=text or str(remedy).replace("%(size)s", str(size)),
            request_id=g.get("request_id"),
        ),
        status,
    )
