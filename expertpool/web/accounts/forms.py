"""Forms of accounts."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import EmailField, PasswordField, RadioField, SelectField, StringField
from wtforms.validators import DataRequired, EqualTo, Length, Optional

from expertpool.accounts.models import Purpose
from expertpool.accounts.service import PASSWORD_LENGTH
from expertpool.web.kit.forms import Form
from expertpool.web.kit.locale import LANGUAGES, timezone_choices


class LinkForm(Form):
    """Ask for a mailed link."""

    email = EmailField(_l("Mail address"), [DataRequired(_l("Give your mail address.")), Length(max=254)])
    purpose = RadioField(
        _l("What the link is for"),
        choices=[
            (Purpose.SIGN_IN.value, _l("Sign in once, without a password")),
            (Purpose.RESET.value, _l("Set a new password")),
        ],
        default=Purpose.SIGN_IN.value,
    )


class NewPasswordForm(Form):
    """Set a password, typed twice."""

    password = PasswordField(
        _l("New password"),
        [
            DataRequired(_l("Give a password.")),
            Length(min=PASSWORD_LENGTH, max=200, message=_l("Use at least %(min)d characters.")),
        ],
        description=_l("At least 10 characters. A few words are easier to keep in mind than signs."),
    )
    again = PasswordField(
        _l("The same again"),
        [DataRequired(_l("Type the password again.")), EqualTo("password", _l("The two passwords differ."))],
    )


class ChangePasswordForm(NewPasswordForm):
    """Change one's password; who has none yet leaves the present one empty."""

    present = PasswordField(_l("Present password"), [Optional()])


class ProfileForm(Form):
    """How pages look to the user."""

    name = StringField(_l("Name"), [DataRequired(_l("Give a name.")), Length(max=120)])
    locale = SelectField(_l("Language"), choices=[("", _l("as chosen in this browser")), *LANGUAGES.items()])
    timezone = SelectField(_l("Time zone"), choices=[("", _l("as set by the office")), *timezone_choices()])


class EmailForm(Form):
    """A new mail address, to be confirmed there."""

    email = EmailField(
        _l("New mail address"),
        [DataRequired(_l("Give your mail address.")), Length(max=254)],
        description=_l("We send a link there; the address changes when you press its button."),
    )


class ConfirmForm(Form):
    """A button alone."""
