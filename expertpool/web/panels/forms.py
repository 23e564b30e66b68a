"""Forms of panels."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    Field,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from expertpool.panels.models import ChoiceMode
from expertpool.panels.request import MOST_ALTERNATES, MOST_SEATS
from expertpool.panels.wording import MODES
from expertpool.web.kit.forms import Form


class DrawnField(Field):  # type: ignore[misc,unused-ignore]
    """Stands for inputs that the template draws itself, so that errors have a place to go."""

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        """Read nothing: the view reads the inputs."""


class WhatForm(Form):
    """What is reviewed, by whom it is convened, where. Items are ticked boxes named `items`."""

    version = HiddenField()
    title = StringField(_l("Title"), [DataRequired(_l("Give the panel a title.")), Length(max=300)])
    owner = SelectField(_l("Convening office"), coerce=int)
    place = StringField(
        _l("Place"), [Optional(), Length(max=200)], description=_l("A room, or how to join from afar")
    )
    items = DrawnField(_l("Items"))
    find = StringField(_l("Find items"), [Optional()], description=_l("By number, title or applicant"))


class PeopleForm(Form):
    """How many people with which skills. Skills are numbers named `skill-ID`."""

    version = HiddenField()
    seat_count = IntegerField(_l("Seats"), [InputRequired(_l("Give a number.")), NumberRange(1, MOST_SEATS)])
    alternate_count = IntegerField(
        _l("Alternates"),
        [InputRequired(_l("Give a number.")), NumberRange(0, MOST_ALTERNATES)],
        description=_l("Who stands by when somebody declines"),
    )
    mode = RadioField(
        _l("How people are chosen"), choices=[(mode.value, _l(text)) for mode, text in MODES.items()]
    )
    skills = DrawnField(_l("Skills"))
    find = StringField(_l("Find skills"), [Optional()], description=_l("By code or name"))

    @property
    def chosen_mode(self) -> ChoiceMode:
        return ChoiceMode(self.mode.data)


class TermsForm(Form):
    """Under which rules, and when it could meet. Dates are rows named `date-N`, `from-N`, `to-N`."""

    version = HiddenField()
    preset = SelectField(_l("Preset of rules"), coerce=int)
    odd = SelectField(
        _l("Odd number of members"),
        choices=[("", _l("as the preset says")), ("yes", _l("yes")), ("no", _l("no"))],
    )
    max_per_organisation = IntegerField(
        _l("Members of one employer, at most"), [Optional(), NumberRange(1, MOST_SEATS)]
    )
    max_per_region = IntegerField(
        _l("Members of one region, at most"), [Optional(), NumberRange(1, MOST_SEATS)]
    )
    min_regions = IntegerField(_l("Regions, at least"), [Optional(), NumberRange(0, 100)])
    max_share = StringField(
        _l("Share of one interest party, at most"), [Optional()], description=_l("Such as 1/2 or 0.5")
    )
    max_load = IntegerField(
        _l("Reviews of one person a year, fewer than"), [Optional(), NumberRange(1, 1000)]
    )
    rules = DrawnField(_l("Rules of this panel"))
    slots = DrawnField(_l("Candidate dates"))


class WaiverForm(Form):
    """Why somebody is admitted in spite of a finding."""

    reason = TextAreaField(
        _l("Reason"),
        [DataRequired(_l("Give a reason.")), Length(max=500)],
        description=_l("Kept on file, read by auditors, shown beside the name"),
    )


class ReasonForm(Form):
    """Why a panel is reopened or cancelled."""

    reason = StringField(_l("Reason"), [DataRequired(_l("Give a reason.")), Length(max=300)])


class ShareForm(Form):
    """The office to which a panel is opened."""

    organisation = SelectField(_l("Office"), coerce=int)
    may_edit = BooleanField(_l("May also act on it"))


class ConfirmForm(Form):
    """A human takes the decision, and may book a room with it."""

    room = SelectField(
        _l("Room"),
        [Optional()],
        coerce=int,
        description=_l("Booked while the panel meets; can be chosen later"),
    )

    seen = BooleanField(
        _l("I have read the names and what is to be declared, and decide so."),
        [DataRequired(_l("Tick this: a person decides, not the system."))],
    )
