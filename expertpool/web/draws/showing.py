"""Show a draw that was made: on the big screen, on paper, as a file."""

from __future__ import annotations

from dataclasses import replace

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from expertpool import clock
from expertpool.errors import N_, NotFound
from expertpool.panels.draw_models import Draw
from expertpool.panels.models import Panel
from expertpool.panels.sealed import is_sealed
from expertpool.web.draws import shown, sides, wording
from expertpool.web.draws.blueprint import blueprint, read
from expertpool.web.kit import guards


@blueprint.get("/panels/<int:panel_id>/draws/<int:number>/screen")
@guards.requires("panels.view")
def screen(panel_id: int, number: int) -> ResponseReturnValue:
    """The draw in large type; each load of the page shows one more person, of a sealed roster only that."""
    panel, draw = _made(panel_id, number)
    steps = shown.of_draw(draw, named=shown.EVERYBODY).of("seat", "alternate")
    if is_sealed(panel, clock.now()):
        steps = [replace(step, who=gettext("Sealed"), number="") for step in steps]
    count = min(max(request.args.get("shown", default=1, type=int), 0), len(steps))
    return render_template(
        "draws/screen.html", panel=panel, draw=draw, steps=steps[:count], left=len(steps) - count, count=count
    )


@blueprint.get("/panels/<int:panel_id>/draws/<int:number>/paper")
@guards.requires("panels.view")
def paper(panel_id: int, number: int) -> ResponseReturnValue:
    """The record to print and sign."""
    panel, draw = _made(panel_id, number)
    whole = shown.of_draw(draw, named=shown.EVERYBODY)
    return render_template(
        "draws/paper.html",
        panel=panel,
        draw=draw,
        shown=whole,
        sides=sides.of_draw(draw, reader=None, now=clock.now()),
        words=wording,
    )


@blueprint.get("/panels/<int:panel_id>/draws/<int:number>/record.json")
@guards.requires("panels.view")
def record(panel_id: int, number: int) -> ResponseReturnValue:
    """The record as a file, enough for anybody to repeat the draw."""
    panel, draw = _made(panel_id, number)
    return attached(draw, f"{panel.number}-{draw.number}.json")


def attached(draw: Draw, filename: str) -> Response:
    """Return the file of a record."""
    answer = Response(draw.record, mimetype="application/json")
    answer.headers.set("Content-Disposition", "attachment", filename=filename)
    return answer


def _made(panel_id: int, number: int) -> tuple[Panel, Draw]:
    panel, draw = read(panel_id, number)
    if not draw.record:
        raise NotFound(N_("This draw was not made."))
    return panel, draw
