"""Keys by which names of organisations and people are compared.

`organisation_key` is the strong key: two spellings with one strong key are taken as one
organisation. `organisation_core` also drops legal forms (有限公司, Ltd) and is weaker: equal cores
only make a match possible. `person_key` finds namesakes; a name alone never decides identity.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_IGNORED = re.compile(r"[\W_]+")
_SEAT = re.compile(
    r"[(\[【〔]\s*(?:集团)?(?:总部|本部|总公司|筹|head\s*office|headquarters|hq)\s*[)\]】〕]\s*$"
)
_LEGAL_FORM = re.compile(
    r"(?:集团有限责任公司|有限责任公司|股份有限公司|集团有限公司|有限公司|股份公司|总公司|公司|总部|本部"
    r"|[\s,.](?:incorporated|corporation|limited|company|gmbh|corp|ltd|llc|plc|inc|co|ag|sa))[\s,.]*$"
)
_SHORTEST_CORE = 2


@lru_cache(maxsize=262_144)
def organisation_key(name: str) -> str:
    """Return the strong key: NFKC, lower case, no white space, brackets or marks, no trailing （总部）.

    The words inside other brackets stay: 华为（深圳）有限公司 is 华为深圳有限公司.
    """
    text = unicodedata.normalize("NFKC", name).casefold()
    return _IGNORED.sub("", _SEAT.sub("", text)) or _IGNORED.sub("", text)


@lru_cache(maxsize=262_144)
def organisation_core(name: str) -> str:
    """Return the weak key: the strong key without legal forms; the strong key if nothing else is left."""
    text = _SEAT.sub("", unicodedata.normalize("NFKC", name).casefold())
    while (shorter := _LEGAL_FORM.sub("", text)) != text:
        text = shorter
    core = _IGNORED.sub("", text)
    return core if len(core) >= _SHORTEST_CORE else organisation_key(name)


@lru_cache(maxsize=262_144)
def person_key(name: str) -> str:
    """Return the key of a person's name: NFKC, lower case, no white space, dots or hyphens."""
    return _IGNORED.sub("", unicodedata.normalize("NFKC", name).casefold())
