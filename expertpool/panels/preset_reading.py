"""Read a preset's body key by key; each error names the key and what it should be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from fractions import Fraction
from typing import Any, NoReturn, TypeVar

from expertpool.errors import N_, Invalid

Choice = TypeVar("Choice", bound=StrEnum)


@dataclass
class Table:
    """One table of a body, at a dotted path. `done` refuses the keys that nobody asked for."""

    values: Mapping[str, Any]
    path: str = ""
    asked: set[str] = field(default_factory=set)

    def key(self, name: str) -> str:
        """Return the full path of a key: `conflicts.spouse.handling`."""
        return f"{self.path}.{name}" if self.path else name

    def has(self, name: str) -> bool:
        """Tell whether the key is given."""
        return self.values.get(name) is not None

    def text(self, name: str, *, longest: int = 500) -> str:
        """Return a text that is not empty."""
        value = self._get(name)
        if not isinstance(value, str) or not value.strip() or len(value) > longest:
            self.refuse(name, N_("%(key)s must be a text of 1 to %(longest)s characters."), longest=longest)
        return value.strip()

    def integer(self, name: str, lowest: int, highest: int) -> int:
        """Return a whole number within the bounds, inclusive."""
        value = self._get(name)
        if isinstance(value, bool) or not isinstance(value, int) or not lowest <= value <= highest:
            self.refuse(
                name,
                N_("%(key)s must be a whole number from %(lowest)s to %(highest)s, not %(value)s."),
                lowest=lowest,
                highest=highest,
                value=value,
            )
        return value

    def integer_or_none(self, name: str, lowest: int, highest: int) -> int | None:
        """Return a whole number within the bounds, or None when the key is absent."""
        return self.integer(name, lowest, highest) if self._optional(name) else None

    def flag(self, name: str) -> bool:
        """Return true or false; false when the key is absent."""
        value = self._get(name) if self._optional(name) else False
        if not isinstance(value, bool):
            self.refuse(name, N_("%(key)s must be true or false, not %(value)s."), value=value)
        return value

    def choice(self, name: str, choices: type[Choice]) -> Choice:
        """Return a member of an enumeration, given by value."""
        value = self._get(name)
        if not isinstance(value, str) or value not in {choice.value for choice in choices}:
            allowed = ", ".join(choice.value for choice in choices)
            self.refuse(
                name, N_("%(key)s must be one of %(allowed)s, not %(value)s."), allowed=allowed, value=value
            )
        return choices(value)

    def share_or_none(self, name: str) -> Fraction | None:
        """Return a share written as a fraction, `2/3`, or None when the key is absent."""
        if not self._optional(name):
            return None
        value = self._get(name)
        try:
            share = Fraction(value) if isinstance(value, str) and "." not in value else Fraction(-1)
        except (ValueError, ZeroDivisionError):
            share = Fraction(-1)
        if not 0 <= share <= 1:
            self.refuse(name, N_("%(key)s must be a fraction such as 2/3, not %(value)s."), value=value)
        return share

    def day_or_none(self, name: str) -> date | None:
        """Return a day written as 2026-11-22, or None when the key is absent."""
        if not self._optional(name):
            return None
        value = self._get(name)
        if isinstance(value, date) and not isinstance(value, datetime):
            return value
        try:
            return date.fromisoformat(value)
        except (TypeError, ValueError):
            self.refuse(name, N_("%(key)s must be a day such as 2026-11-22, not %(value)s."), value=value)

    def words(self, name: str) -> tuple[str, ...]:
        """Return a list of texts; empty when the key is absent."""
        value = self._get(name) if self._optional(name) else []
        if not isinstance(value, list) or not all(isinstance(word, str) and word for word in value):
            self.refuse(name, N_("%(key)s must be a list of texts."))
        return tuple(value)

    def table(self, name: str) -> Table:
        """Return the table under a key."""
        value = self._get(name)
        if not isinstance(value, Mapping):
            self.refuse(name, N_("%(key)s must be a table."))
        return Table(value, self.key(name))

    def table_or_none(self, name: str) -> Table | None:
        """Return the table under a key, or None when it is absent."""
        return self.table(name) if self._optional(name) else None

    def tables(self, name: str) -> list[Table]:
        """Return the tables of a list under a key; empty when it is absent."""
        value = self._get(name) if self._optional(name) else []
        if not isinstance(value, list) or not all(isinstance(entry, Mapping) for entry in value):
            self.refuse(name, N_("%(key)s must be a list of tables."))
        return [Table(entry, f"{self.key(name)}.{position}") for position, entry in enumerate(value, 1)]

    def done(self) -> None:
        """Refuse keys that are not known here."""
        for name in self.values:
            if name not in self.asked:
                self.refuse(name, N_("%(key)s is not a known key here."))

    def refuse(self, name: str, message: str, **params: Any) -> NoReturn:
        """Raise `Invalid` at a key."""
        raise Invalid(message, field=self.key(name), key=self.key(name), **params)

    def _get(self, name: str) -> Any:
        self.asked.add(name)
        if name not in self.values or self.values[name] is None:
            self.refuse(name, N_("%(key)s is missing."))
        return self.values[name]

    def _optional(self, name: str) -> bool:
        self.asked.add(name)
        return self.has(name)
