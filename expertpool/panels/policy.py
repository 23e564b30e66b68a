"""Who sees a panel and who may act on it.

A panel belongs to the office that convenes it. A role within that office, or above it, sees it; so do
offices it was expressly shared with, and nobody else. A share with `may_edit` also lets them act, but
only the convening office shares, and nobody waives a finding about themselves.
"""

from __future__ import annotations

from collections.abc import Iterable

from expertpool.access.queries import Grants
from expertpool.panels.models import Panel, PanelShare
from expertpool.people.models import Person


def may_see(grants: Grants, panel: Panel, shares: Iterable[PanelShare]) -> bool:
    """Whether the holder may look at the panel."""
    offices = [panel.owner_id, *(share.organisation_id for share in shares)]
    return any(grants.covers("panels.view", office) for office in offices)


def may_act(grants: Grants, permission: str, panel: Panel, shares: Iterable[PanelShare]) -> bool:
    """Whether the holder may do to the panel what `permission` names (`panels.edit`, ...)."""
    offices = [panel.owner_id, *(share.organisation_id for share in shares if share.may_edit)]
    return any(grants.covers(permission, office) for office in offices)


def may_share(grants: Grants, panel: Panel) -> bool:
    """Whether the holder may open the panel to other offices."""
    return grants.covers("panels.edit", panel.owner_id)


def is_about_oneself(user_id: int | None, person: Person) -> bool:
    """Whether a user would decide about their own person."""
    return user_id is not None and person.user_id == user_id
