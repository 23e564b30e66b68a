"""The choices of the office: which there are, what they may be, what they are now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.audit.service import record
from expertpool.errors import N_, Invalid, Stale
from expertpool.events import Actor
from expertpool.settings.events import ChoiceChanged
from expertpool.settings.models import Choice


@dataclass(frozen=True)
class Definition:
    """One choice: its key, default, label, and bounds (of a number, or of the length of a text)."""

    key: str
    default: str | int | bool
    label: str
    least: int = 0
    most: int = 10_000
    choices: tuple[str, ...] = ()
    """Values that a text may have; empty for any."""

    def checked(self, value: Any) -> str | int | bool:
        """Return `value` if it may be chosen; raises `Invalid` at the field of the key."""
        kind = type(self.default)
        if type(value) is not kind or (self.choices and value not in self.choices):
            raise Invalid(N_("“%(value)s” may not be chosen here."), field=self.key, value=value)
        size = len(value) if isinstance(value, str) else int(value)
        if not isinstance(value, bool) and not self.least <= size <= self.most:
            message = N_("Give a number from %(least)s to %(most)s.")
            if isinstance(value, str):
                message = N_("Give %(least)s to %(most)s characters.")
            raise Invalid(message, field=self.key, least=self.least, most=self.most)
        chosen: str | int | bool = value
        return chosen


CHOICES: dict[str, Definition] = {
    each.key: each
    for each in (
        Definition("office.name", "标准化专家库", N_("Name of the office"), least=1, most=80),
        Definition("office.contact", "", N_("How to reach the office, shown in mails"), most=200),
        Definition("invitations.days_to_answer", 3, N_("Days to answer an invitation"), least=1, most=60),
        Definition("invitations.remind_after_days", 2, N_("Days until the first reminder"), least=1, most=30),
        Definition("training.hour_minutes", 45, N_("Minutes of one class hour"), least=30, most=60),
        Definition("training.hours_a_year", 90, N_("Hours of continuing education a year"), most=400),
    )
}


def value_of(session: Session, key: str) -> str | int | bool:
    """Return what a choice is now. An unknown key is a KeyError."""
    default = CHOICES[key].default
    stored = session.get(Choice, key)
    return default if stored is None else stored.value


def values(session: Session) -> dict[str, str | int | bool]:
    """Return all choices as they are now."""
    stored = {choice.key: choice.value for choice in session.scalars(sa.select(Choice))}
    return {key: stored.get(key, definition.default) for key, definition in CHOICES.items()}


def versions(session: Session) -> dict[str, int]:
    """Return the version of each choice, 0 for one never changed: a form keeps and hands them back."""
    stored = {choice.key: choice.version for choice in session.scalars(sa.select(Choice))}
    return {key: stored.get(key, 0) for key in CHOICES}


def choose(
    session: Session,
    wanted: Mapping[str, Any],
    *,
    read: Mapping[str, int] | None = None,
    actor: Actor,
    now: datetime,
) -> None:
    """Set choices; only those that differ are written and audited.

    `read` holds the versions that the actor saw: raises `Stale` when somebody changed one meanwhile.
    """
    checked = {key: CHOICES[key].checked(value) for key, value in wanted.items()}
    seen = versions(session)
    for key, value in checked.items():
        before = value_of(session, key)
        if before == value:
            continue
        if read is not None and read.get(key, 0) != seen[key]:
            raise Stale(N_("Somebody else changed these settings. Look at them again."))
        stored = session.get(Choice, key) or Choice(key=key)
        stored.value = value
        session.add(stored)
        record(session, ChoiceChanged(0, key=key, before=before, after=value), actor=actor, now=now)
    session.flush()
