"""Pages of invitations: the answer of who is invited, and what an organiser sends, sees and does next."""

from expertpool.errors import N_
from expertpool.web.kit.navigation import Entry

NAV = (Entry("invitations.mine", N_("My invitations"), "invitations.answer", order=3),)
