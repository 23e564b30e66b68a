"""Accounts, roles and the audit trail."""

from expertpool.errors import N_
from expertpool.web.kit.navigation import Entry

NAV = (
    Entry("admin.audit", N_("Audit"), "audit.view", order=80),
    Entry("admin.users", N_("Administration"), "accounts.manage", order=90),
)
