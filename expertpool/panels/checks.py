"""The rules of a proposal one by one, with the figures that meet them or don't."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from expertpool.matching.problem import Candidate, PanelProblem


def of_members(problem: PanelProblem, members: Sequence[Candidate]) -> list[dict[str, Any]]:
    """Return each rule that is asked: `{"rule", "met", "is", "asked", "subject"}`; shares as text."""
    rules, size = problem.rules, len(members)
    found = [_check("size_min", size >= rules.size_min, size, rules.size_min)]
    if rules.odd:
        found.append(_check("odd", size % 2 == 1, size, None))
    for key in ("organisation", "region"):
        rule, most = f"max_per_{key}", _most(getattr(each, key) for each in members)
        cap = getattr(rules, rule)
        if cap is not None:
            found.append(_check(rule, most <= cap, most, cap))
    if rules.max_share_of_one_party is not None:
        most, share = _most(each.party for each in members), rules.max_share_of_one_party
        found.append(_check("max_share_of_one_party", most <= share * size, f"{most}/{size}", str(share)))
    for least in rules.min_shares:
        held = sum(each.party in least.parties for each in members)
        met = held >= least.share * size
        found.append(_check("min_share", met, f"{held}/{size}", str(least.share), least.name))
    if rules.min_regions:
        regions = len({each.region for each in members} - {None})
        found.append(_check("min_regions", regions >= rules.min_regions, regions, rules.min_regions))
    if rules.max_load is not None:
        load = max((each.load for each in members), default=0)
        found.append(_check("max_load", load < rules.max_load, load, rules.max_load))
    for want in problem.wanted:
        holders = sum(each.skills.get(want.skill, 0) > 0 for each in members)
        found.append(_check("skill", holders >= want.seats, holders, want.seats, want.skill))
    return found


def _check(rule: str, met: bool, is_: Any, asked: Any, subject: str | None = None) -> dict[str, Any]:
    return {"rule": rule, "met": met, "is": is_, "asked": asked, "subject": subject}


def _most(values: Any) -> int:
    return max(Counter(value for value in values if value is not None).values(), default=0)
