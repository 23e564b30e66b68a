"""The files of the command: CSV without a header, ids and numbers."""

from __future__ import annotations

import csv
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from itertools import islice
from math import isfinite
from typing import TypeVar

from expertpool.errors import N_, Sentence
from expertpool.matching.rounds.problem import Pair

T = TypeVar("T", int, float)
MOST = 20
"""So many faults of one file are told."""
LOCK, BAN = 1, -1


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in a row (from 1)."""

    row: int
    value: str
    problem: Sentence


class Unreadable(Exception):
    """A file has faults."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__(f"{len(faults)} faults")
        self.faults = faults


def scores(text: str) -> dict[Pair, float]:
    """Return the scores by (item, reviewer) of rows `item,reviewer,score`."""
    return _pairs(text, _score)


def constraints(text: str) -> tuple[set[Pair], set[Pair]]:
    """Return the banned (-1) and the locked (1) pairs of rows `item,reviewer,value`, and leave out those with
    0.
    """
    values = _pairs(text, _constraint)
    return _with(values, BAN), _with(values, LOCK)


def loads(text: str) -> dict[str, int]:
    """Return the highest load of each reviewer of rows `reviewer,load`."""
    faults: list[Fault] = []
    found: dict[str, int] = {}
    for row, cells in _rows(text, 2, faults):
        number = _number(row, cells[1], _load, faults)
        if cells[0] in found:
            faults.append(Fault(row, cells[0], Sentence(N_("this reviewer stands in the file twice."))))
        elif number is not None:
            found[cells[0]] = number
    return _faultless(found, faults)


def couples(text: str) -> list[Pair]:
    """Return the pairs of reviewers of rows `reviewer,reviewer`, each once and in order."""
    faults: list[Fault] = []
    found: set[Pair] = set()
    for row, (one, other) in _rows(text, 2, faults):
        if one == other:
            faults.append(Fault(row, one, Sentence(N_("nobody can be kept apart from oneself."))))
        found.add((min(one, other), max(one, other)))
    return sorted(_faultless(found, faults))


def groups(text: str) -> dict[str, list[str]]:
    """Return the reviewers of each group (an employer, a region) of rows `reviewer,group`."""
    faults: list[Fault] = []
    found: dict[str, list[str]] = {}
    for _, (reviewer, group) in _rows(text, 2, faults):
        found.setdefault(group, []).append(reviewer)
    return _faultless(found, faults)


def weighted(files: list[tuple[dict[Pair, float], float]]) -> dict[Pair, float]:
    """Return the weighted sum of score files; a pair that one leaves out scores 0 there."""
    if len(files) == 1 and files[0][1] == 1:
        return files[0][0]
    found: dict[Pair, float] = {}
    for values, weight in files:
        for pair, score in values.items():
            found[pair] = found.get(pair, 0.0) + weight * score
    return found


def _with(values: dict[Pair, int], value: int) -> set[Pair]:
    return {pair for pair, each in values.items() if each == value}


def _pairs(text: str, convert: Callable[[str], T]) -> dict[Pair, T]:
    faults: list[Fault] = []
    found: dict[Pair, T] = {}
    known: dict[str, str] = {}
    for row, (item, reviewer, cell) in _rows(text, 3, faults):
        number = _number(row, cell, convert, faults)
        pair = known.setdefault(item, item), known.setdefault(reviewer, reviewer)
        if pair in found:
            value = f"{item},{reviewer}"
            faults.append(Fault(row, value, Sentence(N_("this pair stands in the file twice."))))
        elif number is not None:
            found[pair] = number
    return _faultless(found, faults)


def _rows(text: str, width: int, faults: list[Fault]) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows with their numbers; blank ones are passed over, others of a wrong width are faults."""
    reader = csv.reader(text.splitlines())
    for cells in reader:
        stripped = [cell.strip() for cell in cells]
        if not any(stripped):
            continue
        if len(stripped) == width and all(stripped[: min(width, 2)]):
            yield reader.line_num, stripped
        else:
            problem = Sentence(N_("write %(count)s cells in a row, none empty."), {"count": width})
            faults.append(Fault(reader.line_num, ",".join(cells), problem))


def _number(row: int, cell: str, convert: Callable[[str], T], faults: list[Fault]) -> T | None:
    try:
        return convert(cell)
    except ValueError as error:
        faults.append(Fault(row, cell, Sentence(str(error))))
        return None


def _score(cell: str) -> float:
    problem = N_("a score is a number.")
    try:
        value = float(cell)
    except ValueError:
        raise ValueError(problem) from None
    if not isfinite(value) or "_" in cell:
        raise ValueError(problem)
    return value


def _constraint(cell: str) -> int:
    if cell in CONSTRAINTS:
        return CONSTRAINTS[cell]
    raise ValueError(N_("a constraint is -1 (forbidden), 1 (locked) or 0."))


CONSTRAINTS = {"-1": BAN, "-1.0": BAN, "0": 0, "0.0": 0, "1": LOCK, "1.0": LOCK}


def _load(cell: str) -> int:
    if cell.isascii() and cell.isdigit() and len(cell) < 10:
        return int(cell)
    raise ValueError(N_("a load is a whole number, 0 or more."))


C = TypeVar("C", bound=Collection[object])


def _faultless(found: C, faults: list[Fault]) -> C:
    if faults:
        raise Unreadable(list(islice(faults, MOST)))
    return found
