"""The parts of a preset, and how each is read from a body."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import Any

from expertpool.conflicts.policy import Handling, Rule, Treatment
from expertpool.errors import N_
from expertpool.panels.preset_reading import Table


class Confidence(StrEnum):
    """How a rule is known: S read in the statute, P in a secondary source, M from memory."""

    STATUTE = "S"
    SECONDARY = "P"
    MEMORY = "M"


class QuotaBy(StrEnum):
    """What members are counted by."""

    EMPLOYER = "employer"
    INTEREST_PARTY = "interest-party"
    REGION = "region"
    DRAFTER_EMPLOYER = "drafter-employer"
    """Members employed by an employer of the item's leaders or contributors, together."""


class Denominator(StrEnum):
    """What a share is a share of."""

    MEMBERS = "members"
    PRESENT = "present"
    CAST = "cast"
    REPLIES = "replies"


class DecisionKind(StrEnum):
    """How a panel comes to its conclusion."""

    NONE = "none"
    VOTE = "vote"
    SCORES = "scores"
    SCORES_THEN_VOTE = "scores-then-vote"


class DrawMode(StrEnum):
    """Whether members are drawn by lot."""

    NONE = "none"
    OFFERED = "offered"
    REQUIRED = "required"


class Secrecy(StrEnum):
    """Until when the roster is kept secret."""

    NONE = "none"
    MEETING = "meeting"
    RESULT = "result"


class Undated(StrEnum):
    """What becomes of a fact without an end where a rule looks back some months."""

    NEVER_EXPIRES = "never-expires"
    EXPIRES = "expires"


@dataclass(frozen=True)
class Text:
    """A text in both languages."""

    zh: str
    en: str

    @classmethod
    def read(cls, table: Table) -> Text:
        text = cls(table.text("zh", longest=2000), table.text("en", longest=2000))
        table.done()
        return text


@dataclass(frozen=True)
class Basis:
    """Where a rule comes from, how sure that is, and when the rule is in force."""

    citation: str
    confidence: Confidence
    effective_from: date | None = None
    effective_to: date | None = None

    @classmethod
    def read(cls, table: Table) -> Basis:
        basis = cls(
            table.text("citation"),
            table.choice("confidence", Confidence),
            table.day_or_none("effective_from"),
            table.day_or_none("effective_to"),
        )
        if basis.effective_from and basis.effective_to and basis.effective_from > basis.effective_to:
            table.refuse("effective_to", N_("%(key)s must not be before effective_from."))
        table.done()
        return basis

    def in_force(self, on: date) -> bool:
        """Tell whether the rule is in force on this day; both days of effect are included."""
        return (self.effective_from or date.min) <= on <= (self.effective_to or date.max)


@dataclass(frozen=True)
class Size:
    """How many members, and of what parity."""

    minimum: int
    odd: bool
    basis: Basis
    maximum: int | None = None
    minimum_when_large: int | None = None
    vice_chairs_at_most: int | None = None

    @classmethod
    def read(cls, table: Table) -> Size:
        minimum = table.integer("minimum", 1, 200)
        return cls(
            minimum=minimum,
            odd=table.flag("odd"),
            maximum=table.integer_or_none("maximum", minimum, 200),
            minimum_when_large=table.integer_or_none("minimum_when_large", minimum, 200),
            vice_chairs_at_most=table.integer_or_none("vice_chairs_at_most", 0, 20),
            basis=Basis.read(table),
        )


@dataclass(frozen=True)
class Quota:
    """A bound on members of one value, or of several taken together; of each value when none is named.

    Shares are of all members and compared in whole numbers.
    """

    by: QuotaBy
    basis: Basis
    values: tuple[str, ...] = ()
    at_least: int | None = None
    at_most: int | None = None
    at_least_share: Fraction | None = None
    at_most_share: Fraction | None = None

    @classmethod
    def read(cls, table: Table) -> Quota:
        bounds: dict[str, Any] = {
            "at_least": table.integer_or_none("at_least", 0, 200),
            "at_most": table.integer_or_none("at_most", 0, 200),
            "at_least_share": table.share_or_none("at_least_share"),
            "at_most_share": table.share_or_none("at_most_share"),
        }
        if all(bound is None for bound in bounds.values()):
            table.refuse("at_most", N_("%(key)s or another bound of the quota is missing."))
        by, values = table.choice("by", QuotaBy), table.words("values")
        return cls(by=by, values=values, basis=Basis.read(table), **bounds)


@dataclass(frozen=True)
class Cap:
    """A bound on a person's load."""

    at_most: int
    basis: Basis

    @classmethod
    def read(cls, table: Table) -> Cap:
        return cls(table.integer("at_most", 1, 1000), Basis.read(table))


@dataclass(frozen=True)
class ConflictRule:
    """How one kind of conflict is handled, and why."""

    treatment: Treatment
    basis: Basis


TIMED = frozenset(
    {
        Rule.FORMER_ORGANISATION,
        Rule.SPOUSE,
        Rule.KIN,
        Rule.ADVISOR,
        Rule.STUDENT,
        Rule.COAUTHOR,
        Rule.COLLABORATOR,
        Rule.SAME_ITEM_WORKED_ON,
        Rule.SHAREHOLDER,
        Rule.CONSULTANT,
        Rule.COMPETITOR,
        Rule.DECLARED,
        Rule.REVIEWED_BEFORE,
        Rule.RECIPROCAL_REVIEW,
    }
)
"""Rules that may look back; the others ask for the day of the meeting."""

