"""Ask the engine: outside of any transaction, and the same in a worker, a command and a test."""

from __future__ import annotations

import platform
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

from expertpool.matching import explain, panel
from expertpool.matching.memory import uncollected
from expertpool.matching.problem import Mode, PanelProblem
from expertpool.matching.result import Infeasible, Solution
from expertpool.panels import answer, frozen, kept
from expertpool.panels.composition import Composed


@dataclass(frozen=True)
class Answered:
    """All that a run keeps."""

    problem: bytes
    input_hash: str
    versions: dict[str, Any]
    result: dict[str, Any]
    evidence: bytes


def versions() -> dict[str, Any]:
    """Return the versions that an answer depends on."""
    return {
        "expertpool": version("expertpool"),
        "ortools": version("ortools"),
        "python": platform.python_version(),
    }


@uncollected()
def solve(composed: Composed) -> Answered:
    """Return the proposal for a composed problem, with all that a run keeps."""
    outcome = panel.propose(composed.problem)
    packed, input_hash = frozen.pack(composed.problem)
    return Answered(
        problem=packed,
        input_hash=input_hash,
        versions=versions(),
        result=answer.result_of(composed, outcome),
        evidence=kept.pack(answer.evidence_of(composed, outcome)),
    )


def swap(problem: bytes, input_hash: str, number: str) -> Answered:
    """Return what the proposal of a stored problem would lose if the person `number` had to sit."""
    asked = frozen.unpack(problem)
    outcome = panel.propose(asked)
    result: dict[str, Any] = {"feasible": False, "members": [], "reason": "rule", "easings": []}
    if isinstance(outcome, Solution):
        why = explain.why_not(asked, outcome, number)
        result |= {
            "feasible": why.swap is not None,
            "reason": why.reason,
            "details": list(why.details),
            "easings": [answer.easing(each) for each in why.easings],
        }
        if why.swap is not None:
            result |= {
                "cost": why.swap.cost,
                "enters": list(why.swap.enters),
                "leaves": list(why.swap.leaves),
                "slot": why.swap.slot.key if why.swap.slot else None,
                "proven": why.swap.proven,
            }
    return Answered(problem, input_hash, versions(), result, kept.pack({}))


@dataclass(frozen=True)
class Replayed:
    """A stored problem asked again: the same input, and the same answer or not."""

    same_input: bool
    members: tuple[str, ...]
    objective: float | None
    same_answer: bool


def replay(problem: bytes, input_hash: str, result: dict[str, Any]) -> Replayed:
    """Ask a stored problem again and compare with the stored result.

    An optimal or random answer gives the same names in the same roles; one stopped at its limit the same
    objective.
    """
    asked: PanelProblem = frozen.unpack(problem)
    outcome: Solution | Infeasible = panel.propose(asked)
    same_input = frozen.pack(asked)[1] == input_hash
    if isinstance(outcome, Infeasible):
        return Replayed(same_input, (), None, not result["feasible"])
    before = [(each["expert"], each["role"]) for each in result["members"]]
    after = [(each.id, each.role) for each in outcome.members]
    stopped = result["feasible"] and result["mode"] == Mode.BEST and not result["optimal"]
    same = before == after or (stopped and outcome.objective == result["objective"])
    return Replayed(same_input, tuple(each.id for each in outcome.members), outcome.objective, same)


def replayed(problem: bytes, input_hash: str, result: dict[str, Any]) -> Answered:
    """Return the outcome of `replay` as a run keeps it."""
    again = replay(problem, input_hash, result)
    found: dict[str, Any] = {
        "feasible": again.same_answer and again.same_input,
        "members": [],
        "same_input": again.same_input,
        "same_answer": again.same_answer,
        "names": list(again.members),
        "objective": again.objective,
    }
    return Answered(problem, input_hash, versions(), found, kept.pack({}))
