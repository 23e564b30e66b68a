"""Who listens to which event. Pure Python, so that events work the same in pages, commands and jobs."""

from __future__ import annotations

from expertpool.affinity import merging as affinities
from expertpool.audit import concealing
from expertpool.availability import merging as diary
from expertpool.availability import naming
from expertpool.calendars import listeners as calendar_entries
from expertpool.calendars import mail as calendar_mail
from expertpool.calendars import merging as calendars
from expertpool.interests import merging as relations
from expertpool.invitations import listeners as invitation_listeners
from expertpool.invitations import merging as invitations
from expertpool.invitations import secret_rosters
from expertpool.items import merging as items
from expertpool.ledger import merging as ledger
from expertpool.notifications import alerts
from expertpool.notifications import invitations as invitation_mail
from expertpool.notifications import lessons as lesson_mail
from expertpool.notifications import panels as panel_mail
from expertpool.notifications import rosters as roster_mail
from expertpool.notifications import timetables as timetable_mail
from expertpool.notifications import training as training_mail
from expertpool.notifications import vacancies as vacancy_mail
from expertpool.outbox import rendering
from expertpool.panels import draw_listeners
from expertpool.panels import listeners as panel_listeners
from expertpool.panels import merging as panels
from expertpool.panels import naming as panel_names
from expertpool.panels import sealed as sealed_panels
from expertpool.panels.sealing_events import ANNOUNCED
from expertpool.people import listeners as people
from expertpool.people.merging import register
from expertpool.planning import merging as planning
from expertpool.training import merging as training
from expertpool.training import naming as lesson_names


def connect() -> None:
    """Subscribe all listeners; safe to call twice."""
    people.connect()
    panel_listeners.connect()
    draw_listeners.connect()
    alerts.connect()
    calendar_entries.connect()
    training_mail.connect()
    lesson_mail.connect()
    timetable_mail.connect()
    panel_mail.connect()
    roster_mail.connect()
    invitation_listeners.connect()
    invitation_mail.connect()
    vacancy_mail.connect()
    for mails in (training_mail, timetable_mail, panel_mail, invitation_mail):
        for kind in mails.WITH_CALENDAR:
            rendering.attach(kind, calendar_mail.part)
    rooms = (
        diary, ledger, affinities, relations, items, panels, training, planning, invitations, calendars,
    )  # fmt: skip
    register(*(follow for room in rooms for follow in room.FOLLOWS))
    naming.register("seat", panel_names.of_seats)
    naming.register("panel", panel_names.of_panels)
    naming.register("lesson", lesson_names.of_lessons)
    concealing.register("panel", sealed_panels.panel_ids, announced=ANNOUNCED)
    concealing.register("campaign", secret_rosters.campaign_ids)
    concealing.register("invitation", secret_rosters.invitation_ids)
