"""The blueprint of the panels' pages, and the checks of one panel that they share."""

from __future__ import annotations

from flask import Blueprint

from expertpool import clock
from expertpool.errors import N_, Forbidden
from expertpool.extensions import db
from expertpool.panels import queries, sealed, sharing
from expertpool.panels.models import Panel
from expertpool.panels.policy import may_act
from expertpool.web.kit import guards

blueprint = Blueprint("panels", __name__, url_prefix="/panels")


def found(panel_id: int) -> Panel:
    """Return the panel if the reader may see it, and who sits on it."""
    return queries.get(db.session, panel_id, guards.grants(), reader=guards.user().id, now=clock.now())


def outlined(panel_id: int) -> Panel:
    """Return the panel, sealed or not, for a page that tells nothing of who sits; a look is recorded."""
    panel = queries.outline(db.session, panel_id, guards.grants())
    guards.record_look("panel", panel.id)
    return panel


def is_hidden(panel: Panel) -> bool:
    """Whether who sits is sealed to the reader."""
    return sealed.is_hidden_from(db.session, panel, guards.user().id, clock.now())


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
    return _if_allowed(found(panel_id), permission)


def acted_on_outline(panel_id: int, permission: str) -> Panel:
    """Return the panel, sealed or not, if the reader may do what `permission` names and needs no roster."""
    return _if_allowed(queries.outline(db.session, panel_id, guards.grants()), permission)


def _if_allowed(panel: Panel, permission: str) -> Panel:
    if not allowed(panel, permission):
        raise Forbidden(N_("This panel is open to you for reading only."))
    return panel
