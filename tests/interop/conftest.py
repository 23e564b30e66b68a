"""Calendar programs that others use, each as a function from a calendar file to what it shows."""

from __future__ import annotations

import http.server
import json
import os
import shutil
import subprocess
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from icalendar import Calendar

HERE = Path(__file__).parent
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
FOLDER = Path(os.environ.get("EXPERTPOOL_INTEROP") or CACHE / "expertpool-interop")
PYTHON = "/usr/bin/python3"
"""The system's, which alone has the bindings of libical."""
INSTALL = "install it with: sh tests/interop/install"
Reader = Callable[[Path], list[dict[str, Any]]]


def answer(*command: str | Path, **options: Any) -> str:
    """Run a program and return what it prints."""
    done = subprocess.run(
        [str(part) for part in command], capture_output=True, text=True, timeout=60, **options
    )
    assert done.returncode == 0, done.stderr or done.stdout
    return done.stdout


def read_by_icalendar(file: Path) -> list[dict[str, Any]]:
    calendar = Calendar.from_ical(file.read_bytes())
    return [
        {
            "uid": str(event["UID"]),
            "starts": int(event["DTSTART"].dt.timestamp()),
            "ends": int(event["DTEND"].dt.timestamp()),
            "title": str(event["SUMMARY"]),
            "place": str(event.get("LOCATION", "")),
            "status": str(event["STATUS"]),
            "sequence": event["SEQUENCE"],
        }
        for event in calendar.events
    ]


def read_by_icaljs(file: Path) -> list[dict[str, Any]]:
    return instances(answer("node", HERE / "readers" / "icaljs.mjs", file, FOLDER))


def read_by_nodeical(file: Path) -> list[dict[str, Any]]:
    return instances(answer("node", HERE / "readers" / "nodeical.mjs", file, FOLDER))


def read_by_libical(file: Path) -> list[dict[str, Any]]:
    return instances(answer(PYTHON, HERE / "readers" / "libical.py", file))


def instances(printed: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(printed)["instances"]
    return found


def read_by_khal(file: Path) -> list[dict[str, Any]]:
    """Fetch the file by HTTP with vdirsyncer, as its users subscribe, and list it with khal, in UTC.

    vdirsyncer gives what it fetches so UIDs of its own, and khal says nothing of SEQUENCE.
    """
    work = file.parent / f"khal-{file.stem}"
    work.mkdir()
    (work / "khal.conf").write_text(KHAL.format(work=work))
    environment = {"HOME": str(work), "PATH": os.environ["PATH"], "LANG": "C.UTF-8", "TZ": "UTC"}
    with Served(file) as url:
        (work / "vdirsyncer.conf").write_text(VDIRSYNCER.format(work=work, url=url))
        for verb in ("discover", "sync"):
            answer(
                FOLDER / "venv" / "bin" / "vdirsyncer", "-c", work / "vdirsyncer.conf", verb, env=environment
            )
    fields = [part for name in KHAL_FIELDS for part in ("--json", name)]
    span = ("2026-01-01", "2028-01-01")
    listing = (FOLDER / "venv" / "bin" / "khal", "-c", work / "khal.conf", "list", *fields, *span)
    rows = {
        row["uid"]: row for line in answer(*listing, env=environment).splitlines() for row in json.loads(line)
    }
    return [of_khal(row) for row in rows.values()]


def of_khal(row: dict[str, str]) -> dict[str, Any]:
    starts, ends = (
        datetime.strptime(row[name], "%Y-%m-%d %H:%M").replace(tzinfo=UTC)
        for name in ("start-long", "end-long")
    )
    return {
        "starts": int(starts.timestamp()),
        "ends": int(ends.timestamp()),
        "title": row["title"],
        "place": row["location"],
        "status": row["status"].strip(),
    }


class Served:
    """A file on a web server of this machine while the block runs."""

    def __init__(self, file: Path) -> None:
        content = file.read_bytes()

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                self.send_header("Content-Type", "text/calendar; charset=utf-8")
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_values: object) -> None:
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    def __enter__(self) -> str:
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{self.server.server_port}/calendar.ics"

    def __exit__(self, *_error: object) -> None:
        self.server.shutdown()
        self.server.server_close()


KHAL_FIELDS = ("uid", "start-long", "end-long", "title", "location", "status")
KHAL = """[calendars]
[[pool]]
path = {work}/items/
[locale]
local_timezone = UTC
default_timezone = UTC
timeformat = %H:%M
dateformat = %Y-%m-%d
longdateformat = %Y-%m-%d
datetimeformat = %Y-%m-%d %H:%M
longdatetimeformat = %Y-%m-%d %H:%M
[sqlite]
path = {work}/khal.db
"""
VDIRSYNCER = """[general]
status_path = "{work}/status/"
[pair feed]
a = "mine"
b = "theirs"
collections = null
[storage mine]
type = "filesystem"
path = "{work}/items/"
fileext = ".ics"
[storage theirs]
type = "http"
url = "{url}"
"""


def has_libical() -> bool:
    asked = "import gi; gi.require_version('ICalGLib', '3.0'); from gi.repository import ICalGLib"
    return (
        Path(PYTHON).exists() and subprocess.run([PYTHON, "-c", asked], capture_output=True).returncode == 0
    )


READERS: dict[str, tuple[Reader, Callable[[], object], str]] = {
    "icalendar": (read_by_icalendar, lambda: True, ""),
    "ical.js": (read_by_icaljs, lambda: has_node("ical.js"), INSTALL),
    "node-ical": (read_by_nodeical, lambda: has_node("node-ical"), INSTALL),
    "libical": (read_by_libical, has_libical, "apt-get install python3-gi gir1.2-ical-3.0"),
    "khal": (read_by_khal, (FOLDER / "venv" / "bin" / "khal").exists, INSTALL),
}
"""Programs: how each reads a file, whether it is here, and what installs it."""


def has_node(package: str) -> bool:
    return shutil.which("node") is not None and (FOLDER / "node_modules" / package).exists()


Program = tuple[str, Reader]


@pytest.fixture(params=READERS)
def program(request: pytest.FixtureRequest) -> Program:
    """Each program that subscribes."""
    return here(str(request.param))


@pytest.fixture(params=[name for name in READERS if name != "khal"])
def mail_program(request: pytest.FixtureRequest) -> Program:
    """Each program that opens what a mail brings."""
    return here(str(request.param))


def here(name: str) -> Program:
    """Return a program; skips the test without it, or fails where it must be here."""
    read, is_here, remedy = READERS[name]
    if not is_here():
        if name == "libical" and os.environ.get("EXPERTPOOL_INSIST"):
            pytest.fail(f"no {name}: {remedy}")
        pytest.skip(f"no {name}: {remedy}")
    return name, read
