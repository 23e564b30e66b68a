"""Enrol a group by a spreadsheet: choose the file, see what would happen, then do it.

The file travels with the preview in the form, so that nothing of it is kept on the server.
"""

from __future__ import annotations

import base64
import binascii
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from werkzeug.datastructures import FileStorage

from expertpool import clock
from expertpool.errors import N_, Invalid, Stale
from expertpool.exchange import enrolling_groups
from expertpool.exchange.enrolling_groups import Group, GroupOutcome
from expertpool.exchange.plans import Decisions
from expertpool.extensions import db
from expertpool.training.hours import day_of
from expertpool.training.models import Cohort
from expertpool.web.kit import guards
from expertpool.web.kit.forms import put_error
from expertpool.web.training.blueprint import BOTH, ENROL, acting, blueprint, cohort_of
from expertpool.web.training.forms import GroupForm
from expertpool.web.training.wording import GROUPS

LARGEST = 300_000
"""Bytes of a file; with it the form stays below what the server takes."""
NEW = "new"


@blueprint.route("/training/cohorts/<int:cohort_id>/group", methods=BOTH)
@guards.requires(ENROL)
def group(cohort_id: int) -> ResponseReturnValue:
    """Choose the spreadsheet of a group; then what would happen is shown."""
    cohort, form = cohort_of(cohort_id, ENROL), GroupForm()
    if form.validate_on_submit():
        try:
            content, name = _uploaded(form.file.data)
            return _preview(cohort, content, name, {}, form.in_spite_of.data or "")
        except Invalid as error:
            db.session.rollback()
            error.field = "file"
            put_error(form, error)
    page = render_template(
        "training/group.html",
        form=form,
        cohort=cohort,
        most=enrolling_groups.MOST_ROWS,
        largest=LARGEST // 1000,
    )
    return page, 400 if form.faults else 200


@blueprint.post("/training/cohorts/<int:cohort_id>/group/apply")
@guards.requires(ENROL)
def apply_group(cohort_id: int) -> ResponseReturnValue:
    """Enrol the rows as shown; after a decision about somebody, or a change, show them anew."""
    cohort = cohort_of(cohort_id, ENROL)
    content, name = _carried(), request.form.get("name", "")[:120]
    why, decisions = request.form.get("in_spite_of", "")[:300], _decisions()
    if request.form.get("do") != "apply":
        return _preview(cohort, content, name, decisions, why)
    try:
        table = enrolling_groups.read(content, name, day_of(clock.now()))
        done = enrolling_groups.apply(
            db.session,
            cohort,
            table,
            decisions,
            shown=request.form.get("shown", ""),
            in_spite_of=why,
            **acting(),
        )
        db.session.commit()
    except Stale as error:
        db.session.rollback()
        flash(error.sentence.translated(gettext), "warning")
        return _preview(cohort, content, name, decisions, why)
    enrolled, waiting = done.count(GroupOutcome.ENROLLED), done.count(GroupOutcome.WAITING)
    flash(
        gettext("%(enrolled)s enrolled, %(waiting)s waiting.", enrolled=enrolled, waiting=waiting), "success"
    )
    return redirect(url_for(".cohort", cohort_id=cohort_id, _anchor="roster"))


def _preview(
    cohort: Cohort, content: bytes, name: str, decisions: Decisions, why: str
) -> ResponseReturnValue:
    table = enrolling_groups.read(content, name, day_of(clock.now()))
    found = enrolling_groups.preview(db.session, cohort, table, decisions, in_spite_of=why, **acting())
    page = render_template(
        "training/group_preview.html",
        cohort=cohort,
        group=found,
        counts=_counts(found),
        decisions=decisions,
        carried=base64.b64encode(content).decode(),
        name=name,
        why=why,
        outcomes=GROUPS,
        text=lambda sentence: sentence.translated(gettext),
    )
    db.session.rollback()
    return page


def _counts(found: Group) -> list[tuple[Any, int]]:
    return [(GROUPS[each], found.count(each)) for each in GroupOutcome if found.count(each)]


def _uploaded(file: FileStorage) -> tuple[bytes, str]:
    content = file.stream.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise Invalid(N_("The file is larger than %(size)s KB. Split it."), size=LARGEST // 1000)
    return content, (file.filename or "").replace("\\", "/").rpartition("/")[2][:120]


def _carried() -> bytes:
    """Return the file that travelled with the form."""
    try:
        return base64.b64decode(request.form.get("carried", ""), validate=True)
    except (binascii.Error, ValueError) as error:
        raise Invalid(N_("Choose the file again.")) from error


def _decisions() -> Decisions:
    """Return row -> the person that it was decided to speak of, None for a new one."""
    found: Decisions = {}
    for name, value in request.form.items():
        row = name.removeprefix("row-")
        if name.startswith("row-") and row.isdigit() and (value == NEW or value.isdigit()):
            found[int(row)] = None if value == NEW else int(value)
    return found
