"""How names and codes of skills are compared."""

from __future__ import annotations

import unicodedata
from functools import lru_cache


@lru_cache(maxsize=65_536)
def skill_key(text: str) -> str:
    """Return `text` as compared: NFKC, lower case, no white space. `C++` and `ISO/IEC` keep their signs."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def split_code(text: str) -> tuple[str | None, str]:
    """Return slug and code of `ICS:25.040`, with the slug in lower case; no slug for a bare code."""
    slug, colon, code = unicodedata.normalize("NFKC", text).strip().partition(":")
    return (slug.strip().lower(), code.strip()) if colon else (None, slug)
