"""Rows become the frozen problem of the engine: a fixed number of queries, whatever the size of the pool.

A person whom a certain finding bars is no candidate to sit, unless it was waived. Possible findings ask a
person; leaving the room and declaring are shown: none of these keeps anybody from the table.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache

from sqlalchemy.orm import Session

from expertpool.availability import queries as availability
from expertpool.conflicts.findings import Finding, PairFinding, TooManyExcluded
from expertpool.conflicts.policy import Certainty, Handling
from expertpool.errors import N_, Invalid
from expertpool.interests.queries import findings_for_items, pair_findings, pair_findings_of_pool
from expertpool.interests.suspects import Names
from expertpool.matching.memory import uncollected
from expertpool.matching.problem import Candidate, PanelProblem, Rules, Slot, Wanted
from expertpool.panels import history, pool, scoring, strengths, terms
from expertpool.panels.pool import Member
from expertpool.panels.question import Question
from expertpool.panels.reviews import earlier_reviews
from expertpool.panels.waivers import standing_facts

DRAFTERS = "drafters"
"""Stands for all employers of an item's drafters where the preset caps their share together."""


@dataclass(frozen=True)
class Background:
    """What the score of one person rests on."""

    experience: int = 0
    recent: int = 0
    skills: tuple[int, ...] = ()
    """Skills held of those that score."""


NEW = Background()


@dataclass(frozen=True)
class Composed:
    """The problem, and what explains its answer. Ids of the problem are the numbers of people."""

    question: Question
    on: date
    problem: PanelProblem
    people: Mapping[str, int]
    backgrounds: Mapping[str, Background]
    findings: tuple[Finding, ...]
    pairs: tuple[PairFinding, ...]
    too_many_excluded: tuple[TooManyExcluded, ...]
    unasked: tuple[str, ...]
    """Interest parties whose least share can't be asked, because nobody's party is known."""


@uncollected()
def compose(
    session: Session, question: Question, *, now: datetime, only: Collection[int] | None = None
) -> Composed:
    """Return the problem that the engine is asked; `only` narrows the pool, to check a panel that is made.

    Raises Invalid when a locked person is not in the pool.
    """
    on = question.meeting_day(now)
    question = replace(question, preset=question.preset.on(on))
    members = pool.load(session, only)
    numbers = {member.id: member.number for member in members}
    _all_known(question.lock, numbers)
    against = _Against(session, question, on, numbers, only, now)
    asked = (question.preset, question.rules, question.seats)
    parties_known = any(member.party for member in members)
    rules = terms.rules_of(*asked, parties_known=parties_known)
    scored = _Scored(session, question, members, rules, on, now)
    free = _free(session, question)
    barred, absent = against.barred(), against.absent()
    drafters = _drafters(session, question)
    candidates = tuple(
        Candidate(
            id=member.number,
            organisation=DRAFTERS if member.employer in drafters else member.employer,
            region=member.region,
            party=member.party,
            skills=scored.skills(member.id),
            parts=scored.parts(member, absent=member.id in absent),
            free=free.get(member.id),
            findings=barred.get(member.id, ()),
            load=scored.loads.get(member.id, 0),
        )
        for member in members
    )
    problem = PanelProblem(
        candidates=candidates,
        seats=question.seats,
        alternates=question.alternates,
        wanted=tuple(Wanted(str(skill), seats) for skill, seats in sorted(question.wanted.items())),
        slots=tuple(Slot(f"{starts.isoformat()}/{ends.isoformat()}") for starts, ends in question.slots),
        lock=frozenset(numbers[person] for person in question.lock),
        exclude=frozenset(numbers[person] for person in question.exclude if person in numbers),
        rules=rules,
        apart=against.pairs_to(bar=True),
        declare=against.pairs_to(bar=False),
        mode=question.mode,
        seed=question.seed,
    )
    return Composed(
        question=question,
        on=on,
        problem=problem,
        people={number: person for person, number in numbers.items()},
        backgrounds=scored.backgrounds(members),
        findings=tuple(against.findings),
        pairs=tuple(against.pairs),
        too_many_excluded=tuple(against.too_many),
        unasked=() if parties_known else terms.unasked(*asked),
    )


