"""Cut text into the tokens of the search index, and a query into the tokens it needs.

Chinese gives single characters and pairs, so that any part of a word is found; Latin words are
found by their beginnings. Both databases get the same tokens, so both find the same people.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from expertpool.organisations.reading import without_accents
from expertpool.people import names

MOST_TERMS = 16
"""Terms of a query that count; the rest is ignored."""

_HAN = names.HAN.pattern[1:-1] + r"\u3040-\u30ff\uac00-\ud7af"
_RUN = re.compile(rf"(?P<han>[{_HAN}]+)|(?P<word>(?:(?![{_HAN}])[\w+#.&'’-])+)")
_PIECE = re.compile(r"[^\W\d_]+|\d+")


@dataclass(frozen=True)
class Term:
    """One token that a hit must hold: as it stands, or as the beginning of one."""

    text: str
    is_prefix: bool


def of_text(*texts: str | None) -> set[str]:
    """Return the tokens under which texts are found."""
    return set().union(*(_of_one(text) for text in texts if text))


@lru_cache(maxsize=16_384)
def _of_one(text: str) -> frozenset[str]:
    """Return the tokens of one text; employers and skills come again and again."""
    found: set[str] = set()
    for run, is_han in _runs(text):
        if is_han:
            found.update(run)
            found.update(_pairs(run))
        else:
            word = _word(run)
            pieces = _PIECE.findall(run)
            found.update([word, *pieces, *(piece.lstrip("0") for piece in pieces)])
    return frozenset(_clipped(found))


def of_name(name: str) -> set[str]:
    """Return the tokens of a person's name: as written, in pinyin whole and in parts, by initials."""
    parts = names.syllables(name)
    spellings = [parts]
    if names.HAN.search(name) and any("v" in part for part in parts):
        spellings += [[part.replace("v", letters) for part in parts] for letters in ("u", "yu")]
    found = of_text(name, names.name_key(name))
    for spelling in filter(None, spellings):
        letters = [part[0] for part in spelling]
        found.update("".join(spelling[start:]) for start in range(len(spelling)))
        found.update(["".join(letters), "".join([spelling[0], *letters[1:]])])
    return _clipped(found)


def of_query(text: str) -> list[Term]:
    """Return the terms that a hit of the query must all hold, each once."""
    terms: dict[Term, None] = {}
    for run, is_han in _runs(text):
        if not is_han:
            word = _word(run)
            terms.update({Term(word, True): None} if word else {})
        else:
            terms.update(dict.fromkeys(Term(pair, False) for pair in _pairs(run) or [run]))
    return [Term(term.text[:60], term.is_prefix) for term in terms][:MOST_TERMS]


def _runs(text: str) -> Iterable[tuple[str, bool]]:
    plain = without_accents(unicodedata.normalize("NFKC", text).casefold())
    for match in _RUN.finditer(plain):
        yield match.group(), match.lastgroup == "han"


def _pairs(run: str) -> list[str]:
    return [run[at : at + 2] for at in range(len(run) - 1)]


def _word(run: str) -> str:
    """Return a Latin word without its inner marks, but for the dots of decimal codes and + and #."""
    return re.sub(r"(?<!\d)\.|\.(?!\d)|[&'’_-]", "", run)


def _clipped(found: Iterable[str]) -> set[str]:
    return {token[:60] for token in found if token}
