"""Forms of a panel's meeting: moving it, who came, votes, marks, closing it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _l
from wtforms import (
    DateTimeLocalField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, Length, Optional

from expertpool.panels.closing import LONGEST_MINUTES
from expertpool.panels.closing_models import Attendance
from expertpool.panels.closing_wording import ATTENDANCES
from expertpool.panels.conclusions import LONGEST_REASON, LONGEST_TEXT
from expertpool.panels.evaluations import LEAST, LONGEST_REMARK, MOST
from expertpool.panels.models import Panel, Seat
from expertpool.web.kit.dates import zone_name
from expertpool.web.kit.forms import Form

MARKS = ("competence", "diligence", "impartiality")


class MoveForm(Form):
    """Another time, place or room. Times are of the reader's zone."""

    version = HiddenField()
    looked = HiddenField()
    """The time whose consequences the reader has seen."""
    starts = DateTimeLocalField(_l("Begins"), [DataRequired(_l("Give a date and a time."))])
    ends = DateTimeLocalField(_l("Ends"), [DataRequired(_l("Give a date and a time."))])
    room = SelectField(_l("Room"), coerce=int)
    place = StringField(
        _l("Place"),
        [Optional(), Length(max=200)],
        description=_l("How to join from afar, or a place that is no room of the office; empty: the room"),
    )

    def fill(self, panel: Panel, place: str) -> None:
        """Show when and where the panel meets now."""
        here = ZoneInfo(zone_name())
        self.version.data, self.room.data, self.place.data = str(panel.version), panel.room_id or 0, place
        if panel.starts and panel.ends:
            self.starts.data = panel.starts.astimezone(here)
            self.ends.data = panel.ends.astimezone(here)

    @property
    def span(self) -> tuple[datetime, datetime]:
        """What was typed, as moments."""
        assert self.starts.data is not None
        assert self.ends.data is not None
        here = ZoneInfo(zone_name())
        return self.starts.data.replace(tzinfo=here), self.ends.data.replace(tzinfo=here)


class ConclusionForm(Form):
    """A vote and what was concluded."""

    version = HiddenField()
    how = RadioField(_l("Way of voting"))
    approve = IntegerField(_l("For"), [Optional()])
    oppose = IntegerField(_l("Against"), [Optional()])
    abstain = IntegerField(_l("Abstained"), [Optional()])
    replies = IntegerField(
        _l("Replies"), [Optional()], description=_l("By letter only: how many letters came back")
    )
    no_vote_reason = StringField(_l("Why no vote was held"), [Optional(), Length(max=LONGEST_REASON)])
    recused = SelectMultipleField(_l("Left the room, and did not vote"), [Optional()], coerce=int)
    recusal_reason = StringField(
        _l("Why others left than the findings name"), [Optional(), Length(max=LONGEST_REASON)]
    )
    text = TextAreaField(
        _l("Conclusion"), [DataRequired(_l("Write what was concluded.")), Length(max=LONGEST_TEXT)]
    )


class CloseForm(Form):
    """What the minutes say besides facts."""

    minutes = TextAreaField(
        _l("Further in the minutes"),
        [Optional(), Length(max=LONGEST_MINUTES)],
        description=_l("What was discussed and asked for. Facts, votes and conclusions are in them already."),
    )


def attendance_form(seats: Sequence[Seat]) -> Form:
    """Return a form with a field `seat-ID` and a field `minutes-ID` for each seat."""
    choices = [(each.value, _l(text)) for each, text in ATTENDANCES.items()]
    fields: dict[str, object] = {}
    for seat in seats:
        name = seat.person.name
        fields[f"seat-{seat.id}"] = RadioField(name, choices=choices, validate_choice=False)
        fields[f"minutes-{seat.id}"] = IntegerField(name, [Optional()])
    return _made("AttendanceForm", fields)


def evaluation_form(seats: Sequence[Seat]) -> Form:
    """Return a form with three marks, a remark and a version for each seat: `competence-ID` and so on."""
    marks = [("", "–"), *((str(mark), str(mark)) for mark in range(LEAST, MOST + 1))]
    fields: dict[str, object] = {}
    for seat in seats:
        for mark in MARKS:
            fields[f"{mark}-{seat.id}"] = SelectField(seat.person.name, choices=marks, default="")
        fields[f"remark-{seat.id}"] = StringField(seat.person.name, [Optional(), Length(max=LONGEST_REMARK)])
        fields[f"version-{seat.id}"] = HiddenField(default="0")
    return _made("EvaluationForm", fields)


def _made(name: str, fields: dict[str, object]) -> Form:
    made: Form = type(name, (Form,), fields)()
    return made


def attendance_of(text: str | None) -> Attendance | None:
    """Return what a radio button says; None when none is pressed."""
    return Attendance(text) if text in {each.value for each in Attendance} else None
