"""The blueprint of the pages of timetables, and which of them a reader may open."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from expertpool import clock
from expertpool.errors import N_, Forbidden, NotFound
from expertpool.extensions import db
from expertpool.planning import queries
from expertpool.planning.composition import Composed, compose
from expertpool.planning.models import Timetable
from expertpool.web.kit import guards
from expertpool.web.planning import wording

VIEW, EDIT = "training.view", "training.edit"
BOTH = ["GET", "POST"]

blueprint = Blueprint("planning", __name__)


def acting() -> dict[str, Any]:
    """Return who acts and when, for a verb."""
    return {"actor": guards.actor(), "now": clock.now()}


def timetable_of(timetable_id: int, permission: str = VIEW) -> Timetable:
    """Return a timetable of the reader's offices with which they may do what `permission` names."""
    timetable = queries.get(db.session, timetable_id)
    grants = guards.grants()
    if not grants.covers(VIEW, timetable.owner_id):
        raise NotFound(N_("There is no such timetable."))
    if not grants.covers(permission, timetable.owner_id):
        raise Forbidden(N_("This belongs to an organisation outside of your role."))
    return timetable


def may_edit(timetable: Timetable) -> bool:
    """Whether the reader may change a timetable."""
    return guards.grants().covers(EDIT, timetable.owner_id)


def composed(timetable: Timetable) -> Composed:
    """Return the timetable as the engine sees it now."""
    return compose(db.session, timetable, now=clock.now())


@blueprint.context_processor
def _words() -> dict[str, Any]:
    return {"words": wording}
