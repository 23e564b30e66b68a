"""Who keeps a course and all that belongs to it: a role within the office that gives it, or above.

The public sees published courses and cohorts; trainees see what is theirs.
"""

from __future__ import annotations

from expertpool.access.queries import Grants
from expertpool.training.models import Cohort, CohortState, Course, CourseState, Enrolment


def may(grants: Grants, permission: str, course: Course) -> bool:
    """Whether the holder may do to the course, its cohorts and certificates what `permission` names."""
    return grants.covers(permission, course.owner_id)


def is_public(course: Course) -> bool:
    """Whether the course stands in the catalogue."""
    return course.state is CourseState.PUBLISHED


def is_shown(cohort: Cohort) -> bool:
    """Whether the cohort is shown on the public page of its course."""
    return is_public(cohort.course) and cohort.state is not CohortState.DRAFT


def is_own(user_id: int | None, enrolment: Enrolment) -> bool:
    """Whether an enrolment is the user's own."""
    return user_id is not None and enrolment.person.user_id == user_id
