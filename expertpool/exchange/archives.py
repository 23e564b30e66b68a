"""Look into an .xlsx before it is read: how large it is inside, and whether it holds what it claims.

The reader allocates the whole rectangle of a sheet and a copy of a shared text for each cell that shows
it, so a small file can ask for any amount of memory. Everything is counted here first.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO

from expertpool.errors import N_, Invalid
from expertpool.exchange.limits import Limits

CELL = re.compile(
    rb'<(?:\w+:)?c\b((?:[^>"]|"[^"]*")*?)(?:/>|>(.*?)</(?:\w+:)?c>)',
    re.DOTALL,
)
REFERENCE = re.compile(rb'\br="([A-Z]{1,3})(\d{1,7})"')
VALUE = re.compile(rb"<(?:\w+:)?v\b[^>]*>([^<]+)</|<(?:\w+:)?is\b")
FORMULA = re.compile(rb"<(?:\w+:)?f\b")
SHARED = re.compile(rb"<(?:\w+:)?si\b.*?</(?:\w+:)?si>|<(?:\w+:)?si\s*/>", re.DOTALL)
SHEET = re.compile(r"xl/worksheets/[^/]+\.xml", re.IGNORECASE)


def check(content: bytes, limits: Limits) -> None:
    """Raise `Invalid` unless `content` is a whole, readable workbook within `limits`."""
    with _opened(content) as archive:
        names = archive.namelist()
        if any(name.startswith("word/") for name in names):
            raise Invalid(N_("This is a text document, not a spreadsheet. Save its table as .xlsx or .csv."))
        if "xl/workbook.xml" not in names:
            raise Invalid(N_("This is an archive, not a spreadsheet. Give an .xlsx or .csv file."))
        if sum(entry.file_size for entry in archive.infolist()) > limits.unpacked:
            raise _too_large(limits)
        _check_parts(archive, names, limits)


def _opened(content: bytes) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(BytesIO(content))
    except (zipfile.BadZipFile, ValueError, OSError):
        raise Invalid(
            N_("This spreadsheet is damaged or cut short. Open it, save it again and retry.")
        ) from None


def _check_parts(archive: zipfile.ZipFile, names: list[str], limits: Limits) -> None:
    """Unpack every part, counting what really comes out, and measure the sheets."""
    left = limits.unpacked
    parts: dict[str, bytes] = {}
    for name in names:
        content = b"".join(_inflated(archive, name, left, limits))
        left -= len(content)
        if SHEET.fullmatch(name) or name == "xl/sharedStrings.xml":
            parts[name] = content
    shared = [len(text) for text in SHARED.findall(parts.pop("xl/sharedStrings.xml", b""))]
    text_left = limits.unpacked
    for content in parts.values():
        text_left -= _measure(content, shared, limits)
        if text_left < 0:
            raise _too_large(limits)


def _inflated(archive: zipfile.ZipFile, name: str, left: int, limits: Limits) -> Iterator[bytes]:
    """Yield the content of one part; the directory's sizes may lie, so count again."""
    try:
        with archive.open(name) as part:
            while chunk := part.read(1 << 16):
                left -= len(chunk)
                if left < 0:
                    raise _too_large(limits)
                limits.check_time()
                yield chunk
    except RuntimeError:
        raise Invalid(
            N_("This spreadsheet is locked by a password. Remove the password and retry.")
        ) from None
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError):
        raise Invalid(
            N_("This spreadsheet is damaged or cut short. Open it, save it again and retry.")
        ) from None


def _measure(sheet: bytes, shared: list[int], limits: Limits) -> int:
    """Return the bytes of text that the cells of a sheet show; check its rectangle and formulas."""
    text = last_row = last_column = 0
    for number, match in enumerate(CELL.finditer(sheet)):
        attributes, inside = match.groups()
        if not inside:
            continue
        value = VALUE.search(inside)
        if place := REFERENCE.search(attributes):
            last_column = max(last_column, _column(place[1]))
            last_row = max(last_row, int(place[2]))
        if value is None and FORMULA.search(inside):
            raise Invalid(
                N_(
                    "Cell %(cell)s holds a formula that was never calculated. Open the file in a spreadsheet"
                    " program, save it and retry."
                ),
                cell=(place[1] + place[2]).decode() if place else "?",
            )
        if value and value[1] and b't="s"' in attributes and value[1].isdigit():
            index = int(value[1])
            text += shared[index] if index < len(shared) else 0
        if number % 4096 == 0:
            limits.check_time()
    if last_row * last_column > limits.cells:
        raise Invalid(
            N_(
                "This sheet spans %(rows)s rows and %(columns)s columns, more than is read at once. Split it."
            ),
            rows=last_row,
            columns=last_column,
        )
    return text


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _too_large(limits: Limits) -> Invalid:
    return Invalid(
        N_("Unpacked, this file is larger than %(megabytes)s MB. Split it."),
        megabytes=limits.unpacked // 1_000_000,
    )
