"""What the masthead offers: each room's package names its own entries in a tuple `NAV`.

    NAV = (Entry("panels.index", N_("Panels"), "panels.view", order=20),)

and a room that answers searches names its list in `SEARCH = Search("people.index", "people.view")`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import current_app, request, url_for

from expertpool.web.kit import guards


@dataclass(frozen=True)
class Entry:
    """A link of the masthead: endpoint, English label marked with `N_`, who sees it, its place."""

    endpoint: str
    label: str
    permission: str
    order: int
    also: tuple[str, ...] = ()
    """Endpoints of other pages that are reached from there."""

    @property
    def is_current(self) -> bool:
        """Whether the page is this one, one that is reached from there, or one below it."""
        return any(_is_at(url_for(each)) for each in (self.endpoint, *self.also))


@dataclass(frozen=True)
class Search:
    """The list that the search box of the masthead asks, by `?q=`."""

    endpoint: str
    permission: str


def entries() -> list[Entry]:
    """Return the links that the reader may follow, in order."""
    return [entry for entry in _all() if guards.may(entry.permission)]


def search() -> Search | None:
    """Return where the reader's search goes, if anywhere."""
    offered: Sequence[Search] = current_app.extensions["expertpool_searches"]
    return next((box for box in offered if guards.may(box.permission)), None)


def _is_at(url: str) -> bool:
    return request.path == url or (url != "/" and request.path.startswith(url.rstrip("/") + "/"))


def _all() -> Sequence[Entry]:
    found: Sequence[Entry] = current_app.extensions["expertpool_nav"]
    return found
