"""Forms of invitations: what the invited answer, and what organisers write and note."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import (
    Field,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from expertpool.invitations.declaring import ALWAYS, NOTHING, Declaration, Period
from expertpool.invitations.models import DeclineReason, OnVacancy, Outcome
from expertpool.web.invitations.telling import Stake
from expertpool.web.invitations.wording import ON_VACANCY, OUTCOMES, REASONS, WHY
from expertpool.web.kit.forms import Form
from expertpool.web.kit.partial_dates import PartialDateField

NO, YES = "no", "yes"
YES_OR_NO = [(NO, _l("No")), (YES, _l("Yes"))]
ANSWER = _l("Answer with yes or no.")
MONTH = _l("The month is enough, such as 2019-06. Empty: it lasts, or you do not know.")
TEXT = 500
"""Characters of what somebody writes to the office."""


def question(label: Any) -> RadioField:
    """Return a question for yes or no; the page asks it in full, `label` names it in errors."""
    return RadioField(label, [InputRequired(ANSWER)], choices=YES_OR_NO)


def words(label: Any) -> TextAreaField:
    """Return a text that goes with an answer."""
    return TextAreaField(label, [Optional(), Length(max=TEXT)])


def rest_end() -> PartialDateField:
    """Return the last day of a time without reviews."""
    return PartialDateField(
        _l("No reviews until"),
        [Optional()],
        ends=True,
        description=_l(
            "Only with “no time for reviews at present”. Nobody is asked until then; empty: without end."
        ),
    )


def begin() -> PartialDateField:
    """Return the first month or day of something, if it is known."""
    return PartialDateField(_l("Since when"), [Optional()])


def end() -> PartialDateField:
    """Return the last month or day of something; empty while it lasts."""
    return PartialDateField(_l("Until when"), [Optional()], ends=True, description=MONTH)


class AcceptForm(Form):
    """Three questions about conflicts of interest. See `ask_about` for the people that the second names."""

    employed = question(_l("Question 1"))
    employed_text = words(_l("Which of them, and as what?"))
    employed_since, employed_until = begin(), end()
    related = question(_l("Question 2"))
    related_who = SelectField(_l("With whom?"), [Optional()])
    related_text = words(_l("What connects you?"))
    related_since, related_until = begin(), end()
    other = question(_l("Question 3"))
    other_text = words(_l("Please say briefly"))
    other_since, other_until = begin(), end()

    def ask_about(self, stakes: Sequence[Stake]) -> None:
        """Let the second question choose among the people behind the items."""
        named = [(str(number), stake.name) for number, stake in enumerate(stakes)]
        self.related_who.choices = [("", gettext("Choose a name")), *named]

    def validate(self, extra_validators: Any = None) -> bool:
        """Check that each yes is explained, by a name or in words."""
        fine: bool = super().validate(extra_validators)
        for answer, text, chosen in (
            (self.employed, self.employed_text, None),
            (self.related, self.related_text, self.related_who.data),
            (self.other, self.other_text, None),
        ):
            if answer.data == YES and not chosen and not (text.data or "").strip():
                text.errors = [*text.errors, gettext("Say in a few words what it is.")]
                fine = False
        return fine

    def declaration(self, stakes: Sequence[Stake]) -> Declaration:
        """Return the answers; the person chosen by name is in the pool or stands in the text."""
        chosen = stakes[int(self.related_who.data)] if self.related_who.data else None
        told = said(self.related, self.related_text)
        named = chosen is not None and chosen.person_id is None and self.related.data == YES
        return Declaration(
            employed=self.employed.data == YES,
            employed_text=said(self.employed, self.employed_text),
            related=self.related.data == YES,
            related_text=f"{chosen.name} {told}" if chosen and named else told,
            related_person_id=chosen.person_id if chosen and self.related.data == YES else None,
            other=self.other.data == YES,
            other_text=said(self.other, self.other_text),
            employed_when=self.when("employed"),
            related_when=self.when("related"),
            other_when=self.when("other"),
        )

    def when(self, asked: str) -> Period:
        """Return the time that goes with a yes."""
        if self[asked].data != YES:
            return ALWAYS
        return self[f"{asked}_since"].data, self[f"{asked}_until"].data


class AddForm(Form):
    """Whom of the pool to let stand by."""

    person = HiddenField(_l("Person"), [DataRequired(_l("Choose somebody of the pool.")), Length(max=40)])


class ReadyForm(Form):
    """Acceptance of what asks for no declaration, such as lessons to teach."""


class DeclineForm(Form):
    """Why somebody does not come, or gives an accepted seat back."""

    reason = RadioField(
        _l("Why?"),
        [InputRequired(_l("Choose the reason that fits best."))],
        choices=[(reason.value, text) for reason, text in REASONS.items()],
    )
    rest_until = rest_end()
    text = words(_l("Anything the office should know"))

    @property
    def chosen(self) -> DeclineReason:
        return DeclineReason(self.reason.data)


class SuggestForm(Form):
    """A colleague who could come instead."""

    person_name = StringField(_l("Name"), [DataRequired(_l("Give a name.")), Length(max=120)])
    organisation = StringField(_l("Employer"), [Optional(), Length(max=200)])
    contact = StringField(
        _l("How to reach them"),
        [Optional(), Length(max=200)],
        description=_l("A mail address or a phone number. Only the office sees it."),
    )
    note = words(_l("Why they fit"))


HOURS = (24, 48, 72, 120, 168, 336)
REMINDERS = (72, 48, 24, 12, 4)


class CampaignForm(Form):
    """What invitations say, how long they wait, and what follows a refusal."""

    text_zh = TextAreaField(_l("Text in Chinese"), [DataRequired(_l("Write the text.")), Length(max=5000)])
    text_en = TextAreaField(_l("Text in English"), [DataRequired(_l("Write the text.")), Length(max=5000)])
    fee = StringField(
        _l("Fee"),
        [Optional(), Length(max=120)],
        description=_l("As it should be read, such as CNY 800 before tax"),
    )
    contact = StringField(
        _l("Contact"),
        [DataRequired(_l("Say whom to ask.")), Length(max=200)],
        description=_l("Name, and phone number or mail address"),
    )
    answer_hours = IntegerField(
        _l("Hours to answer"), [InputRequired(_l("Give a number.")), NumberRange(1, 2160)]
    )
    reminder_hours = SelectMultipleField(_l("Remind those who have not answered"), [Optional()], coerce=int)
    on_vacancy = RadioField(
        _l("When a seat falls vacant"), choices=[(way.value, text) for way, text in ON_VACANCY.items()]
    )

    @property
    def way(self) -> OnVacancy:
        return OnVacancy(self.on_vacancy.data)


class WithdrawForm(Form):
    """Why an invitation is taken back; the invited read it."""

    reason = StringField(_l("Reason"), [DataRequired(_l("Give a reason.")), Length(max=300)])


class CallForm(Form):
    """How a phone call ended."""

    outcome = RadioField(
        _l("How did the call end?"),
        [InputRequired(_l("Choose how the call ended."))],
        choices=[(outcome.value, text) for outcome, text in OUTCOMES.items()],
    )
    reason = RadioField(
        _l("Why not?"),
        [Optional()],
        choices=[(reason.value, text) for reason, text in WHY.items()],
    )
    rest_until = rest_end()
    other_text = words(_l("A tie to the applicant or the people behind the items"))
    other_since, other_until = begin(), end()
    text = words(_l("Note"))

    @property
    def ended(self) -> Outcome:
        return Outcome(self.outcome.data)

    @property
    def why(self) -> DeclineReason | None:
        """The reason, which only a refusal has."""
        declined = self.ended is Outcome.DECLINED
        return DeclineReason(self.reason.data) if declined and self.reason.data else None

    @property
    def declaration(self) -> Declaration:
        """What was told of conflicts on the phone."""
        text = (self.other_text.data or "").strip()
        when = (self.other_since.data, self.other_until.data) if text else ALWAYS
        return replace(NOTHING, other=bool(text), other_text=text, other_when=when)


def said(answer: Field, text: Field) -> str:
    """Return the text of an answer, empty unless the answer is yes."""
    return (text.data or "").strip() if answer.data == YES else ""
