"""Both languages are complete: English as message ids, Chinese in the catalogues."""

import re

import pytest

from expertpool.translations import LANGUAGES, merged
from tests.architecture.messages import ROOT, places, used

HAN = re.compile(r"[\u4e00-\u9fff]")
TEMPLATING = re.compile(r"{#.*?#}|{%.*?%}|{{.*?}}", re.S)
MARKUP = re.compile(r"<!--.*?-->| class=\"[^\"]*\"|<(script|style)\b.*?</\1>|<[^>]*>|&\w+;|&#\d+;", re.S)
WORD = re.compile(r"[A-Za-z]{2,}")
NAMES = {"ExpertPool", "English", "csv", "xlsx"}
DATA = ("exchange/examples.py", "kit/dates.py")
"""Modules whose Chinese is data: rows of example files, patterns of dates by language."""


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_message_is_translated(language):
    catalogue = merged(language)
    missing = {}
    for message, place in used().items():
        entry = catalogue.get(message[0] if isinstance(message, tuple) else message)
        strings = (
            entry.string if entry and isinstance(entry.string, tuple) else (entry.string if entry else "",)
        )
        if not all(strings):
            missing[message] = place
    assert missing == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_translation_is_left_over(language):
    known = {message[0] if isinstance(message, tuple) else message for message in used()}
    left = [message.id for message in merged(language) if message.id and _first(message.id) not in known]
    assert left == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_translations_have_the_places_of_their_messages(language):
    wrong = []
    for message in merged(language):
        if message.id:
            wanted = set().union(*map(places, _all(message.id)))
            wrong += [message.id for text in _all(message.string) if places(text) != wanted]
    assert wrong == []


def test_no_template_speaks_chinese_by_itself():
    spoken = [
        f"{path.relative_to(ROOT)}: {line.strip()[:80]}"
        for path in sorted((ROOT / "templates").rglob("*.*"))
        for line in path.read_text(encoding="utf-8").splitlines()
        if HAN.search(line.replace("中文", ""))
    ]
    assert spoken == []


def test_no_template_speaks_english_outside_a_message():
    spoken = []
    for path in sorted((ROOT / "templates").rglob("*.html")):
        text = path.read_text(encoding="utf-8")
        text = re.sub(r"{%-?\s*trans\b.*?endtrans\s*-?%}", "", text, flags=re.S)
        words = set(WORD.findall(MARKUP.sub(" ", TEMPLATING.sub(" ", text)))) - NAMES
        spoken += [f"{path.relative_to(ROOT)}: {' '.join(sorted(words))}"] if words else []
    assert spoken == []


def test_no_view_speaks_chinese_by_itself():
    spoken = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:80]}"
        for folder in ("web", "api")
        for path in sorted((ROOT / "expertpool" / folder).rglob("*.py"))
        if not path.as_posix().endswith(DATA)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if HAN.search(line.replace("中文", "")) and not line.lstrip().startswith("#")
    ]
    assert spoken == []


def _all(text: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)


def _first(text: str | tuple[str, ...] | list[str]) -> str:
    return _all(text)[0]
