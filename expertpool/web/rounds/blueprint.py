"""The blueprint of the pages of rounds, and the checks of one round that they share."""

from __future__ import annotations

from flask import Blueprint

from expertpool.errors import N_, Forbidden
from expertpool.extensions import db
from expertpool.panels import round_queries
from expertpool.panels.round_models import ReviewRound
from expertpool.web.kit import guards

blueprint = Blueprint("rounds", __name__, url_prefix="/panels/rounds")


def found(round_id: int) -> ReviewRound:
    """Return the round if the reader may see it."""
    return round_queries.get(db.session, round_id, guards.grants())


def allowed(round_: ReviewRound, permission: str) -> bool:
    """Whether the reader may do to this round what `permission` names."""
    return guards.grants().covers(permission, round_.owner_id)


def acted_on(round_id: int, permission: str) -> ReviewRound:
    """Return the round if the reader may see it and do what `permission` names."""
    round_ = found(round_id)
    if not allowed(round_, permission):
        raise Forbidden(N_("This round is open to you for reading only."))
    return round_
