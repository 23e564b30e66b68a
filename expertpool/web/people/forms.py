"""Forms of people, one for each part of the record."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    DateTimeLocalField,
    HiddenField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from expertpool.people.employments import Work
from expertpool.people.facts import FIELDS as FACTS
from expertpool.people.facts import PersonFacts, listed
from expertpool.people.models import Gender, Grade, InterestParty
from expertpool.web.kit.forms import Form
from expertpool.web.people.wording import FIELDS, GENDERS, GRADES, PARTIES, STATUSES, choices

LINES = {"rows": 3}


class FactsForm(Form):
    """The facts of one person."""

    name = StringField(FIELDS["name"], [DataRequired(_l("Give a name.")), Length(max=120)])
    name_en = StringField(
        FIELDS["name_en"],
        [Optional(), Length(max=120)],
        description=_l("Surname first; else pinyin is shown."),
    )
    gender = SelectField(FIELDS["gender"], [Optional()], choices=choices(GENDERS, blank=True))
    birth = StringField(
        FIELDS["birth"],
        [Optional(), Length(max=20)],
        description=_l("As far as known: 1978, 1978-05 or 1978-05-31."),
    )
    title = StringField(FIELDS["title"], [Optional(), Length(max=80)])
    degree = StringField(FIELDS["degree"], [Optional(), Length(max=60)])
    region = StringField(FIELDS["region"], [Optional(), Length(max=80)])
    interest_party = SelectField(
        FIELDS["interest_party"],
        [Optional()],
        choices=choices(PARTIES, blank=True),
        description=_l("Whose interest the person stands for at the table."),
    )
    languages = StringField(
        FIELDS["languages"], [Optional(), Length(max=200)], description=_l("Several separated by commas.")
    )
    bio = TextAreaField(FIELDS["bio"], [Optional(), Length(max=5000)])
    version = HiddenField()

    def fill(self, facts: PersonFacts, version: int) -> None:
        """Show the present facts."""
        for name in FACTS:
            self[name].data = getattr(facts, name)
        self.gender.data = facts.gender.value if facts.gender else ""
        self.interest_party.data = facts.interest_party.value if facts.interest_party else ""
        self.languages.data = ", ".join(facts.languages)
        self.version.data = str(version)

    def facts(self) -> PersonFacts:
        """Return what was typed."""
        typed: dict[str, Any] = {name: self[name].data or None for name in FACTS}
        typed["name"] = self.name.data or ""
        typed["gender"] = Gender(self.gender.data) if self.gender.data else None
        typed["interest_party"] = (
            InterestParty(self.interest_party.data) if self.interest_party.data else None
        )
        typed["languages"] = tuple(listed(self.languages.data))
        return PersonFacts(**typed)

    @property
    def seen_version(self) -> int | None:
        """The version that the editor saw."""
        text = self.version.data or ""
        return int(text) if text.isdecimal() else None


class NewPersonForm(FactsForm):
    """What is needed to enter a person."""

    number = StringField(
        _l("Number"), [Optional(), Length(max=60)], description=_l("Leave empty to get the next one.")
    )
    grade = SelectField(_l("Grade"), choices=choices(GRADES), default=Grade.EXPERT.value)
    addresses = TextAreaField(
        _l("Mail addresses"), [Optional()], description=_l("One a line; we write to the first.")
    )
    phone = StringField(_l("Phone number"), [Optional(), Length(max=40)])
    organisation = StringField(FIELDS["organisation"], [Optional(), Length(max=200)])
    position = StringField(FIELDS["position"], [Optional(), Length(max=120)])
    skills = StringField(
        _l("Skills"),
        [Optional(), Length(max=500)],
        description=_l("Names or codes, separated by semicolons."),
    )
    confirmed = BooleanField(_l("This is somebody else: enter the person all the same"))


class ContactsForm(Form):
    """Mail addresses and the phone number. The number is never shown here."""

    addresses = TextAreaField(
        _l("Mail addresses"), [Optional()], description=_l("One a line; we write to the first.")
    )
    phone = StringField(_l("New phone number"), [Optional(), Length(max=40)])
    remove_phone = BooleanField(_l("Remove the phone number"))


class WorkForm(Form):
    """One employment."""

    organisation = StringField(
        FIELDS["organisation"],
        [DataRequired(_l("Name the employer.")), Length(max=200)],
        description=_l("Any name or the code of the organisation."),
    )
    position = StringField(FIELDS["position"], [Optional(), Length(max=120)])
    since = DateField(FIELDS["since"], [Optional()])
    until = DateField(FIELDS["until"], [Optional()], description=_l("Leave dates empty that are not known."))
    is_current = BooleanField(
        FIELDS["is_current"], description=_l("The employer that stood here before ends the day before.")
    )

    def fill(self, work: Work) -> None:
        """Show a known employment."""
        for name in ("organisation", "position", "since", "until", "is_current"):
            self[name].data = getattr(work, name)

    def work(self) -> Work:
        """Return what was typed."""
        return Work(
            organisation=self.organisation.data or "",
            position=self.position.data,
            since=self.since.data,
            until=self.until.data,
            is_current=bool(self.is_current.data),
        )


class SkillsForm(Form):
    """Skills to add."""

    skills = StringField(
        _l("Add skills"),
        [DataRequired(_l("Name a skill.")), Length(max=500)],
        description=_l(
            "Names or codes, separated by semicolons. A name that is not known becomes a tag to be placed."
        ),
    )


class GradeForm(Form):
    """A new grade with its reason."""

    grade = RadioField(_l("Grade"), [InputRequired(_l("Choose a grade."))], choices=choices(GRADES))
    on = DateField(_l("With effect from"), [DataRequired(_l("Give a date like 2026-12-01."))])
    reason = StringField(
        _l("Reason"), [DataRequired(_l("Say why; the reason stays on record.")), Length(max=300)]
    )


class StatusForm(Form):
    """A new status with its reason."""

    status = RadioField(_l("Status"), [InputRequired(_l("Choose a status."))], choices=choices(STATUSES))
    on = DateField(_l("With effect from"), [DataRequired(_l("Give a date like 2026-12-01."))])
    until = DateField(
        _l("Until"),
        [Optional()],
        description=_l("Only when resting or suspended; leave empty for an open end."),
    )
    reason = StringField(
        _l("Reason"),
        [Optional(), Length(max=300)],
        description=_l("Needed unless the person may be invited."),
    )


class BusyForm(Form):
    """A time at which the person is not free, in the reader's time zone."""

    starts = DateTimeLocalField(
        _l("Beginning"), [DataRequired(_l("Give a day and a time."))], format="%Y-%m-%dT%H:%M"
    )
    ends = DateTimeLocalField(
        _l("End"), [DataRequired(_l("Give a day and a time."))], format="%Y-%m-%dT%H:%M"
    )
    reason = StringField(_l("Reason"), [Optional(), Length(max=200)])


class AccountForm(Form):
    """Where a person is invited to sign in."""

    email = StringField(
        _l("Mail address"),
        [DataRequired(_l("Give a mail address.")), Length(max=254)],
        description=_l(
            "An invitation goes there. If the address has an account already, that one is connected."
        ),
    )


class AnswerForm(Form):
    """How the office dealt with what a person asked to put right."""

    answer = TextAreaField(
        _l("Answer"),
        [DataRequired(_l("Say what was put right, or why not.")), Length(max=1000)],
        description=_l("What was put right, or why not. The person reads it."),
    )
