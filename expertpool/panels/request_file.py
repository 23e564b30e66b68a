"""A request for one panel as a file: read, checked key by key, resolved against the pool."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.errors import N_, ExpertPoolError, Sentence
from expertpool.items.models import Item
from expertpool.matching.problem import Mode
from expertpool.panels import overrides, preset, presets_service
from expertpool.panels.preset import Preset
from expertpool.panels.question import Question
from expertpool.panels.request import MOST_ALTERNATES, MOST_SEATS, MOST_SLOTS
from expertpool.people.models import EmailAddress, Person, Status
from expertpool.skills.resolving import resolve

KEYS = {
    "title",
    "items",
    "seats",
    "preset",
    "alternates",
    "skills",
    "candidate_slots",
    "lock",
    "exclude",
    "rules",
    "mode",
}


@dataclass(frozen=True)
class Fault:
    """What is wrong at one key of the request: `skills.2.seats` is the second skill's seats."""

    key: str
    value: Any
    problem: Sentence


class WrongRequest(ExpertPoolError):
    """The request can't be asked; `faults` says why, one for each key."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(N_("The request has %(count)s faults."), count=len(faults))
        self.faults = tuple(faults)


@dataclass(frozen=True)
class Asked:
    """The question, and what the request called its skills (id -> code or name)."""

    title: str
    question: Question
    skill_names: Mapping[int, str]


def read(session: Session, values: Any, *, seed: int) -> Asked:
    """Return what a request asks. Raises `WrongRequest` with every fault."""
    if not isinstance(values, dict):
        raise WrongRequest([Fault("", None, Sentence(N_("A request is one JSON object.")))])
    return _Reader(session, values).asked(seed)


class _Reader:
    """Reads the keys one by one and gathers the faults."""

    def __init__(self, session: Session, values: dict[str, Any]) -> None:
        self.session = session
        self.values = values
        self.faults: list[Fault] = []

    def asked(self, seed: int) -> Asked:
        for name in sorted(self.values.keys() - KEYS):
            self.fault(
                name, None, N_("This key is not known. Known: %(known)s."), known=", ".join(sorted(KEYS))
            )
        title = self.title()
        seats = self.whole("seats", 1, MOST_SEATS, None)
        items = self.items()
        wanted, names = self.skills(seats)
        chosen = self.preset([item.kind for item in items])
        lock, exclude = self.people("lock"), self.people("exclude")
        if lock & exclude:
            self.fault("lock", None, N_("Somebody is locked and excluded."))
        if len(lock) > seats:
            self.fault("lock", len(lock), N_("More people are locked than there are seats."))
        question = Question(
            item_ids=tuple(item.id for item in items),
            preset=chosen,
            seats=seats,
            alternates=self.whole("alternates", 0, MOST_ALTERNATES, 3),
            wanted=wanted,
            slots=self.slots(),
            lock=lock,
            exclude=exclude,
            rules=self.rules(),
            mode=self.mode(),
            seed=seed,
        )
        if self.faults:
            raise WrongRequest(self.faults)
        return Asked(title, question, names)

    def fault(self, key: str, value: Any, message: str, **params: Any) -> None:
        self.faults.append(Fault(key, value, Sentence(message, params)))

    def unknown(self, key: str, known: set[str]) -> None:
        self.fault(key, None, N_("This key is not known. Known: %(known)s."), known=", ".join(sorted(known)))

    def not_whole(self, key: str, value: Any, least: int, most: int) -> None:
        message = N_("Give a whole number from %(least)s to %(most)s.")
        self.fault(key, value, message, least=least, most=most)

    def title(self) -> str:
        title = self.values.get("title")
        if not isinstance(title, str) or not title.strip():
            self.fault("title", title, N_("Give the panel a title."))
        return str(title)

    def whole(self, name: str, least: int, most: int, default: int | None) -> int:
        """Return the number; after a fault the most, so that nothing else is called too much for it."""
        value = self.values.get(name, default)
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            self.fault(
                name, value, N_("Give a whole number from %(least)s to %(most)s."), least=least, most=most
            )
            return most
        return value

    def texts(self, name: str) -> list[str]:
        found = self.values.get(name, [])
        if not isinstance(found, list) or not all(isinstance(each, str) and each.strip() for each in found):
            self.fault(name, found, N_("Give a list of texts."))
            return []
        return list(dict.fromkeys(each.strip() for each in found))

    def items(self) -> list[Item]:
        numbers = self.texts("items")
        if not numbers and not any(fault.key == "items" for fault in self.faults):
            self.fault("items", None, N_("Say what is reviewed: name at least one item."))
        query = sa.select(Item).where(Item.number.in_(numbers), Item.retired_at.is_(None))
        found = {item.number: item for item in self.session.scalars(query)}
        for place, number in enumerate(numbers, 1):
            if number not in found:
                self.fault(f"items.{place}", number, N_("There is no such item. Import it first."))
        return [found[number] for number in numbers if number in found]

    def preset(self, kinds: Sequence[str | None]) -> Preset:
        slug = self.values.get("preset")
        try:
            if slug is None:
                return self.office_preset(presets_service.default_slug(self.session, kinds))
            return self.office_preset(str(slug))
        except ExpertPoolError as error:
            self.faults.append(Fault("preset", slug, error.sentence))
            return preset.shipped(preset.GENERAL)

    def office_preset(self, slug: str) -> Preset:
        """Return the office's version of a preset, else the one that ships."""
        version = presets_service.find_current(self.session, slug)
        return presets_service.rules(version) if version else preset.shipped(slug)

    def skills(self, all_seats: int) -> tuple[dict[int, int], dict[int, str]]:
        found = self.values.get("skills", [])
        if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
            self.fault("skills", None, N_('Give a list such as [{"code": "ICS:25.040", "seats": 2}].'))
            return {}, {}
        wanted: dict[int, int] = {}
        names: dict[int, str] = {}
        for place, each in enumerate(found, 1):
            skill, name = self.skill(f"skills.{place}", each)
            seats = each.get("seats", 1)
            if isinstance(seats, bool) or not isinstance(seats, int) or not 1 <= seats <= all_seats:
                self.not_whole(f"skills.{place}.seats", seats, 1, all_seats)
            elif skill is not None:
                wanted[skill], names[skill] = max(seats, wanted.get(skill, 0)), name
        return wanted, names

    def skill(self, key: str, values: dict[str, Any]) -> tuple[int | None, str]:
        for other in sorted(values.keys() - {"code", "name", "seats"}):
            self.unknown(f"{key}.{other}", {"code", "name", "seats"})
        code = values.get("code")
        name = code or values.get("name")
        if not isinstance(name, str) or not name.strip():
            self.fault(key, None, N_('A skill has a "code" or a "name".'))
            return None, ""
        found = resolve(self.session, [] if code else [name], [name] if code else [])
        if name not in found:
            self.fault(
                key, name, N_("There is no such skill. Give a code such as ICS:25.040, or a name in use.")
            )
        return found.get(name), str(name)

    def slots(self) -> tuple[tuple[datetime, datetime], ...]:
        found = self.values.get("candidate_slots", [])
        if not isinstance(found, list) or len(found) > MOST_SLOTS:
            self.fault("candidate_slots", None, N_("Give a list of at most %(most)s dates."), most=MOST_SLOTS)
            return ()
        slots = {self.slot(f"candidate_slots.{place}", each): None for place, each in enumerate(found, 1)}
        return tuple(sorted(slot for slot in slots if slot is not None))

    def slot(self, key: str, values: Any) -> tuple[datetime, datetime] | None:
        if not isinstance(values, dict):
            self.fault(key, values, N_('A date is {"start": ..., "end": ...}.'))
            return None
        start, end = (
            self.moment(f"{key}.start", values.get("start")),
            self.moment(f"{key}.end", values.get("end")),
        )
        if start is None or end is None:
            return None
        if start >= end:
            self.fault(key, values.get("end"), N_("A meeting ends after it starts."))
            return None
        return start, end

    def moment(self, key: str, value: Any) -> datetime | None:
        try:
            found = datetime.fromisoformat(value)
        except (TypeError, ValueError):
            found = None
        if found is None or found.tzinfo is None:
            self.fault(key, value, N_("Give a moment with its zone, such as 2026-12-03T09:00+08:00."))
            return None
        return found

    def people(self, name: str) -> frozenset[int]:
        numbers = self.texts(name)
        query = sa.select(Person.number, EmailAddress.address, Person.id, Person.status).outerjoin(
            EmailAddress, EmailAddress.person_id == Person.id
        )
        named = sa.or_(
            Person.number.in_(numbers), EmailAddress.address.in_([each.lower() for each in numbers])
        )
        rows = self.session.execute(query.where(named, Person.merged_into_id.is_(None))).all()
        known = {row[0]: row for row in rows} | {row[1]: row for row in rows if row[1]}
        for place, number in enumerate(numbers, 1):
            row = known.get(number) or known.get(number.lower())
            if row is None:
                self.fault(f"{name}.{place}", number, N_("There is no such expert."))
            elif name == "lock" and row[3] is not Status.ACTIVE:
                self.fault(f"{name}.{place}", number, N_("This expert does not take part at present."))
        return frozenset(row[2] for each in numbers if (row := known.get(each) or known.get(each.lower())))

    def rules(self) -> dict[str, Any]:
        rules = self.values.get("rules", {})
        if not isinstance(rules, dict):
            self.fault("rules", rules, N_('Give an object such as {"odd": true}.'))
            return {}
        found = overrides.faults(rules)
        self.faults += [Fault("rules", None, each) for each in found]
        return {} if found else overrides.checked(rules)

    def mode(self) -> Mode:
        value = self.values.get("mode", Mode.BEST.value)
        if value not in {mode.value for mode in Mode}:
            self.fault("mode", value, N_("Give one of: %(known)s."), known=", ".join(Mode))
            return Mode.BEST
        return Mode(value)
