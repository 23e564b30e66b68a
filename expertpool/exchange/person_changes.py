"""What a file says of a known person, compared with what is known.

An empty cell says nothing. Lists only grow: an import adds addresses, skills and languages, and takes
none away.
"""

from __future__ import annotations

from expertpool.conflicts.names import organisation_key
from expertpool.exchange.identity import Subject
from expertpool.exchange.plans import Change, said
from expertpool.people.contacts import masked, phone_of
from expertpool.people.employments import current
from expertpool.people.models import Employment, Person
from expertpool.people.names import name_key
from expertpool.people.phones import blind_indexes

PLAIN = (
    "name_en",
    "gender",
    "birth",
    "region",
    "degree",
    "title",
    "bio",
    "interest_party",
    "grade",
    "status",
)


def differences(
    person: Person, subject: Subject, *, employer: int | None, skills: dict[str, int]
) -> list[Change]:
    """Return the changes that the file asks for. `employer` and `skills` are the resolved ids."""
    values = subject.values
    found = [
        Change(field, said(getattr(person, field)), values[field])
        for field in PLAIN
        if field in values and not alike(field, getattr(person, field) or "", values[field])
    ]
    if not alike("name", person.name, values["name"]):
        found.append(Change("name", person.name, values["name"]))
    if number := new_number(subject):
        found.append(Change("external_id", person.number, number))
    found += _addresses(person, subject)
    if "phone" in values and not has_phone(person, values["phone"]):
        found.append(Change("phone", masked(phone_of(person)) or "", masked(values["phone"]) or ""))
    found += _lists(person, subject, skills)
    found += _employment(person, subject, employer)
    found += [
        Change(header, said(person.extra.get(header)), text)
        for header, text in subject.extra.items()
        if person.extra.get(header) != text
    ]
    return found


def alike(field: str, one: str, other: str) -> bool:
    """Tell whether two values of a field say the same."""
    if field == "name":
        return name_key(one) == name_key(other)
    if field == "organisation":
        return organisation_key(one) == organisation_key(other)
    if field == "birth":
        return bool(one) and (one.startswith(other) or other.startswith(one)) and len(one) >= len(other)
    return one == other


def new_number(subject: Subject) -> str | None:
    """Return the office's number for a person who was found otherwise."""
    number: str | None = subject.values.get("external_id")
    return number if number and number not in subject.numbers else None


def has_phone(person: Person, phone: str) -> bool:
    """Tell whether `phone` is what is known; numbers that differ at their beginning are not unsealed."""
    return person.phone_index in blind_indexes(phone) and phone_of(person) == phone


def wanted_addresses(person: Person, subject: Subject) -> list[str]:
    """Return the addresses that the person will have, in order: the file's first one leads."""
    primary = subject.values.get("email", [])
    others = [each.address for each in person.addresses] + subject.values.get("other_emails", [])
    return list(dict.fromkeys([*primary[:1], *others, *primary]))


def same_employer(employment: Employment, text: str, organisation_id: int | None) -> bool:
    """Tell whether an employment is with the organisation that a text names."""
    if organisation_id is not None and employment.organisation_id is not None:
        return employment.organisation_id == organisation_id
    return employment.organisation_key == organisation_key(text)


def _addresses(person: Person, subject: Subject) -> list[Change]:
    known = [each.address for each in person.addresses]
    wanted = wanted_addresses(person, subject)
    return [Change("email", said(known), said(wanted))] if wanted != known else []


def _lists(person: Person, subject: Subject, skills: dict[str, int]) -> list[Change]:
    languages = [each for each in subject.values.get("languages", []) if each not in person.languages]
    found = (
        [Change("languages", said(person.languages), said([*person.languages, *languages]))]
        if languages
        else []
    )
    held = {each.skill_id for each in person.skills}
    terms = [term for term in subject.values.get("terms", []) if skills.get(term) not in held]
    return found + ([Change("skills", "", said(terms))] if terms else [])


def _employment(person: Person, subject: Subject, organisation_id: int | None) -> list[Change]:
    text = subject.values.get("organisation")
    position = subject.values.get("position")
    now = current(person)
    found = []
    if text and not (now and same_employer(now, text, organisation_id)):
        found.append(Change("organisation", now.organisation_text if now else "", text))
        now = None
    if position and (text or now) and position != (now.position if now else None):
        found.append(Change("position", (now.position or "") if now else "", position))
    return found
