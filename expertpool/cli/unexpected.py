"""Turn any error of a command into lines for people; keep tracebacks for the log."""

from __future__ import annotations

import traceback
from pathlib import Path

import config
from expertpool import clock
from expertpool.cli.messages import Failed, Fault
from expertpool.errors import N_, ExpertPoolError, Sentence

LOG = "errors.log"


def failure_of(error: Exception) -> Failed:
    """Return what to tell a person about `error`: its own sentence, or where the traceback is kept."""
    if isinstance(error, config.WrongSettings):
        return Failed(Fault(fault) for fault in error.faults)
    if isinstance(error, ExpertPoolError):
        return Failed([Fault(error.sentence)])
    if isinstance(error, OSError) and error.filename and error.strerror:
        problem = Sentence(N_("This file can't be used: %(reason)s."), {"reason": error.strerror})
        return Failed([Fault(problem, file=str(error.filename))])
    if _is_busy(error):
        busy = Sentence(N_("The database is busy with what others save. Run the command again in a minute."))
        return Failed([Fault(busy)])
    return Failed([Fault(_unexpected(error))])


def _is_busy(error: Exception) -> bool:
    from expertpool.database import is_busy

    return is_busy(error)


def _unexpected(error: Exception) -> Sentence:
    path = _log(error)
    if path is None:
        return Sentence(
            N_("Something unexpected went wrong (%(kind)s). Run again as: expertpool --debug ..."),
            {"kind": type(error).__name__},
        )
    return Sentence(
        N_("Something unexpected went wrong (%(kind)s). The details are in %(path)s"),
        {"kind": type(error).__name__, "path": path},
    )


def _log(error: Exception) -> Path | None:
    """Append the traceback to the error log of the instance folder; None when that fails."""
    try:
        path = config.load().instance / LOG
        with path.open("a", encoding="utf-8") as file:
            file.write(f"{clock.now().isoformat()} expertpool\n")
            file.write("".join(traceback.format_exception(error)))
    except (OSError, ExpertPoolError):
        return None
    return path
