"""What happens to courses, cohorts, lessons, enrolments and certificates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from expertpool.events import Event, personal


@dataclass(frozen=True)
class CourseCreated(Event):
    """A course entered the office's list as a draft."""

    subject_kind = "course"

    number: str
    owner_id: int


@dataclass(frozen=True)
class CourseChanged(Event):
    """A course changed: field -> [before, after]."""

    subject_kind = "course"

    changes: dict[str, Any]


@dataclass(frozen=True)
class CoursePublished(Event):
    """A course stands in the public catalogue from now on."""

    subject_kind = "course"


@dataclass(frozen=True)
class CourseRetired(Event):
    """A course is given no more."""

    subject_kind = "course"


@dataclass(frozen=True)
class CohortCreated(Event):
    """A run of a course was planned."""

    subject_kind = "cohort"

    course_id: int
    number: str
    capacity: int


@dataclass(frozen=True)
class CohortChanged(Event):
    """A cohort changed: field -> [before, after]."""

    subject_kind = "cohort"

    changes: dict[str, Any]


@dataclass(frozen=True)
class CohortPublished(Event):
    """A cohort can be seen and, in its time, enrolled in."""

    subject_kind = "cohort"


@dataclass(frozen=True)
class CohortCancelled(Event):
    """A cohort will not take place; enrolments and teachings in it ended with it."""

    subject_kind = "cohort"

    reason: str
    enrolment_ids: list[int]
    teaching_ids: list[int]
    lesson_ids: list[int]


@dataclass(frozen=True)
class CohortFinished(Event):
    """A cohort is over: who completed it, and who did not."""

    subject_kind = "cohort"

    completed_ids: list[int]
    not_completed_ids: list[int]


@dataclass(frozen=True)
class LessonPlanned(Event):
    """A lesson was added to a cohort."""

    subject_kind = "lesson"

    cohort_id: int
    starts: datetime
    ends: datetime
    room_id: int | None
    teaching_id: int | None
    timetable_id: int | None = None
    """The timetable with which it was published; what publishes that tells everybody once."""


@dataclass(frozen=True)
class LessonChanged(Event):
    """Time, room, teacher, link or title of a lesson changed: field -> [before, after]."""

    subject_kind = "lesson"

    cohort_id: int
    changes: dict[str, Any]
    timetable_id: int | None = None
    came_ids: tuple[int, ...] = ()
    """Trainees who are told by `LessonShared` that they are expected there."""


@dataclass(frozen=True)
class LessonShared(Event):
    """Other cohorts and single trainees were asked to a lesson, or no longer are."""

    subject_kind = "lesson"

    cohort_id: int
    joint: list[str]
    """Numbers of the cohorts that have it, too."""
    person_ids: list[int]
    """Its guests."""
    came_ids: list[int]
    gone_ids: list[int]
    """People who are to be told that they are expected there, or no longer are."""


@dataclass(frozen=True)
class LessonCancelled(Event):
    """A lesson will not take place."""

    subject_kind = "lesson"

    cohort_id: int
    reason: str
    timetable_id: int | None = None


@dataclass(frozen=True)
class TeachingProposed(Event):
    """A person of the pool is to teach in a cohort, once they accept."""

    subject_kind = "teaching"

    cohort_id: int
    person_id: int


@dataclass(frozen=True)
class TeachingAccepted(Event):
    """A teacher said yes."""

    subject_kind = "teaching"

    cohort_id: int
    person_id: int


@dataclass(frozen=True)
class TeachingEnded(Event):
    """A teacher does not teach: `state` is declined, expired or withdrawn."""

    subject_kind = "teaching"

    cohort_id: int
    person_id: int
    state: str
    reason: str | None = personal(default=None)


@dataclass(frozen=True)
class TraineeEnrolled(Event):
    """A trainee has a place: at once, by an accepted offer, or by a group's list."""

    subject_kind = "enrolment"

    cohort_id: int
    person_id: int
    source: str
    waived: str | None = personal(default=None)
    """Why missing prerequisites were passed over."""


@dataclass(frozen=True)
class TraineeQueued(Event):
    """A trainee waits for a place."""

    subject_kind = "enrolment"

    cohort_id: int
    person_id: int
    source: str
    waived: str | None = personal(default=None)
    """Why missing prerequisites were passed over."""


@dataclass(frozen=True)
class PlaceOffered(Event):
    """A freed place is held for the first in the waiting list, for a time."""

    subject_kind = "enrolment"

    cohort_id: int
    person_id: int
    expires_at: datetime


@dataclass(frozen=True)
class OfferLapsed(Event):
    """An offered place was declined, or not taken in time."""

    subject_kind = "enrolment"

    cohort_id: int
    person_id: int
    declined: bool


@dataclass(frozen=True)
class EnrolmentCancelled(Event):
    """A trainee left a cohort or its waiting list."""

    subject_kind = "enrolment"

    cohort_id: int
    person_id: int
    before: str
    """State that they left."""
    reason: str | None = personal(default=None)


@dataclass(frozen=True)
class PresenceNoted(Event):
    """Trainees were at a lesson."""

    subject_kind = "lesson"

    cohort_id: int
    person_ids: list[int]
    via: str


@dataclass(frozen=True)
class PresenceRemoved(Event):
    """Trainees were not at a lesson after all."""

    subject_kind = "lesson"

    cohort_id: int
    person_ids: list[int]


@dataclass(frozen=True)
class CertificateIssued(Event):
    """A trainee got a certificate."""

    subject_kind = "certificate"

    number: str
    person_id: int
    enrolment_id: int
    expires_on: date | None


@dataclass(frozen=True)
class CertificateMarked(Event):
    """A certificate was suspended, withdrawn, or is valid again."""

    subject_kind = "certificate"

    number: str
    person_id: int
    state: str
    reason: str | None
