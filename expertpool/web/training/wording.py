"""Words of training: states, levels, fields, events; names and hours in the reader's language."""

from __future__ import annotations

from flask import g
from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from expertpool.exchange.enrolling_groups import GroupOutcome
from expertpool.extensions import db
from expertpool.settings import choices
from expertpool.training.certificates import Shown
from expertpool.training.models import (
    Certificate,
    Cohort,
    CohortState,
    Course,
    CourseState,
    EnrolmentState,
    Level,
    TeachingState,
)
from expertpool.web.kit.locale import language

LEVELS = {
    Level.BASIC: _l("Basic"),
    Level.INTERMEDIATE: _l("Intermediate"),
    Level.ADVANCED: _l("Advanced"),
}

COURSES = {
    CourseState.DRAFT: ("proposed", _l("Draft")),
    CourseState.PUBLISHED: ("accepted", _l("Published")),
    CourseState.RETIRED: ("vacant", _l("Retired")),
}

COHORTS = {
    CohortState.DRAFT: ("proposed", _l("Draft")),
    CohortState.OPEN: ("accepted", _l("Published")),
    CohortState.FINISHED: ("passed", _l("Finished")),
    CohortState.CANCELLED: ("declined", _l("Cancelled")),
}

ENROLMENTS = {
    EnrolmentState.WAITING: ("proposed", _l("On the waiting list")),
    EnrolmentState.OFFERED: ("invited", _l("Place offered")),
    EnrolmentState.ENROLLED: ("accepted", _l("Enrolled")),
    EnrolmentState.CANCELLED: ("declined", _l("Left")),
    EnrolmentState.LAPSED: ("expired", _l("Offer lapsed")),
    EnrolmentState.COMPLETED: ("passed", _l("Completed")),
    EnrolmentState.NOT_COMPLETED: ("failed", _l("Not completed")),
}

TEACHINGS = {
    TeachingState.PROPOSED: ("proposed", _l("Not invited yet")),
    TeachingState.INVITED: ("invited", _l("Invited")),
    TeachingState.ACCEPTED: ("accepted", _l("Accepted")),
    TeachingState.DECLINED: ("declined", _l("Declined")),
    TeachingState.EXPIRED: ("expired", _l("Did not answer")),
    TeachingState.WITHDRAWN: ("vacant", _l("Withdrawn")),
}

CERTIFICATES = {
    Shown.VALID: ("passed", _l("Valid")),
    Shown.SUSPENDED: ("expired", _l("Suspended")),
    Shown.WITHDRAWN: ("failed", _l("Withdrawn")),
    Shown.EXPIRED: ("expired", _l("Expired")),
}
"""State -> face and word."""

GROUPS = {
    GroupOutcome.ENROLLED: ("accepted", _l("gets a place")),
    GroupOutcome.WAITING: ("proposed", _l("waits")),
    GroupOutcome.ALREADY: ("passed", _l("is in it already")),
    GroupOutcome.REPEAT: ("vacant", _l("repeats an earlier row")),
    GroupOutcome.REFUSED: ("failed", _l("can't come in")),
}

FIELDS = {
    "title_zh": _l("Chinese title"),
    "title_en": _l("English title"),
    "summary_zh": _l("Description in Chinese"),
    "summary_en": _l("Description in English"),
    "level": _l("Level"),
    "minutes": _l("Credited minutes"),
    "attendance_percent": _l("Attendance needed, in percent"),
    "certificate_months": _l("Months that the certificate is valid"),
    "skill_ids": _l("Skills it teaches"),
    "prerequisite_ids": _l("Courses to be completed before"),
    "title": _l("Title"),
    "capacity": _l("Places"),
    "opens_at": _l("Enrolment opens"),
    "closes_at": _l("Enrolment closes"),
    "offer_hours": _l("Hours that an offered place is held"),
}

