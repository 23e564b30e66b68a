"""Text as counted terms.

English: stems (Porter 2) and pairs of neighbours. Chinese: characters and pairs of neighbours, which need no
dictionary; in search they come near to cut words (Nie, Gao, Zhang, Zhou, IRAL 2000). Function words and
characters say nothing of a field.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from functools import lru_cache
from itertools import pairwise

import snowballstemmer

HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
RUN = re.compile(rf"[{HAN}]+|(?:(?![{HAN}])[^\W_])+[+#]*|\n")
"""A run of Chinese, a word of another script (C++ and C# keep their signs), or the end of a line."""
IS_HAN = re.compile(rf"[{HAN}]")
FUNCTION_WORDS = """
a about above after again against all also although am among an and any are as at be because been
before being below between both but by can could did do does doing down during each either et etc
few for from further had has have having he hence her here hers him his how however i if in into is
it its itself just many may me might more most much must my neither no nor not of off often on once
only or other our ours out over own per same she should since so some such than that the their them
then there therefore these they this those through thus to too toward towards under until up upon us
very via was we were what when where whereas whether which while who whom whose why will with within
without would yet you your
"""
ENGLISH = frozenset(FUNCTION_WORDS.split())
CHINESE = frozenset("的了和与及或在是为对等其并以于之而则但也且由从被把将所这那该此各即若如因")

stemmer = snowballstemmer.stemmer("english")


def terms(text: str) -> Counter[str]:
    """Return how often each term stands in `text`; wide letters, case and inflection make no difference."""
    found: list[str] = []
    before = ""
    for run in RUN.findall(unicodedata.normalize("NFKC", text).casefold()):
        if not run.isascii() and IS_HAN.match(run):
            found += _of_chinese(run)
            before = ""
        elif run == "\n" or run in ENGLISH:
            before = ""
        else:
            stem = stem_of(run)
            found.append(stem)
            if before:
                found.append(f"{before} {stem}")
            before = stem
    return Counter(found)


def _of_chinese(run: str) -> list[str]:
    grams = [*run, *("".join(pair) for pair in pairwise(run))]
    return [gram for gram in grams if not CHINESE.issuperset(gram)]


@lru_cache(maxsize=100_000)
def stem_of(word: str) -> str:
    """Return what inflection leaves of an English word in small letters."""
    stem: str = stemmer.stemWord(word)
    return stem
