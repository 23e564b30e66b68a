"""A stored problem comes back as the engine got it, under one hash."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from expertpool.matching.problem import Candidate, MinShare, Mode, PanelProblem, Rules, Slot, Wanted
from expertpool.panels import frozen

PEOPLE = (
    Candidate("E1", "#7", "110000", "user", parts={"skill": 0.5, "balance": 0.25}, free=frozenset({1, 0})),
    Candidate("E2", parts={"balance": 0.25, "skill": 0.5}, free=frozenset(), findings=("kin", "spouse")),
    Candidate("E3", "=某公司", may_chair=False, skills={"3": 1.0, "12": 0.5}, load=4),
)
PROBLEM = PanelProblem(
    PEOPLE,
    seats=3,
    alternates=1,
    wanted=(Wanted("3", 2), Wanted("12")),
    slots=(Slot("Mon"), Slot("Tue", 0.5)),
    lock=frozenset({"E3", "E1"}),
    exclude=frozenset({"E2"}),
    rules=Rules(
        odd=True,
        max_per_organisation=1,
        max_share_of_one_party=Fraction(1, 2),
        min_shares=(MinShare(frozenset({"user", "maker"}), Fraction(1, 4)),),
        max_load=6,
    ),
    apart=(("E1", "E2"),),
    declare=(("E2", "E3"),),
    mode=Mode.RANDOM,
    seed=9,
    limit=30.0,
)


def test_a_problem_comes_back_whole_and_keeps_its_hash() -> None:
    packed, digest = frozen.pack(PROBLEM)
    again = frozen.unpack(packed)
    assert again == PROBLEM
    assert frozen.pack(again) == (packed, digest)


def test_the_hash_depends_on_what_is_asked_and_not_on_the_order_of_what_has_none() -> None:
    turned = tuple(
        replace(each, parts=dict(reversed(each.parts.items())), skills=dict(reversed(each.skills.items())))
        for each in PEOPLE
    )
    assert frozen.pack(replace(PROBLEM, candidates=turned)) == frozen.pack(PROBLEM)
    others = [
        replace(PROBLEM, candidates=(*PEOPLE[:2], replace(PEOPLE[2], load=5))),
        replace(PROBLEM, candidates=(*PEOPLE[:2], replace(PEOPLE[2], free=frozenset()))),
        replace(PROBLEM, candidates=(replace(PEOPLE[0], parts={"skill": 0.6, "balance": 0.25}), *PEOPLE[1:])),
        replace(PROBLEM, seed=10),
    ]
    assert len({frozen.pack(each)[1] for each in (PROBLEM, *others)}) == 5
