"""The compiled part of the engine in this process: loaded aside, as it is compiled when it is loaded first.

That takes half a minute once after an installation, a second or two later on.
"""

from __future__ import annotations

from importlib import import_module
from threading import Event, Lock, Thread
from typing import Any

WAIT = 8.0
"""Seconds that a page waits for it."""

_loaded, _lock = Event(), Lock()
_threads: list[Thread] = []


def is_ready(seconds: float = WAIT) -> bool:
    """Have the engine loaded, and return whether it is within so many seconds."""
    with _lock:
        if not _threads:
            _threads.append(Thread(target=_load, name="expertpool-planner", daemon=True))
            _threads[0].start()
    return _loaded.wait(seconds)


def moves() -> Any:
    """Return the engine's answers about one lesson; call it when `is_ready`."""
    return import_module("expertpool.timetabling.plans.moves")


def easing() -> Any:
    """Return the engine's answer to what would let a lesson in; call it when `is_ready`."""
    return import_module("expertpool.timetabling.plans.easing").easing


def _load() -> None:
    moves()
    _loaded.set()
