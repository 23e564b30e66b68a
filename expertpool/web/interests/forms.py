"""Forms of relations."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField, SelectField, StringField
from wtforms.validators import DataRequired, Length, Optional

from expertpool.web.kit.forms import Form
from expertpool.web.kit.partial_dates import PartialDateField

PERSON, ORGANISATION = "person", "organisation"


class DatesForm(Form):
    """When a relation holds, and where it is known from."""

    since = PartialDateField(_l("Since"), [Optional()])
    until = PartialDateField(
        _l("Until"), [Optional()], ends=True, description=_l("Empty: it lasts, or the end is not known.")
    )
    source = StringField(
        _l("Source"),
        [DataRequired(_l("Say where this is known from.")), Length(max=200)],
        description=_l("A paper, a register, a letter, what somebody said and when"),
    )
    version = HiddenField()


class RelationForm(DatesForm):
    """A new relation of a person."""

    kind = SelectField(_l("Relation"))
    other_kind = RadioField(
        _l("The other is"),
        [DataRequired(_l("Choose what the other is."))],
        choices=[(PERSON, _l("A person")), (ORGANISATION, _l("An organisation"))],
        default=PERSON,
    )
    other = StringField(
        _l("The other"),
        [DataRequired(_l("Name the other.")), Length(max=200)],
        description=_l(
            "A person's number, mail address or name; an organisation's name or code; "
            "for a declared interest also an item's number."
        ),
    )


class RetireForm(Form):
    """Why a relation no longer counts."""

    reason = StringField(
        _l("Reason"), [DataRequired(_l("Say why this relation no longer counts.")), Length(max=300)]
    )
