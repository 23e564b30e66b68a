"""Which words of an item its experts share, as the item writes them: why somebody is near to it.

Stems are never shown. Neighbours that are shared one after the other are one phrase: of 角接触球轴承 somebody
who wrote of 球轴承 shares 球轴承. A Chinese character alone says too little.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from itertools import pairwise

from expertpool.text.words import ENGLISH, IS_HAN, RUN, stem_of, terms

MOST = 6
BETWEEN_PHRASES = re.compile("[^的了和与及或在是并且而但也之于其为把被将]+")
"""Fewer characters than those that count for nothing: 规则 and 等级 are words."""


@dataclass(frozen=True, slots=True)
class _Word:
    """An English word or a Chinese character of an item: what it counts as, and where it stands."""

    term: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Phrase:
    """What somebody shares: as the item writes it, and its terms, the same for each inflection."""

    written: str
    terms: str
    is_one_word: bool


def shared_words(
    texts: Sequence[str], experts: Sequence[Set[str]], *, most: int = MOST
) -> list[tuple[str, ...]]:
    """Return for each expert, given by the terms of their works (see `terms_of`), words of an item's `texts`.

    Phrases come before single words, what few of these experts share before what many do, then what stands
    first; at most so many, each once, and none that is part of another.
    """
    text = unicodedata.normalize("NFKC", "\n".join(texts))
    runs = list(_runs(text))
    mine = [list(_phrases(text, runs, held)) for held in experts]
    sharers = Counter(terms for phrases in mine for terms in {each.terms for each in phrases})
    return [_chosen(phrases, sharers, most) for phrases in mine]


def terms_of(works: Sequence[str]) -> frozenset[str]:
    """Return the terms that stand anywhere in somebody's works."""
    return frozenset(term for work in works for term in terms(work))


def _runs(text: str) -> Iterator[list[_Word]]:
    """Yield what may be neighbours: English words between function words, characters of a run of Chinese."""
    words: list[_Word] = []
    for match in RUN.finditer(text):
        run = match[0].casefold()
        if IS_HAN.match(run):
            yield words
            for part in BETWEEN_PHRASES.finditer(text, *match.span()):
                yield [_Word(text[at], at, at + 1) for at in range(*part.span())]
            words = []
        elif run == "\n" or run in ENGLISH:
            yield words
            words = []
        else:
            words.append(_Word(stem_of(run), match.start(), match.end()))
    yield words


def _phrases(text: str, runs: list[list[_Word]], held: Set[str]) -> Iterator[_Phrase]:
    """Yield what is shared in the order of the text."""
    for words in filter(None, runs):
        is_chinese = IS_HAN.match(words[0].term) is not None
        joint = "" if is_chinese else " "
        begun = 0
        together = [f"{one.term}{joint}{other.term}" in held for one, other in pairwise(words)]
        for at, goes_on in enumerate((*together, False)):
            if goes_on:
                continue
            phrase, begun = words[begun : at + 1], at + 1
            written = " ".join(text[phrase[0].start : phrase[-1].end].split())
            is_one_word = len(phrase) == 1
            if is_one_word and (is_chinese or phrase[0].term not in held or not _is_telling(written)):
                continue
            yield _Phrase(written, joint.join(word.term for word in phrase), is_one_word)


def _chosen(phrases: list[_Phrase], sharers: Counter[str], most: int) -> tuple[str, ...]:
    chosen: list[_Phrase] = []
    for phrase in sorted(phrases, key=lambda each: (each.is_one_word, sharers[each.terms])):
        if len(chosen) < most and not any(_is_part(phrase.terms, other.terms) for other in chosen):
            chosen.append(phrase)
    return tuple(phrase.written for phrase in chosen)


def _is_telling(word: str) -> bool:
    """Whether a word says something alone: numbers and single letters don't."""
    return len(word) > 1 and not word.isdigit()


def _is_part(terms: str, other: str) -> bool:
    return terms in other if IS_HAN.match(terms) else f" {terms} " in f" {other} "
