"""A real Chromium in front of the real application: `expertpool up --demo` in a process of its own."""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, Page, Playwright, sync_playwright

BROWSERS = ["chromium-headless-shell", "chromium"]
"""The same engine twice; the first has no windows and opens pages in half of the time."""
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
ROOT = Path(__file__).parents[2]
LOOK = (Path(__file__).parent / "look.js").read_text(encoding="utf-8")
_measured: set[str] = set()
"""Ways of painting a text whose contrast was measured before."""


@dataclass(frozen=True)
class Site:
    """A running application with the demo in it."""

    url: str
    instance: Path
    password: str
    users: dict[str, str]
    """Role -> address of its demo sign-in."""


def start_site(folder: Path) -> tuple[subprocess.Popen[str], Site]:
    """Start the demo on a free port with its data in `folder`; wait until it is ready."""
    port = _free_port()
    environment = {
        **os.environ,
        "EXPERTPOOL_INSTANCE": str(folder),
        "EXPERTPOOL_DATABASE_URL": "",
        "EXPERTPOOL_LOCALE": "en",
    }
    command = [sys.executable, "-m", "expertpool", "up", "--demo", "--port", str(port)]
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
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the demo as it was loaded, made by the first worker of a run that asks."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "demo"
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            new = tmp_path_factory.mktemp("new") / "demo"
            subprocess.run([sys.executable, "-m", "tests.journeys.load_demo", str(new)], cwd=ROOT, check=True)
            new.rename(folder)
    return folder


@pytest.fixture(scope="session")
def site(demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The demo, served for all journeys of this worker."""
    folder = tmp_path_factory.mktemp("site") / "instance"
    shutil.copytree(demo, folder)
    process, site = start_site(folder)
    yield site
    process.send_signal(signal.SIGINT)
    process.wait(timeout=20)


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        sentence = "no Chromium: install it with: apt-get install chromium-headless-shell fonts-noto-cjk"
        if os.environ.get("EXPERTPOOL_INSIST"):
            pytest.fail(sentence)
        pytest.skip(sentence)
    browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
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
        """Return what axe finds on the page, once it is loaded, a line each."""
        self.page.wait_for_load_state()
        self.page.evaluate(f"{AXE_SCRIPT}; {LOOK}")
        fresh = set(self.page.evaluate("look.shapes()")) - _measured
        found: list[str] = self.page.evaluate("fresh => look.faults(fresh)", sorted(fresh))
        if not found:
            _measured.update(fresh)
        return found

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
