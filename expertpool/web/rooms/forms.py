"""The form of a room."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from expertpool.availability.models import Room
from expertpool.availability.rooms import LONGEST, MOST_CHAIRS, RoomFacts
from expertpool.web.kit.forms import Form
from expertpool.web.rooms.wording import FIELDS


class RoomForm(Form):
    """The facts of one room."""

    name = StringField(
        FIELDS["name"], [DataRequired(_l("Give the room a name.")), Length(max=LONGEST["name"])]
    )
    capacity = IntegerField(
        FIELDS["capacity"], [InputRequired(_l("Give a number.")), NumberRange(1, MOST_CHAIRS)]
    )
    address = StringField(
        FIELDS["address"],
        [Optional(), Length(max=LONGEST["address"])],
        description=_l("Street, building, floor: as it is to stand in mails and calendars."),
    )
    equipment = TextAreaField(FIELDS["equipment"], [Optional()], description=_l("One a line."))
    version = HiddenField()

    def fill(self, room: Room) -> None:
        """Show the present facts."""
        self.name.data, self.capacity.data, self.address.data = room.name, room.capacity, room.address
        self.equipment.data = "\n".join(room.equipment)
        self.version.data = str(room.version)

    @property
    def facts(self) -> RoomFacts:
        """What was typed."""
        return RoomFacts(
            self.name.data or "",
            self.capacity.data or 0,
            self.address.data or "",
            tuple((self.equipment.data or "").splitlines()),
        )


class NewRoomForm(RoomForm):
    """A room that the list lacks."""

    owner = SelectField(FIELDS["owner_id"], coerce=int)
