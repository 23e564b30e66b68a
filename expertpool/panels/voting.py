"""Compare a vote with a preset's pass rule, in whole numbers: no share is ever rounded.

Sources: TC-10 (turnout of members, approval and opposition of votes cast), STD-3 (of those present;
by letter of the replies).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from expertpool.panels.preset_parts import Ballot, Decision, Denominator, Threshold


class Outcome(StrEnum):
    """What a vote came to."""

    PASSED = "passed"
    NOT_PASSED = "not-passed"
    NOT_QUORATE = "not-quorate"
    """Too few took part; the vote has to be repeated."""


class Measure(StrEnum):
    """What of a vote is compared with a threshold."""

    TURNOUT = "turnout"
    APPROVE = "approve"
    OPPOSE = "oppose"


@dataclass(frozen=True)
class Vote:
    """Heads. `members` and `present` leave out the `recused`; `replies` is None unless voted by letter."""

    members: int
    present: int
    approve: int
    oppose: int
    abstain: int
    recused: int = 0
    replies: int | None = None

    @property
    def voters(self) -> int:
        """How many took part: for, against or abstaining; by letter, who replied."""
        return self.approve + self.oppose + self.abstain if self.replies is None else self.replies


@dataclass(frozen=True)
class Check:
    """One threshold: `count` of `total` was compared; `bound` heads are needed, or allowed at most."""

    measure: Measure
    count: int
    total: int
    share: str
    of: Denominator
    bound: int
    met: bool


@dataclass(frozen=True)
class Verdict:
    """The outcome with everything that was compared."""

    outcome: Outcome
    checks: tuple[Check, ...]

    def plain(self) -> dict[str, Any]:
        """Return the verdict as JSON, for `Conclusion.rule`."""
        checks = [
            {
                "measure": each.measure.value,
                "count": each.count,
                "total": each.total,
                "share": each.share,
                "of": each.of.value,
                "bound": each.bound,
                "met": each.met,
            }
            for each in self.checks
        ]
        return {"outcome": self.outcome.value, "checks": checks}


def of_plain(rule: dict[str, Any]) -> Verdict | None:
    """Return the verdict that `Verdict.plain` kept; None when there was none."""
    if not rule:
        return None
    checks = [
        Check(**{**each, "measure": Measure(each["measure"]), "of": Denominator(each["of"])})
        for each in rule["checks"]
    ]
    return Verdict(Outcome(rule["outcome"]), tuple(checks))


def judge(decision: Decision, vote: Vote) -> Verdict:
    """Return what the vote came to under a pass rule that asks for one; by letter with `replies`."""
    ballot = ballot_of(decision, by_letter=vote.replies is not None)
    turnout = [_least(Measure.TURNOUT, ballot.turnout, vote.voters, vote, decision)] if ballot.turnout else []
    approve = _least(Measure.APPROVE, ballot.approve, vote.approve, vote, decision)
    oppose = [_most(ballot.oppose, vote, decision)] if ballot.oppose else []
    checks = (*turnout, approve, *oppose)
    if not all(each.met for each in turnout):
        return Verdict(Outcome.NOT_QUORATE, checks)
    passed = all(each.met for each in checks)
    return Verdict(Outcome.PASSED if passed else Outcome.NOT_PASSED, checks)


def expected(decision: Decision, members: int, present: int, recused: int = 0) -> Verdict:
    """Return what a vote would be compared with if everybody present approves: bounds to tell before."""
    return judge(decision, Vote(members, present, approve=present, oppose=0, abstain=0, recused=recused))


def ballot_of(decision: Decision, *, by_letter: bool) -> Ballot:
    """Return the ballot of a rule that asks for a vote; by letter the same, unless it has one of its own."""
    ballot = (decision.by_letter if by_letter else None) or decision.ballot
    if ballot is None:
        raise ValueError("this pass rule asks for no vote")
    return ballot


def total(of: Denominator, vote: Vote, decision: Decision) -> int:
    """Return the heads of a denominator.

    The recused stand among members and those present only if the rule counts them; who abstains leaves
    those present, the votes cast and the replies unless the rule counts them.
    """
    recused = vote.recused if decision.recused_count else 0
    silent = 0 if decision.abstentions_count else vote.abstain
    heads = {
        Denominator.MEMBERS: vote.members + recused,
        Denominator.PRESENT: vote.present + recused - silent,
        Denominator.CAST: vote.approve + vote.oppose + vote.abstain - silent,
        Denominator.REPLIES: (vote.voters if vote.replies is None else vote.replies) - silent,
    }
    return heads[of]


def _least(measure: Measure, threshold: Threshold, count: int, vote: Vote, decision: Decision) -> Check:
    """Compare with a least share; nobody out of nobody reaches none."""
    heads = total(threshold.of, vote, decision)
    bound = max(1, -(-threshold.share.numerator * heads // threshold.share.denominator))
    met = count > 0 and threshold.reached_by(count, heads)
    return Check(measure, count, heads, str(threshold.share), threshold.of, bound, met)


def _most(threshold: Threshold, vote: Vote, decision: Decision) -> Check:
    heads = total(threshold.of, vote, decision)
    bound = threshold.share.numerator * heads // threshold.share.denominator
    met = threshold.kept_by(vote.oppose, heads)
    return Check(Measure.OPPOSE, vote.oppose, heads, str(threshold.share), threshold.of, bound, met)
