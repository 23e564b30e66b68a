"""What is wrong with a cell, in words: the problem and its remedy."""

from __future__ import annotations

from dataclasses import dataclass

from expertpool.errors import Sentence


@dataclass(frozen=True)
class Fault:
    """Why a row is refused. `column` is the header as the file spells it."""

    column: str
    value: str
    problem: Sentence
    remedy: Sentence


class Unreadable(Exception):
    """A cell can't be read as what its column holds."""

    def __init__(self, problem: Sentence, remedy: Sentence) -> None:
        self.problem = problem
        self.remedy = remedy
        super().__init__(str(problem))
