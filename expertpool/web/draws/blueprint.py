"""The blueprint of the draws' pages."""

from __future__ import annotations

from flask import Blueprint

from expertpool.extensions import db
from expertpool.panels import draw_queries
from expertpool.panels.draw_models import Draw
from expertpool.panels.models import Panel
from expertpool.web.panels import blueprint as panels
from expertpool.web.panels.blueprint import acted_on, seen

blueprint = Blueprint("draws", __name__)


def read(panel_id: int, number: int) -> tuple[Panel, Draw]:
    """Return a draw whose panel the reader may see."""
    panel = seen(panel_id)
    return panel, draw_queries.of_number(db.session, panel, number)


def outlined(panel_id: int, number: int) -> tuple[Panel, Draw]:
    """Return a draw, of a sealed roster too, for a page that tells nothing of who was drawn."""
    panel = panels.outlined(panel_id)
    return panel, draw_queries.of_number(db.session, panel, number)


def acting(panel_id: int, number: int, permission: str) -> tuple[Panel, Draw]:
    """Return a draw on whose panel the reader may do what `permission` names."""
    panel = acted_on(panel_id, permission)
    return panel, draw_queries.of_number(db.session, panel, number)
