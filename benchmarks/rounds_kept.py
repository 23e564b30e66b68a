"""Measurements as processes of their own, kept as JSON lines: an interrupted run goes on where it was."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.measuring import machine

ROOT = Path(__file__).parents[1]
ENDED_AFTER = 5
"""A process is ended after so many limits of its solver."""


class Kept:
    """What was measured before, by what was asked; new measurements are added to the file at once."""

    def __init__(self, file: Path | None) -> None:
        self.file = file
        self.known: dict[str, dict[str, Any]] = {}
        if file is not None and file.exists():
            for line in file.read_text("utf-8").splitlines():
                self._read(line)
            if not file.read_bytes().endswith(b"\n"):
                with file.open("a", encoding="utf-8") as lines:
                    lines.write("\n")

    def answer(self, python: str, asked: Mapping[str, Any]) -> dict[str, Any]:
        """Return what is known, else measure it by the interpreter `python` at low priority and keep it.

        What could not be measured here is not kept, so that it is tried again.
        """
        key = _key(asked)
        if key in self.known:
            return self.known[key]
        answer = _measured(python, asked)
        if "failed" not in answer:
            self.known[key] = answer
            self._write(asked, answer)
        return answer

    def _read(self, line: str) -> None:
        """Take a line in; one that was cut off by an interruption is none."""
        try:
            kept = json.loads(line)
            self.known[_key(kept["asked"])] = kept["answer"]
        except (ValueError, KeyError):
            return

    def _write(self, asked: Mapping[str, Any], answer: Mapping[str, Any]) -> None:
        if self.file is None:
            return
        at = datetime.now(UTC).isoformat(timespec="seconds")
        line = {"asked": asked, "answer": answer, "on": machine("ortools", "scipy", "numpy"), "at": at}
        with self.file.open("a", encoding="utf-8") as lines:
            lines.write(json.dumps(line, ensure_ascii=False) + "\n")


def _measured(python: str, asked: Mapping[str, Any]) -> dict[str, Any]:
    command = ["nice", "-n", "19", python, "-m", "benchmarks.rounds_one", json.dumps(asked)]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    longest = ENDED_AFTER * asked["limit"]
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            timeout=longest,
            env=environment,
            check=True,
            cwd=ROOT,
        )
    except subprocess.TimeoutExpired:
        return {"seconds": f"ended after {longest:.0f}"}
    except subprocess.CalledProcessError as error:
        said = error.stderr.strip().splitlines() or [f"exit {error.returncode}"]
        print(f"{asked['by']} on {asked['case']}: {said[-1]}", file=sys.stderr, flush=True)
        return {"seconds": "not to be had", "failed": said[-1]}
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


def _key(asked: Mapping[str, Any]) -> str:
    return json.dumps(asked, sort_keys=True)
