"""The calendar part of mails: what is taken along when one is written, and what it becomes when it is sent.

One event goes as an iTIP message, once beside the text, as mail programs look for invitations, and once
as a file. Several (the lessons of a cohort) go as one file to open, since an iTIP message has but one event.
Subscribed calendars and mails name the same UID, SEQUENCE and stamps.
"""

from __future__ import annotations

from collections.abc import Sequence
from email.utils import parseaddr
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.calendars import queries, writing
from expertpool.calendars.event import CalendarEvent, of_plain
from expertpool.calendars.models import CalendarEntry, EntrySource
from expertpool.outbox.rendering import Attachment, Letter

KEY = "calendar"
"""Where a mail's snapshot keeps its events."""


def snapshot(
    session: Session, source: EntrySource, source_ids: Sequence[int], person_id: int
) -> dict[str, Any] | None:
    """Return the entries of a person as they are now, as JSON for a mail's snapshot; None without any.

    `source_ids` are those of a seat, or of lessons for a teacher or trainee.
    """
    return _snapshot(session, [source], source_ids, person_id)


def lessons_snapshot(session: Session, lesson_ids: Sequence[int], person_id: int) -> dict[str, Any] | None:
    """Return the entries of a person for lessons that they teach or learn in, as `snapshot` does."""
    return _snapshot(session, [EntrySource.TEACHING, EntrySource.STUDY], lesson_ids, person_id)


def _snapshot(
    session: Session, sources: Sequence[EntrySource], source_ids: Sequence[int], person_id: int
) -> dict[str, Any] | None:
    session.flush()
    condition = sa.and_(
        CalendarEntry.person_id == person_id,
        CalendarEntry.source.in_(sources),
        CalendarEntry.source_id.in_(source_ids),
    )
    events = queries.events(session, condition)
    return {"events": [event.plain() for event in events]} if events else None


def part(values: dict[str, Any], letter: Letter) -> list[Attachment]:
    """Return what goes with a mail whose snapshot holds events; nothing when it holds none."""
    events = [of_plain(each) for each in (values.get(KEY) or {}).get("events", ())]
    style = writing.Style(letter.locale, letter.base_url, letter.timezone)
    if len(events) == 1:
        return _message(events[0], letter, style)
    if events:
        return [Attachment("calendar.ics", "text/calendar; method=PUBLISH", writing.file(events, style))]
    return []


def thread(person_id: int) -> str:
    """Return the outbox thread of a person's mails: none overtakes another."""
    return f"person-{person_id}"


def _message(event: CalendarEvent, letter: Letter, style: writing.Style) -> list[Attachment]:
    content = writing.message(event, parseaddr(letter.mail_from)[1], letter.recipient, style)
    kind = f"text/calendar; method={writing.method_of(event)}"
    name = "cancel.ics" if writing.method_of(event) == "CANCEL" else "invite.ics"
    return [
        Attachment(name, kind, content, alternative=True),
        Attachment(name, "application/ics", content),
    ]
