"""Why somebody is not on the panel, and what it would cost to seat them."""

from __future__ import annotations

from dataclasses import replace

from expertpool.matching.panel import preference, slot_at
from expertpool.matching.problem import Candidate, Mode, PanelProblem
from expertpool.matching.relax import fewest_easings
from expertpool.matching.result import Easing, Solution, Swap, WhyNot
from expertpool.matching.scores import from_units, to_units
from expertpool.matching.search import Search


def why_not(problem: PanelProblem, solution: Solution, id_: str) -> WhyNot:
    """Return why the candidate is not on the proposed panel, and the best panel that has them.

    Raises KeyError when there is no such candidate. A person who may never sit (barred, excluded, over the
    year's load) has no swap. The cost is measured against the proposal; of a random one it may be positive.
    """
    candidate = problem.candidate(id_)
    if reason := _never(problem, solution, candidate):
        return reason
    swap = best_swap(replace(problem, mode=Mode.BEST), solution, id_)
    index = slot_index(problem, solution)
    if not candidate.is_free(index):
        slot = solution.slot.key if solution.slot else ""
        return WhyNot(id_, "not-free", (slot,), swap, () if swap else _needed(problem, index, id_))
    if swap is None:
        return WhyNot(id_, "rule", easings=_needed(problem, index, id_))
    return WhyNot(id_, "not-drawn" if problem.mode is Mode.RANDOM else "scores-less", swap=swap)


def slot_index(problem: PanelProblem, solution: Solution) -> int | None:
    """Return the index of the proposed slot; None when no time was asked for."""
    return None if solution.slot is None else problem.slots.index(solution.slot)


def _never(problem: PanelProblem, solution: Solution, candidate: Candidate) -> WhyNot | None:
    if any(member.id == candidate.id for member in solution.members):
        return WhyNot(candidate.id, "seated")
    if candidate.findings:
        return WhyNot(candidate.id, "barred", candidate.findings)
    if candidate.id in problem.exclude:
        return WhyNot(candidate.id, "excluded")
    most = problem.rules.max_load
    if most is not None and candidate.load >= most:
        return WhyNot(candidate.id, "over-load", (str(candidate.load), str(most)))
    return None


def best_swap(problem: PanelProblem, solution: Solution, id_: str) -> Swap | None:
    """Return the best panel that has the candidate, over all slots that suit them; None: there is none.

    Slots whose own bound is not above what was found already are passed over.
    """
    search = Search(problem)
    candidate = problem.candidate(id_)
    bounds = {outcome.slot: outcome.bound for outcome in solution.outcomes if outcome.bound is not None}
    none = {outcome.slot for outcome in solution.outcomes if outcome.proven and outcome.objective is None}
    slots = [index for index in problem.slot_indexes if candidate.is_free(index)]
    slots = [index for index in slots if slot_at(problem, index) not in none]
    slots.sort(key=lambda index: -bounds.get(slot_at(problem, index), float("inf")))
    best: Swap | None = None
    value = None
    seated = {member.id for member in solution.members}
    for index in slots:
        bound = bounds.get(slot_at(problem, index))
        if value is not None and bound is not None and to_units(bound) <= value:
            break
        found = search.best(index, also=(id_,))
        total = found.value + preference(problem, index)
        if found.ids is not None and (value is None or total > value):
            value, ids = total, set(found.ids)
            cost = from_units(total - to_units(solution.objective))
            enters, leaves = tuple(sorted(ids - seated)), tuple(sorted(seated - ids))
            best = Swap(cost, slot_at(problem, index), enters, leaves, found.proven)
    return best


def _needed(problem: PanelProblem, index: int | None, id_: str) -> tuple[Easing, ...]:
    """Return the fewest rules to ease for a panel at the slot that has the candidate."""
    eased = fewest_easings(problem, [index], most=1, must=frozenset({id_}))[index]
    return eased[0].rules if eased else ()
