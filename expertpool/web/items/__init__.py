"""Pages of items: list, record, forms."""

from expertpool.errors import N_
from expertpool.web.kit.navigation import Entry

NAV = (Entry("items.index", N_("Items"), "items.view", order=40),)
