"""Whether somebody may sit with those who sit on a panel now: conflicts, rules and the diary, read afresh."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from fractions import Fraction
from functools import cache, partial
from typing import Any

from sqlalchemy.orm import Session

from expertpool.matching.pool import may_sit, rank
from expertpool.matching.problem import Candidate, MinShare, PanelProblem, Rules
from expertpool.matching.rules import Violation, violations
from expertpool.panels import kept, question, round_loads
from expertpool.panels.composition import compose
from expertpool.panels.models import Panel, Seat

CONFLICTS = frozenset({"barred", "apart"})
"""Rules that tell of a conflict of interest; all others tell of the panel's composition or the diary."""


class Table:
    """Those who hold the chairs of a panel, and the question whether somebody fits in.

    Everything is read when it is made, for `newcomers` as well, so that many can be asked about at once;
    without them for the whole pool.
    """

    def __init__(
        self,
        session: Session,
        panel: Panel,
        holders: Sequence[Seat],
        newcomers: Sequence[Seat] | None,
        now: datetime,
    ) -> None:
        only = None if newcomers is None else {seat.person_id for seat in (*holders, *newcomers)}
        slots = ((panel.starts, panel.ends),) if panel.starts and panel.ends else ()
        asked = replace(question.of_panel(panel, 0), slots=slots, lock=frozenset())
        self._composed = compose(session, asked, now=now, only=only)
        self._numbers = {person: number for number, person in self._composed.people.items()}
        problem = self._composed.problem
        self._candidates = {each.id: each for each in problem.candidates}
        numbers = (self._numbers.get(each.person_id, "") for each in holders)
        self._sitting = [self._candidates[number] for number in numbers if number]
        seated = {each.id for each in self._sitting}
        self._full = round_loads.full(session, panel)
        near = tuple(pair for pair in problem.apart if not seated.isdisjoint(pair))
        self._judging = replace(problem, candidates=(), apart=near)
        self._as_far_as = cache(partial(_as_far_as, self._judging))

    def against(self, seat: Seat, *, is_booked: bool = False) -> list[Violation]:
        """Return each rule that breaks when the person of `seat` sits down, and that held before.

        A rule that is broken without them speaks against nobody. What is still to be brought in may come
        with the chairs that are vacant besides. `is_booked`: the diary holds their time for this panel.
        """
        number = self._numbers.get(seat.person_id)
        if number is None:
            return [Violation("gone", seat.person.number)]
        if seat.person_id in self._full:
            return [Violation("round_load", number)]
        others = [each for each in self._sitting if each.id != number]
        broken = self._broken_anew(others, self._candidates[number], frozenset(self._broken_by(others)))
        return [each for each in broken if not (is_booked and each == Violation("availability", number))]

    def best(self, most: int, *, but: Collection[int]) -> list[int]:
        """Return the ids of the people of the pool who fit, the best scored first, at most `most` of them."""
        problem = self._composed.problem
        unwanted = {*but, *self._full}
        away = {each.id for each in self._sitting} | {
            number for id_, number in self._numbers.items() if id_ in unwanted
        }
        may = may_sit(problem)
        slot = 0 if problem.slots else None
        before = frozenset(self._broken_by(self._sitting))
        found: list[int] = []
        for entry in rank(problem, (each for each in problem.candidates if may(each) and each.is_free(slot))):
            if len(found) == most:
                break
            newcomer = entry.candidate
            if newcomer.id not in away and not self._broken_anew(self._sitting, newcomer, before):
                found.append(self._composed.people[newcomer.id])
        return found

    def findings_of(self, seat: Seat) -> list[dict[str, Any]]:
        """Return what stands against the person of a seat, as seats keep it."""
        return [
            kept.plain(finding) for finding in self._composed.findings if finding.person == seat.person_id
        ]

    def _broken_anew(
        self, others: Sequence[Candidate], newcomer: Candidate, before: Collection[Violation]
    ) -> list[Violation]:
        about = {newcomer.id, newcomer.organisation, newcomer.party, newcomer.region}
        return [
            each
            for each in self._broken_by([*others, newcomer])
            if each not in before or each.subject in about
        ]

    def _broken_by(self, members: Collection[Candidate]) -> tuple[Violation, ...]:
        slot = 0 if self._judging.slots else None
        return violations(self._as_far_as(len(members)), slot, members)


def _as_far_as(problem: PanelProblem, filled: int) -> PanelProblem:
    """Return the problem as `filled` members can be judged by it: each vacant chair may bring what lacks."""
    vacant, size = max(problem.seats - filled, 0), max(filled, 1)
    wanted = (replace(each, seats=each.seats - vacant) for each in problem.wanted if each.seats > vacant)
    return replace(problem, seats=size, wanted=tuple(wanted), rules=_rules_as_far_as(problem, vacant, size))


def _rules_as_far_as(problem: PanelProblem, vacant: int, size: int) -> Rules:
    rules, seats = problem.rules, problem.seats
    most = rules.max_share_of_one_party
    return replace(
        rules,
        odd=False,
        size_min=0,
        chair=rules.chair and not vacant,
        min_regions=max(rules.min_regions - vacant, 0),
        max_share_of_one_party=None if most is None else most * seats / size,
        min_shares=tuple(_share_as_far_as(each, seats, vacant, size) for each in rules.min_shares),
    )


def _share_as_far_as(least: MinShare, seats: int, vacant: int, size: int) -> MinShare:
    still = least.share * seats - vacant
    return replace(least, share=still / size if still > 0 else Fraction(0))
