"""Forms of training."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import (
    BooleanField,
    DateTimeLocalField,
    EmailField,
    HiddenField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from expertpool.training.cohorts import LONGEST_OFFER, MOST_PLACES
from expertpool.training.models import Cohort, Course, Lesson
from expertpool.web.kit.forms import Form
from expertpool.web.skills.wording import skill_code, skill_name
from expertpool.web.training import sharing
from expertpool.web.training.blueprint import local
from expertpool.web.training.wording import FIELDS, LEVELS

WHEN = "%Y-%m-%dT%H:%M"
SHARED = _l("Shared with")
WHY = _l("Say why; the reason stays on record.")


class RegisterForm(Form):
    """A stranger who wants to learn here."""

    name = StringField(_l("Name"), [DataRequired(_l("Give your name.")), Length(max=120)])
    email = EmailField(
        _l("Mail address"),
        [DataRequired(_l("Give your mail address.")), Length(max=254)],
        description=_l("We send a link there. Its button confirms the address and signs you in."),
    )
    consent = BooleanField(
        _l("I have read the privacy note and agree to it."),
        [DataRequired(_l("Without this we may not keep your name and address."))],
    )


class CourseForm(Form):
    """The facts of a course."""

    title_zh = StringField(FIELDS["title_zh"], [DataRequired(_l("Give a title.")), Length(max=200)])
    title_en = StringField(FIELDS["title_en"], [Optional(), Length(max=200)])
    level = SelectField(FIELDS["level"], choices=[(level.value, word) for level, word in LEVELS.items()])
    minutes = IntegerField(
        FIELDS["minutes"],
        [InputRequired(_l("Give a number.")), NumberRange(1, 60_000)],
        description=_l("Minutes of study that completing it credits: 45 for a class hour of 45 minutes."),
    )
    summary_zh = TextAreaField(FIELDS["summary_zh"], [Optional(), Length(max=10_000)])
    summary_en = TextAreaField(FIELDS["summary_en"], [Optional(), Length(max=10_000)])
    skills = TextAreaField(
        FIELDS["skill_ids"],
        [Optional()],
        description=_l("One a line: a code such as ICS:25.040, or a name. Unknown ones become tags."),
    )
    attendance_percent = IntegerField(
        FIELDS["attendance_percent"],
        [InputRequired(_l("Give a number.")), NumberRange(0, 100)],
        default=80,
        description=_l("Share of the lessons' time that a trainee must be present at."),
    )
    certificate_months = IntegerField(
        FIELDS["certificate_months"],
        [Optional(), NumberRange(1, 600)],
        description=_l("Empty: valid without limit."),
    )
    prerequisites = SelectMultipleField(FIELDS["prerequisite_ids"], [Optional()], coerce=int)
    version = HiddenField()

    def fill(self, course: Course) -> None:
        """Show the present facts."""
        for name in ("title_zh", "title_en", "minutes", "summary_zh", "summary_en"):
            self[name].data = getattr(course, name)
        for name in ("attendance_percent", "certificate_months"):
            self[name].data = getattr(course, name)
        self.level.data = course.level.value
        self.skills.data = "\n".join(skill_code(row.skill) or skill_name(row.skill) for row in course.skills)
        self.prerequisites.data = [row.required_id for row in course.prerequisites]
        self.version.data = str(course.version)


class NewCourseForm(CourseForm):
    """A course that the office lacks."""

    owner = SelectField(_l("Office"), coerce=int)


class CohortForm(Form):
    """The facts of a cohort; times in the reader's zone."""

    title = StringField(
        FIELDS["title"],
        [Optional(), Length(max=200)],
        description=_l("What tells it from the course's other runs, such as Spring 2027."),
    )
    capacity = IntegerField(
        FIELDS["capacity"], [InputRequired(_l("Give a number.")), NumberRange(1, MOST_PLACES)]
    )
    opens_at = DateTimeLocalField(
        FIELDS["opens_at"], [DataRequired(_l("Give a day and a time."))], format=WHEN
    )
    closes_at = DateTimeLocalField(
        FIELDS["closes_at"], [DataRequired(_l("Give a day and a time."))], format=WHEN
    )
    offer_hours = IntegerField(
        FIELDS["offer_hours"],
        [InputRequired(_l("Give a number.")), NumberRange(1, LONGEST_OFFER)],
        default=24,
        description=_l("After that it goes to the next in the waiting list."),
    )
    version = HiddenField()

    def fill(self, cohort: Cohort) -> None:
        """Show the present facts."""
        self.title.data, self.capacity.data = cohort.title, cohort.capacity
        self.opens_at.data, self.closes_at.data = local(cohort.opens_at), local(cohort.closes_at)
        self.offer_hours.data = cohort.offer_hours
        self.version.data = str(cohort.version)


class LessonForm(Form):
    """The facts of a lesson; times in the reader's zone."""

    title = StringField(_l("What is taught"), [DataRequired(_l("Give a title.")), Length(max=200)])
    starts = DateTimeLocalField(_l("Beginning"), [DataRequired(_l("Give a day and a time."))], format=WHEN)
    ends = DateTimeLocalField(_l("End"), [DataRequired(_l("Give a day and a time."))], format=WHEN)
    room_id = SelectField(_l("Room"), coerce=int)
    online_url = StringField(
        _l("Online link"), [Optional(), Length(max=500)], description=_l("Shown to those enrolled alone.")
    )
    teaching_id = SelectField(_l("Teacher"), coerce=int)
    shared = StringField(
        SHARED,
        [Optional(), Length(max=sharing.LONGEST)],
        description=_l(
            "Cohorts that have this lesson jointly, by their numbers; guests by number, address or name. "
            "Put commas between them."
        ),
    )
    version = HiddenField()

    def fill(self, lesson: Lesson) -> None:
        """Show the present facts."""
        self.shared.data = sharing.of_lessons([lesson])[0].typed
        self.title.data, self.online_url.data = lesson.title, lesson.online_url
        self.starts.data, self.ends.data = local(lesson.starts), local(lesson.ends)
        self.room_id.data, self.teaching_id.data = lesson.room_id or 0, lesson.teaching_id or 0
        self.version.data = str(lesson.version)


class PersonForm(Form):
    """Somebody of the pool."""

    person = StringField(
        _l("Person"),
        [DataRequired(_l("Name somebody of the pool.")), Length(max=200)],
        description=_l("Number, mail address or name"),
    )


class InSpiteForm(Form):
    """Why missing prerequisites are passed over, if they are."""

    in_spite_of = StringField(
        _l("Reason to pass over missing prerequisites"),
        [Optional(), Length(max=300)],
        description=_l("Only when something is missing; the reason stays on record."),
    )


class EnrolForm(PersonForm, InSpiteForm):
    """Somebody of the pool who is to learn."""


class GroupForm(InSpiteForm):
    """A spreadsheet of a group."""

    file = FileField(_l("File"), [FileRequired(_l("Choose a file."))])


class ReasonForm(Form):
    """Why something is called off."""

    reason = StringField(_l("Reason"), [DataRequired(WHY), Length(max=300)])


class MarkForm(ReasonForm):
    """What a certificate is worth from now on, and why."""

    state = SelectField(
        _l("From now on it is"),
        choices=[
            ("suspended", _l("suspended")),
            ("withdrawn", _l("withdrawn")),
            ("valid", _l("valid again")),
        ],
    )
