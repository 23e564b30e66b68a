"""What a panel's preset says about conflicts: each rule's handling and look-back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Rule(StrEnum):
    """The kinds of conflict between a person and an item, in the order in which they are told."""

    OWN_ITEM = "own-item"
    SAME_ORGANISATION = "same-organisation"
    PARENT_ORGANISATION = "parent-organisation"
    DEPARTMENT = "department"
    SUBSIDIARY = "subsidiary"
    FORMER_ORGANISATION = "former-organisation"
    SPOUSE = "spouse"
    KIN = "kin"
    ADVISOR = "advisor"
    STUDENT = "student"
    COAUTHOR = "coauthor"
    COLLABORATOR = "collaborator"
    SAME_ITEM_WORKED_ON = "same-item-worked-on"
    SHAREHOLDER = "shareholder"
    CONSULTANT = "consultant"
    COMPETITOR = "competitor"
    DECLARED = "declared"
    APPLICANT_RECUSAL = "applicant-recusal"
    SISTER_COMPANY = "sister-company"
    SAME_ALLIANCE = "same-alliance"
    OWN_SIMILAR_ITEM_IN_ROUND = "own-similar-item-in-round"
    REVIEWED_BEFORE = "reviewed-before"
    RECIPROCAL_REVIEW = "reciprocal-review"
    MAIL_DOMAIN = "mail-domain"
    NAMESAKE = "namesake"


class PairRule(StrEnum):
    """The kinds of conflict between two people of one panel."""

    SPOUSE = "spouse"
    KIN = "kin"
    ADVISOR = "advisor"
    COAUTHOR = "coauthor"
    COLLABORATOR = "collaborator"


class Handling(StrEnum):
    """What follows from a finding, strictest first."""

    BAR = "bar"
    LEAVE_ROOM = "leave-room"
    DECLARE = "declare"


class Certainty(StrEnum):
    """Whether the facts prove a finding; a possible one never bars."""

    CERTAIN = "certain"
    POSSIBLE = "possible"


@dataclass(frozen=True, slots=True)
class Treatment:
    """How one rule is handled, and for how long after the fact has ended.

    With neither `within_months` nor `never_expires`, a fact counts while it lasts. Months are
    calendar months counted back from the meeting, inclusive.
    """

    handling: Handling
    within_months: int = 0
    never_expires: bool = False


@dataclass(frozen=True, slots=True)
class Policy:
    """The treatments of one preset. A rule that is absent is not asked.

    A fact without an end counts as still lasting; with `undated_expire`, where a rule looks back
    some months, its start stands for the missing end, and a fact without any date has expired.
    """

    rules: Mapping[Rule, Treatment]
    pairs: Mapping[PairRule, Treatment] = field(default_factory=dict)
    undated_expire: bool = False
    excluded_names_at_most: int | None = None
    """How many unsuitable reviewers an applicant may name; None for any number."""
