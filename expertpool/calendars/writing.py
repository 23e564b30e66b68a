"""Events as iCalendar (RFC 5545, 7986), the same bytes for the same events.

Times are written in the office's zone, so that a meeting keeps its hour when a programme shows zones;
in UTC where the zone's clock follows no yearly rule.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, timedelta, tzinfo
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, vCalAddress, vText

from expertpool.calendars import words, zones
from expertpool.calendars.event import CalendarEvent
from expertpool.calendars.models import EntryState

PRODUCT = "-//ExpertPool//ExpertPool//EN"
REFRESH = timedelta(hours=1)
CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
"""Characters that no TEXT of RFC 5545 may hold."""


@dataclass(frozen=True)
class Style:
    """How calendars of one service are written for one reader."""

    locale: str
    base_url: str
    timezone: str


def feed(events: Sequence[CalendarEvent], name: str, style: Style) -> bytes:
    """Return a calendar to subscribe to."""
    calendar = _calendar("PUBLISH", events, style)
    calendar.add("name", vText(_text(name)))
    calendar.add("x-wr-calname", vText(_text(name)))
    calendar.add("x-wr-timezone", vText(style.timezone))
    calendar.add("refresh-interval", REFRESH, parameters={"value": "DURATION"})
    calendar.add("x-published-ttl", vText("PT1H"))
    return bytes(calendar.to_ical(sorted=False))


def file(events: Sequence[CalendarEvent], style: Style) -> bytes:
    """Return a file to open once, with one event or several."""
    return bytes(_calendar("PUBLISH", events, style).to_ical(sorted=False))


def message(event: CalendarEvent, organizer: str, attendee: str, style: Style) -> bytes:
    """Return an iTIP message (RFC 5546) to one attendee; the addresses are bare ones."""
    calendar = _calendar(method_of(event), [event], style)
    (written,) = calendar.events
    written.add("organizer", vCalAddress(f"mailto:{organizer}"))
    guest = vCalAddress(f"mailto:{attendee}")
    if event.state is not EntryState.CANCELLED:
        guest.params["PARTSTAT"] = "ACCEPTED" if event.state is EntryState.CONFIRMED else "NEEDS-ACTION"
        guest.params["RSVP"] = "FALSE"
    written.add("attendee", guest)
    return bytes(calendar.to_ical(sorted=False))


def method_of(event: CalendarEvent) -> str:
    """Return what an iTIP message of the event asks of a calendar."""
    return "CANCEL" if event.state is EntryState.CANCELLED else "REQUEST"


def _calendar(method: str, events: Sequence[CalendarEvent], style: Style) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method)
    years = [event.starts.year for event in events]
    zone = zones.component(style.timezone, min(years)) if years and style.timezone != "UTC" else None
    if zone is not None:
        calendar.add_component(zone)
    clock = ZoneInfo(style.timezone) if zone is not None else UTC
    for event in events:
        calendar.add_component(_event(event, clock, style))
    return calendar


def _event(event: CalendarEvent, clock: tzinfo, style: Style) -> Event:
    written = Event()
    url = words.address(event, style.base_url)
    written.add("uid", event.uid)
    written.add("dtstamp", event.changed_at)
    written.add("created", event.created_at)
    written.add("last-modified", event.changed_at)
    written.add("sequence", event.sequence)
    written.add("dtstart", event.starts.astimezone(clock))
    written.add("dtend", event.ends.astimezone(clock))
    written.add("status", event.state.upper())
    written.add("transp", "TRANSPARENT" if event.state is EntryState.CANCELLED else "OPAQUE")
    written.add("summary", _text(words.title(event, style.locale)))
    for name, text in (
        ("location", event.place),
        ("description", words.description(event, style.locale, url)),
    ):
        if text:
            written.add(name, _text(text))
    if url:
        written.add("url", url)
    return written


def _text(text: str) -> str:
    """Return `text` as TEXT allows it: line breaks as LF (written as \\n), no other control characters."""
    return CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
