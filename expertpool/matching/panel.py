"""Propose one review panel: people and time together, the proven optimum under every rule, explained."""

from __future__ import annotations

from collections.abc import Sequence
from time import perf_counter

from expertpool.matching.alternates import choose_alternates
from expertpool.matching.lottery import slot_order
from expertpool.matching.memory import uncollected
from expertpool.matching.model import Found
from expertpool.matching.problem import Candidate, Mode, PanelProblem, Slot
from expertpool.matching.relax import Eased, fewest_easings, merge
from expertpool.matching.result import Alternate, Infeasible, Member, Part, Relaxation, SlotOutcome, Solution
from expertpool.matching.rules import violations
from expertpool.matching.scores import from_units, part_units, scorer, to_units
from expertpool.matching.search import Search


@uncollected()
def propose(problem: PanelProblem) -> Solution | Infeasible:
    """Return the best panel and slot that hold every rule, or the smallest sets of rules to ease.

    Of equally good panels, the earliest slot, then the sorted ids that come first win, so an optimal proposal
    is the same for any order of the candidates and any machine. In mode `random` the first slot of a seeded
    order with a panel, and a score-weighted choice of people (see `lottery`).
    """
    start = perf_counter()
    search = Search(problem)
    found = _by_slot(search)
    feasible = [slot for slot, each in found.items() if each.ids is not None]
    if not feasible:
        return _infeasible(problem, found, start)
    if problem.mode is Mode.RANDOM:
        slot = feasible[0]
    else:
        slot = max(feasible, key=lambda each: found[each].value + preference(problem, each))
    best = found[slot]
    if best.proven:
        best = search.first_by_id(slot, best)
    return _solution(search, slot, best, found, start)


def _by_slot(search: Search) -> dict[int | None, Found]:
    """Solve every slot; a lottery stops at the first of its order that has a panel."""
    problem, found = search.problem, {}
    if problem.mode is Mode.BEST:
        return {slot: search.best(slot) for slot in problem.slot_indexes}
    for slot in slot_order(problem.slot_indexes, problem.seed):
        found[slot] = search.best(slot)
        if found[slot].ids is not None:
            break
    return found


def slot_at(problem: PanelProblem, index: int | None) -> Slot | None:
    """Return the slot with this index; None asks for no time."""
    return None if index is None else problem.slots[index]


def preference(problem: PanelProblem, index: int | None) -> int:
    """Return what meeting at the slot adds to the objective, in millionths."""
    return 0 if index is None else to_units(problem.slots[index].preference)


def why(problem: PanelProblem, candidate: Candidate) -> tuple[Part, ...]:
    """Return the parts of the candidate's score, in order; together they are the score."""
    units = part_units(candidate, problem.weights)
    return tuple(Part(part, from_units(value)) for part, value in units.items())


def _infeasible(problem: PanelProblem, found: dict[int | None, Found], start: float) -> Infeasible:
    proven = all(each.proven for each in found.values())
    eased = fewest_easings(problem, [slot for slot, each in found.items() if each.proven])
    outcomes = _outcomes(problem, found, eased)
    return Infeasible(merge(eased.values()), outcomes, proven, perf_counter() - start)


def _outcomes(problem: PanelProblem, found: dict[int | None, Found], eased: Eased) -> tuple[SlotOutcome, ...]:
    """Return what each slot that was tried can offer, in the order of the slots."""
    tried = [slot for slot in problem.slot_indexes if slot in found]
    return tuple(_outcome(problem, slot, found[slot], eased.get(slot, ())) for slot in tried)


def _outcome(
    problem: PanelProblem, index: int | None, found: Found, eased: Sequence[Relaxation]
) -> SlotOutcome:
    slot, more = slot_at(problem, index), preference(problem, index)
    if found.ids is None:
        return SlotOutcome(slot, None, None, found.proven, eased[0].rules if eased else ())
    if problem.mode is Mode.RANDOM:
        return SlotOutcome(slot, None, None, False)
    return SlotOutcome(slot, from_units(found.value + more), from_units(found.bound + more), found.proven)


def _solution(
    search: Search, slot: int | None, best: Found, found: dict[int | None, Found], start: float
) -> Solution:
    problem = search.problem
    ids, score = frozenset(best.ids or ()), scorer(problem.weights)
    people = [candidate for candidate in problem.candidates if candidate.id in ids]
    people.sort(key=lambda person: (-score(person), person.id))
    if broken := violations(problem, slot, people):
        raise AssertionError(f"the solver's panel breaks {broken}")
    objective = sum(score(person) for person in people) + preference(problem, slot)
    closed = [index for index, each in found.items() if not _open(each)]
    bound, optimal = None, False
    if problem.mode is Mode.BEST:
        bound = max(each.bound + preference(problem, index) for index, each in found.items() if _open(each))
        optimal = bound == objective
    return Solution(
        slot=slot_at(problem, slot),
        members=_members(problem, people),
        alternates=_alternates(search, slot, people),
        objective=from_units(objective),
        bound=None if bound is None else from_units(bound),
        gap=None if bound is None else from_units(bound - objective),
        optimal=optimal,
        outcomes=_outcomes(problem, found, fewest_easings(problem, closed, most=1)),
        declared=tuple(pair for pair in problem.declare if ids.issuperset(pair)),
        seconds=perf_counter() - start,
    )


def _open(found: Found) -> bool:
    """Say whether a slot has a panel, or may have one that the limit kept from being found."""
    return found.ids is not None or not found.proven


def _members(problem: PanelProblem, people: Sequence[Candidate]) -> tuple[Member, ...]:
    """Return the chair, who is the best of those who may take the chair, and then the others by score."""
    score = scorer(problem.weights)
    chair = next((person for person in people if person.may_chair), None) if problem.rules.chair else None
    people = sorted(people, key=lambda person: person is not chair)
    return tuple(
        Member(
            person.id,
            "chair" if person is chair else "member",
            from_units(score(person)),
            why(problem, person),
        )
        for person in people
    )


def _alternates(search: Search, slot: int | None, people: Sequence[Candidate]) -> tuple[Alternate, ...]:
    problem = search.problem
    score = scorer(problem.weights)
    return tuple(
        Alternate(
            entry.candidate.id,
            from_units(score(entry.candidate)),
            why(problem, entry.candidate),
            seats,
        )
        for entry, seats in choose_alternates(problem, slot, people, search.entries)
    )
