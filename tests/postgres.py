"""Start and stop a real PostgreSQL server for the tests."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

import psycopg

URL = "EXPERTPOOL_TEST_POSTGRESQL"
"""Environment variable with the URL of the server; set it yourself to use a server of yours."""

REMEDY = "install the server with: apt-get install postgresql"

_folder: Path | None = None


def start() -> None:
    """Start a server and put its URL into the environment; do nothing if one is named or none installed."""
    global _folder
    programs = _programs()
    if os.environ.get(URL) or programs is None:
        return
    _folder = Path(tempfile.mkdtemp(prefix="expertpool-pg-"))
    if os.geteuid() == 0:
        shutil.chown(_folder, "postgres")
    port = _free_port()
    _run(
        programs / "initdb",
        "-D",
        "data",
        "-U",
        "postgres",
        "-A",
        "trust",
        "-E",
        "UTF8",
        "--locale=C.UTF-8",
        "--no-sync",
    )
    options = f"-p {port} -k {_folder} -c listen_addresses=127.0.0.1 -c fsync=off -c synchronous_commit=off"
    _run(programs / "pg_ctl", "-D", "data", "-w", "-l", "log", "-o", options, "start")
    os.environ[URL] = f"postgresql+psycopg://postgres@127.0.0.1:{port}"


def stop() -> None:
    """Stop the server that `start` started and remove its folder."""
    global _folder
    programs = _programs()
    if _folder and programs:
        _run(programs / "pg_ctl", "-D", "data", "-m", "immediate", "stop")
        shutil.rmtree(_folder, ignore_errors=True)
        _folder = None
        del os.environ[URL]


def create_database(name: str, copy_of: str = "") -> str:
    """Create a database of this process, dropping one of that name, and return its URL.

    It is empty, or a copy of the one with the URL `copy_of`, to which nobody may be connected.
    """
    server = os.environ[URL]
    name = f"{name}_{os.getpid()}"
    plain = server.replace("+psycopg", "")
    with psycopg.connect(f"{plain}/postgres", autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "test_{name}" WITH (FORCE)')  # type: ignore[arg-type]
        template = f' TEMPLATE "{copy_of.rpartition("/")[2]}"' if copy_of else ""
        connection.execute(f'CREATE DATABASE "test_{name}"{template}')  # type: ignore[arg-type]
    return f"{server}/test_{name}"


def _programs() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    return Path(on_path).parent if on_path else None


def _run(*command: object) -> None:
    words = [str(word) for word in command]
    if os.geteuid() == 0:
        words = ["runuser", "-u", "postgres", "--", *words]
    subprocess.run(words, cwd=_folder, check=True, stdout=subprocess.DEVNULL)


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port
