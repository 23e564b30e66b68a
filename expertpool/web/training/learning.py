"""One's own learning: offers, waiting lists, lessons ahead, hours and certificates."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from expertpool import clock
from expertpool.extensions import db
from expertpool.ledger import queries as ledger
from expertpool.ledger.models import HourKind
from expertpool.people.models import Person
from expertpool.settings import choices
from expertpool.training import certificates, enrolling, hours, queries
from expertpool.training.models import Course, EnrolmentState, Lesson
from expertpool.training.queries import Learning
from expertpool.web.kit import guards
from expertpool.web.training.blueprint import acting, attempt, blueprint, myself, own
from expertpool.web.training.standing import shown_lessons

MINE = "me.profile"
OVER = (
    EnrolmentState.CANCELLED,
    EnrolmentState.LAPSED,
    EnrolmentState.COMPLETED,
    EnrolmentState.NOT_COMPLETED,
)


@blueprint.get("/me/learning")
@guards.requires(MINE)
def learning() -> ResponseReturnValue:
    """What one learns, has learned, waits for and is offered."""
    person, now = myself(), clock.now()
    rows = queries.my_learning(db.session, person.id) if person else []
    return render_template(
        "training/learning.html",
        person=person,
        offers=_in(rows, EnrolmentState.OFFERED),
        waiting=_in(rows, EnrolmentState.WAITING),
        enrolled=_in(rows, EnrolmentState.ENROLLED),
        over=[row for row in rows if row.enrolment.state in OVER],
        lessons=_ahead(person, now) if person else [],
        certificates=_certificates(rows, now),
        years=_years(person, now) if person else [],
        now=now,
    )


@blueprint.post("/me/learning/<int:enrolment_id>/accept")
@guards.requires(MINE)
def accept_place(enrolment_id: int) -> ResponseReturnValue:
    """Take the offered place."""
    enrolment = own(enrolment_id)
    return attempt(
        gettext("The place is yours."),
        url_for(".learning"),
        lambda: enrolling.accept_offer(db.session, enrolment, **acting()),
    )


@blueprint.post("/me/learning/<int:enrolment_id>/decline")
@guards.requires(MINE)
def decline_place(enrolment_id: int) -> ResponseReturnValue:
    """Leave the offered place to the next in line."""
    enrolment = own(enrolment_id)
    return attempt(
        gettext("The place goes to the next in line."),
        url_for(".learning"),
        lambda: enrolling.decline_offer(db.session, enrolment, **acting()),
    )


@blueprint.post("/me/learning/<int:enrolment_id>/leave")
@guards.requires(MINE)
def leave(enrolment_id: int) -> ResponseReturnValue:
    """Give one's place back, or leave the waiting list."""
    enrolment = own(enrolment_id)
    return attempt(
        gettext("You have left this cohort. You may enrol again while enrolment is open."),
        url_for(".learning"),
        lambda: enrolling.cancel(db.session, enrolment, **acting()),
    )


def _in(rows: list[Learning], state: EnrolmentState) -> list[Learning]:
    return [row for row in rows if row.enrolment.state is state]


def _ahead(person: Person, now: datetime) -> list[tuple[Lesson, str, Course]]:
    """Return the lessons ahead in order of time, with the teacher's name and the course."""
    found = db.session.execute(queries.lessons_ahead(person.id, now)).all()
    shown = shown_lessons([row.Lesson for row in found])
    return [(lesson, teacher, row.Course) for (lesson, teacher), row in zip(shown, found, strict=True)]


def _certificates(rows: list[Learning], now: datetime) -> list[tuple[Any, Any]]:
    """Return certificates with what each is worth today."""
    today = hours.day_of(now)
    return [
        (row.certificate, certificates.standing(row.certificate, today)) for row in rows if row.certificate
    ]


def _years(person: Person, now: datetime) -> list[tuple[int, int, int]]:
    """Return (year, minutes of study, minutes of the yearly target), this year first."""
    hour = int(choices.value_of(db.session, "training.hour_minutes"))
    target = int(choices.value_of(db.session, "training.hours_a_year")) * hour
    minutes = {hours.day_of(now).year: 0}
    for total in ledger.totals(db.session, person.id):
        if total.kind is HourKind.STUDY:
            minutes[total.year] = minutes.get(total.year, 0) + total.minutes
    return [(year, minutes[year], target) for year in sorted(minutes, reverse=True)]
