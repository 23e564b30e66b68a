"""Pages of people: the list, one person with all that is known, forms for each part, merging."""

from expertpool.errors import N_
from expertpool.web.kit.navigation import Entry, Search

NAV = (Entry("people.index", N_("Experts"), "people.view", order=20),)
SEARCH = Search("people.index", "people.view")
