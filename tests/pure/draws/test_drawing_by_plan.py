"""Strata, caps, recusals and alternates, against brute force and by their properties."""

import itertools
from collections import Counter
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from expertpool.draws.drawing import Outcome, deal, draw
from expertpool.draws.plan import Candidate, Cap, Plan, Recusal, Stratum, check, simple
from expertpool.draws.rfc3797 import Hash, Value, select
from expertpool.errors import Invalid
from tests.builders.draws import people


def candidate(name, employer=(), skill=()):
    return Candidate(name, {"employer": tuple(employer), "skill": tuple(skill)})


FOUR = (
    candidate("a", ["Q1"], ["x"]),
    candidate("b", ["Q1"], ["x", "y"]),
    candidate("c", ["Q2"], ["x", "y"]),
    candidate("d", ["Q2", "Q3"], ["y"]),
)
PLANS = [
    simple(2, 1),
    Plan((Stratum("", {}, 2, 2),), (Cap("employer", 1),)),
    Plan((Stratum("", {}, 2, 1),), (), (Recusal("b", "本单位"),)),
    Plan((Stratum("x", {"skill": "x"}, 1, 1), Stratum("y", {"skill": "y"}, 1, 1)), (Cap("employer", 1),)),
    Plan((Stratum("y", {"skill": "y"}, 2), Stratum("x", {"skill": "x"}, 1)), (), (Recusal("a", "亲属"),)),
]


def outcome(drawn):
    return drawn.names(Outcome.SEAT), drawn.names(Outcome.ALTERNATE), tuple(drawn.short.items())


@pytest.mark.parametrize("plan", PLANS)
def test_every_result_comes_exactly_as_often_as_when_drawing_from_an_urn(plan):
    multiple = 12  # a number that 1, 2, 3 and 4 divide, so that every remainder comes equally often
    found = Counter(
        outcome(deal(FOUR, plan, (Value(i, f"{v:X}") for i, v in enumerate(stream))))
        for stream in itertools.product(range(multiple), repeat=4)
    )
    assert {result: Fraction(n, multiple**4) for result, n in found.items()} == urn(FOUR, plan)


def urn(pool, plan):
    """Return the exact chance of every result by walking all ways to draw slips from urns."""
    recused = {recusal.name for recusal in plan.recusals}
    limits = {cap.group: cap.at_most for cap in plan.caps}
    rounds = [("seats", s) for s in plan.strata] + [("alternates", s) for s in plan.strata]
    chances = Counter()

    def fits(person, held):
        together = [p for p in pool if p.name in held] + [person]
        return all(
            sum(value in p.groups.get(group, ()) for p in together) <= limit
            for group, limit in limits.items()
            for value in person.groups.get(group, ())
        )

    def walk(turn, wanted, gone, seats, alternates, short, chance):
        if turn == len(rounds):
            chances[seats, alternates, short] += chance
            return
        kind, stratum = rounds[turn]
        wanted = getattr(stratum, kind) if wanted is None else wanted
        slips = [p for p in pool if p.name not in gone and stratum.takes(p)]
        if not wanted or not slips:
            missing = ((stratum.label, wanted),) if wanted and kind == "seats" else ()
            walk(turn + 1, None, gone, seats, alternates, short + missing, chance)
            return
        for person in slips:
            good = person.name not in recused and fits(person, seats + alternates)
            one = (person.name,) if good else ()
            walk(
                turn,
                wanted - good,
                gone | {person.name},
                seats + (one if kind == "seats" else ()),
                alternates + (one if kind == "alternates" else ()),
                short,
                chance / len(slips),
            )

    walk(0, None, frozenset(), (), (), (), Fraction(1))
    return dict(chances)


@given(st.integers(1, 30), st.integers(0, 10**6), st.sampled_from(Hash))
def test_a_plan_without_rules_is_rfc_3797_and_alternates_just_continue(size, number, hash_):
    key = f"{number}./"
    seats = (size + 1) // 2
    pool = people(size)
    drawn = draw(pool, simple(seats, size - seats), key, hash_)
    assert [step.number for step in drawn.steps] == list(select(size, size, key, hash_))
    assert drawn.names(Outcome.SEAT) == tuple(pool[n - 1].name for n in select(size, seats, key, hash_))


employers = st.lists(st.sampled_from("QRST"), max_size=2, unique=True)
skills = st.lists(st.sampled_from("xyz"), max_size=3, unique=True)


