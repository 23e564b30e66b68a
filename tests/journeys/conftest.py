"""A real Chromium in front of the real application: `expertpool up --demo` in a process of its own."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Playwright, sync_playwright

CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WIDTHS = {"phone": (360, 780), "desk": (1280, 900)}
REPEATED = [["main tr:nth-of-type(n+9)"], ["main li:nth-of-type(n+9)"]]
"""What axe leaves out: rows far down a list look like those above, and contrast takes most of its time."""
ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Site:
    """A running application with the demo in it."""

    url: str
    instance: Path
    password: str
    users: dict[str, str]
    """Role -> address of its demo sign-in."""


def start_site(folder: Path, *, demo: bool = True) -> tuple[subprocess.Popen[str], Site]:
    """Start the application on a free port with its data in `folder`; wait until it is ready."""
    port = _free_port()
    environment = {
        **os.environ,
        "EXPERTPOOL_INSTANCE": str(folder),
        "EXPERTPOOL_DATABASE_URL": "",
        "EXPERTPOOL_LOCALE": "en",
    }
    command = [sys.executable, "-m", "expertpool", "up", *(["--demo"] if demo else []), "--port", str(port)]
    log = folder / "up.log"
    with log.open("w", encoding="utf-8") as output:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT, text=True
        )
    url = f"http://localhost:{port}"
    _wait_until_ready(url, process, log)
    printed = log.read_text(encoding="utf-8")
    listed = re.findall(r"^\s+(\S+@\S+)\s+(\w+)$", printed, flags=re.M)
    users = {role: address for address, role in reversed(listed)}
    password = re.search(r"password\W+(\S+)", printed, flags=re.I)
    return process, Site(url, folder, password.group(1) if password else "", users)


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The demo, served for all journeys of this worker."""
    process, site = start_site(tmp_path_factory.mktemp("instance"))
    yield site
    process.send_signal(signal.SIGINT)
    process.wait(timeout=20)


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    if not Path(CHROMIUM).exists():
        sentence = "no Chromium: install it with: apt-get install chromium fonts-noto-cjk"
        if os.environ.get("EXPERTPOOL_INSIST"):
            pytest.fail(sentence)
        pytest.skip(sentence)
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
    yield browser
    browser.close()


@pytest.fixture(params=sorted(WIDTHS))
def width(request: pytest.FixtureRequest) -> str:
    """Both widths that every journey is walked at."""
    return str(request.param)


class Visitor:
    """Somebody at a browser: a page with the few gestures that the journeys need."""

    def __init__(self, page: Page, site: Site) -> None:
        self.page = page
        self.site = site

    def open(self, path: str) -> None:
        self.page.goto(self.site.url + path)

    def sign_in(self, role: str) -> None:
        self.open("/sign-in")
        self.page.fill("input[name=email]", self.site.users[role])
        self.page.fill("input[name=password]", self.site.password)
        self.page.locator("main form").first.locator("button").first.click()
        self.page.wait_for_load_state()

    def violations(self) -> list[str]:
        """Return what axe finds on the page as it is now, a line each."""
        result: dict[str, Any] = Axe().run(self.page, context={"exclude": REPEATED}).response
        return [
            f"{found['id']}: {node['target']} {node['html'][:120]}"
            for found in result["violations"]
            for node in found["nodes"]
        ]

    def overflow(self) -> int:
        """Return by how many pixels the page is wider than its window."""
        return int(self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))


@pytest.fixture
def visitor(browser: Browser, site: Site, width: str) -> Iterator[Visitor]:
    """A visitor who reads Chinese, at a phone and at a desk."""
    yield from _visit(browser, site, width, "zh-CN")


@pytest.fixture
def english_visitor(browser: Browser, site: Site, width: str) -> Iterator[Visitor]:
    """A visitor who reads English, at a phone and at a desk."""
    yield from _visit(browser, site, width, "en-GB")


def _visit(browser: Browser, site: Site, width: str, locale: str) -> Iterator[Visitor]:
    across, down = WIDTHS[width]
    context = browser.new_context(
        viewport={"width": across, "height": down}, locale=locale, timezone_id="Asia/Shanghai"
    )
    foreign: list[str] = []
    page = context.new_page()
    page.on(
        "request", lambda request: foreign.append(request.url) if _is_foreign(request.url, site) else None
    )
    errors: list[str] = []
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    yield Visitor(page, site)
    context.close()
    assert foreign == []
    assert [error for error in errors if "Content Security Policy" in error] == []


def _is_foreign(url: str, site: Site) -> bool:
    return not url.startswith((site.url, "data:", "about:", "blob:"))


def _wait_until_ready(url: str, process: subprocess.Popen[str], log: Path) -> None:
    end = time.monotonic() + 120
    while time.monotonic() < end:
        if process.poll() is not None:
            raise RuntimeError(log.read_text(encoding="utf-8"))
        try:
            with urllib.request.urlopen(f"{url}/readyz", timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    process.kill()
    raise RuntimeError("not ready within 120 s: " + log.read_text(encoding="utf-8"))


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
