"""The blueprint of the panels' pages, and the checks of one panel that they share."""

from __future__ import annotations

from flask import Blueprint

from expertpool.errors import N_, Forbidden
from expertpool.extensions import db
from expertpool.panels import queries, sharing
from expertpool.panels.models import Panel
from expertpool.panels.policy import may_act
from expertpool.web.kit import guards

blueprint = Blueprint("panels", __name__, url_prefix="/panels")


def found(panel_id: int) -> Panel:
    """Return the panel if the reader may see it."""
    return queries.get(db.session, panel_id, guards.grants())


def seen(panel_id: int) -> Panel:
    """Return the panel for a page about it; a look of an auditor is recorded."""
    panel = found(panel_id)
    guards.record_look("panel", panel.id)
    return panel


def allowed(panel: Panel, permission: str) -> bool:
    """Whether the reader may do to this panel what `permission` names."""
    return may_act(guards.grants(), permission, panel, sharing.shares_of(db.session, panel))


def acted_on(panel_id: int, permission: str) -> Panel:
    """Return the panel if the reader may see it and do what `permission` names."""
    panel = found(panel_id)
    if not allowed(panel, permission):
        raise Forbidden(N_("This panel is open to you for reading only."))
    return panel
