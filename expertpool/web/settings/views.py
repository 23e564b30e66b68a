"""Choices of the office. Holidays and messages are in modules of their own."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from expertpool import clock
from expertpool.errors import Invalid, Stale
from expertpool.extensions import db
from expertpool.settings import choices
from expertpool.web.kit import guards, trail
from expertpool.web.kit.errors import stale_page
from expertpool.web.kit.forms import Form, put_error
from expertpool.web.settings import holiday_views, outbox_views
from expertpool.web.settings.blueprint import EDIT, blueprint
from expertpool.web.settings.forms import ChoicesForm
from expertpool.web.settings.wording import GROUPS

__all__ = ["blueprint", "holiday_views", "outbox_views"]


@blueprint.route("/", methods=["GET", "POST"])
@guards.requires(EDIT)
def index() -> ResponseReturnValue:
    """What the office chose."""
    form = ChoicesForm() if request.method == "POST" else _filled()
    if form.validate_on_submit():
        try:
            return _save(form)
        except Invalid as error:
            db.session.rollback()
            put_error(form, error)
    return render_template("settings/choices.html", form=form, groups=_groups()), 400 if form.faults else 200


def _save(form: Form) -> ResponseReturnValue:
    wanted = {key: _chosen(key, form[key].data) for key in choices.CHOICES}
    read = dict(_pairs(form["read"].data or ""))
    try:
        choices.choose(db.session, wanted, read=read, actor=guards.actor(), now=clock.now())
        db.session.commit()
    except Stale:
        db.session.rollback()
        return stale_page(
            _worded(choices.values(db.session)), _worded(wanted), back=url_for("settings.index")
        )
    flash(gettext("The settings are saved."), "success")
    return redirect(url_for("settings.index"))


def _filled() -> Form:
    form = ChoicesForm(formdata=None)
    for key, value in choices.values(db.session).items():
        form[key].process(None, value)
    versions = choices.versions(db.session)
    form["read"].process(None, " ".join(f"{key}={version}" for key, version in versions.items()))
    return form


def _chosen(key: str, value: Any) -> Any:
    return (value or "").strip() if isinstance(choices.CHOICES[key].default, str) else value


def _pairs(text: str) -> list[tuple[str, int]]:
    split = [pair.partition("=") for pair in text.split()]
    return [(key, int(version)) for key, _, version in split if version.isdigit()]


def _groups() -> list[tuple[Any, list[str]]]:
    keys: dict[str, list[str]] = defaultdict(list)
    for key in choices.CHOICES:
        keys[key.partition(".")[0]].append(key)
    return [(GROUPS.get(name, name), found) for name, found in keys.items()]


def _worded(values: dict[str, Any]) -> dict[str, str]:
    return {gettext(choices.CHOICES[key].label): trail.shown(value) for key, value in values.items()}