@given(
    st.lists(st.tuples(employers, skills), min_size=1, max_size=20),
    st.integers(1, 3),
    st.integers(0, 10**6),
    st.sets(st.integers(0, 19)),
    st.sets(st.integers(0, 19)),
)
def test_rules_hold_and_nobody_is_passed_over_silently(rows, at_most, number, recused, late):
    pool = tuple(candidate(f"p{i}", *row) for i, row in enumerate(rows))
    named = [Recusal(f"p{i}", f"reason {i}") for i in sorted(recused) if i < len(rows)]
    later = tuple(Recusal(f"p{i}", f"late {i}") for i in sorted(late - recused) if i < len(rows))
    strata = (Stratum("x", {"skill": "x"}, 2, 1), Stratum("any", {}, 3, 2))
    plan = Plan(strata, (Cap("employer", at_most),), tuple(named))
    drawn = draw(pool, plan, f"{number}./", late=later)
    by_name = {person.name: person for person in pool}
    taken = [s for s in drawn.steps if s.outcome in (Outcome.SEAT, Outcome.ALTERNATE)]
    held = Counter(employer for s in taken for employer in by_name[s.name].groups["employer"])
    reasons = {recusal.name: recusal.reason for recusal in (*named, *later)}

    assert max(held.values(), default=0) <= at_most
    assert not reasons.keys() & {s.name for s in taken}
    assert all("x" in by_name[s.name].groups["skill"] for s in drawn.steps if s.stratum == "x")
    assert len({s.name for s in drawn.steps}) == len(drawn.steps)
    assert [s.index for s in drawn.steps] == list(range(len(drawn.steps)))
    assert {s.name: s.reason for s in drawn.steps if s.outcome is Outcome.RECUSED} == {
        name: reason for name, reason in reasons.items() if name in {s.name for s in drawn.steps}
    }
    assert all(s.reason.startswith("employer: ") for s in drawn.steps if s.outcome is Outcome.CAPPED)
    for stratum in strata:
        seats = sum(s.outcome is Outcome.SEAT and s.stratum == stratum.label for s in drawn.steps)
        assert seats + drawn.short.get(stratum.label, 0) == stratum.seats


def test_a_recusal_found_out_late_moves_nobody_else():
    pool, plan = people(9), simple(3)
    first = draw(pool, plan, "77./")
    gone = first.steps[1].name
    again = draw(pool, plan, "77./", late=(Recusal(gone, "亲属"),))
    assert [s.name for s in again.steps[:3]] == [s.name for s in first.steps]
    assert again.names(Outcome.SEAT) == (first.steps[0].name, first.steps[2].name, again.steps[3].name)
    assert (again.steps[1].outcome, again.steps[1].reason) == (Outcome.RECUSED, "亲属")


def test_the_order_of_the_pool_decides_only_by_the_published_numbers():
    pool = people(9)
    turned = tuple(reversed(pool))
    numbers = [step.number for step in draw(pool, simple(9), "5./").steps]
    assert [step.number for step in draw(turned, simple(9), "5./").steps] == numbers
    assert draw(turned, simple(9), "5./").steps[0].name == turned[numbers[0] - 1].name


@pytest.mark.parametrize(
    ("pool", "plan", "problem"),
    [
        ((Candidate("a"), Candidate("b"), Candidate("a")), simple(1), "“a” is in the pool twice."),
        ((Candidate(" a"),), simple(1), "without spaces around"),
        ((Candidate("a\nb"),), simple(1), "one line"),
        ((Candidate(""),), simple(1), "Every name"),
        (people(3), simple(0, 1), "There is no seat to draw."),
        (people(3), simple(-1), "fewer than none"),
        (people(3), simple(4), "Stratum “” has 4 seats, but only 3 may take them."),
        (people(3), Plan((Stratum("s", {}, 1), Stratum("s", {}, 1))), "same label"),
        (people(3), Plan((Stratum("s", {}, 1),), (Cap("employer", 0),)), "one cap, of 1 or more"),
        (people(3), Plan((Stratum("s", {}, 1),), (Cap("e", 1), Cap("e", 2))), "one cap, of 1 or more"),
        (people(3), Plan((Stratum("s", {}, 1),), (), (Recusal("丙", "亲属"),)), "“丙” is recused"),
        (people(3), Plan((Stratum("s", {}, 1),), (), (Recusal("甲1", "x"),) * 2), "“甲1” is recused"),
        (people(3), Plan((Stratum("s", {}, 1),), (), (Recusal("甲1", " "),)), "needs a reason"),
        (people(2), Plan((Stratum("s", {}, 2),), (), (Recusal("甲1", "x"),)), "only 1 may take them"),
    ],
)
def test_a_plan_that_can_not_be_drawn_is_refused(pool, plan, problem):
    with pytest.raises(Invalid, match=problem):
        check(pool, plan)


def test_a_plan_that_just_can_be_drawn_is_accepted():
    assert check(people(2), Plan((Stratum("s", {}, 1, 5),), (), (Recusal("甲1", "x"),))) is None
