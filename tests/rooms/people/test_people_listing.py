from collections import Counter

import pytest

from expertpool.people import listing, queries
from expertpool.people.listing import Conditions
from expertpool.people.models import Grade, InterestParty, Status
from tests.builders.people import make_person
from tests.rooms.people.taxonomy import make_skill


@pytest.fixture
def pool(session):
    bearings = make_skill(session, "21.100", "轴承")
    rolling = make_skill(session, "21.100.20", "滚动轴承", parent=bearings)
    machines = make_skill(session, "25.060", "机床")
    make = {
        "lu": {"skills": (rolling,), "region": "青原", "grade": Grade.SENIOR},
        "he": {"skills": (bearings, machines), "region": "临川", "interest_party": InterestParty.USER},
        "zeng": {"skills": (machines,), "region": "青原", "status": Status.SUSPENDED},
        "old": {"skills": (machines,), "region": "青原", "status": Status.RETIRED},
    }
    names = {"lu": "陆文澜", "he": "何霁", "zeng": "曾一诺", "old": "沈知远"}
    people = {key: make_person(session, names[key], **values) for key, values in make.items()}
    make_person(session, "陆文澜", skills=(rolling,), region="青原", merged_into_id=people["lu"].id)
    return {**people, "bearings": bearings, "rolling": rolling, "machines": machines}


def found(session, conditions, key="name"):
    order = listing.ordered(conditions, key)
    return [person.name for person in listing.rows(session, conditions, order, limit=9, offset=0)]


def test_who_is_retired_or_merged_is_not_in_the_pool(session, pool):
    assert found(session, Conditions()) == ["何霁", "陆文澜", "曾一诺"]
    assert listing.pool_size(session) == listing.overview(session, Conditions()).total == 3


def test_a_facet_ignores_what_it_asks_itself_and_heeds_the_others(session, pool):
    overview = listing.overview(session, Conditions(region=("青原",), grade=(Grade.EXPERT,)))
    assert overview.total == 1
    assert overview.counts == {
        "status": Counter({Status.SUSPENDED: 1, Status.RETIRED: 1}),
        "grade": Counter({Grade.SENIOR: 1, Grade.EXPERT: 1}),
        "party": Counter(),
        "region": Counter({"青原": 1, "临川": 1}),
    }


def test_the_total_is_the_number_of_rows(session, pool):
    for conditions in (
        Conditions(q="陆"),
        Conditions(status=(Status.RETIRED,)),
        Conditions(skills=(pool["bearings"].id,)),
        Conditions(skills=(pool["bearings"].id, pool["machines"].id)),
        Conditions(party=(InterestParty.USER,), region=("临川", "青原")),
        Conditions(q="“”"),
    ):
        assert listing.overview(session, conditions).total == len(found(session, conditions))


def test_a_skill_is_held_by_who_holds_one_below(session, pool):
    assert found(session, Conditions(skills=(pool["bearings"].id,))) == ["何霁", "陆文澜"]
    assert found(session, Conditions(skills=(pool["rolling"].id,))) == ["陆文澜"]


@pytest.mark.parametrize("total", [0, 10_000])
def test_holders_are_counted_alike_directly_and_by_subtraction(session, pool, total):
    held = dict(listing.most_held(session, Conditions(), total))
    assert held == {pool["machines"].id: 2, pool["bearings"].id: 1, pool["rolling"].id: 1}
    held = dict(listing.most_held(session, Conditions(region=("青原",)), total))
    assert held == {pool["rolling"].id: 1, pool["machines"].id: 1}


def test_grades_sort_by_rank_and_the_very_name_comes_first(session, pool):
    make_person(session, "陆文", grade=Grade.TALENT)
    assert found(session, Conditions(), "grade") == ["陆文", "何霁", "曾一诺", "陆文澜"]
    assert found(session, Conditions(q="陆文"), "best") == ["陆文", "陆文澜"]


def test_who_may_be_the_same_has_the_address_or_the_name(session, pool):
    named = make_person(session, "陆　文澜")
    addressed = make_person(session, "鲁文兰", addresses=("lu@example.org",))
    same = queries.possibly_same(session, "陆文澜", ("LU@example.org",), but=pool["lu"].id)
    assert [person.id for person in same] == [addressed.id, named.id]
