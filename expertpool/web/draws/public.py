"""What anybody may see: a draw by its code, people by their numbers alone, and the check of any record."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask import render_template
from flask.typing import ResponseReturnValue

from expertpool import clock
from expertpool.draws import canonical, record
from expertpool.draws.announcing import Announcement
from expertpool.errors import N_, Invalid, NotFound
from expertpool.extensions import db, limiter
from expertpool.panels import draw_queries
from expertpool.panels.draw_models import Draw, DrawState
from expertpool.panels.sealed import is_sealed
from expertpool.web.draws import course, shown, wording
from expertpool.web.draws.blueprint import blueprint
from expertpool.web.draws.forms import VerifyForm
from expertpool.web.draws.showing import attached
from expertpool.web.kit import guards
from expertpool.web.kit.forms import put_error
from expertpool.web.panels.wording import say

LARGEST = 4_000_000
"""Bytes of a record that is looked at; ten thousand people take about one million."""


@blueprint.get("/draws/<code>")
@guards.public
@limiter.limit("60 per minute")
def published(code: str) -> ResponseReturnValue:
    """A draw for strangers: fixed, drawn or void, repeated before their eyes."""
    draw = _of_code(code)
    if is_sealed(draw.panel, clock.now()):
        record_hash = shown.hash_of(draw)
        return render_template("draws/sealed.html", draw=draw, record_hash=record_hash, words=wording)
    is_named = draw.state is DrawState.DRAWN and draw.names_published_at is not None
    named = shown.DRAWN if is_named else shown.NOBODY
    return render_template(
        "draws/public.html",
        draw=draw,
        shown=shown.of_draw(draw, named=named),
        course=course.of_draw(draw, clock.now()),
        was_foreseeable=draw_queries.was_foreseeable,
        words=wording,
        say=say,
    )


@blueprint.get("/draws/<code>/record.json", endpoint="published_record")
@guards.public
@limiter.limit("60 per minute")
def published_record(code: str) -> ResponseReturnValue:
    """The record for strangers."""
    draw = _of_code(code)
    if not draw.record:
        raise NotFound(N_("This draw was not made."))
    if is_sealed(draw.panel, clock.now()):
        raise NotFound(N_("This record is sealed. The page of the draw says until when."))
    return attached(draw, f"draw-{draw.code}.json")


@blueprint.route("/draws/verify", methods=["GET", "POST"])
@guards.public
@limiter.limit("20 per minute", methods=["POST"])
def verify() -> ResponseReturnValue:
    """Repeat the draw of a record that somebody has as a file; nothing is kept."""
    form, whole, faults = VerifyForm(), None, None
    if form.validate_on_submit():
        try:
            data = _read(form)
            faults = record.verify(data, commitment=form.commitment.data or None)
            if not faults:
                told = canonical.build(Announcement, data["announcement"], "announcement")
                whole = shown.of_data(told, data)
        except Invalid as error:
            put_error(form, error)
    page = render_template("draws/verify.html", form=form, shown=whole, faults=faults, words=wording, say=say)
    return page, 400 if form.faults else 200


def _read(form: VerifyForm) -> Any:
    content = form.record.data.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise Invalid(
            N_("The file is too large: a record has %(limit)s bytes at most."), field="record", limit=LARGEST
        )
    try:
        return canonical.parse(content.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise Invalid(N_("This is no JSON that a draw could have written."), field="record") from error
    except Invalid as error:
        raise Invalid(error.sentence.message, field="record") from error


def _of_code(code: str) -> Draw:
    found = db.session.scalar(sa.select(Draw).where(Draw.code == code))
    if found is None:
        raise NotFound(N_("There is no such draw."))
    return found
