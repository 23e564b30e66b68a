"""Skills as counted terms: near skills of a taxonomy share their upper levels."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache

from expertpool.text.words import terms

CODE = re.compile(r"[^:\s]+:[A-Za-z]*[0-9.]*")


def is_code(skill: str) -> bool:
    """Tell whether a skill is a code after its taxonomy, `ICS:25.040`, and no name."""
    return CODE.fullmatch(skill) is not None


def skill_terms(skills: Iterable[str]) -> Counter[str]:
    """Return the levels of codes and the terms of names; a skill named twice counts once.

    >>> sorted(skill_terms(["ICS:25.040"]))
    ['ICS:25', 'ICS:25.040']
    """
    return Counter(term for skill in {each.strip() for each in skills} for term in _terms_of_skill(skill))


@lru_cache(maxsize=10_000)
def _terms_of_skill(skill: str) -> list[str]:
    """Return the levels of a code, or the terms of a name as often as they stand in it."""
    return _levels(skill) if is_code(skill) else list(terms(skill).elements())


def _levels(code: str) -> list[str]:
    """Return a code with those above it: cut at dots, or where it has none, after each digit."""
    taxonomy, _, rest = code.partition(":")
    ends = [match.start() for match in re.finditer(r"\.", rest)] or range(2, len(rest))
    return [f"{taxonomy}:{rest[:end]}" for end in ends] + [code]
