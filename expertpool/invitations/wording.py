"""Words of invitations that mails say; pages have their own."""

from __future__ import annotations

from expertpool.errors import N_
from expertpool.invitations.models import DeclineReason

REASONS: dict[DeclineReason, str] = {
    DeclineReason.BUSY_THEN: N_("busy then"),
    DeclineReason.BUSY_ALWAYS: N_("no time at present"),
    DeclineReason.CONFLICT: N_("conflict of interest"),
    DeclineReason.NOT_MY_FIELD: N_("not their field"),
    DeclineReason.OTHER: N_("another reason"),
}
"""Why somebody does not come, as the office reads it."""
