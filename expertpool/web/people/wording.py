"""Words for people: grades, statuses, fields, relations and events."""

from __future__ import annotations

from typing import Any

from flask_babel import LazyString, gettext
from flask_babel import lazy_gettext as _l

from expertpool.interests.models import RelationKind
from expertpool.people import names
from expertpool.people.models import Gender, Grade, InterestParty, Person, Status
from expertpool.planning.wishes import HALF_DAYS
from expertpool.web.kit.dates import day
from expertpool.web.planning.wording import half_day

GRADES = {
    Grade.SENIOR: _l("Senior expert"),
    Grade.EXPERT: _l("Expert"),
    Grade.CANDIDATE: _l("Candidate"),
    Grade.TALENT: _l("Talent"),
}
STATUSES = {
    Status.ACTIVE: _l("May be invited"),
    Status.RESTING: _l("Resting"),
    Status.SUSPENDED: _l("Suspended"),
    Status.RETIRED: _l("Left the pool"),
}
SHAPES = {
    Status.ACTIVE: "accepted",
    Status.RESTING: "expired",
    Status.SUSPENDED: "declined",
    Status.RETIRED: "vacant",
}
PARTIES = {
    InterestParty.PRODUCER: _l("Producers"),
    InterestParty.USER: _l("Users"),
    InterestParty.RESEARCH: _l("Research and teaching"),
    InterestParty.TESTING: _l("Testing and certification"),
    InterestParty.AUTHORITY: _l("Authorities"),
    InterestParty.PUBLIC: _l("The public"),
    InterestParty.TECHNICAL: _l("Technology"),
    InterestParty.ECONOMIC: _l("Economics and finance"),
}
GENDERS = {Gender.FEMALE: _l("Female"), Gender.MALE: _l("Male"), Gender.OTHER: _l("Other")}

VALUES = {code.value: word for words in (GRADES, STATUSES, PARTIES, GENDERS) for code, word in words.items()}
VALUES |= {each: LazyString(half_day, each) for each in HALF_DAYS}
"""Codes of the trail in words."""

FIELDS = {
    "name": _l("Name"),
    "week_minutes": _l("Minutes of lessons a week, at most"),
    "unwished": _l("Would rather not teach"),
    "name_en": _l("Name in Latin letters"),
    "gender": _l("Gender"),
    "birth": _l("Born"),
    "region": _l("Region"),
    "degree": _l("Degree"),
    "title": _l("Professional title"),
    "languages": _l("Languages"),
    "bio": _l("Profile"),
    "interest_party": _l("Interest party"),
    "grade": _l("Grade"),
    "organisation": _l("Employer"),
    "organisation_text": _l("Employer"),
    "organisation_id": _l("Employer's record"),
    "position": _l("Position held"),
    "since": _l("From"),
    "until": _l("To"),
    "is_current": _l("Present employer"),
}

SENTENCES = {
    "person.person-created": _l("Entered the pool"),
    "person.person-changed": _l("Facts changed"),
    "person.teacher-terms-changed": _l("An office noted how much they teach and when rather not"),
    "person.addresses-changed": _l("Addresses: added %(added)s; removed %(removed)s"),
    "person.phone-changed": _l("Phone number: %(old)s → %(new)s"),
    "person.phone-revealed": _l("Looked at the phone number"),
    "person.employer-changed": _l("Employment changed"),
    "person.skills-changed": _l("Skills: added %(added_names)s; removed %(removed_names)s"),
    "person.grade-changed": _l("Grade: %(old)s → %(new)s from %(on)s. %(reason)s"),
    "person.status-changed": _l("Status: %(old)s → %(new)s from %(on)s. %(reason)s"),
    "person.people-merged": _l("%(merged)s was merged into this record"),
    "person.merge-undone": _l("%(merged)s was set apart again"),
    "person.person-looked-at": _l("An auditor looked at this record"),
    "person.account-connected": _l("Signs in with the account of %(email)s"),
    "person.account-disconnected": _l("No longer signs in with the account of %(email)s"),
    "person.correction-asked": _l("Asked for a correction: %(note)s"),
    "person.correction-settled": _l("Request for a correction settled: %(answer)s"),
    "person.busy-time-added": _l("Not free: %(starts)s to %(ends)s"),
    "person.busy-time-removed": _l("Free again: %(starts)s to %(ends)s"),
}

RELATIONS = {
    RelationKind.SPOUSE: _l("Spouse of %(other)s"),
    RelationKind.KIN: _l("Kin of %(other)s"),
    RelationKind.ADVISOR: _l("Advisor of %(other)s"),
    RelationKind.STUDENT: _l("Student of %(other)s"),
    RelationKind.COAUTHOR: _l("Co-author with %(other)s"),
    RelationKind.COLLABORATOR: _l("Works together with %(other)s"),
    RelationKind.SHAREHOLDER: _l("Holds shares of %(other)s"),
    RelationKind.CONSULTANT: _l("Consultant of %(other)s"),
    RelationKind.EMPLOYER: _l("Employed by %(other)s"),
    RelationKind.COMPETITOR: _l("Competes with %(other)s"),
    RelationKind.DECLARED: _l("Declared an interest in %(other)s"),
}
INVERSE = {RelationKind.ADVISOR: RelationKind.STUDENT, RelationKind.STUDENT: RelationKind.ADVISOR}
"""What the other side is, where that is not the same."""

ALSO = {
    RelationKind.CONSULTANT: _l("%(other)s is a consultant"),
    RelationKind.DECLARED: _l("%(other)s declared an interest"),
}
"""Relations seen from the other side, where no kind says it."""


def latin_name(person: Person) -> str:
    """Return the name in Latin letters: as given, else in pinyin; nothing when the name has them already."""
    romanised = person.name_en or names.romanised(person.name)
    return romanised if names.name_key(romanised) != person.name_key else ""


def status_word(person: Person) -> str:
    """Return the status in words, with its end."""
    word = str(STATUSES[person.status])
    if person.status_until:
        return str(gettext("%(status)s until %(day)s", status=word, day=day(person.status_until)))
    return word


def relation_words(row: Any, person_id: int) -> str:
    """Return a relation as the page of `person_id` says it, whichever side they stand on."""
    if row.person_id == person_id:
        return gettext_of(RELATIONS[row.kind], row.other_name)
    kind = INVERSE.get(row.kind, row.kind)
    return gettext_of(ALSO.get(kind, RELATIONS[kind]), row.person_name)


def gettext_of(sentence: Any, other: str) -> str:
    """Return a sentence with its place `other` filled."""
    return str(sentence) % {"other": other}


def choices(words: dict[Any, Any], *, blank: bool = False) -> list[tuple[str, Any]]:
    """Return the choices of a select field; `blank` puts “not known” first."""
    known = [(value.value, word) for value, word in words.items()]
    return [("", _l("Not known")), *known] if blank else known
