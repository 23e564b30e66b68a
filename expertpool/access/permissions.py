"""What each role may do. A permission is `room.verb`; rooms narrow it by scope in their `policy.py`."""

from __future__ import annotations

from expertpool.access.models import Role

PERMISSIONS: dict[Role, frozenset[str]] = {
    Role.ORGANISER: frozenset(
        {
            "people.view",
            "people.edit",
            "people.import",
            "people.export",
            "organisations.view",
            "organisations.edit",
            "items.view",
            "items.edit",
            "skills.view",
            "skills.edit",
            "panels.view",
            "panels.edit",
            "panels.propose",
            "panels.confirm",
            "panels.close",
            "panels.waive",
            "invitations.send",
            "presets.view",
            "interests.edit",
            "conflicts.view",
            "training.view",
            "training.edit",
            "training.enrol_others",
            "rooms.view",
            "rooms.edit",
        }
    ),
    Role.AUDITOR: frozenset(
        {
            "people.view",
            "organisations.view",
            "items.view",
            "skills.view",
            "panels.view",
            "draws.witness",
            "presets.view",
            "conflicts.view",
            "training.view",
            "audit.view",
        }
    ),
    Role.ADMINISTRATOR: frozenset(
        {
            "accounts.manage",
            "audit.view",
            "jobs.view",
            "organisations.view",
            "organisations.edit",
            "people.view",
            "presets.view",
            "presets.edit",
            "rooms.view",
            "rooms.edit",
            "settings.edit",
            "skills.view",
            "skills.edit",
        }
    ),
    Role.EXPERT: frozenset({"me.profile", "me.calendar", "invitations.answer"}),
    Role.TRAINEE: frozenset({"me.profile", "me.calendar"}),
}

EXCLUDES: dict[Role, frozenset[Role]] = {
    Role.AUDITOR: frozenset({Role.ORGANISER, Role.ADMINISTRATOR}),
    Role.ORGANISER: frozenset({Role.AUDITOR}),
    Role.ADMINISTRATOR: frozenset({Role.AUDITOR}),
}
"""Who audits neither organises nor administers, anywhere: nobody checks their own work."""


def roles_with(permission: str) -> frozenset[Role]:
    """Return the roles that carry `permission`."""
    return frozenset(role for role, names in PERMISSIONS.items() if permission in names)
