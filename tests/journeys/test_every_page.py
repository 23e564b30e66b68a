"""Every page that a role can reach by links: no violation of accessibility, no overflow, one heading.

Pages are found by following links from the front page, one for each pattern of address. Chinese is
read on a phone, English at a desk, and both once more in the dark.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import urljoin, urlsplit

import pytest
from playwright.sync_api import Browser

from tests.journeys.conftest import WIDTHS, Site, Visitor

ROLES = ["organiser", "administrator", "auditor", "expert", "trainee", ""]
READERS = [("zh-CN", "phone", "light"), ("en-GB", "desk", "dark")]
MOST_PAGES = 90
NO_PAGES = re.compile(
    r"/(sign-out|download|export/|static/|bootstrap/)|\.(csv|xlsx|jsonl|json|eml|ics|pdf|docx)$"
)
NAMES = re.compile(r"^(/presets/|/admin/jobs/|/skills/trees/|/panels/\d+/papers/)(?!new\b)[^/]+")
"""What stands in an address before the name of one of many."""


@pytest.mark.journey
@pytest.mark.xdist_group("every-page")
@pytest.mark.parametrize(("locale", "width", "scheme"), READERS, ids=[reader[0] for reader in READERS])
@pytest.mark.parametrize("role", ROLES, ids=[role or "stranger" for role in ROLES])
def test_every_page_is_accessible(
    browser: Browser, site: Site, role: str, locale: str, width: str, scheme: str
) -> None:
    across, down = WIDTHS[width]
    context = browser.new_context(
        viewport={"width": across, "height": down}, locale=locale, color_scheme=scheme
    )
    visitor = Visitor(context.new_page(), site)
    if role:
        visitor.sign_in(role)
    faults = {}
    for path in crawl(visitor):
        if (locale, pattern(path)) not in _looked_at:
            _looked_at.add((locale, pattern(path)))
            faults[path] = faults_of(visitor)
    context.close()
    assert {path: found for path, found in faults.items() if found} == {}


_looked_at: set[tuple[str, str]] = set()
"""Patterns that a role before this one already looked at, by language: one look is enough."""


def crawl(visitor: Visitor) -> Iterator[str]:
    """Open one page for each pattern of address that links lead to, and yield its path."""
    waiting, seen = ["/"], {pattern("/")}
    visited = 0
    while waiting and visited < MOST_PAGES:
        path = waiting.pop(0)
        response = visitor.page.goto(visitor.site.url + path)
        visited += 1
        assert response is not None
        assert response.status == 200, f"{path} answers {response.status}"
        yield path
        for link in links(response.text(), response.url):
            found = link.removeprefix(visitor.site.url)
            is_page = link.startswith(visitor.site.url) and not NO_PAGES.search(urlsplit(found).path)
            if is_page and pattern(found) not in seen:
                seen.add(pattern(found))
                waiting.append(found.split("#")[0])


def links(html: str, base: str) -> list[str]:
    """Return where the links of a page lead."""
    return [urljoin(base, unescape(found)) for found in re.findall(r'<a\b[^>]*?\bhref="([^"]*)"', html)]


def pattern(address: str) -> str:
    """Return the path with numbers and names replaced, so that each kind of page is looked at once."""
    return re.sub(r"/[^/]*\d[^/]*", "/N", NAMES.sub(r"\1N", urlsplit(address).path))


def faults_of(visitor: Visitor) -> list[str]:
    """Return what is wrong with the page that is open."""
    faults = visitor.violations()
    if visitor.overflow() > 0:
        faults.append(f"wider than the window by {visitor.overflow()} px")
    if visitor.page.locator("h1").count() != 1:
        faults.append("does not have exactly one h1")
    return faults