class _Against:
    """What speaks against people of the pool, and against pairs of them."""

    def __init__(
        self,
        session: Session,
        question: Question,
        on: date,
        numbers: Mapping[int, str],
        only: Collection[int] | None,
        now: datetime,
    ) -> None:
        policy = question.preset.policy
        earlier = earlier_reviews(
            session, on, now=now, but_panel=question.panel_id, item_ids=question.item_ids
        )
        waivers = standing_facts(session, question.panel_id)
        names = Names(session) if only is None else None
        answer = findings_for_items(
            session,
            question.item_ids,
            policy,
            on,
            person_ids=only,
            earlier=earlier,
            waivers=waivers,
            names=names,
        )
        if names is not None:
            pairs = pair_findings_of_pool(session, policy, on, names=names)
        else:
            pairs = pair_findings(session, only or (), policy, on)
        self.numbers, self.items = numbers, len(question.item_ids)
        self.findings = [each for each in answer.findings if each.person in numbers]
        self.pairs = [each for each in pairs if each.first in numbers and each.second in numbers]
        self.too_many = answer.items

    def barred(self) -> dict[int, tuple[str, ...]]:
        """Return the rules that bar each person."""
        found: dict[int, dict[str, None]] = defaultdict(dict)
        for finding in self.findings:
            if finding.bars:
                found[int(finding.person)][finding.rule.value] = None
        return {person: tuple(rules) for person, rules in found.items()}

    def absent(self) -> set[int]:
        """Return who would have to leave the room for every item."""
        items: dict[int, set[object]] = defaultdict(set)
        for finding in self.findings:
            leaves = finding.handling is Handling.LEAVE_ROOM and finding.waiver is None
            if leaves and finding.certainty is Certainty.CERTAIN:
                items[int(finding.person)].add(finding.item)
        return {person for person, left in items.items() if len(left) == self.items}

    def pairs_to(self, *, bar: bool) -> tuple[tuple[str, str], ...]:
        """Return the pairs that may not sit together, or those that may and are told."""
        pairs: dict[tuple[str, str], bool] = {}
        for each in self.pairs:
            pair = (self.numbers[int(each.first)], self.numbers[int(each.second)])
            bars = each.handling is Handling.BAR and each.certainty is Certainty.CERTAIN
            pairs[pair] = pairs.get(pair, False) or bars
        return tuple(sorted(pair for pair, bars in pairs.items() if bars is bar))


class _Scored:
    """The parts of everybody's score: see `panels.scoring`."""

    def __init__(
        self,
        session: Session,
        question: Question,
        members: Collection[Member],
        rules: Rules,
        on: date,
        now: datetime,
    ) -> None:
        self.cap = rules.max_load
        called_for = strengths.skills_of_items(session, question.item_ids)
        self.wanted = question.wanted or dict.fromkeys(called_for, 1)
        reaches = strengths.reach_of(session, self.wanted)
        self.strengths = strengths.of_pool(session, reaches)
        self.fill = frozenset(question.wanted)
        touching = frozenset().union(*(reach.holds for reach in reaches.values()))
        self.experience = history.experience(session, touching, question.item_ids, now=now)
        self.loads = history.loads_of_year(session, on, question.panel_id)
        self.recent = history.recent_reviews(session, on, question.panel_id, now=now)
        regions = shares(member.region for member in members)
        parties = shares(member.party for member in members)
        self.balance = cache(lambda region, party: scoring.balance(regions.get(region), parties.get(party)))
        self._shared_skills = cache(self._skills)
        self._shared_parts = cache(self._parts)

    def skills(self, person: int) -> Mapping[str, float]:
        """Return the wanted skills whose seats the person can fill."""
        return self._shared_skills(self.strengths.get(person, strengths.NONE))

    def parts(self, member: Member, *, absent: bool) -> Mapping[str, float]:
        """Return the parts of the person's score; people who are alike share one mapping."""
        return self._shared_parts(
            self.strengths.get(member.id, strengths.NONE),
            self.experience.get(member.id, 0),
            self.recent.get(member.id, 0),
            self.balance(member.region, member.party),
            absent,
        )

    def _skills(self, held: strengths.Strengths) -> dict[str, float]:
        return {str(skill): strength for skill, strength in held.holds.items() if skill in self.fill}

    def _parts(
        self, held: strengths.Strengths, experience: int, recent: int, balance: float, absent: bool
    ) -> dict[str, float]:
        parts = {
            "skill": scoring.skill(held.by_skill, self.wanted),
            "experience": scoring.experience(experience),
            "rotation": scoring.rotation(recent, self.cap),
            "balance": balance,
        }
        return scoring.halved(parts) if absent else parts

    def backgrounds(self, members: Iterable[Member]) -> dict[str, Background]:
        """Return what is known of those of whom something is known, by number."""
        known = self.experience.keys() | self.recent.keys() | self.strengths.keys()
        return {member.number: self._background(member.id) for member in members if member.id in known}

    def _background(self, person: int) -> Background:
        return Background(
            self.experience.get(person, 0),
            self.recent.get(person, 0),
            tuple(self.strengths.get(person, strengths.NONE).holds),
        )


def _all_known(people: Collection[int], numbers: Mapping[int, str]) -> None:
    if set(people) - set(numbers):
        raise Invalid(
            N_("Somebody who is locked does not take part any more. Unlock them and ask again."), field="lock"
        )


def shares(values: Iterable[str | None]) -> dict[str | None, float]:
    """Return which share of those known each value has; None is unknown."""
    counts = Counter(value for value in values if value is not None)
    whole = sum(counts.values())
    return {value: count / whole for value, count in counts.items()}


def _free(session: Session, question: Question) -> dict[int, frozenset[int]]:
    """Return the indexes of the slots that suit, by person, of those whom not all slots suit."""
    busy: dict[int, set[int]] = defaultdict(set)
    for index, slot in enumerate(question.slots):
        for person in availability.unavailable(session, slot):
            busy[person].add(index)
    every = frozenset(range(len(question.slots)))
    return {person: every - slots for person, slots in busy.items()}


def _drafters(session: Session, question: Question) -> frozenset[str]:
    """Return the employers that count as one because the preset caps them together, else none.

    One cap for all of them is stricter than their share needs on large panels, and never laxer.
    """
    if terms.drafter_share(question.preset) is None:
        return frozenset()
    return pool.drafters_employers(session, question.item_ids)
