"""What people do to jobs."""

from __future__ import annotations

from dataclasses import dataclass

from expertpool.events import Event


@dataclass(frozen=True)
class JobAsked(Event):
    """Somebody asked for a run of a job before its turn."""

    subject_kind = "job"

    job: str
