"""What happens to outlines and timetables."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from expertpool.events import Event, personal


@dataclass(frozen=True)
class OutlineChanged(Event):
    """The lessons that a course consists of were listed anew."""

    subject_kind = "course"

    lessons: int
    minutes: int


@dataclass(frozen=True)
class CohortLessonsChanged(Event):
    """The lessons that a cohort is to have were listed anew."""

    subject_kind = "cohort"

    added: int
    changed: int
    removed: int


@dataclass(frozen=True)
class TimetableCreated(Event):
    """A timetable was begun for cohorts of an office."""

    subject_kind = "timetable"

    owner_id: int
    first: date
    last: date
    cohort_ids: list[int]


@dataclass(frozen=True)
class TimetableChanged(Event):
    """Days, periods, cohorts or weights of a timetable changed: field -> [before, after]."""

    subject_kind = "timetable"

    changes: dict[str, Any]


@dataclass(frozen=True)
class PublishedTakenOver(Event):
    """Lessons that were published or moved elsewhere came into the draft."""

    subject_kind = "timetable"

    lessons: int


@dataclass(frozen=True)
class LessonPlaced(Event):
    """A lesson got its time, room and teacher in the draft by hand."""

    subject_kind = "timetable"

    cohort_lesson_id: int
    called: str
    starts: datetime
    before: dict[str, Any] | None
    after: dict[str, Any]


@dataclass(frozen=True)
class LessonTakenOut(Event):
    """A lesson has no place in the draft any more."""

    subject_kind = "timetable"

    cohort_lesson_id: int
    called: str


@dataclass(frozen=True)
class LessonPinned(Event):
    """A lesson may not be moved by a run."""

    subject_kind = "timetable"

    cohort_lesson_id: int
    called: str


@dataclass(frozen=True)
class LessonReleased(Event):
    """A lesson may be moved by a run again."""

    subject_kind = "timetable"

    cohort_lesson_id: int
    called: str


@dataclass(frozen=True)
class LessonLeaving(Event):
    """A published lesson is to be cancelled with the next publication."""

    subject_kind = "timetable"

    cohort_lesson_id: int
    called: str


@dataclass(frozen=True)
class LessonStaying(Event):
    """A published lesson is not to be cancelled after all."""

    subject_kind = "timetable"

    cohort_lesson_id: int
    called: str


@dataclass(frozen=True)
class PlanRequested(Event):
    """The engine was asked for a plan."""

    subject_kind = "timetable"

    run_id: int
    number: int
    seconds: int
    seed: int


@dataclass(frozen=True)
class PlanRecorded(Event):
    """A run came to its end, or was stopped, and its plan is the draft."""

    subject_kind = "timetable"

    run_id: int
    number: int
    placed: int
    unplaced: int
    input_hash: str


@dataclass(frozen=True)
class PlanFailed(Event):
    """A run could not be worked out."""

    subject_kind = "timetable"

    run_id: int
    number: int
    error: str


@dataclass(frozen=True)
class PlanStopped(Event):
    """Somebody was content with the best that a run had found."""

    subject_kind = "timetable"

    run_id: int
    number: int


@dataclass(frozen=True)
class PlanCancelled(Event):
    """A run was called off; the draft stayed as it was."""

    subject_kind = "timetable"

    run_id: int
    number: int


@dataclass(frozen=True)
class TimetablePublished(Event):
    """The draft became the lessons of its cohorts, all at once."""

    subject_kind = "timetable"

    lessons: list[dict[str, Any]]
    """Each `{"lesson_id", "what": "planned" | "moved" | "cancelled", "before": facts or None}`."""
    reason: str


@dataclass(frozen=True)
class DraftStepTakenBack(Event):
    """The last change of a draft was taken back."""

    subject_kind = "timetable"

    what: str
    """`step-` and the kind of the step."""
    called: str


@dataclass(frozen=True)
class OfficeWeightsChanged(Event):
    """How much each rule counts in timetables that an office begins: rule -> [before, after]."""

    subject_kind = "organisation"

    changes: dict[str, Any]


@dataclass(frozen=True)
class TeacherTermsChanged(Event):
    """What an office has agreed with a teacher about lessons changed: field -> [before, after]."""

    subject_kind = "person"

    owner_id: int
    changes: dict[str, Any] = personal()
