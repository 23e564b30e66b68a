"""Catalogues of translations: one PO file a room and language, merged into one MO file a language."""

from __future__ import annotations

import gettext
from collections.abc import Callable
from functools import cache
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

FOLDER = Path(__file__).parent
LANGUAGES = ("zh_Hans",)
"""Languages beside English, which is the language of the message ids."""


@cache
def gettext_of(locale: str) -> Callable[[str], str]:
    """Return what translates messages into the language of `locale`, for texts that no request asks for."""
    return gettext.translation("messages", FOLDER, [locale], fallback=True).gettext


def merged(language: str) -> Catalog:
    """Return all rooms' messages of `language` in one catalogue.

    Raises ValueError when two rooms translate one message differently.
    """
    whole = Catalog(locale=language, domain="messages")
    for path in sorted((FOLDER / language).glob("*.po")):
        with path.open("rb") as file:
            room = read_po(file, locale=language)
        for message in room:
            known = whole.get(message.id) if message.id else None
            if known is not None and known.string != message.string:
                raise ValueError(f"{path.name}: {message.id!r} is translated differently elsewhere")
            if message.id:
                whole.add(message.id, message.string, flags=message.flags)
    return whole


def compile_catalogues() -> None:
    """Write `LC_MESSAGES/messages.mo` of every language from its PO files."""
    for language in LANGUAGES:
        catalogue = merged(language)
        target = FOLDER / language / "LC_MESSAGES" / "messages.mo"
        target.parent.mkdir(parents=True, exist_ok=True)
        fresh = target.with_suffix(".new")
        with fresh.open("wb") as file:
            write_mo(file, catalogue)
        fresh.replace(target)
