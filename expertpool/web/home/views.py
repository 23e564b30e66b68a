"""The front page, and the reader's choices of language and colours."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import refresh
from flask_login import current_user
from markupsafe import Markup

from expertpool import clock
from expertpool.extensions import db
from expertpool.web.home import today
from expertpool.web.kit import guards, locale

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
@guards.public
def index() -> ResponseReturnValue:
    """The front page: today's work, or for those who are not signed in what this is."""
    if not current_user.is_authenticated:
        return render_template("home/welcome.html")
    tasks, sections = today.collect(db.session, clock.now())
    parts = [Markup(render_template(section.template, **section.values)) for section in sections]
    return render_template(
        "home/today.html", tasks=tasks, sections=parts, roles=guards.grants().roles, now=clock.now()
    )


@blueprint.post("/language/<code>")
@guards.public
def choose_language(code: str) -> ResponseReturnValue:
    """Remember the reader's language, in the cookie and for a user also in the account."""
    if code not in locale.LANGUAGES:
        abort(404)
    if current_user.is_authenticated:
        current_user.locale = code
        db.session.commit()
    refresh()
    response = redirect(_back())
    locale.remember(response, locale.COOKIE, code)
    return response


@blueprint.post("/theme/<name>")
@guards.public
def choose_theme(name: str) -> ResponseReturnValue:
    """Remember the reader's colours: `auto` follows the system."""
    if name not in locale.THEMES:
        abort(404)
    response = redirect(_back())
    locale.remember(response, locale.THEME_COOKIE, name)
    return response


def _back() -> str:
    """Return the page of this site that the form named, else the front page."""
    target = request.form.get("next", "")
    parts = urlsplit(target)
    is_local = target.startswith("/") and not target.startswith(("//", "/\\")) and not parts.netloc
    return target if is_local else url_for("home.index")
