"""Take the pictures of the documents again: serve the demo, sign in, photograph each page, write small PNGs.

It needs the development environment and Chromium: `.venv/bin/python docs/pictures/take.py [NAME ...]`.
"""

from __future__ import annotations

import base64
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from playwright.sync_api import Browser, Page, sync_playwright

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
CHROMIUM = shutil.which("chromium-headless-shell") or shutil.which("chromium")
DESK, PHONE = 1280, 360
LANGUAGES = {"en": "en-GB", "zh": "zh-CN"}

DECODE = """async picture => {
    const bytes = Uint8Array.from(atob(picture), letter => letter.charCodeAt(0));
    const image = await createImageBitmap(new Blob([bytes]));
    const canvas = new OffscreenCanvas(image.width, image.height).getContext("2d");
    canvas.drawImage(image, 0, 0);
    const pixels = canvas.getImageData(0, 0, image.width, image.height).data;
    let text = "";
    for (let at = 0; at < pixels.length; at += 30000)
        text += String.fromCharCode(...pixels.slice(at, at + 30000));
    return [image.width, image.height, btoa(text)];
}"""


@dataclass(frozen=True)
class Shot:
    """One picture, taken in each language: `NAME-en.png` and `NAME-zh.png`."""

    name: str
    who: str
    path: str
    width: int = DESK
    tallest: int = 1500
    """Pixels from the top of the page that are kept."""
    act: Callable[[Page], None] | None = None
    """What the visitor does before the picture is taken."""


NEWCOMERS = """专家姓名,电子邮箱,工作单位,研究方向,备注
林澜,linlan@expert.example,青原理工大学,轴承；摩擦学,协会推荐
孔川,kong@@expert.example,衡岳轴承有限公司,轴承,
程以南,,衡岳轴承有限公司,轴承/润滑,
白鹿鸣,,,轴承,
"""


def _upload(page: Page) -> None:
    """Give a spreadsheet of newcomers, in which one row is wrong and one person may be known."""
    file = {"name": "newcomers.csv", "mimeType": "text/csv", "buffer": NEWCOMERS.encode()}
    page.set_input_files("input[type=file]", [file])  # type: ignore[list-item]
    page.locator("main form button.btn-primary").first.click()
    page.wait_for_url(lambda url: url.rstrip("/").rpartition("/")[2].isdigit())
    page.wait_for_load_state()


def _follow_first(page: Page) -> None:
    """Open what the first row of the list leads to."""
    page.locator("main tbody a").first.click()
    page.wait_for_load_state()


def _look_at_mail(page: Page) -> None:
    """Write the text of the invitations as it is drafted, and look at the mail."""
    page.fill("[name=fee]", "CNY 800")
    page.locator("main form .btn-primary").click()
    page.wait_for_load_state()


def _phone_next(page: Page) -> None:
    """Open the person to be phoned for the vacant seat."""
    page.locator("main a[href*='/vacancies/']").first.click()
    page.wait_for_load_state()


SHOTS = (
    Shot("today", "organiser", "/", tallest=800),
    Shot("people", "organiser", "/people/?q=轴承", tallest=900),
    Shot("person", "organiser", "/people/22", tallest=1100),
    Shot("import-check", "organiser", "/import/", tallest=1100, act=_upload),
    Shot("conflicts", "organiser", "/conflicts/1", tallest=1200),
    Shot("preset-editor", "admin", "/presets/enterprise-standard-filing/edit", tallest=1100),
    Shot("request-rules", "organiser", "/panels/1/request/terms", tallest=900),
    Shot("proposal", "organiser", "/panels/1/proposals/1", tallest=1250),
    Shot("why-not", "organiser", "/panels/1/proposals/1?who=尤舟言", tallest=900),
    Shot("ease", "organiser", "/panels/5/proposals/1", tallest=900),
    Shot("confirm", "organiser", "/panels/1/proposals/1/confirm", tallest=1100),
    Shot("panel", "organiser", "/panels/1", tallest=900),
    Shot("round", "organiser", "/panels/rounds/1/runs/2", tallest=560),
    Shot("affinity-list", "organiser", "/panels/affinity/1", tallest=620),
    Shot("conclusion", "organiser", "/panels/8/conclusions/9", tallest=1000),
    Shot("closed-panel", "organiser", "/panels/9", tallest=1500),
    Shot("invite-preview", "agency", "/panels/7/invitations/text", tallest=900, act=_look_at_mail),
    Shot("invited-panel", "organiser", "/panels/2", tallest=800),
    Shot("new-conflict", "organiser", "/panels/3", tallest=700),
    Shot("call", "organiser", "/panels/3", tallest=1000, act=_phone_next),
    Shot("my-invitations", "expert", "/me/invitations", tallest=500),
    Shot("invitation-phone", "expert", "/me/invitations", PHONE, 1500, act=_follow_first),
    Shot("cohort", "organiser", "/training/cohorts/3", tallest=800),
    Shot("timetable", "organiser", "/training/timetables/1", tallest=720),
    Shot("timetable-lesson", "organiser", "/training/timetables/1/lessons/5", tallest=760),
    Shot("course", "trainee", "/courses/C-2026-0001", tallest=700),
    Shot("learning-phone", "trainee", "/me/learning", PHONE, 1000),
    Shot("audit", "auditor", "/admin/audit?subject_kind=panel&subject_id=1", tallest=900),
    Shot("draw", "auditor", "/panels/10/draws/1", tallest=1500),
    Shot("today-phone", "organiser", "/", PHONE, 1000),
    Shot("proposal-phone", "organiser", "/panels/1/proposals/1", PHONE, 1600),
)


