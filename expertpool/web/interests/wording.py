"""Words of relations."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext
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
"""What somebody is to the other."""

WHOLE = {
    RelationKind.SPOUSE: _l("%(person)s and %(other)s are spouses"),
    RelationKind.KIN: _l("%(person)s and %(other)s are kin"),
    RelationKind.ADVISOR: _l("%(person)s is the advisor of %(other)s"),
    RelationKind.STUDENT: _l("%(person)s is a student of %(other)s"),
    RelationKind.COAUTHOR: _l("%(person)s and %(other)s are co-authors"),
    RelationKind.COLLABORATOR: _l("%(person)s and %(other)s work or worked together"),
    RelationKind.SHAREHOLDER: _l("%(person)s holds shares of %(other)s"),
    RelationKind.CONSULTANT: _l("%(person)s is a consultant of %(other)s, or paid by them"),
    RelationKind.EMPLOYER: _l("%(person)s is employed by %(other)s"),
    RelationKind.COMPETITOR: _l("%(person)s and %(other)s are competitors"),
    RelationKind.DECLARED: _l("%(person)s declared an interest in %(other)s"),
}
"""A relation as a whole sentence, so that nobody mistakes its direction."""

SENTENCES = {
    "relation.relation-added": _l("A relation is on file. Source: %(source)s"),
    "relation.relation-changed": _l("Dates or source of a relation corrected"),
    "relation.relation-retired": _l("A relation no longer counts: %(reason)s"),
}
FIELDS = {"since": _l("Since"), "until": _l("Until"), "source": _l("Source")}


def whole(kind: RelationKind, person: str, other: str) -> str:
    """Return a relation as a sentence about both."""
    return str(WHOLE[kind]) % {"person": person, "other": other}


def kind_choices(name: str) -> list[tuple[str, Any]]:
    """Return the kinds for a form about the person of this name, each as a sentence about the other."""
    return [(kind.value, whole(kind, name, gettext("the other"))) for kind in WHOLE]
