from datetime import date

import pytest

from expertpool.conflicts import engine
from expertpool.conflicts.facts import Item, Organisation, Person, Waiver
from expertpool.conflicts.policy import Handling, PairRule, Policy, Rule, Treatment
from tests.builders.conflicts import ON, check_one, make_policy, org, ref, related, told

APPLICANT = Organisation(2, "青原新材料有限公司")
ITEM = Item("I", "复合板", (org(2),), leaders=(ref(1, "贺兰"),), contributors=(ref(None, "申屠安"),))


def findings(*relations, people=(), policy=None, name="卞知秋"):
    person = Person(9, name, relations=relations)
    return told(check_one(person, ITEM, (APPLICANT,), people=people, policy=policy))


@pytest.mark.parametrize(
    "kind", ["spouse", "kin", "advisor", "student", "coauthor", "collaborator", "competitor", "declared"]
)
def test_a_relation_to_the_items_people_counts_under_its_own_rule(kind):
    assert findings(related(kind, ref(1))) == [(kind, "certain", f"{kind}-of")]
    assert findings(related(kind, ref(5, "贺兰"))) == []


@pytest.mark.parametrize("kind", ["shareholder", "consultant", "competitor", "declared"])
def test_a_relation_to_the_applicant_counts(kind):
    assert findings(related(kind, org(2))) == [(kind, "certain", f"{kind}-of")]
    assert findings(related(kind, org(None, "青原新材料 有限公司"))) == [(kind, "certain", f"{kind}-of")]
    assert findings(related(kind, org(None, "青原新材料"))) == [(kind, "possible", f"{kind}-of")]
    assert findings(related(kind, org(3, "远山食品有限公司"))) == []


def test_a_name_alone_is_only_possible_and_bars_nobody():
    person = Person(9, "卞知秋", relations=(related("spouse", ref(None, "申屠 安")),))
    (finding,) = check_one(person, ITEM)
    assert (finding.shown_handling, finding.bars) == ("possible", False)


def test_an_address_decides_identity():
    item = Item("I", "复合板", leaders=(ref(None, "贺兰", "he@x.example"),))
    by_address = Person(9, "贺 兰", emails=("he@x.example",))
    namesake = Person(8, "贺兰", emails=("other@x.example",))
    assert told(check_one(by_address, item)) == [("own-item", "certain", "leads-item")]
    assert told(check_one(namesake, item)) == [("namesake", "possible", "namesake-of")]
    relation = related("kin", ref(None, "贺兰", "someone@x.example"))
    assert told(check_one(Person(7, "丁", relations=(relation,)), item)) == []


def test_what_an_items_person_told_of_a_name_is_possible_for_everyone_of_that_name():
    leader = Person(1, "贺兰", relations=(related("advisor", ref(None, "卞知秋")),))
    assert findings(people=(leader,)) == [("student", "possible", "student-of")]
    assert findings(people=(leader,), name="卞知春") == []


@pytest.mark.parametrize(
    ("kind", "last", "gone"),
    [
        ("coauthor", date(2023, 11, 22), date(2023, 11, 21)),
        ("collaborator", date(2023, 11, 22), date(2023, 11, 21)),
        ("spouse", ON, date(2026, 11, 21)),
        ("kin", ON, date(2026, 11, 21)),
        ("competitor", ON, date(2026, 11, 21)),
        ("declared", ON, date(2026, 11, 21)),
    ],
)
def test_a_relation_counts_up_to_its_last_day(kind, last, gone):
    assert findings(related(kind, ref(1), None, last)) == [(kind, "certain", f"{kind}-of")]
    assert findings(related(kind, ref(1), None, gone)) == []


def test_consulting_looks_back_twelve_months():
    assert findings(related("consultant", org(2), None, date(2025, 11, 22))) != []
    assert findings(related("consultant", org(2), None, date(2025, 11, 21))) == []


def test_teaching_never_expires():
    assert findings(related("advisor", ref(1), date(1980, 1, 1), date(1984, 1, 1))) == [
        ("advisor", "certain", "advisor-of")
    ]


def test_an_unknown_end_never_expires_unless_the_policy_says_so():
    old = related("coauthor", ref(1), date(2018, 1, 1))
    fresh = related("coauthor", ref(1), date(2023, 11, 22))
    undated = related("coauthor", ref(1))
    strict = make_policy(undated_expire=True)
    assert [len(findings(each)) for each in (old, fresh, undated)] == [1, 1, 1]
    assert [len(findings(each, policy=strict)) for each in (old, fresh, undated)] == [0, 1, 0]
    assert len(findings(related("spouse", ref(1)), policy=strict)) == 1


def test_a_relation_that_begins_after_the_meeting_does_not_count():
    assert findings(related("kin", ref(1), ON)) != []
    assert findings(related("kin", ref(1), date(2026, 11, 23))) == []


def test_a_waiver_stays_beside_the_finding_and_lifts_the_bar():
    person = Person(9, "卞知秋", relations=(related("kin", ref(1)), related("coauthor", ref(1))))
    waiver = Waiver(9, Rule.KIN, "唯一的专家", "周岚", ON)
    elsewhere = Waiver(9, Rule.COAUTHOR, "另一项目", "周岚", ON, item="other")
    found = check_one(person, ITEM, waivers=(waiver, elsewhere))
    assert [(each.rule, each.waiver, each.bars) for each in found] == [
        (Rule.KIN, waiver, False),
        (Rule.COAUTHOR, None, True),
    ]


def test_one_finding_gathers_all_evidence_certain_and_latest_first():
    relations = (
        related("kin", ref(None, "申屠安")),
        related("kin", ref(1), None, ON),
        related("kin", ref(1), None, date(2030, 1, 1)),
    )
    (finding,) = check_one(Person(9, "卞知秋", relations=relations), ITEM)
    assert [(each.certainty.value, each.until) for each in finding.evidence] == [
        ("certain", date(2030, 1, 1)),
        ("certain", ON),
        ("possible", None),
    ]


def people_of_a_panel(*relations, other=()):
    return [Person(1, "甲", relations=relations), Person(2, "乙", relations=other), Person(3, "丙")]


def test_pairs_are_found_once_whoever_told():
    there, back = related("advisor", ref(2)), related("student", ref(1))
    expected = [(1, 2, "advisor", "certain", {"person": "甲", "other": "乙"})]
    for people in (
        people_of_a_panel(there),
        people_of_a_panel(other=(back,)),
        people_of_a_panel(there, other=(back,)),
    ):
        found = engine.pairs(people, make_policy(), ON)
        (only,) = found
        assert [
            (only.first, only.second, only.rule.value, only.certainty.value, dict(only.evidence[0].params))
        ] == expected
        assert len(only.evidence) == 1


def test_pairs_by_name_are_possible_and_pairs_look_back():
    named = people_of_a_panel(related("kin", ref(None, "丙")))
    assert [(each.second, each.shown_handling) for each in engine.pairs(named, make_policy(), ON)] == [
        (3, "possible")
    ]
    policy = Policy({}, {PairRule.COAUTHOR: Treatment(Handling.DECLARE, 36)})
    last = people_of_a_panel(related("coauthor", ref(2), None, date(2023, 11, 22)))
    gone = people_of_a_panel(related("coauthor", ref(2), None, date(2023, 11, 21)))
    unasked = people_of_a_panel(related("kin", ref(2)))
    assert [each.handling for each in engine.pairs(last, policy, ON)] == [Handling.DECLARE]
    assert engine.pairs(gone, policy, ON) == []
    assert engine.pairs(unasked, policy, ON) == []
