"""Errors of the field, and the sentences that explain them to people.

A sentence is written once, in English, where the fact is known, marked with `N_` for the
translators, with named parameters. Doors (web, api, cli) translate it with `Sentence.translated`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


def N_(message: str) -> str:  # noqa: N802  (gettext's customary name; pybabel extracts it)
    """Mark an English message for translation and return it unchanged."""
    return message


@dataclass(frozen=True)
class Sentence:
    """An English message with `%(name)s` places, and the values that fill them."""

    message: str
    params: dict[str, Any] = field(default_factory=dict)

    def translated(self, gettext: Callable[[str], str]) -> str:
        """Return the sentence in the language of `gettext`, with its places filled."""
        text = gettext(self.message)
        values = {
            name: value.translated(gettext) if isinstance(value, Sentence) else value
            for name, value in self.params.items()
        }
        return text % values if values else text

    def __str__(self) -> str:
        return self.translated(lambda message: message)


class ExpertPoolError(Exception):
    """Base of all errors that a person may be shown.

    Give the English message, marked with `N_`, and the values for its `%(name)s` places.
    """

    def __init__(self, message: str, /, **params: Any) -> None:
        self.sentence = Sentence(message, params)
        super().__init__(message)

    def __str__(self) -> str:
        return str(self.sentence)


class Invalid(ExpertPoolError):
    """A value breaks a rule. `field` names the form field that it belongs to, if any."""

    def __init__(self, message: str, /, *, field: str | None = None, **params: Any) -> None:
        super().__init__(message, **params)
        self.field = field


class NotFound(ExpertPoolError):
    """What was asked for does not exist, or not for this actor."""


class Forbidden(ExpertPoolError):
    """The actor may not do this."""


class Stale(ExpertPoolError):
    """Somebody else saved the record since this actor read it."""


class Misconfigured(ExpertPoolError):
    """A setting is wrong; the sentence names the setting, the value and the remedy."""
