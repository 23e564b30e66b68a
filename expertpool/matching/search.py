"""The best panel at each slot: rank once, reduce and solve slot by slot."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from expertpool.matching.lottery import drawn_values
from expertpool.matching.model import Found, PanelModel
from expertpool.matching.pool import Entry, bounds_of, may_sit, rank, reduce
from expertpool.matching.problem import Mode, PanelProblem


class Search:
    """A problem made ready for the solver. In a lottery, drawn keys stand in the place of the scores."""

    def __init__(self, problem: PanelProblem) -> None:
        self.problem = problem
        self.entries = rank(problem, filter(may_sit(problem), problem.candidates))
        if problem.mode is Mode.RANDOM:
            self.entries = drawn_values(self.entries, problem.seed)
        self.bounds = bounds_of(problem, problem.seats, problem.rules.max_per_organisation)
        self.limit = problem.limit / len(problem.slot_indexes)
        self._needed: dict[frozenset[str], list[Entry]] = {}

    def pool(self, slot: int | None, also: Collection[str] = ()) -> list[Entry]:
        """Return who is free at the slot and may be needed there, with the locked and those in `also`."""
        must = self.problem.lock.union(also)
        if must not in self._needed:
            self._needed[must] = self._needed_at_some_slot(must)
        free = [entry for entry in self._needed[must] if entry.candidate.is_free(slot)]
        return reduce(free, self.bounds, must)

    def best(self, slot: int | None, also: Collection[str] = ()) -> Found:
        """Return the best panel at the slot, with the people in `also` on it."""
        if not self._size_allowed():
            return Found(None, 0, 0, True)
        problem = replace(self.problem, lock=self.problem.lock.union(also)) if also else self.problem
        return PanelModel(problem, self.pool(slot, also)).maximise(self.limit, problem.seed)

    def first_by_id(self, slot: int | None, found: Found) -> Found:
        """Return, of the panels at the slot that are as good as the one found, the first by id."""
        return PanelModel(self.problem, self.pool(slot)).first_by_id(found, self.limit, self.problem.seed)

    def _needed_at_some_slot(self, must: frozenset[str]) -> list[Entry]:
        """Return those who have some slot that does not suit, and of the others those who may be needed.

        Whom people that are always free make needless, they make needless at every slot.
        """
        always = [entry for entry in self.entries if entry.candidate.free is None]
        needed = {entry.candidate.id for entry in reduce(always, self.bounds, must)}
        return [
            entry
            for entry in self.entries
            if entry.candidate.free is not None or entry.candidate.id in needed
        ]

    def _size_allowed(self) -> bool:
        seats, rules = self.problem.seats, self.problem.rules
        return seats >= rules.size_min and not (rules.odd and seats % 2 == 0)
