"""The blueprint of the pages of affinity lists, and the checks of one list that they share."""

from __future__ import annotations

from flask import Blueprint

from expertpool.affinity import queries
from expertpool.affinity.models import AffinityList
from expertpool.errors import N_, Forbidden
from expertpool.extensions import db
from expertpool.web.kit import guards

VIEW, EDIT = "panels.view", "panels.edit"
"""Who may read rounds may read lists; who may make panels of an office may ask for its lists."""

blueprint = Blueprint("affinity", __name__, url_prefix="/panels/affinity")


def found(list_id: int) -> AffinityList:
    """Return the list if the reader may see it."""
    return queries.get(db.session, list_id, guards.grants())


def may_edit(list_: AffinityList) -> bool:
    """Whether the reader may call the list off, ask again, or remove it."""
    return guards.grants().covers(EDIT, list_.owner_id)


def acted_on(list_id: int) -> AffinityList:
    """Return the list if the reader may see and change it."""
    list_ = found(list_id)
    if not may_edit(list_):
        raise Forbidden(N_("This list is open to you for reading only."))
    return list_
