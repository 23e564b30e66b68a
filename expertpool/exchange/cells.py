"""Cells as offices fill them, read into plain values: text, names, phones, addresses, lists."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass

from email_validator import EmailNotValidError, validate_email

from expertpool.errors import N_, Invalid, Sentence
from expertpool.exchange.faults import Unreadable
from expertpool.exchange.reading import Value
from expertpool.people.phones import normal_phone

HAN = r"\u2e80-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
BETWEEN_HAN = re.compile(rf"(?<=[{HAN}·])\s+(?=[{HAN}·])")
SEPARATORS = re.compile(r"[;；、，\r\n]")
"""Between the parts of a list in a cell."""
NAME_SEPARATORS = re.compile(r"[;；、\r\n]")
"""Between people and organisations, whose names may hold commas."""
INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
PERSON = re.compile(r"\s*([^<>＜＞]*?)\s*[<＜]\s*([^<>＜＞]+?)\s*[>＞]\s*")


def text_of(value: Value) -> str:
    """Return a cell as its spreadsheet shows it, unchanged otherwise."""
    if isinstance(value, str):
        return value.replace("\0", "")
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(value)
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(" ")
    return str(value)


def verbatim(value: Value) -> str | None:
    """Return text as it stands; None when there is nothing to see."""
    text = text_of(value)
    return text if text.strip() else None


def line(value: Value) -> str | None:
    """Return one line of text without outer or repeated white space, None when empty."""
    text = " ".join(INVISIBLE.sub("", text_of(value)).split())
    return text or None


def name(value: Value) -> str | None:
    """Return a person's name: full-width letters made plain, no spaces between Chinese characters."""
    text = line(unicodedata.normalize("NFKC", text_of(value)))
    return BETWEEN_HAN.sub("", text) if text else None


def address(value: Value) -> str | None:
    """Return a mail address in lower case; raises `Unreadable`."""
    text = line(value)
    if not text:
        return None
    plain = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).removeprefix("mailto:")
    try:
        return validate_email(plain, check_deliverability=False).normalized.lower()
    except EmailNotValidError:
        raise Unreadable(
            Sentence(N_("This is no mail address.")),
            Sentence(N_("Write one like name@example.org, or leave the cell empty.")),
        ) from None


def addresses(value: Value) -> list[str]:
    """Return the mail addresses of a cell, in order, each once; raises `Unreadable`."""
    parts = re.split(r"[;；、，,\r\n]", text_of(value))
    found = [each for part in parts if (each := address(part))]
    return list(dict.fromkeys(found))


def phone(value: Value) -> str | None:
    """Return one or more phone numbers, joined by `；`; raises `Unreadable`.

    Numbers are figures only, without +86, an extension after x; those abroad begin with +.
    """
    try:
        return normal_phone(text_of(value))
    except Invalid:
        raise Unreadable(
            Sentence(N_("This is no phone number.")),
            Sentence(
                N_("Write one like 13800000000, 0371-60000000 or +852 20000000, or leave the cell empty.")
            ),
        ) from None


def names(value: Value) -> list[str]:
    """Return the people or organisations of a cell, in order, each once."""
    found = [each for part in NAME_SEPARATORS.split(text_of(value)) if (each := line(part))]
    return list(dict.fromkeys(found))


def terms(value: Value) -> list[str]:
    """Return the parts of a list in a cell, in order, each once. Slashes are not split here."""
    found = [each for part in SEPARATORS.split(text_of(value)) if (each := line(part))]
    return list(dict.fromkeys(found))


@dataclass(frozen=True)
class PersonText:
    """A person as a cell names one: an id or a name, and perhaps an address."""

    label: str
    address: str = ""


def person(text: str) -> PersonText:
    """Return the person that a text names: an id, an address, a name, or `Name<address>`.

    Raises `Unreadable` when what stands in angle brackets, or has an @, is no address.
    """
    if match := PERSON.fullmatch(text):
        return PersonText(name(match[1]) or "", address(match[2]) or "")
    if "@" in unicodedata.normalize("NFKC", text):
        return PersonText("", address(text) or "")
    return PersonText(name(text) or "")
