"""Pages of organisations: list, record, forms, merging."""

from expertpool.errors import N_
from expertpool.web.kit.navigation import Entry

NAV = (Entry("organisations.index", N_("Organisations"), "organisations.view", order=30),)
