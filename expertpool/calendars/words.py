"""What calendars show of an event, in the reader's language."""

from __future__ import annotations

from urllib.parse import quote

from expertpool.calendars.event import CalendarEvent
from expertpool.calendars.models import EntryState
from expertpool.errors import N_
from expertpool.training.models import Course
from expertpool.translations import gettext_of

MARKS = {
    EntryState.TENTATIVE: N_("Please answer: %(title)s"),
    EntryState.CANCELLED: N_("Cancelled: %(title)s"),
}
"""Marks in the title, for programs that do not show STATUS."""
LESSON = N_("%(course)s: %(lesson)s")
NO_REPLY = N_("Please answer by the link in our mail: a yes or no in your calendar does not reach us.")


def title(event: CalendarEvent, locale: str) -> str:
    """Return the title: of a lesson with its course; marked when it is cancelled or waits for an answer."""
    translate = gettext_of(locale)
    plain = plain_title(event, locale)
    mark = MARKS.get(event.state)
    return translate(mark) % {"title": plain} if mark else plain


def plain_title(event: CalendarEvent, locale: str) -> str:
    """Return the title without a mark."""
    course = event.course(locale)
    if course is None or course == event.title:
        return event.title
    return gettext_of(locale)(LESSON) % {"course": course, "lesson": event.title}


def description(event: CalendarEvent, locale: str, url: str) -> str:
    """Return the lines below the title, the last of which is the address of the page that tells more."""
    asks = gettext_of(locale)(NO_REPLY) if event.state is EntryState.TENTATIVE else ""
    return "\n".join(filter(None, (event.details, asks, url)))


def address(event: CalendarEvent, base_url: str) -> str:
    """Return the address of the page that tells more; empty without one."""
    return base_url + quote(event.path) if event.path else ""


def personal_feed_name(office: str, locale: str) -> str:
    """Return what a person's calendar is called among their others."""
    return gettext_of(locale)(N_("My panels and lessons, %(office)s")) % {"office": office}


def course_feed_name(course: Course, locale: str) -> str:
    """Return what a course's calendar is called."""
    return (course.title_en if locale == "en" else None) or course.title_zh
