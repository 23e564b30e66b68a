"""The calendar entry of an accepted invitation as a file: the one that mails and subscriptions also name."""

from __future__ import annotations

import sqlalchemy as sa
from flask import Response
from flask.typing import ResponseReturnValue

from expertpool.calendars import queries
from expertpool.calendars.models import CalendarEntry, EntrySource
from expertpool.errors import N_, NotFound
from expertpool.extensions import db
from expertpool.invitations.models import Invitation
from expertpool.training.models import Lesson
from expertpool.web.calendars.answers import downloaded
from expertpool.web.invitations.blueprint import blueprint
from expertpool.web.invitations.doors import Door, by_link, quiet, signed_in, unknown
from expertpool.web.kit import guards
from expertpool.web.kit.locale import language


@blueprint.get("/invitation/calendar.ics")
@guards.public
def calendar() -> ResponseReturnValue:
    """The calendar entry of the invitation whose link was followed."""
    door = by_link()
    return _file(door) if door else unknown()


@blueprint.get("/me/invitations/<int:invitation_id>/calendar.ics")
@guards.requires("invitations.answer")
def calendar_of_mine(invitation_id: int) -> ResponseReturnValue:
    """The calendar entry of one's own invitation."""
    return _file(signed_in(invitation_id))


def _file(door: Door) -> Response:
    events = queries.events(db.session, _entries(door.invitation))
    if not events:
        raise NotFound(N_("There is no calendar entry: the date is not fixed, or the invitation is over."))
    return quiet(downloaded(events, language(), "invitation"))


def _entries(invitation: Invitation) -> sa.ColumnElement[bool]:
    """Return which entries are the invited person's for this invitation."""
    source, ids = EntrySource.SEAT, sa.select(sa.literal(invitation.seat_id))
    if invitation.teaching_id is not None:
        source = EntrySource.TEACHING
        ids = sa.select(Lesson.id).where(Lesson.teaching_id == invitation.teaching_id)
    return sa.and_(
        CalendarEntry.person_id == invitation.person_id,
        CalendarEntry.source == source,
        CalendarEntry.source_id.in_(ids),
    )
