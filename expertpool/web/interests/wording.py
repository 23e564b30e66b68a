"""Words of relations."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from expertpool.interests.models import RelationKind

KINDS = {
    RelationKind.SPOUSE: _l("Spouse"),
    RelationKind.KIN: _l("Kin"),
    RelationKind.ADVISOR: _l("Advisor of the other"),
    RelationKind.STUDENT: _l("Student of the other"),
    RelationKind.COAUTHOR: _l("Co-author"),
    RelationKind.COLLABORATOR: _l("Collaborator"),
    RelationKind.SHAREHOLDER: _l("Holds shares of the other"),
    RelationKind.CONSULTANT: _l("Consultant of the other, or paid by them"),
    RelationKind.EMPLOYER: _l("Employed by the other"),
    RelationKind.COMPETITOR: _l("Competitor"),
    RelationKind.DECLARED: _l("Declared interest"),
}
