"""Forms of the settings."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, HiddenField, IntegerField, RadioField, SelectField, StringField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from expertpool.settings.choices import CHOICES, Definition
from expertpool.settings.models import DayKind
from expertpool.web.kit.forms import Form
from expertpool.web.settings.wording import KINDS

FIRST_YEAR, LAST_YEAR = 2001, 2099


def _field(choice: Definition) -> Any:
    label = _l(choice.label)
    if isinstance(choice.default, bool):
        return BooleanField(label)
    if isinstance(choice.default, int):
        hint = _l("From %(least)s to %(most)s", least=choice.least, most=choice.most)
        return IntegerField(label, [InputRequired(_l("Give a whole number."))], description=hint)
    if choice.choices:
        return SelectField(label, choices=[(value, value) for value in choice.choices])
    needed = [DataRequired(_l("Give a text."))] if choice.least else [Optional()]
    return StringField(label, [*needed, Length(max=choice.most)])


ChoicesForm: type[Form] = type(
    "ChoicesForm",
    (Form,),
    {"read": HiddenField(), **{key: _field(choice) for key, choice in CHOICES.items()}},
)
"""One field for each choice, named by its key; `read` holds the versions that the reader saw."""


class DayForm(Form):
    """What a day is instead of what its weekday says."""

    kind = RadioField(
        _l("Kind"),
        [DataRequired(_l("Choose what the day is."))],
        choices=[(kind.value, word) for kind, word in KINDS.items()],
        default=DayKind.HOLIDAY.value,
    )
    name = StringField(_l("Name in Chinese"), [DataRequired(_l("Give the day a name.")), Length(max=80)])
    name_en = StringField(_l("Name in English"), [Optional(), Length(max=80)])
    version = HiddenField()


class NewDayForm(DayForm):
    """A day that the table lacks."""

    day = DateField(_l("Day"), [DataRequired(_l("Give a day."))])


class YearForm(Form):
    """A year whose days are taken from the library."""

    year = IntegerField(
        _l("Year"),
        [
            InputRequired(_l("Give a year.")),
            NumberRange(
                FIRST_YEAR,
                LAST_YEAR,
                _l("Give a year from %(least)s to %(most)s.", least=FIRST_YEAR, most=LAST_YEAR),
            ),
        ],
    )