SENTENCES = {
    "course.course-created": _l("Course %(number)s was entered"),
    "course.course-changed": _l("The course was changed"),
    "course.course-published": _l("The course was published"),
    "course.course-retired": _l("The course was retired"),
    "course.outline-changed": _l("Its outline has %(lessons)s lessons of %(minutes)s minutes in all"),
    "cohort.cohort-created": _l("Cohort %(number)s was planned with %(capacity)s places"),
    "cohort.cohort-changed": _l("The cohort was changed"),
    "cohort.cohort-lessons-changed": _l(
        "What it is to be taught was listed anew: %(added)s added, %(changed)s changed, %(removed)s removed"
    ),
    "cohort.cohort-published": _l("The cohort was published"),
    "cohort.cohort-cancelled": _l("The cohort was cancelled: %(reason)s"),
    "cohort.cohort-finished": _l("The cohort was finished"),
    "lesson.lesson-planned": _l("A lesson was planned"),
    "lesson.lesson-changed": _l("A lesson was changed"),
    "lesson.lesson-shared": _l("Others at the lesson: cohorts %(joint)s, guests %(people)s"),
    "lesson.lesson-cancelled": _l("A lesson was cancelled: %(reason)s"),
    "lesson.presence-noted": _l("Trainees were noted as present"),
    "lesson.presence-removed": _l("Trainees were noted as absent after all"),
    "teaching.teaching-proposed": _l("%(person)s is to teach"),
    "teaching.teaching-accepted": _l("%(person)s teaches"),
    "teaching.teaching-ended": _l("%(person)s does not teach"),
    "enrolment.trainee-enrolled": _l("%(person)s was enrolled"),
    "enrolment.trainee-queued": _l("%(person)s joined the waiting list"),
    "enrolment.place-offered": _l("%(person)s was offered a place"),
    "enrolment.offer-lapsed": _l("%(person)s did not take the offered place"),
    "enrolment.enrolment-cancelled": _l("%(person)s left"),
    "certificate.certificate-issued": _l("Certificate %(number)s was issued to %(person)s"),
    "certificate.certificate-marked": _l("Certificate %(number)s is now %(state)s: %(reason)s"),
}

CODES = {
    "valid": _l("valid again"),
    "suspended": _l("suspended"),
    "withdrawn": _l("withdrawn"),
    **{level.value: word for level, word in LEVELS.items()},
}
"""Codes of the trail in words."""


def course_title(course: Course | Certificate) -> str:
    """Return the title of a course in the reader's language, else in Chinese."""
    return (course.title_en or course.title_zh) if language() == "en" else course.title_zh


def course_summary(course: Course) -> str:
    """Return the description of a course in the reader's language, else in Chinese."""
    return (course.summary_en or course.summary_zh) if language() == "en" else course.summary_zh


def cohort_title(cohort: Cohort) -> str:
    """Return what tells a cohort from the others of its course."""
    return cohort.title or cohort.number


def run_title(course: Course, cohort: Cohort | None) -> str:
    """Return the title of a course with what tells the cohort from its others."""
    title = course_title(course)
    if cohort is None or not cohort.title:
        return title
    return str(gettext("%(course)s, %(cohort)s", course=title, cohort=cohort.title))


def class_hours(minutes: int) -> str:
    """Return minutes as class hours of the length that the office chose, with one decimal at most."""
    if "hour_minutes" not in g:
        g.hour_minutes = int(choices.value_of(db.session, "training.hour_minutes"))
    return decimal(minutes, g.hour_minutes)


def clock_hours(minutes: int) -> str:
    """Return minutes as hours of 60 minutes, as certificates print them."""
    return decimal(minutes, 60)


def decimal(minutes: int, unit: int) -> str:
    """Return how many units minutes are, with one decimal at most."""
    return f"{minutes / unit:.1f}".removesuffix(".0")


def masked(name: str) -> str:
    """Return a name whose first and last character alone can be read."""
    if len(name) < 3:
        return name[:1] + "*"
    return f"{name[0]}{'*' * (len(name) - 2)}{name[-1]}"