def main(names: list[str]) -> None:
    """Take the pictures `names`, or all."""
    wanted = [shot for shot in SHOTS if not names or shot.name in names]
    with _demo() as url, sync_playwright() as playwright:
        for language, locale in LANGUAGES.items():
            browser = playwright.chromium.launch(
                executable_path=CHROMIUM,
                args=["--no-sandbox", "--disable-gpu", "--no-first-run", f"--lang={locale}"],
                env={**os.environ, "LANGUAGE": locale.replace("-", "_")},
            )
            for who in dict.fromkeys(shot.who for shot in wanted):
                _take(browser, url, who, language, [shot for shot in wanted if shot.who == who])
            browser.close()


@contextmanager
def _demo() -> Iterator[str]:
    """Serve a fresh demo on a free port until done; gives its address."""
    if url := os.environ.get("EXPERTPOOL_PICTURES_OF"):
        yield url
        return
    with socket.socket() as free, tempfile.TemporaryDirectory() as folder:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        process = subprocess.Popen(
            [sys.executable, "-m", "expertpool", "up", "--demo", "--port", str(port)],
            cwd=ROOT,
            env={**os.environ, "EXPERTPOOL_INSTANCE": folder, "EXPERTPOOL_DATABASE_URL": ""},
        )
        try:
            yield _ready(f"http://localhost:{port}", process)
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(timeout=30)


def _ready(url: str, process: subprocess.Popen[bytes]) -> str:
    for _attempt in range(240):
        if process.poll() is not None:
            raise SystemExit("The demo could not be served.")
        try:
            with urllib.request.urlopen(f"{url}/readyz", timeout=5):
                time.sleep(10)  # until the trail is sealed and the first jobs are done
                return url
        except OSError:
            time.sleep(0.5)
    raise SystemExit("The demo was not ready in time.")


def _take(browser: Browser, url: str, who: str, language: str, shots: list[Shot]) -> None:
    """Sign in as `who` and take their pictures in one language."""
    context = browser.new_context(locale=LANGUAGES[language], timezone_id="Asia/Shanghai")
    page = context.new_page()
    page.goto(f"{url}/sign-in")
    page.fill("input[name=email]", f"{who}@demo.example")
    page.fill("input[name=password]", "review-2026")
    page.locator("main form").first.locator("button").first.click()
    page.wait_for_load_state()
    if not str(page.locator("html").get_attribute("lang")).startswith(language):
        page.locator("form[action*=language] button").first.click()
        page.wait_for_load_state()
    reader = context.new_page()
    for shot in shots:
        page.set_viewport_size({"width": shot.width, "height": 700})
        page.goto(url + shot.path)
        if shot.act:
            shot.act(page)
        height = min(shot.tallest, int(page.evaluate("document.documentElement.scrollHeight")))
        page.set_viewport_size({"width": shot.width, "height": height})
        page.evaluate("window.scrollTo(0, 0)")
        path = HERE / f"{shot.name}-{language}.png"
        path.write_bytes(_small(page.screenshot(), reader))
        print(f"{path.relative_to(ROOT)}: {path.stat().st_size // 1024} kB")
    context.close()


def _small(picture: bytes, reader: Page) -> bytes:
    """Return a PNG of up to 256 colours of `picture`, the most frequent of each neighbourhood."""
    pixels = _pixels(picture, reader)
    colours, places, counts = np.unique(
        pixels.reshape(-1, 3), axis=0, return_inverse=True, return_counts=True
    )
    frequent = np.argsort(-counts)
    _, first = np.unique(colours[frequent] // 12, axis=0, return_index=True)
    palette = colours[frequent[np.sort(first)[:256]]]
    distance = ((colours[:, None, :].astype(np.int32) - palette[None].astype(np.int32)) ** 2).sum(axis=2)
    indices = distance.argmin(axis=1).astype(np.uint8)[places.reshape(-1)].reshape(pixels.shape[:2])
    rows = np.hstack([np.zeros((len(indices), 1), np.uint8), indices])
    height, width = indices.shape
    head = width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes([8, 3, 0, 0, 0])
    chunks = [(b"IHDR", head), (b"PLTE", palette.tobytes()), (b"IDAT", zlib.compress(rows.tobytes(), 9))]
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*each) for each in [*chunks, (b"IEND", b"")])


def _pixels(picture: bytes, reader: Page) -> np.ndarray:
    """Return the colours of `picture` (rows, columns, 3), as an empty page of the browser reads them."""
    width, height, packed = reader.evaluate(DECODE, base64.b64encode(picture).decode())
    return np.frombuffer(base64.b64decode(packed), np.uint8).reshape(height, width, 4)[:, :, :3]


def _chunk(kind: bytes, data: bytes) -> bytes:
    return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")


if __name__ == "__main__":
    main(sys.argv[1:])
