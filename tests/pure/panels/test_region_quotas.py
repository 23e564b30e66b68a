"""A preset's caps by region become a rule of the engine; least numbers of named regions stay with people."""

from __future__ import annotations

import zlib
from dataclasses import replace
from fractions import Fraction

import pytest

from expertpool.matching.problem import Candidate, PanelProblem, Rules
from expertpool.panels import frozen
from expertpool.panels.checks import of_members
from expertpool.panels.preset import shipped
from expertpool.panels.preset_parts import Quota, QuotaBy
from expertpool.panels.terms import is_held, rules_of


def quota(**bounds):
    known = shipped("general-review").quotas[0]
    empty = dict.fromkeys(("at_most", "at_most_share", "at_least", "at_least_share"))
    return replace(known, by=QuotaBy.REGION, **{**empty, "values": (), **bounds})


def cap_of(*quotas: Quota, seats: int = 7, **overrides) -> int | None:
    preset = replace(shipped("general-review"), quotas=quotas)
    return rules_of(preset, overrides, seats).max_per_region


def test_a_number_and_a_share_rounded_down_cap_each_region_and_the_strictest_holds():
    half = quota(at_most_share=Fraction(1, 2))
    assert [cap_of(half, seats=seats) for seats in (5, 6, 7)] == [2, 3, 3]
    assert cap_of(quota(at_most=4), half) == 3
    assert cap_of(quota(at_most=2), half) == 2
    assert cap_of(quota(at_most=2), max_per_region=5) == 5
    assert cap_of() is None


@pytest.mark.parametrize(
    ("bounds", "held"),
    [
        ({"at_most": 2}, True),
        ({"at_most_share": Fraction(1, 3)}, True),
        ({"at_most": 2, "values": ("青原市",)}, False),
        ({"at_least": 1, "values": ("青原市",)}, False),
        ({"at_least": 1}, False),
    ],
)
def test_what_is_not_held_is_left_to_people(bounds, held):
    assert is_held(quota(**bounds)) is held
    assert cap_of(quota(**bounds)) == (None if not held else 2)


def test_a_problem_keeps_the_cap_and_one_without_it_keeps_its_old_hash():
    people = tuple(Candidate(id_, region="north") for id_ in "AB")
    capped = PanelProblem(people, seats=2, rules=Rules(max_per_region=1))
    packed, digest = frozen.pack(capped)
    assert frozen.unpack(packed).rules == capped.rules
    free = replace(capped, rules=Rules())
    assert frozen.pack(free)[1] != digest
    assert b"max_per_region" not in zlib.decompress(frozen.pack(free)[0])


def test_the_check_of_a_proposal_counts_the_fullest_region():
    people = [Candidate("A", region="north"), Candidate("B", region="north"), Candidate("C"), Candidate("D")]
    problem = PanelProblem(tuple(people), seats=4, rules=Rules(max_per_region=2))
    (found,) = [each for each in of_members(problem, people) if each["rule"] == "max_per_region"]
    assert (found["met"], found["is"], found["asked"]) == (True, 2, 2)
