"""Phone numbers in the one form that we keep, whoever gives them: a page, a file or a search."""

from __future__ import annotations

import re
import unicodedata

from expertpool.errors import N_, Invalid
from expertpool.settings.crypto import keyring

BETWEEN = "；"
"""Joins several numbers of one person."""
_SEPARATORS = re.compile(r"[;；、，,/\r\n]|\s{2,}")
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_MOBILE = re.compile(r"(?:(?:\+|00)?86)?(1[3-9]\d{9})")
_LANDLINE = re.compile(
    r"(?:(?:\+|00)86-?)?(0?\d{2,3})-?([2-9]\d{6,7})(?:(?:-|转|ext\.?|x|#)(\d{1,6}))?", re.IGNORECASE
)
_LOCAL = re.compile(r"([2-9]\d{6,7})(?:(?:-|转|ext\.?|x|#)(\d{1,6}))?", re.IGNORECASE)
_HOTLINE = re.compile(r"[48]00-?\d{3}-?\d{4}")
_ABROAD = re.compile(r"(?:\+|00)([1-9]\d{6,14})")


def normal_phone(text: str | None) -> str | None:
    """Return one or more numbers, joined by `；`; None for a blank text. Raises `Invalid`.

    Numbers are figures only, without +86, an extension after x; those abroad begin with +.
    """
    parts = _SEPARATORS.split(unicodedata.normalize("NFKC", text or "").strip())
    numbers = [_number(part) for part in parts if part.strip()]
    return BETWEEN.join(dict.fromkeys(numbers)) or None


def blind_index(phone: str) -> str:
    """Return the index under which normal numbers are stored: that of the first."""
    return keyring().blind_index(_first(phone))


def blind_indexes(phone: str) -> tuple[str, ...]:
    """Return the index of normal numbers under every data key, to search for."""
    return keyring().blind_indexes(_first(phone))


def _first(phone: str) -> str:
    return phone.partition(BETWEEN)[0]


def _number(text: str) -> str:
    plain = re.sub(r"[\s()·.]|(?<=\d)-(?=-)", "", _INVISIBLE.sub("", text))
    plain = re.sub("[‐-―]", "-", plain)
    solid = plain.replace("-", "")
    if match := _MOBILE.fullmatch(solid):
        return match[1]
    if _HOTLINE.fullmatch(plain):
        return solid
    match = _LANDLINE.fullmatch(plain)
    if match and (match[1].startswith("0") or plain.startswith(("+", "00"))):
        return f"0{match[1].lstrip('0')}{match[2]}" + (f"x{match[3]}" if match[3] else "")
    if match := _LOCAL.fullmatch(plain):
        return "x".join(part for part in match.groups() if part)
    if (match := _ABROAD.fullmatch(solid)) and not match[1].startswith("86"):
        return f"+{match[1]}"
    raise Invalid(
        N_("“%(value)s” is no phone number. Write it like 13800001234 or 0371-6580 1234."),
        field="phone",
        value=text.strip()[:40],
    )
