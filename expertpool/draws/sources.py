"""What sources reported, in the canonical form of RFC 3797, section 4."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from expertpool.errors import N_, Invalid

NUMBER = re.compile(r"[0-9]+(\.[0-9]*)?|\.[0-9]+", re.ASCII)


def key(reported: Iterable[str]) -> str:
    """Return the key of what the sources reported, in their published order, such as "9319./2.5.8./"."""
    return "".join(canonical(each) for each in reported)


def canonical(reported: str) -> str:
    """Return one source's canonical form: its sorted numbers, or its text, and a slash.

    A whole number is written without leading zeros and ends in a period; a real number has its period
    between the two parts, no trailing zeros, and 0 for an empty whole part. The smallest comes first.
    Text without any separate number becomes upper-case letters A to Z and digits, which end in a period.
    Raises Invalid for what is neither.
    """
    words = reported.split()
    if words and all(NUMBER.fullmatch(word) for word in words):
        return "".join(sorted((decimal(word) for word in words), key=_size)) + "/"
    odd = [word for word in words if not NUMBER.fullmatch(word)]
    letters = any(character.isalpha() for character in reported)
    if not letters or len(odd) < len(words):
        raise Invalid(N_("“%(value)s” is no number."), value=" ".join(odd[:1]))
    return f"{_text(reported)}./"


def is_text(reported: str) -> bool:
    """Tell whether a source reported text, which RFC 3797 strongly advises against."""
    return any(character.isalpha() for character in reported)


def decimal(word: str) -> str:
    """Return a number in canonical form: "007" is "7.", "2.50" is "2.5", ".5" is "0.5"."""
    whole, _, fraction = word.partition(".")
    return f"{whole.lstrip('0') or '0'}.{fraction.rstrip('0')}"


def _size(number: str) -> tuple[int, str, str]:
    """Return what puts canonical numbers of any length into numeric order."""
    whole, _, fraction = number.partition(".")
    return len(whole), whole, fraction


def _text(reported: str) -> str:
    plain = unicodedata.normalize("NFKD", reported).upper()
    kept = [character for character in plain if character.isalnum()]
    for character in kept:
        if not character.isascii():
            raise Invalid(N_("“%(value)s” is no letter from A to Z."), value=character)
    return "".join(kept)
