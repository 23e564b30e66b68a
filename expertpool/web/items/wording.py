"""Words for stages, roles, fields and events of items."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from expertpool.items.models import ItemRole, Stage

STAGES = {
    Stage.NONE: _l("No stage"),
    Stage.PRELIMINARY: _l("00 Preliminary"),
    Stage.PROPOSAL: _l("10 Proposal"),
    Stage.DRAFTING: _l("20 Drafting"),
    Stage.CONSULTATION: _l("30 Consultation"),
    Stage.REVIEW: _l("40 Review"),
    Stage.APPROVAL: _l("50 Approval"),
    Stage.PUBLICATION: _l("60 Publication"),
    Stage.REVISION: _l("90 Periodic review"),
    Stage.WITHDRAWAL: _l("95 Withdrawal"),
}

ROLES = {
    ItemRole.LEADER: _l("Leader"),
    ItemRole.CONTRIBUTOR: _l("Contributor"),
    ItemRole.EXCLUDED: _l("Asked not to review it"),
}

FIELDS = {
    "number": _l("Number"),
    "title": _l("Title"),
    "abstract": _l("Abstract"),
    "kind": _l("Kind"),
    "stage": _l("Stage"),
    "dated": _l("Date"),
    "skill_ids": _l("Skills"),
    "applicants": _l("Applicants"),
    "leader": _l("Leaders"),
    "contributor": _l("Contributors"),
    "excluded": ROLES[ItemRole.EXCLUDED],
    "extra": _l("Further columns"),
}

SENTENCES = {
    "item.item-created": _l("Entered"),
    "item.item-changed": _l("Changed"),
    "item.item-retired": _l("Out of use"),
    "item.item-brought-back": _l("Brought back"),
}
