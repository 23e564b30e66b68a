"""The panel at one slot as an integer programme for OR-tools' CP-SAT, strict or with rules that give way.

One worker, a fixed order of variables and a deterministic limit make a run repeatable. Presolve is off: on
pools reduced beforehand it takes longer than the search (20,000 people: 0.23 s with it, 0.06 s without).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from expertpool.matching.pool import Entry
from expertpool.matching.problem import Candidate, PanelProblem


@cache
def cp_model() -> Any:
    """Return OR-tools' modelling module, loaded on first use because that takes 2 s."""
    from ortools.sat.python import cp_model as module

    return module


def warm() -> None:
    """Load the solver now, so that the next proposal does not wait for it."""
    module = cp_model()
    model = module.CpModel()
    model.maximize(model.new_bool_var("x"))
    module.CpSolver().solve(model)


@dataclass(frozen=True, slots=True)
class Slack:
    """By how many members a rule gives way, and (`peak`) how far at its worst place."""

    rule: str
    subject: str | None
    short: Any
    peak: Any


@dataclass(frozen=True, slots=True)
class Found:
    """What the solver knows: the best ids (None: none found), their value, a bound that no panel exceeds."""

    ids: tuple[str, ...] | None
    value: int
    bound: int
    proven: bool


class PanelModel:
    """Variables and rules for choosing among `entries`. Not eased, every rule holds and the size is fixed."""

    def __init__(self, problem: PanelProblem, entries: Sequence[Entry], *, eased: bool = False) -> None:
        self.problem = problem
        self.entries = sorted(entries, key=lambda entry: entry.candidate.id)
        self.eased = eased
        self.model = cp_model().CpModel()
        self.chosen = [self.model.new_bool_var("") for _ in self.entries]
        self.slacks: list[Slack] = []
        self.most = max(problem.seats, problem.rules.size_min) + 1 if eased else problem.seats
        self.size = self.model.new_int_var(1, self.most, "") if eased else problem.seats
        self.model.add(sum(self.chosen) == self.size)
        self._wanted()
        self._caps()
        self._regions()
        self._parties()
        self._people()

    def _slack(self, rule: str, subject: str | None = None) -> Any:
        """Return what may be missing from a rule: nothing, or a variable that is counted."""
        if not self.eased:
            return 0
        asked = (self.problem.rules.min_regions, *(want.seats for want in self.problem.wanted))
        short = self.model.new_int_var(0, max(self.most, *asked), "")
        self.slacks.append(Slack(rule, subject, short, short))
        return short

    def _over(self, rule: str, groups: Iterable[tuple[Any, Any]], step: int = 1) -> None:
        """Let each group's left side exceed its right side by what is counted, `step` for each member."""
        if not self.eased:
            for left, right in groups:
                self.model.add(left <= right)
            return
        peak = self.model.new_int_var(0, self.most, "")
        shorts = []
        for left, right in groups:
            short = self.model.new_int_var(0, self.most, "")
            self.model.add(left <= right + step * short)
            self.model.add(short <= peak)
            shorts.append(short)
        if shorts:
            self.slacks.append(Slack(rule, None, sum(shorts), peak))

    def _those(self, test: Callable[[Candidate], bool]) -> Any:
        pairs = zip(self.entries, self.chosen, strict=True)
        return sum(chosen for entry, chosen in pairs if test(entry.candidate))

    def _grouped(self, key: str) -> dict[str, list[Any]]:
        groups: dict[str, list[Any]] = defaultdict(list)
        for entry, chosen in zip(self.entries, self.chosen, strict=True):
            value = getattr(entry.candidate, key)
            if value is not None:
                groups[value].append(chosen)
        return groups

    def _wanted(self) -> None:
        for index, want in enumerate(self.problem.wanted):
            pairs = zip(self.entries, self.chosen, strict=True)
            holders = sum(chosen for entry, chosen in pairs if entry.bits >> index & 1)
            self.model.add(holders + self._slack("skill", want.skill) >= want.seats)
        if self.problem.rules.chair:
            self.model.add(self._those(lambda person: person.may_chair) + self._slack("chair") >= 1)

    def _caps(self) -> None:
        for key in ("organisation", "region"):
            rule = f"max_per_{key}"
            cap = getattr(self.problem.rules, rule)
            if cap is not None:
                groups = self._grouped(key).values()
                self._over(rule, [(sum(group), cap) for group in groups if len(group) > cap])

    def _regions(self) -> None:
        if not self.problem.rules.min_regions:
            return
        seen = []
        for group in self._grouped("region").values():
            seen.append(self.model.new_bool_var(""))
            self.model.add(sum(group) >= seen[-1])
        self.model.add(sum(seen) + self._slack("min_regions") >= self.problem.rules.min_regions)

    def _parties(self) -> None:
        rules = self.problem.rules
        share = rules.max_share_of_one_party
        if share is not None:
            groups = self._grouped("party").values()
            sides = [(share.denominator * sum(group), share.numerator * self.size) for group in groups]
            self._over("max_share_of_one_party", sides, share.denominator)
        for least in rules.min_shares:
            held = self._those(lambda person, parties=least.parties: person.party in parties)  # type: ignore[misc]
            step = least.share.denominator
            short = self._slack("min_share", least.name)
            self.model.add(step * (held + short) >= least.share.numerator * self.size)

    def _people(self) -> None:
        at = {entry.candidate.id: chosen for entry, chosen in zip(self.entries, self.chosen, strict=True)}
        for one, other in self.problem.apart:
            if one in at and other in at:
                self.model.add_at_most_one(at[one], at[other])
        for locked in sorted(self.problem.lock):
            self.model.add(at.get(locked, 0) + self._slack("lock", locked) == 1)

    def maximise(self, limit: float, seed: int) -> Found:
        """Return the panel of the highest value, with the proof or, at the limit, with the gap."""
        value = sum(entry.value * chosen for entry, chosen in zip(self.entries, self.chosen, strict=True))
        self.model.maximize(value)
        solver, status = self._solve(limit, seed)
        module = cp_model()
        if status in (module.OPTIMAL, module.FEASIBLE):
            best, bound = round(solver.objective_value), round(solver.best_objective_bound)
            return Found(self._ids(solver), best, max(best, bound), status == module.OPTIMAL)
        return Found(None, 0, self.ceiling(), status == module.INFEASIBLE)

    def ceiling(self) -> int:
        """Return a value that no panel exceeds, whatever the rules."""
        return sum(sorted((entry.value for entry in self.entries), reverse=True)[: self.problem.seats])

    def first_by_id(self, found: Found, limit: float, seed: int) -> Found:
        """Return the panel of the same value whose sorted ids come first, so that ties fall alike."""
        pairs = list(zip(self.entries, self.chosen, strict=True))
        self.model.add(sum(entry.value * chosen for entry, chosen in pairs) >= found.value)
        ids = found.ids or ()
        if self._is_only(ids, limit, seed):
            return found
        place = {entry.candidate.id: index for index, (entry, _) in enumerate(pairs)}
        position = 0
        for seat in range(len(ids)):
            ahead = list(range(position, place[ids[seat]]))
            earlier = self._earliest(ahead, limit, seed)
            if earlier is not None:
                ids = earlier
            chosen_now = place[ids[seat]]
            for index in range(position, chosen_now):
                self.model.add(self.chosen[index] == 0)
            self.model.add(self.chosen[chosen_now] == 1)
            position = chosen_now + 1
        return Found(ids, found.value, found.bound, found.proven)

    def _is_only(self, ids: Collection[str], limit: float, seed: int) -> bool:
        """Say whether no other panel holds every rule of the model."""
        other = self.model.clone()
        pairs = zip(self.entries, self.chosen, strict=True)
        other.add(sum(chosen for entry, chosen in pairs if entry.candidate.id in ids) <= len(ids) - 1)
        _, status = self._solve(limit, seed, other)
        return bool(status == cp_model().INFEASIBLE)

    def _earliest(self, ahead: Collection[int], limit: float, seed: int) -> tuple[str, ...] | None:
        """Return the panel whose next member is the first possible of those ahead, or None."""
        if not ahead:
            return None
        model, first = self.model, {}
        attempt = model.clone()
        for index in ahead:
            first[index] = attempt.new_bool_var("")
            attempt.add_implication(first[index], self.chosen[index])
        attempt.add_exactly_one(first.values())
        attempt.minimize(sum(index * var for index, var in first.items()))
        solver, status = self._solve(limit, seed, attempt)
        module = cp_model()
        return self._ids(solver) if status in (module.OPTIMAL, module.FEASIBLE) else None

    def _solve(self, limit: float, seed: int, model: Any = None) -> tuple[Any, Any]:
        solver = cp_model().CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.cp_model_presolve = False
        solver.parameters.random_seed = seed % 2**31
        solver.parameters.max_deterministic_time = limit
        return solver, solver.solve(model or self.model)

    def _ids(self, solver: Any) -> tuple[str, ...]:
        pairs = zip(self.entries, self.chosen, strict=True)
        return tuple(entry.candidate.id for entry, chosen in pairs if solver.boolean_value(chosen))
