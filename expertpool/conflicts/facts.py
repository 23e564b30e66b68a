"""Everything a check needs to know, as frozen dataclasses.

Ids are opaque. Dates are inclusive; None is unknown. A *reference* without an id is known by its
text alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from expertpool.conflicts.policy import Rule

Id = int | str


@dataclass(frozen=True, slots=True)
class PersonRef:
    """A person as a source names them. An address decides identity; a name alone does not."""

    id: Id | None
    name: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class OrganisationRef:
    """An organisation as a source names it."""

    id: Id | None
    name: str = ""


Ref = PersonRef | OrganisationRef


@dataclass(frozen=True, slots=True)
class AllianceMembership:
    """An organisation's membership of an alliance."""

    alliance: Id
    name: str
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Organisation:
    """An organisation with its other names and its place among others."""

    id: Id
    name: str
    other_names: tuple[str, ...] = ()
    """English name, aliases and former names."""
    parent: Id | None = None
    is_department: bool = False
    is_authority: bool = False
    """Bodies under one authority are not sister companies for that alone (Company Law, art. 265)."""
    alliances: tuple[AllianceMembership, ...] = ()
    mail_domains: tuple[str, ...] = ()


class RelationKind(StrEnum):
    """What the dossier's owner is to the other: `advisor` advises the other."""

    SPOUSE = "spouse"
    KIN = "kin"
    ADVISOR = "advisor"
    STUDENT = "student"
    COAUTHOR = "coauthor"
    COLLABORATOR = "collaborator"
    SHAREHOLDER = "shareholder"
    CONSULTANT = "consultant"
    EMPLOYER = "employer"
    COMPETITOR = "competitor"
    DECLARED = "declared"


_INVERSE = {RelationKind.ADVISOR: RelationKind.STUDENT, RelationKind.STUDENT: RelationKind.ADVISOR}


def inverse(kind: RelationKind) -> RelationKind:
    """Return the relation as seen from the other side."""
    return _INVERSE.get(kind, kind)


@dataclass(frozen=True, slots=True)
class Employment:
    """Work for an organisation; without an end it lasts."""

    organisation: OrganisationRef
    since: date | None = None
    until: date | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class Relation:
    """A tie of the dossier's owner to another person or an organisation."""

    kind: RelationKind
    other: Ref
    since: date | None = None
    until: date | None = None
    source: str = ""


class Role(StrEnum):
    """What a person does for an item."""

    APPLIES = "applies"
    LEADS = "leads"
    CONTRIBUTES = "contributes"
    DRAFTS = "drafts"


@dataclass(frozen=True, slots=True)
class Work:
    """An item that the dossier's owner works or worked on."""

    item: Id
    title: str
    role: Role
    since: date | None = None
    until: date | None = None
    round: str | None = None
    kind: str | None = None
    skills: frozenset[Id] = frozenset()


@dataclass(frozen=True, slots=True)
class Review:
    """The dossier's owner sat on a panel that judged this item."""

    item: Id
    title: str
    on: date | None = None


@dataclass(frozen=True, slots=True)
class ReceivedReview:
    """Somebody sat on a panel that judged an item of the dossier's owner."""

    reviewer: PersonRef
    title: str
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Declaration:
    """An interest that the dossier's owner declared in one item."""

    item: Id
    note: str = ""
    since: date | None = None
    until: date | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """One person's dossier. `id` is None for a person of an item who is known by name only."""

    id: Id | None
    name: str
    other_names: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    """Lower case."""
    employments: tuple[Employment, ...] = ()
    relations: tuple[Relation, ...] = ()
    """In either direction, each as seen from this person."""
    works: tuple[Work, ...] = ()
    reviews: tuple[Review, ...] = ()
    received_reviews: tuple[ReceivedReview, ...] = ()
    declarations: tuple[Declaration, ...] = ()


@dataclass(frozen=True, slots=True)
class Item:
    """What is judged, and who stands behind it. A conflict with a part is one with the whole (NSF-2)."""

    id: Id
    title: str
    applicants: tuple[Ref, ...] = ()
    leaders: tuple[PersonRef, ...] = ()
    contributors: tuple[PersonRef, ...] = ()
    excluded: tuple[PersonRef, ...] = ()
    """People whom the applicant asks not to have as reviewers."""
    round: str | None = None
    kind: str | None = None
    skills: frozenset[Id] = frozenset()
    parts: tuple[Item, ...] = ()


@dataclass(frozen=True, slots=True)
class Waiver:
    """An authorised person's admission of somebody in spite of one rule, for one item or all."""

    person: Id
    rule: Rule
    reason: str
    granted_by: str
    granted_on: date
    item: Id | None = None


@dataclass(frozen=True, slots=True)
class ItemSide:
    """The items of one panel and what is known about those who stand behind them."""

    items: tuple[Item, ...]
    organisations: Mapping[Id, Organisation] = field(default_factory=dict)
    """All organisations that may employ somebody or stand above an applicant."""
    people: tuple[Person, ...] = ()
    """Dossiers of the items' own people, for their earlier works and what they told of others."""
    waivers: tuple[Waiver, ...] = ()
