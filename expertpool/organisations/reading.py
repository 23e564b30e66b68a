"""How names read aloud, which is how Chinese lists are sorted: the same on both databases."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import filterfalse

LONGEST = 240
"""Letters of a sort key that are kept."""


def pinyin_key(name: str) -> str:
    """Return the sort key of an organisation's name: syllables with spaces, `chong qing da xue`.

    A Latin name gives its words in lower case without accents.
    """
    return " ".join(words(reading(name)))[:LONGEST]


@lru_cache(maxsize=65_536)
def reading(text: str) -> str:
    """Return `text` with pinyin instead of Chinese characters, syllables apart; ü is written v."""
    from pypinyin import lazy_pinyin  # its dictionaries take half a second, and most commands read no name

    return " ".join(lazy_pinyin(text))


def words(text: str) -> list[str]:
    """Return the words of `text` in lower case without accents and marks."""
    return re.findall(r"\w+", without_accents(text.casefold()))


def without_accents(text: str) -> str:
    """Return `text` with combining marks removed: `lü` is `lu`."""
    marked = unicodedata.normalize("NFKD", text)
    return unicodedata.normalize("NFKC", "".join(filterfalse(unicodedata.combining, marked)))
