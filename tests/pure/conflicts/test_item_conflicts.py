from datetime import date

import pytest

from expertpool.conflicts import engine
from expertpool.conflicts.dates import months_before
from expertpool.conflicts.facts import (
    Declaration,
    Item,
    ItemSide,
    Person,
    ReceivedReview,
    Review,
    Role,
    Work,
)
from expertpool.conflicts.findings import TooManyExcluded
from expertpool.conflicts.names import organisation_core, organisation_key, person_key
from tests.builders.conflicts import ON, check_one, make_policy, ref, told

ITEM = Item(
    "I",
    "复合板",
    leaders=(ref(1, "贺兰"),),
    contributors=(ref(2, "申屠安"),),
    round="2026",
    kind="项目",
    skills=frozenset({7}),
)


def work(item="J", until=None, role=Role.LEADS, **facts):
    return Work(item, "旧项目", role, until, until, **facts)


def test_leading_and_contributing_and_applying_are_ones_own():
    assert told(check_one(Person(1, "贺兰"), ITEM)) == [("own-item", "certain", "leads-item")]
    assert told(check_one(Person(2, "申屠安"), ITEM)) == [("own-item", "certain", "contributes-item")]
    own = Item("K", "个人申报", (ref(5, "尉迟"),))
    assert told(check_one(Person(5, "尉迟"), own)) == [("own-item", "certain", "applies-item")]


def test_a_namesake_is_asked_and_nobody_else():
    assert told(check_one(Person(9, "贺 兰"), ITEM)) == [("namesake", "possible", "namesake-of")]
    assert told(check_one(Person(9, "He Lan", other_names=("贺兰",)), ITEM)) == [
        ("namesake", "possible", "namesake-of")
    ]
    assert told(check_one(Person(9, "贺兰山"), ITEM)) == []


def test_a_recusal_is_certain_by_id_and_possible_by_name():
    item = Item("I", "复合板", excluded=(ref(4, "丁一"), ref(None, "卞知秋")))
    assert told(check_one(Person(4, "丁一"), item)) == [
        ("applicant-recusal", "certain", "excluded-by-applicant")
    ]
    assert told(check_one(Person(9, "卞知秋"), item)) == [
        ("applicant-recusal", "possible", "excluded-by-applicant")
    ]
    assert told(check_one(Person(8, "丁一"), item)) == []


def test_more_names_than_allowed_are_a_fault_of_the_item():
    def faults(count):
        item = Item("I", "复合板", excluded=tuple(ref(n) for n in range(count)))
        return engine.check_items(ItemSide((item,)), make_policy(excluded_names_at_most=3))

    assert faults(3) == []
    assert faults(4) == [TooManyExcluded("I", 4, 3)]
    unlimited = ItemSide((Item("I", "复合板", excluded=tuple(ref(n) for n in range(9))),))
    assert engine.check_items(unlimited, make_policy()) == []


@pytest.mark.parametrize(("until", "count"), [(date(2023, 11, 22), 1), (date(2023, 11, 21), 0), (None, 1)])
def test_working_on_one_item_looks_back_from_when_both_did(until, count):
    leader = Person(1, "贺兰", works=(work(until=until), work("I")))
    person = Person(9, "卞知秋", works=(work(until=date(2026, 1, 1) if until else None),))
    found = check_one(person, ITEM, people=(leader,))
    assert told(found) == [("same-item-worked-on", "certain", "worked-together")] * count
    alone = Person(9, "卞知秋", works=(work("elsewhere"),))
    assert told(check_one(alone, ITEM, people=(leader,))) == []


def test_works_of_people_known_by_name_alone_make_it_possible():
    item = Item("I", "复合板", leaders=(ref(None, "贺兰"),))
    named = Person(None, "贺兰", works=(work(),))
    found = check_one(Person(9, "卞知秋", works=(work(),)), item, people=(named,))
    assert told(found) == [("same-item-worked-on", "possible", "worked-together")]


