"""Forms of administration."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import DateField, EmailField, IntegerField, SelectField, StringField
from wtforms.validators import DataRequired, Length, NumberRange, Optional

from expertpool.access.models import Role
from expertpool.access.service import NAMES
from expertpool.web.kit.forms import Form

ROLES = [(role.value, _l(NAMES[role])) for role in Role]
WHERE = _l("Name or code of an organisation; the role covers it and all below it. Empty: everywhere.")


class InviteForm(Form):
    """A new account and its first role."""

    email = EmailField(_l("Mail address"), [DataRequired(_l("Give a mail address.")), Length(max=254)])
    name = StringField(_l("Name"), [DataRequired(_l("Give a name.")), Length(max=120)])
    role = SelectField(_l("Role"), [Optional()], choices=[("", _l("none for now")), *ROLES])
    organisation = StringField(_l("Organisation"), [Optional(), Length(max=200)], description=WHERE)


class GrantForm(Form):
    """A role for a user."""

    role = SelectField(_l("Role"), [DataRequired(_l("Choose a role."))], choices=ROLES)
    organisation = StringField(_l("Organisation"), [Optional(), Length(max=200)], description=WHERE)
    reason = StringField(_l("Reason"), [Optional(), Length(max=300)])


class ReasonForm(Form):
    """Why something is done."""

    reason = StringField(_l("Reason"), [Optional(), Length(max=300)])


class TrailForm(Form):
    """What to look for in the audit trail; asked by GET."""

    class Meta:
        csrf = False

    event = SelectField(_l("What happened"), [Optional()])
    subject_kind = SelectField(_l("Kind of subject"), [Optional()])
    subject_id = IntegerField(
        _l("Number of subject"), [Optional(), NumberRange(min=1, message=_l("Give a number of 1 or more."))]
    )
    since = DateField(_l("From"), [Optional()])
    until = DateField(_l("To, inclusive"), [Optional()])
