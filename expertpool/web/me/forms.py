"""Forms of one's own profile."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from expertpool.interests.models import RelationKind
from expertpool.web.interests.wording import KINDS
from expertpool.web.kit.forms import Form
from expertpool.web.kit.partial_dates import PartialDateField
from expertpool.web.people.wording import FIELDS


class MyselfForm(Form):
    """What one may change of one's own facts and contacts."""

    addresses = TextAreaField(
        _l("Mail addresses"), [Optional()], description=_l("One a line; we write to the first.")
    )
    phone = StringField(_l("New phone number"), [Optional(), Length(max=40)])
    remove_phone = BooleanField(_l("Remove the phone number"))
    languages = StringField(
        FIELDS["languages"], [Optional(), Length(max=200)], description=_l("Several separated by commas.")
    )
    bio = TextAreaField(FIELDS["bio"], [Optional(), Length(max=5000)])


class EmployerForm(Form):
    """A new employer."""

    organisation = StringField(
        FIELDS["organisation"],
        [DataRequired(_l("Name the employer.")), Length(max=200)],
        description=_l("The full name, as on the official seal."),
    )
    position = StringField(FIELDS["position"], [Optional(), Length(max=120)])
    since = DateField(FIELDS["since"], [Optional()], description=_l("Leave dates empty that are not known."))


TIES: dict[RelationKind, Any] = {
    RelationKind.DECLARED: _l("An interest of another kind"),
    **{kind: word for kind, word in KINDS.items() if kind is not RelationKind.DECLARED},
}
"""Kinds of ties as people declare them, the most general first."""


class DeclarationForm(Form):
    """A relation or another interest that one declares."""

    kind = SelectField(
        _l("What connects you"),
        choices=[(kind.value, word) for kind, word in TIES.items()],
        description=_l("For an item, leave the first answer."),
    )
    about = StringField(
        _l("With whom, or in what"),
        [DataRequired(_l("Name the person, the organisation or the item.")), Length(max=200)],
    )
    what = RadioField(
        _l("That is"),
        [InputRequired(_l("Choose one."))],
        choices=[("person", _l("a person, or an item")), ("organisation", _l("an organisation"))],
        default="person",
    )
    since = PartialDateField(FIELDS["since"], [Optional()])
    until = PartialDateField(
        FIELDS["until"], [Optional()], ends=True, description=_l("Leave dates empty that are not known.")
    )


class CorrectionForm(Form):
    """What the office should put right."""

    note = TextAreaField(
        _l("What should be put right?"),
        [DataRequired(_l("Say what is wrong, and what would be right.")), Length(max=1000)],
        description=_l("What is wrong, and what would be right. The office answers here."),
    )