@pytest.mark.parametrize(
    ("facts", "count"),
    [
        ({"round": "2026", "kind": "项目", "skills": frozenset({7, 8})}, 1),
        ({"round": "2026"}, 1),
        ({"round": "2025", "kind": "项目", "skills": frozenset({7})}, 0),
        ({"round": "2026", "kind": "标准"}, 0),
        ({"round": "2026", "skills": frozenset({8})}, 0),
        ({"round": None}, 0),
        ({"round": "2026", "role": Role.DRAFTS}, 0),
    ],
)
def test_an_own_item_of_the_round_competes_when_it_is_similar(facts, count):
    found = check_one(Person(9, "卞知秋", works=(work(**facts),)), ITEM)
    assert told(found) == [("own-similar-item-in-round", "certain", "own-item-in-round")] * count


def test_an_own_item_on_the_same_agenda_competes_whatever_its_round():
    other = Item("J", "另一项目", leaders=(ref(9, "卞知秋"),))
    side = ItemSide((ITEM, other))
    found = engine.check(side, [Person(9, "卞知秋", works=(work("J"),))], make_policy(), ON)
    assert [(each.item, each.rule.value) for each in found] == [
        ("I", "own-similar-item-in-round"),
        ("J", "own-item"),
    ]


def test_having_judged_the_same_item_is_told_whenever_it_was():
    person = Person(9, "卞知秋", reviews=(Review("I", "复合板", date(2001, 1, 1)), Review("J", "旧项目")))
    assert told(check_one(person, ITEM)) == [("reviewed-before", "certain", "reviewed-item")]
    later = Person(9, "卞知秋", reviews=(Review("I", "复合板", date(2026, 11, 23)),))
    assert told(check_one(later, ITEM)) == []


@pytest.mark.parametrize(("on", "count"), [(date(2024, 11, 22), 1), (date(2024, 11, 21), 0), (None, 1)])
def test_reciprocal_review_looks_back_24_months(on, count):
    person = Person(9, "卞知秋", received_reviews=(ReceivedReview(ref(1, "贺兰"), "我的项目", on),))
    assert told(check_one(person, ITEM)) == [("reciprocal-review", "certain", "reviewed-by")] * count
    other = Person(9, "卞知秋", received_reviews=(ReceivedReview(ref(6, "旁人"), "我的项目", on),))
    assert told(check_one(other, ITEM)) == []


def test_an_interest_declared_in_the_item_counts():
    assert told(check_one(Person(9, "卞知秋", declarations=(Declaration("I"),)), ITEM)) == [
        ("declared", "certain", "declared-item")
    ]
    assert told(check_one(Person(9, "卞知秋", declarations=(Declaration("J"),)), ITEM)) == []


@pytest.mark.parametrize(
    ("on", "months", "expected"),
    [
        (date(2026, 11, 22), 36, date(2023, 11, 22)),
        (date(2025, 2, 28), 12, date(2024, 2, 28)),
        (date(2024, 2, 29), 12, date(2023, 2, 28)),
        (date(2026, 3, 31), 1, date(2026, 2, 28)),
        (date(2026, 1, 15), 1, date(2025, 12, 15)),
        (date(2026, 1, 15), 0, date(2026, 1, 15)),
        (date(2, 1, 1), 48, date.min),
    ],
)
def test_months_are_calendar_months(on, months, expected):
    assert months_before(on, months) == expected


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("华为（深圳）技术有限公司", "华为(深圳) 技术有限公司"),
        ("青原集团（总部）", "青原集团"),
        ("ＡＣＭＥ Ltd.", "acme ltd"),
    ],
)
def test_spellings_of_one_organisation_share_the_strong_key(one, other):
    assert organisation_key(one) == organisation_key(other)


def test_legal_forms_only_leave_the_weak_key():
    assert organisation_key("青原新材料有限公司") != organisation_key("青原新材料")
    assert (
        organisation_core("青原新材料有限公司") == organisation_core("青原新材料股份有限公司") == "青原新材料"
    )
    assert organisation_core("Acme Co., Ltd.") == organisation_core("ACME Inc") == "acme"
    assert organisation_core("Tobacco") == "tobacco"
    assert organisation_core("有限公司") == "有限公司"
    assert person_key("欧阳·娜 娜") == person_key("欧阳娜娜")
