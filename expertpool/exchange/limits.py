"""How much of a file is read before it is refused."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from expertpool.errors import N_, Invalid


@dataclass(frozen=True)
class Limits:
    """Bytes of the file, bytes unpacked, cells of one sheet, seconds for the whole reading."""

    size: int = 50_000_000
    unpacked: int = 400_000_000
    cells: int = 8_000_000
    seconds: float = 120.0
    started: float = field(default_factory=time.monotonic)

    def check_time(self) -> None:
        """Raise `Invalid` when reading has taken too long."""
        if time.monotonic() - self.started > self.seconds:
            raise Invalid(
                N_("Reading this file takes longer than %(seconds)s seconds. Split it."),
                seconds=round(self.seconds),
            )
