"""What happens through files."""

from __future__ import annotations

from dataclasses import dataclass

from expertpool.events import Event, personal


@dataclass(frozen=True)
class FileStaged(Event):
    """A file was read and waits for decisions."""

    subject_kind = "import"
    kind: str
    filename: str
    counts: dict[str, int]


@dataclass(frozen=True)
class FileOrdered(Event):
    """Somebody asked for a staged file to come in; a job brings it in."""

    subject_kind = "import"
    kind: str
    filename: str
    skip_bad_rows: bool


@dataclass(frozen=True)
class FileHeldBack(Event):
    """A file that was to come in did not; nothing was written."""

    subject_kind = "import"
    kind: str
    filename: str
    error: str


@dataclass(frozen=True)
class FileImported(Event):
    """A file came in."""

    subject_kind = "import"
    kind: str
    filename: str
    sha256: str
    counts: dict[str, int]


@dataclass(frozen=True)
class FileDiscarded(Event):
    """A staged file was thrown away; nothing of it came in."""

    subject_kind = "import"
    kind: str
    filename: str


@dataclass(frozen=True)
class FileExported(Event):
    """Rows were taken out as a file."""

    subject_kind = "export"
    kind: str
    rows: int
    where: dict[str, str] = personal()
    """What was asked for; a search may hold somebody's name or number."""
