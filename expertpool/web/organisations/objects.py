"""Organisations as the reader may change them."""

from __future__ import annotations

from expertpool.errors import N_, Forbidden
from expertpool.extensions import db
from expertpool.organisations import policy, queries
from expertpool.organisations.models import Organisation
from expertpool.web.kit import guards

EDIT = "organisations.edit"


def editable(organisation_id: int) -> Organisation:
    """Return an organisation that the reader may change; raises `NotFound` or `Forbidden`."""
    organisation = queries.get(db.session, organisation_id)
    if not policy.may_edit(guards.grants().scope(EDIT), organisation):
        raise Forbidden(N_("This organisation is outside of your role."))
    return organisation
