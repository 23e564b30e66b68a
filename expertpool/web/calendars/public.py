"""Calendars that programs fetch by themselves: nobody is signed in, nothing is written."""

from __future__ import annotations

import sqlalchemy as sa
from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from expertpool import clock
from expertpool.calendars import feeds, queries, writing
from expertpool.calendars.words import course_feed_name, personal_feed_name
from expertpool.errors import N_, NotFound
from expertpool.extensions import db, limiter
from expertpool.settings import choices
from expertpool.training.models import Course, CourseState
from expertpool.web.calendars.answers import style, subscribed
from expertpool.web.kit import guards
from expertpool.web.kit.locale import LANGUAGES, default_locale

MISSES = "20 per minute; 100 per hour"
"""Wrong addresses of one network; right ones are not counted, for Google asks for many people at once."""


def add_routes(blueprint: Blueprint) -> None:
    """Give the blueprint the addresses that programs subscribe to."""
    blueprint.add_url_rule("/calendar/<token>.ics", "private_feed", private_feed)
    blueprint.add_url_rule("/courses/<number>/calendar.ics", "course_feed", course_feed)


def _missed(response: Response) -> bool:
    return response.status_code == 404


@guards.public
@limiter.limit(MISSES, deduct_when=_missed)
def private_feed(token: str) -> ResponseReturnValue:
    """A person's panels and lessons, in their language; NotFound when the address does not work."""
    found = feeds.owner(db.session, token)
    if found is None:
        raise NotFound(N_("This calendar address does not work, or no longer."))
    person, user = found
    locale = user.locale or default_locale()
    name = personal_feed_name(str(choices.value_of(db.session, "office.name")), locale)
    events = queries.of_person(db.session, person.id, clock.now())
    return subscribed(writing.feed(events, name, style(locale)), is_private=True)


@guards.public
def course_feed(number: str) -> ResponseReturnValue:
    """The lessons of a course's published cohorts, in Chinese or `?language=en`; NotFound for a draft."""
    course = db.session.scalar(sa.select(Course).where(Course.number == number))
    if course is None or course.state is CourseState.DRAFT:
        raise NotFound(N_("There is no such course."))
    asked = request.args.get("language", "")
    locale = asked if asked in LANGUAGES else default_locale()
    events = queries.of_course(db.session, course.id, clock.now())
    content = writing.feed(events, course_feed_name(course, locale), style(locale))
    return subscribed(content, is_private=False)
