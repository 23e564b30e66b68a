"""When a search ends: after so many steps, so many seconds, or whichever comes first."""

from __future__ import annotations

from dataclasses import dataclass, field
from time import monotonic


@dataclass(frozen=True, slots=True)
class Limits:
    """When to end: after so many steps of each thread, or so many seconds from `started`."""

    seconds: float | None = 60.0
    steps: int | None = None
    started: float = field(default_factory=monotonic)

    def spent(self, steps: int) -> float:
        """Return how far the search is, from 0 to 1."""
        if self.steps is not None:
            return min(1.0, steps / self.steps)
        return min(1.0, self._elapsed())

    def over(self, steps: int) -> bool:
        """Tell whether to end."""
        return self.spent(steps) >= 1 or self._elapsed() >= 1

    def _elapsed(self) -> float:
        return (monotonic() - self.started) / self.seconds if self.seconds is not None else 0.0
