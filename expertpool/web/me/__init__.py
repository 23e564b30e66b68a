"""What people see and change of themselves."""

from expertpool.errors import N_
from expertpool.web.kit.navigation import Entry

NAV = (Entry("me.profile", N_("My profile"), "me.profile", order=5),)
