"""Names of people: how they are compared, sorted and read aloud."""

from __future__ import annotations

import re
import unicodedata

from expertpool.organisations.reading import LONGEST, reading, words
from expertpool.people.surnames import COMPOUND, READINGS

HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u3007\U00020000-\U000323af]")
_DOTS = str.maketrans("•‧∙⋅・･．", "·······")


def name_key(name: str) -> str:
    """Return a name as compared: NFKC, no white space of any width, casefolded, one kind of middle dot."""
    plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).translate(_DOTS).casefold())
    return "".join(char for char in plain if not char.isspace() and unicodedata.category(char) != "Cf")


def pinyin_key(name: str) -> str:
    """Return the sort key of a name: syllables with spaces, surname readings applied.

    A Latin name gives its words in lower case without accents. `曾一诺` is `zeng yi nuo`.
    """
    return " ".join(syllables(name))[:LONGEST]


def initials(name: str) -> str:
    """Return the first letter of each syllable or word: `oyc` for 欧阳澈."""
    return "".join(syllable[0] for syllable in syllables(name))


def syllables(name: str) -> list[str]:
    """Return the syllables of a name in lower-case letters and figures; ü is written v."""
    surname, given = split(name)
    first = COMPOUND.get(surname, READINGS.get(surname))
    return words(" ".join([first or reading(surname), reading(given)]))


def split(name: str) -> tuple[str, str]:
    """Return surname and given name of a Chinese name; of any other name, nothing and the whole."""
    text = unicodedata.normalize("NFKC", name).strip()
    plain = "".join(text.split())
    if not plain or not HAN.match(plain) or "·" in plain.translate(_DOTS):
        return "", text
    length = 2 if plain[:2] in COMPOUND and len(plain) > 2 else 1
    return plain[:length], plain[length:]


def romanised(name: str) -> str:
    """Return a Chinese name in Latin letters, surname first: `Ouyang Che`; other names unchanged."""
    surname, given = split(name)
    if not surname:
        return name
    whole = syllables(name)
    parts = whole[: len(surname)], whole[len(surname) :]
    return " ".join("".join(part).capitalize() for part in parts if part) if given else name
