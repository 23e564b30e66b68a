"""Languages as people write them: English, 英语, 英文, en and en-GB are one.

Names are those of Unicode's CLDR, by way of Babel; a language that it does not know keeps its text.
"""

from __future__ import annotations

import re
from functools import lru_cache

from babel import Locale

COMMON = ("zh", "en", "ja", "ko", "ru", "de", "fr", "es")
"""Also known by their names in themselves."""
MORE = {"汉语": "zh", "华语": "zh", "国语": "zh", "普通话": "zh", "mandarin": "zh"}
"""Names that are not in those tables."""
CODE = re.compile(r"([a-z]{2,3})([-_].*)?")


def normal(text: str) -> str:
    """Return the code of ISO 639 of a language, such as `en`; of an unknown one its text, tidied."""
    tidy = " ".join(text.split())
    key = _key(tidy)
    if key in _codes():
        return _codes()[key]
    code = CODE.fullmatch(key)
    return code[1] if code and code[1] in Locale("en").languages else tidy


def are_same(one: str, other: str) -> bool:
    """Whether two texts mean one language."""
    return normal(one).casefold() == normal(other).casefold()


def name(text: str, locale: str) -> str:
    """Return what a language is called in the language of `locale`; an unknown one as it is written."""
    code = normal(text)
    return str(Locale.parse(locale).languages.get(code, code))


def _key(text: str) -> str:
    """Return a name without white space and case; in Chinese a language is X语 or X文."""
    return re.sub(r"文$", "语", "".join(text.casefold().split()))


@lru_cache(maxsize=1)
def _codes() -> dict[str, str]:
    """Return name -> code, of names in Chinese, in English, and in the common languages themselves."""
    found = {_key(each): code for each, code in MORE.items()}
    for locale in (Locale("zh"), Locale("en")):
        found |= {_key(each): code.partition("_")[0] for code, each in locale.languages.items()}
    return found | {_key(str(Locale(code).get_language_name(code))): code for code in COMMON}
