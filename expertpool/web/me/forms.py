"""Forms of one's own profile."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, RadioField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from expertpool.web.kit.forms import Form
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


class DeclarationForm(Form):
    """An interest that one declares."""

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
    since = DateField(FIELDS["since"], [Optional()])
    until = DateField(FIELDS["until"], [Optional()], description=_l("Leave dates empty that are not known."))
