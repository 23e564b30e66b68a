"""When no panel holds every rule: the smallest sets of rules that, eased together, allow one.

These are minimal correction sets: each rule that may give way counts its missing members; the model asks for
the fewest rules, then the fewest missing members, and each answer forbids itself and all larger sets. What
bars a person, what keeps a pair apart and whom the organiser excluded never give way.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil, floor
from typing import Any

from expertpool.matching.model import PanelModel, Slack, cp_model
from expertpool.matching.pool import Entry, bounds_of, opposites, rank, reduce
from expertpool.matching.problem import PanelProblem, Rules, Wanted
from expertpool.matching.result import Amount, Easing, Relaxation

MOST = 5
"""How many sets are told."""

_A_RULE, _A_MEMBER, _A_PEAK = 10**11, 10**6, 10**4


Eased = dict[int | None, tuple[Relaxation, ...]]


def fewest_easings(
    problem: PanelProblem,
    slots: Collection[int | None],
    *,
    most: int = MOST,
    must: frozenset[str] = frozenset(),
) -> Eased:
    """Return for each slot the smallest sets of rules to ease there, smallest first. People in `must` sit."""
    ranking = _ranking(problem) if slots else []
    found: Eased = {}
    for slot in slots:
        model = _EasedModel(problem, slot, _eased_pool(problem, slot, ranking, must), must)
        sets: list[Relaxation] = []
        while len(sets) < most and (rules := model.next()):
            sets.append(Relaxation(tuple(rules), None if slot is None else problem.slots[slot]))
        found[slot] = tuple(sets)
    return found


def merge(by_slot: Iterable[Sequence[Relaxation]], most: int = MOST) -> tuple[Relaxation, ...]:
    """Return the smallest sets over all slots: none contains another, none is told twice."""
    kept: list[tuple[frozenset[tuple[str, str | None]], Relaxation]] = []
    for relaxation in sorted((each for found in by_slot for each in found), key=_size):
        names = frozenset((easing.rule, easing.subject) for easing in relaxation.rules)
        if not any(other <= names for other, _ in kept):
            kept.append((names, relaxation))
    return tuple(relaxation for _, relaxation in kept[:most])


def _size(relaxation: Relaxation) -> tuple[int, int, list[tuple[str, str]]]:
    names = [(easing.rule, easing.subject or "") for easing in relaxation.rules]
    return len(names), relaxation.short, names


def apply(problem: PanelProblem, relaxation: Relaxation) -> PanelProblem:
    """Return the problem with the rules eased as the relaxation says."""
    for easing in relaxation.rules:
        problem = _apply(problem, easing)
    return problem


def _apply(problem: PanelProblem, easing: Easing) -> PanelProblem:
    to: Any = easing.to
    match easing.rule:
        case "seats":
            return replace(problem, seats=to)
        case "lock":
            return replace(problem, lock=problem.lock - {easing.subject or ""})
        case "availability":
            return replace(problem, slots=())
        case "skill":
            wanted = (Wanted(w.skill, to) if w.skill == easing.subject else w for w in problem.wanted)
            return replace(problem, wanted=tuple(wanted))
        case "min_share":
            shares = problem.rules.min_shares
            eased = tuple(replace(s, share=to) if s.name == easing.subject else s for s in shares)
            return replace(problem, rules=replace(problem.rules, min_shares=eased))
    return replace(problem, rules=replace(problem.rules, **{easing.rule: to}))


@dataclass(frozen=True, slots=True)
class _Answer:
    """The numbers of one answer of the solver."""

    size: int
    short: int
    peak: int


class _EasedModel(PanelModel):
    """The panel at a slot where rules may give way, and asking for the fewest that must."""

    def __init__(
        self, problem: PanelProblem, slot: int | None, entries: Sequence[Entry], must: Collection[str]
    ) -> None:
        self.slot = slot
        super().__init__(problem, entries, eased=True)
        for entry, chosen in zip(self.entries, self.chosen, strict=True):
            if entry.candidate.id in must:
                self.model.add(chosen == 1)
        self._size()
        self._time()
        self.used = [self._used(slack) for slack in self.slacks]
        shorts = sum(slack.short for slack in self.slacks)
        peaks = sum(slack.peak for slack in self.slacks)
        ties = sum(place * used for place, used in enumerate(self.used)) - self.size
        self.model.minimize(_A_RULE * sum(self.used) + _A_MEMBER * shorts + _A_PEAK * peaks + ties)

    def _used(self, slack: Slack) -> Any:
        used = self.model.new_bool_var("")
        self.model.add(slack.short == 0).only_enforce_if(~used)
        return used

    def _size(self) -> None:
        seats, rules, model = self.problem.seats, self.problem.rules, self.model
        changed = model.new_int_var(0, self.most, "")
        model.add_abs_equality(changed, self.size - seats)
        self.slacks.append(Slack("seats", None, changed, changed))
        model.add(self.size + self._slack("size_min") >= rules.size_min)
        if rules.odd:
            even = model.new_bool_var("")
            half = model.new_int_var(0, self.most, "")
            model.add(self.size + even == 2 * half + 1)
            self.slacks.append(Slack("odd", None, even, even))

    def _time(self) -> None:
        if self.slot is not None:
            away = self._those(lambda person: not person.is_free(self.slot))
            self.model.add(away <= self._slack("availability", self.problem.slots[self.slot].key))
        most = self.problem.rules.max_load
        if most is None:
            return
        tired = [
            (entry.candidate.load - most + 1, chosen)
            for entry, chosen in zip(self.entries, self.chosen, strict=True)
            if entry.candidate.load >= most
        ]
        if tired:
            peak = self.model.new_int_var(0, max(over for over, _ in tired), "")
            for over, chosen in tired:
                self.model.add(over * chosen <= peak)
            self.slacks.append(Slack("max_load", None, sum(chosen for _, chosen in tired), peak))

    def next(self) -> list[Easing]:
        """Return the next smallest set of easings, or an empty list: there is no other."""
        solver, status = self._solve(self.problem.limit, self.problem.seed)
        module = cp_model()
        if status not in (module.OPTIMAL, module.FEASIBLE):
            return []
        size = solver.value(self.size)
        easings, used = [], []
        for slack, flag in zip(self.slacks, self.used, strict=True):
            answer = _Answer(size, solver.value(slack.short), solver.value(slack.peak))
            if answer.short:
                easings.append(self._easing(slack, answer))
                used.append(flag)
        self.model.add(sum(used) <= len(used) - 1)
        return easings

    def _easing(self, slack: Slack, answer: _Answer) -> Easing:
        from_, to = self._amounts(slack, answer)
        return Easing(slack.rule, slack.subject, from_, to, answer.short)

    def _amounts(self, slack: Slack, answer: _Answer) -> tuple[Amount, Amount]:
        problem, subject, rules = self.problem, slack.subject, self.problem.rules
        match slack.rule:
            case "seats":
                return problem.seats, answer.size
            case "odd" | "chair":
                return True, False
            case "lock" | "availability":
                return subject, None
            case "skill":
                need = next(want.seats for want in problem.wanted if want.skill == subject)
                return need, need - answer.short
            case "min_share":
                share = next(least.share for least in rules.min_shares if least.name == subject)
                return share, Fraction(ceil(share * answer.size) - answer.short, answer.size)
        return self._of_rule(slack.rule, rules, answer)

    def _of_rule(self, rule: str, rules: Rules, answer: _Answer) -> tuple[Amount, Amount]:
        now = getattr(rules, rule)
        if rule == "max_share_of_one_party":
            return now, Fraction(floor(now * answer.size) + answer.peak, answer.size)
        if rule in ("max_per_organisation", "max_per_region", "max_load"):
            return now, now + answer.peak
        return now, now - answer.short


def _ranking(problem: PanelProblem) -> list[Entry]:
    """Return who may sit once the rules give way: the least loaded first, then those without opposites."""
    most = problem.rules.max_load
    parted = opposites(problem.apart)
    people = (each for each in problem.candidates if not each.findings and each.id not in problem.exclude)

    def burden(entry: Entry) -> tuple[int, bool]:
        person = entry.candidate
        return 0 if most is None else max(person.load, most - 1), person.id in parted

    return sorted(rank(problem, people), key=burden)


def _eased_pool(
    problem: PanelProblem, slot: int | None, ranking: Sequence[Entry], must: Collection[str]
) -> list[Entry]:
    """Return who may be needed at the slot when rules give way; nobody busy stands for anybody free."""
    rules = problem.rules
    free = 1 << len(problem.wanted) + 1 + len(rules.min_shares)
    entries = [
        Entry(candidate, value, bits | free) if candidate.is_free(slot) else entry
        for entry in ranking
        for candidate, value, bits in (entry,)
    ]
    size = max(problem.seats, rules.size_min) + 1
    return reduce(entries, bounds_of(problem, size, size), problem.lock.union(must))
