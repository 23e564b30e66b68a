"""Every event has a sentence, so that the audit page never shows a code."""

from __future__ import annotations

import dataclasses
import importlib
import pkgutil
import re
from collections.abc import Iterator

import pytest

import expertpool
from expertpool.events import Event
from expertpool.web.admin.sentences import all_sentences
from expertpool.web.admin.trail_words import KINDS


def events() -> Iterator[type[Event]]:
    """Yield every event of every room; what is only a base of others says no fact."""
    for module in pkgutil.walk_packages(expertpool.__path__, "expertpool."):
        if module.name.endswith("events"):
            importlib.import_module(module.name)
    waiting = [Event]
    while waiting:
        found = waiting.pop().__subclasses__()
        waiting += found
        yield from (each for each in found if not each.__subclasses__())


def test_every_event_has_a_sentence() -> None:
    told = {each.name() for each in events() if each.__module__.startswith("expertpool.")}
    assert told - set(all_sentences()) == set()


def test_every_kind_of_subject_has_a_word() -> None:
    kinds = {each.subject_kind for each in events() if each.__module__.startswith("expertpool.")}
    assert kinds - set(KINDS) == set()


@pytest.mark.parametrize("event", list(events()), ids=lambda event: event.name())
def test_a_sentence_names_only_what_its_event_tells(event: type[Event]) -> None:
    told = {field.name for field in dataclasses.fields(event)}
    told |= {name.removesuffix("_id") for name in told} | ({"people"} if "person_ids" in told else set())
    named = set(re.findall(r"%\((\w+)\)s", str(all_sentences().get(event.name(), ""))))
    assert named - told == set()
