"""Files that commands read and write; `-` is standard input or output; progress for who watches."""

from __future__ import annotations

import contextlib
import os
import secrets
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, TypeVar

import click

from expertpool.cli.messages import translated
from expertpool.errors import Sentence

T = TypeVar("T")


def read_bytes(name: str) -> bytes:
    """Return the content of the file `name`, or of standard input for `-`."""
    return sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()


def read_text(name: str) -> str:
    """Return the UTF-8 text (with or without BOM) of the file `name`, or of standard input for `-`."""
    return read_bytes(name).decode("utf-8-sig")


def write_bytes(name: str, content: bytes) -> None:
    """Write `content` to the file `name` all at once, or to standard output for `-`."""
    if name == "-":
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
        return
    with replacing(name) as file:
        file.write(content)


@contextlib.contextmanager
def replacing(name: str, *, mode: int = 0o666) -> Iterator[IO[bytes]]:
    """Give a file to write that takes the place of `name` only when all went well.

    `mode` is limited by the umask. What is no regular file (/dev/stdout) is written directly.
    """
    target = Path(name)
    if target.exists() and not target.is_file():
        with target.open("wb") as file:
            yield file
        return
    draft = target.absolute().with_name(f".{target.name}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
            yield file
        os.replace(draft, target)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def write_text(name: str, content: str) -> None:
    """Write `content` as UTF-8 to the file `name` all at once, or to standard output for `-`."""
    write_bytes(name, content.encode())


def progress(items: Iterable[T], label: Sentence, *, total: int | None = None) -> Iterator[T]:
    """Yield `items`, with a bar on standard error when a person watches there."""
    if not sys.stderr.isatty():
        yield from items
        return
    with click.progressbar(items, length=total, label=translated(label), file=sys.stderr) as bar:
        yield from bar