PAST_ONLY = frozenset({Rule.FORMER_ORGANISATION, Rule.REVIEWED_BEFORE, Rule.RECIPROCAL_REVIEW})
"""Rules about what is over: they need a look-back."""


def read_conflict(table: Table, *, timed: bool, past_only: bool) -> ConflictRule:
    """Read one rule; look-backs are refused where they mean nothing and asked for where they are needed."""
    handling = table.choice("handling", Handling)
    never_expires = table.flag("never_expires")
    months = table.integer_or_none("within_months", 1, 1200)
    name = "within_months" if months is not None else "never_expires"
    if not timed and (never_expires or months is not None):
        table.refuse(name, N_("%(key)s is not for this rule, which asks for the day of the meeting."))
    if never_expires and months is not None:
        table.refuse("within_months", N_("%(key)s must be absent when never_expires is true."))
    if past_only and not never_expires and months is None:
        table.refuse("within_months", N_("%(key)s or never_expires is needed: the rule is about the past."))
    return ConflictRule(Treatment(handling, months or 0, never_expires), Basis.read(table))


@dataclass(frozen=True)
class Threshold:
    """A share of a denominator, compared in whole numbers."""

    share: Fraction
    of: Denominator

    @classmethod
    def read(cls, table: Table) -> Threshold:
        share = table.share_or_none("share")
        if share is None:
            table.refuse("share", N_("%(key)s is missing."))
        threshold = cls(share, table.choice("of", Denominator))
        table.done()
        return threshold

    def reached_by(self, count: int, total: int) -> bool:
        """Tell whether `count` of `total` is at least the share."""
        return count * self.share.denominator >= self.share.numerator * total

    def kept_by(self, count: int, total: int) -> bool:
        """Tell whether `count` of `total` is at most the share."""
        return count * self.share.denominator <= self.share.numerator * total


@dataclass(frozen=True)
class Ballot:
    """What a vote needs: turnout at least, approval at least, opposition at most."""

    approve: Threshold
    turnout: Threshold | None = None
    oppose: Threshold | None = None

    @classmethod
    def read(cls, table: Table) -> Ballot:
        def optional(name: str) -> Threshold | None:
            found = table.table_or_none(name)
            return Threshold.read(found) if found else None

        ballot = cls(Threshold.read(table.table("approve")), optional("turnout"), optional("oppose"))
        table.done()
        return ballot


@dataclass(frozen=True)
class Decision:
    """The pass rule."""

    kind: DecisionKind
    basis: Basis
    ballot: Ballot | None = None
    by_letter: Ballot | None = None
    abstentions_count: bool = True
    """Whether those who abstain stand in the denominator."""
    recused_count: bool = False
    """Whether those who left the room stand in the denominator."""
    silence_agrees: bool = False
    """Whether an unsigned dissent counts as agreement."""

    @classmethod
    def read(cls, table: Table) -> Decision:
        kind = table.choice("kind", DecisionKind)
        ballot, by_letter = table.table_or_none("ballot"), table.table_or_none("by_letter")
        votes = kind in (DecisionKind.VOTE, DecisionKind.SCORES_THEN_VOTE)
        if votes != (ballot is not None):
            table.refuse("ballot", N_("%(key)s is needed for a vote, and only for a vote."))
        return cls(
            kind=kind,
            ballot=Ballot.read(ballot) if ballot else None,
            by_letter=Ballot.read(by_letter) if by_letter else None,
            abstentions_count=table.flag("abstentions_count"),
            recused_count=table.flag("recused_count"),
            silence_agrees=table.flag("silence_agrees"),
            basis=Basis.read(table),
        )


@dataclass(frozen=True)
class Draw:
    """Whether, when and how members are drawn by lot."""

    mode: DrawMode
    basis: Basis
    working_days_before_at_most: int | None = None
    mail_reviewers_at_least: int | None = None
    """Peers drawn to review by mail before the panel meets (NSFC-1)."""

    @classmethod
    def read(cls, table: Table) -> Draw:
        return cls(
            mode=table.choice("mode", DrawMode),
            working_days_before_at_most=table.integer_or_none("working_days_before_at_most", 0, 60),
            mail_reviewers_at_least=table.integer_or_none("mail_reviewers_at_least", 1, 20),
            basis=Basis.read(table),
        )


@dataclass(frozen=True)
class RosterSecrecy:
    """Until when nobody outside the office learns who sits."""

    until: Secrecy
    basis: Basis
    sealed: bool = False
    """Whether the roster must be sealed, within the office too: see `panels.sealed`."""

    @classmethod
    def read(cls, table: Table) -> RosterSecrecy:
        return cls(until=table.choice("until", Secrecy), sealed=table.flag("sealed"), basis=Basis.read(table))


@dataclass(frozen=True)
class Retention:
    """How long the panel's file is kept."""

    years: int
    basis: Basis

    @classmethod
    def read(cls, table: Table) -> Retention:
        return cls(table.integer("years", 1, 100), Basis.read(table))
