"""Words for kinds, fields and events of organisations."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from expertpool.organisations.models import OrganisationKind
from expertpool.web.planning.wording import SOFT

KINDS = {
    OrganisationKind.COMPANY: _l("Company"),
    OrganisationKind.UNIVERSITY: _l("University"),
    OrganisationKind.INSTITUTE: _l("Institute"),
    OrganisationKind.LABORATORY: _l("Laboratory"),
    OrganisationKind.ASSOCIATION: _l("Association"),
    OrganisationKind.AUTHORITY: _l("Authority"),
    OrganisationKind.DEPARTMENT: _l("Department"),
    OrganisationKind.OTHER: _l("Other kind"),
}

FIELDS = {
    "name": _l("Official name"),
    "code": _l("Code no."),
    "name_en": _l("English name"),
    "kind": _l("Kind"),
    "region": _l("Region"),
    "parent_id": _l("Belongs to"),
    "aliases": _l("Other names"),
    "former_names": _l("Former names"),
    "mail_domains": _l("Mail domains"),
    "extra": _l("Further columns"),
}

WEIGHTS = {rule.value: word for rule, word in SOFT.items()}
"""Rules of timetables whose weights an office sets."""

SENTENCES = {
    "organisation.organisation-created": _l("Entered"),
    "organisation.organisation-changed": _l("Changed"),
    "organisation.organisation-retired": _l("Out of use"),
    "organisation.organisation-brought-back": _l("Brought back"),
    "organisation.organisation-merged": _l("Merged into %(into_name)s"),
    "organisation.organisation-unmerged": _l("Set apart again from %(from_name)s"),
    "organisation.alliance-joined": _l("Member of %(alliance)s, from %(since)s until %(until)s"),
    "organisation.office-weights-changed": _l("The weights of its timetables were changed"),
    "organisation.alliance-removed": _l("Membership of %(alliance)s removed"),
}
