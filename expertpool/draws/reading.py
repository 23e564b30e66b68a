"""Pool and source files of the command line: one name a line, one source a line."""

from __future__ import annotations

import re
from dataclasses import dataclass

from expertpool.draws import entropy, sources
from expertpool.draws.announcing import Source
from expertpool.draws.plan import Candidate
from expertpool.draws.record import Report
from expertpool.errors import N_, Invalid, Sentence

WRITE_A_SOURCE = N_(
    "Write numbers like 12 or 3.5, without signs or separators and with spaces between them, "
    "or text from A to Z alone."
)


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a line; `row` counts from 1."""

    row: int
    value: str
    problem: Sentence
    remedy: Sentence


class Unreadable(Invalid):
    """A file has wrong lines."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(N_("%(count)s lines are wrong."), count=len(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Reported:
    """The sources of a file and what each reported."""

    sources: tuple[Source, ...]
    reports: tuple[Report, ...]


def read_pool(text: str) -> tuple[Candidate, ...]:
    """Read a pool: a name a line, numbered in this order; blank lines don't count.

    White space around a name doesn't count. Raises Unreadable when a name comes twice, however it is spaced.
    """
    seen: dict[str, int] = {}
    problems = []
    for row, line in _lines(text):
        spaced = " ".join(line.split())
        if spaced in seen:
            problems.append(_twice(row, line.strip(), seen[spaced]))
        seen.setdefault(spaced, row)
    if problems:
        raise Unreadable(problems)
    return tuple(Candidate(line.strip()) for _, line in _lines(text))


def read_sources(text: str) -> Reported:
    """Read sources: one a line, in their published order. Raises Unreadable for lines that are none.

    What follows "#" describes the source, with its range in brackets: "9 18 26  # lottery [3 of 1-49]".
    Blank lines and lines of a description alone don't count.
    """
    read, problems = [], []
    for row, line in _lines(text):
        reported, _, description = (part.strip() for part in line.partition("#"))
        if not reported:
            continue
        try:
            read.append((_source(description, reported), Report(" ".join(reported.split()))))
        except Invalid as error:
            remedy = WRITE_A_RANGE if error.field == "range" else WRITE_A_SOURCE
            problems.append(Problem(row, reported, error.sentence, Sentence(remedy)))
    if problems:
        raise Unreadable(problems)
    return Reported(tuple(source for source, _ in read), tuple(report for _, report in read))


WRITE_A_RANGE = N_(
    "Write the range as [1-49], [6 of 1-33] or [5 x 0-9], and what the source reported inside it."
)


def _source(description: str, reported: str) -> Source:
    sources.canonical(reported)
    match = re.search(r"\[([^\]]*)\]", description)
    range_ = match[1].strip() if match else ""
    try:
        possible = not range_ or entropy.parse_range(range_).holds(reported)
    except Invalid as error:
        raise Invalid(error.sentence.message, field="range", **error.sentence.params) from error
    if not possible:
        raise Invalid(
            N_("“%(value)s” is not in the range %(range)s."), field="range", value=reported, range=range_
        )
    return Source(description, range=range_)


def _twice(row: int, name: str, first: int) -> Problem:
    return Problem(
        row,
        name,
        Sentence(N_("this name is in the pool already, in row %(row)s."), {"row": first}),
        Sentence(N_("Keep one, or tell two people apart, for instance by their employers.")),
    )


def _lines(text: str) -> list[tuple[int, str]]:
    rows = enumerate(re.split(r"\r\n|\r|\n", text), start=1)
    return [(row, line) for row, line in rows if line.strip()]
