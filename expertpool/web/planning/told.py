"""What the engine answers, in the words of the office: names instead of ids, sentences instead of codes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from itertools import chain
from typing import Any

from flask_babel import gettext, ngettext

from expertpool.errors import Sentence
from expertpool.planning.composition import Composed
from expertpool.planning.keys import number_of, person_key
from expertpool.planning.models import CohortLesson
from expertpool.planning.periods import text_of
from expertpool.planning.rows import sharing_of, title_of
from expertpool.timetabling.plans.problem import Placement
from expertpool.timetabling.plans.result import OF_ROOMS, OF_TEACHERS, Breach, Easing, Reason, Rule, Unplaced
from expertpool.training.models import Cohort
from expertpool.web.kit import dates
from expertpool.web.planning.wording import BARRIERS, BREACHES, EASINGS, SPACED, language_name
from expertpool.web.training.wording import run_title

NEW = "+"
"""How the engine names a room or teacher more than there are."""
CLOCKS = ("start", "end")


class Told:
    """Puts the answers for one timetable into the reader's language."""

    def __init__(self, composed: Composed) -> None:
        self._composed = composed
        self._groups = {**composed.cohorts, **composed.joining}

    def lesson(self, key: str) -> str:
        """Return what a lesson is called, with its cohort."""
        row = self.row(key)
        if row is None:
            return ""
        title, cohort = title_of(row), self.cohort(self._composed.cohorts[row.cohort_id])
        return str(gettext("%(lesson)s (%(cohort)s)", lesson=title, cohort=cohort))

    def row(self, key: str) -> CohortLesson | None:
        """Return the lesson to place that a key of the problem stands for."""
        return self._composed.rows.get(number_of(key)) if key else None

    def cohort(self, cohort: Cohort) -> str:
        """Return what a cohort is called."""
        return run_title(cohort.course, cohort)

    def sharing(self, row: CohortLesson) -> str:
        """Return the cohorts and people who share a lesson with its own cohort; empty for none."""
        shared = sharing_of(row)
        numbers = [self._groups[each].number for each in shared.joint_ids if each in self._groups]
        people = [self._composed.names[each] for each in shared.guest_ids]
        return str(gettext(", ")).join(numbers + people)

    def company(self, row: CohortLesson, here: int) -> str:
        """Return who shares a lesson with the cohort of the id `here`; empty for nobody."""
        shared = sharing_of(row)
        others = [
            each for each in (row.cohort_id, *shared.joint_ids) if each in self._groups and each != here
        ]
        parts = []
        if others:
            numbers = gettext(", ").join(self._groups[each].number for each in others)
            parts.append(gettext("jointly with %(cohorts)s", cohorts=numbers))
        if shared.guest_ids:
            names = gettext(", ").join(self._composed.names[each] for each in shared.guest_ids)
            parts.append(gettext("guests: %(names)s", names=names))
        return str(gettext("; ").join(parts))

    def room(self, key: str | None) -> str:
        """Return the name of a room."""
        if key == NEW:
            return str(gettext("one more room"))
        room = self._composed.rooms.get(number_of(key)) if key else None
        return room.name if room else str(gettext("no room"))

    def person(self, key: str | None) -> str:
        """Return the name of a teacher or trainee."""
        if key == NEW:
            return str(gettext("somebody new"))
        return self._composed.names.get(number_of(key), "") if key else str(gettext("nobody"))

    def teacher(self, key: str) -> str:
        """Return the name of a teacher to choose; of an expert of the pool with their lessons ahead."""
        fits = chain.from_iterable(self._composed.fits.values())
        fit = next((each for each in fits if person_key(each.person_id) == key), None)
        if fit is None:
            return self.person(key)
        lessons = ngettext("%(num)s lesson ahead", "%(num)s lessons ahead", fit.lessons)
        return str(gettext("%(name)s (%(lessons)s)", name=fit.name, lessons=lessons))

    def group(self, key: str) -> str:
        """Return the name of a cohort or trainee."""
        cohort = self._groups.get(number_of(key)) if key.startswith("c") else None
        return self.cohort(cohort) if cohort else self.person(key)

    def place(self, placement: Placement) -> str:
        """Return when a placement is, in a sentence."""
        return f"{dates.weekday(placement.day)} {text_of(placement.start)}"

    def breach(self, breach: Breach) -> str:
        """Return what is broken, as half a sentence about its lesson."""
        if breach.rule is Rule.TEACHER and breach.params.get("teacher"):
            return str(gettext("%(teacher)s may not teach it", **self._values(breach.params)))
        if breach.rule is Rule.DAY and breach.params.get("kind") == "holiday":
            return str(gettext("%(day)s is a holiday", **self._values(breach.params)))
        if breach.rule is Rule.ORDER:
            return self._order(breach.params)
        return self._filled(BREACHES[breach.rule], breach.params)

    def _order(self, params: Mapping[str, Any]) -> str:
        """Return that two lessons are the wrong way round, too near or too far apart."""
        kind = "most" if "most" in params else "least"
        apart = params["days"] >= 0 and (kind == "most" or params["least"] > 0)
        return self._filled(SPACED[kind] if apart else BREACHES[Rule.ORDER], params)

    def other(self, breach: Breach) -> str:
        """Return the other lesson of a breach between two, which the engine tells of one of them."""
        keys = (breach.params.get("other"), breach.params.get("before"), breach.params.get("after"))
        return next((str(key) for key in keys if key and key != breach.lesson), "")

    def reason(self, reason: Reason) -> str:
        """Return what bars places."""
        params = dict(reason.params)
        if reason.rule is Rule.SEATS and "needed" in params:
            params["short"] = int(str(params["needed"])) - int(str(params["seats"]))
        return self._filled(BARRIERS[reason.rule], params)

    def counted(self, reason: Reason) -> str:
        """Return how many places it bars, or how many rooms or teachers will not do."""
        if reason.rule in OF_ROOMS:
            return str(ngettext("%(num)s room", "%(num)s rooms", reason.places))
        if reason.rule in OF_TEACHERS:
            return str(ngettext("%(num)s teacher", "%(num)s teachers", reason.places))
        return str(ngettext("%(num)s place", "%(num)s places", reason.places))

    def easing(self, easing: Easing) -> str:
        """Return what would let a lesson in, and where it then stands."""
        placement = easing.placement
        values: dict[str, Any] = {
            "teacher": self.person(placement.teacher),
            "room": self.room(placement.room),
            "subject": self._subject(easing.subject),
            "was": self._value("was", easing.was),
            "to": self._value("language" if easing.rule is Rule.LANGUAGE else "to", easing.to),
        }
        return str(EASINGS[easing.rule]) % values

    def spot(self, placement: Placement) -> str:
        """Return where a placement is: time, room, teacher."""
        parts = [self.place(placement)]
        if placement.room:
            parts.append(self.room(placement.room))
        if placement.teacher:
            parts.append(self.person(placement.teacher))
        return str(gettext(", ")).join(parts)

    def unplaced(self, unplaced: Unplaced) -> dict[str, Any]:
        """Return why a lesson has no place, and what would help."""
        return {
            "reasons": [(self.reason(each), self.counted(each)) for each in unplaced.reasons[:4]],
            "easings": [self.easing(each) for each in unplaced.easings],
            "spot": self.spot(unplaced.easings[0].placement) if unplaced.easings else "",
            "placement": unplaced.easings[0].placement if unplaced.easings else None,
        }

    def booking(self, what: str) -> str:
        """Return what a busy time is for."""
        found = self._composed.bookings.get(what)
        if isinstance(found, Sentence):
            return found.translated(gettext)
        return found or str(gettext("away"))

    def _subject(self, key: str) -> str:
        if ">" in key:
            return str(gettext(", ")).join(map(self._quoted, key.split(">")))
        if key.startswith("l"):
            return self._quoted(key)
        if key.startswith("r"):
            return self.room(key)
        return self.group(key) if key else str(gettext("somebody new"))

    def title(self, key: str) -> str:
        """Return what a lesson is called, by itself."""
        row = self.row(key)
        return title_of(row) if row else key

    def _quoted(self, key: str) -> str:
        return str(gettext("“%(lesson)s”", lesson=self.title(key)))

    def _filled(self, sentence: Any, params: Mapping[str, Any]) -> str:
        return str(sentence) % _Gaps(self._values(params))

    def _values(self, params: Mapping[str, Any]) -> dict[str, str]:
        return {name: self._value(name, value) for name, value in params.items()}

    def _value(self, name: str, value: Any) -> str:
        if name in CLOCKS:
            return text_of(int(value))
        if name == "language":
            return language_name(str(value))
        if name == "teacher":
            return self.person(value)
        if name == "room":
            return self.room(value)
        if name == "group":
            return self.group(value)
        if name in ("other", "before", "after"):
            row = self.row(value)
            return title_of(row) if row else ""
        if name == "what":
            return self.booking(value)
        if isinstance(value, date):
            return dates.weekday(value)
        if name == "day" and isinstance(value, str):
            return dates.weekday(date.fromisoformat(value))
        return "" if value is None else str(value)


class _Gaps(dict[str, str]):
    """Values whose absence shows as a dash."""

    def __missing__(self, _name: str) -> str:
        return "–"
