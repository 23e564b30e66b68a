"""Keep what a run of the tests writes in memory, where there is room: small databases cost a disk much."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

MEMORY = Path("/dev/shm")
WANTED = 4 * 2**30
"""Bytes that must be free."""


def start() -> None:
    """Let temporary files of this process and its children go into memory, unless TMPDIR names a place.

    They are removed when this process has ended all that it started.
    """
    if "TMPDIR" in os.environ or not MEMORY.is_dir() or shutil.disk_usage(MEMORY).free < WANTED:
        return
    folder = tempfile.mkdtemp(prefix="expertpool-tests-", dir=MEMORY)
    os.chmod(folder, 0o755)  # the server of PostgreSQL runs as somebody else
    os.environ["TMPDIR"] = folder
    tempfile.tempdir = None
    atexit.register(_remove, folder)


def keep() -> None:
    """Leave the files, to be looked at."""
    atexit.unregister(_remove)


def _remove(folder: str) -> None:
    shutil.rmtree(folder, ignore_errors=True)
