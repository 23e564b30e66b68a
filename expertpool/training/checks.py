"""Checks of what forms hand in, shared by the verbs of this room."""

from __future__ import annotations

from expertpool.errors import N_, Invalid


def line(text: str | None, field: str, most: int) -> str:
    """Return one line of text without stray white space; raises `Invalid` when it is too long."""
    return _short(" ".join((text or "").split()), field, most)


def needed(text: str | None, field: str, most: int) -> str:
    """Return one line of text that may not be empty; raises `Invalid`."""
    found = line(text, field, most)
    if not found:
        raise Invalid(N_("This may not be empty."), field=field)
    return found


def paragraphs(text: str | None, field: str, most: int) -> str:
    """Return text of several lines without white space around it; raises `Invalid` when it is too long."""
    return _short((text or "").strip(), field, most)


def within(number: int, field: str, least: int, most: int) -> None:
    """Raise `Invalid` unless `least <= number <= most`."""
    if not least <= number <= most:
        raise Invalid(N_("Give a number from %(least)s to %(most)s."), field=field, least=least, most=most)


def reason(text: str | None) -> str:
    """Return why something is done: 1 to 300 characters; raises `Invalid`."""
    found = line(text, "reason", 300)
    if not found:
        raise Invalid(N_("Say why; the reason stays on record."), field="reason")
    return found


def _short(text: str, field: str, most: int) -> str:
    if len(text) > most:
        raise Invalid(N_("Longer than %(most)s characters."), field=field, most=most)
    return text
