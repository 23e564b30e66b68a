"""What commands say to people: translated, on standard error, one line a fault."""

from __future__ import annotations

import functools
import gettext
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, NoReturn

import click

import config
from expertpool.errors import N_, Sentence

CATALOGUES = Path(__file__).parent.parent / "translations"
CLICK = (
    N_("Usage:"),
    N_("Options"),
    N_("Commands"),
    N_("Show this message and exit."),
    N_("Show the version and exit."),
    N_("Error: {message}"),
    N_("Try '{command} {option}' for help."),
    N_("No such command {name!r}."),
)
"""Click's own words, which it looks up in our catalogue (see `__main__`)."""


def translated(sentence: Sentence | str) -> str:
    """Return `sentence` in the language of EXPERTPOOL_LOCALE; a str is returned as it is."""
    return sentence if isinstance(sentence, str) else sentence.translated(_gettext(config.locale_of()))


@functools.cache
def _gettext(locale: str) -> Callable[[str], str]:
    found = gettext.translation("messages", CATALOGUES, [locale], fallback=True)
    return lambda message: found.gettext(message) if message else ""


@dataclass(frozen=True)
class Fault:
    """One thing wrong with the input. Rows count from 1, as a spreadsheet does."""

    problem: Sentence
    remedy: Sentence | None = None
    file: str | None = None
    row: int | None = None
    column: str | None = None
    value: str | None = None

    def line(self) -> str:
        """Return the fault in one line: file, row, column, value, problem, remedy."""
        places = [
            self.file,
            translated(Sentence(N_("row %(row)s"), {"row": self.row})) if self.row else None,
            translated(Sentence(N_("column %(column)s"), {"column": self.column})) if self.column else None,
            f"“{self.value}”" if self.value is not None else None,
        ]
        place = ", ".join(part for part in places if part)
        text = " ".join(translated(part) for part in (self.problem, self.remedy) if part)
        return _one_line(f"{place}: {text}" if place else text)


class Failed(click.ClickException):
    """The input is wrong: prints one line a fault on standard error and exits 1."""

    exit_code = 1

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = list(faults)
        super().__init__("\n".join(fault.line() for fault in self.faults))

    def show(self, file: IO[Any] | None = None) -> None:
        click.echo(self.message, file=file or sys.stderr)


def fail(*problems: Fault | Sentence | str, **params: Any) -> NoReturn:
    """End the command with exit code 1 and one line for each problem.

    A str is an English message marked with `N_`; `params` fill its places.
    """
    raise Failed(
        problem if isinstance(problem, Fault) else Fault(_sentence(problem, params)) for problem in problems
    )


def say(message: Sentence | str, /, **params: Any) -> None:
    """Tell what happened, on standard error. A str is an English message marked with `N_`."""
    click.echo(translated(_sentence(message, params)), err=True)


def _sentence(message: Sentence | str, params: dict[str, Any]) -> Sentence:
    return message if isinstance(message, Sentence) else Sentence(message, params)


def _one_line(text: str) -> str:
    return " ".join(text.split())
