from dataclasses import replace
from datetime import date

import pytest

from expertpool.conflicts.facts import AllianceMembership, Item, Organisation, Person
from expertpool.conflicts.policy import Policy, Rule, Treatment
from tests.builders.conflicts import ON, check_one, employed, make_policy, org, ref, related, told

HOLDING = Organisation(1, "青原控股集团有限公司")
APPLICANT = Organisation(
    2, "青原新材料有限公司", ("青原新材", "Qingyuan Materials"), parent=1, mail_domains=("qingyuan.example",)
)
SISTER = Organisation(3, "青原轴承股份有限公司", parent=1)
WORKS = Organisation(4, "青原新材料研究部", parent=2, is_department=True)
DAUGHTER = Organisation(5, "青原薄膜有限公司", parent=2)
STRANGER = Organisation(6, "远山食品有限公司")
TWIN = Organisation(7, "Qingyuan  Materials")
HOLDING_OFFICE = Organisation(8, "青原控股办公室", parent=1, is_department=True)
KNOWN = (HOLDING, APPLICANT, SISTER, WORKS, DAUGHTER, STRANGER, TWIN, HOLDING_OFFICE)
ITEM = Item("I", "复合板", (org(2),))


def findings(*employments, item=ITEM, known=KNOWN, **facts):
    policy = facts.pop("policy", None)
    return told(check_one(Person(9, "卞知秋", employments=employments, **facts), item, known, policy=policy))


@pytest.mark.parametrize(
    ("employer", "expected"),
    [
        (2, [("same-organisation", "certain", "employer-is-applicant")]),
        (7, [("same-organisation", "certain", "employer-is-alias")]),
        (1, [("parent-organisation", "certain", "employer-is-parent")]),
        (8, [("parent-organisation", "certain", "employer-is-parent")]),
        (4, [("department", "certain", "employer-is-department")]),
        (5, [("subsidiary", "certain", "employer-is-subsidiary")]),
        (3, [("sister-company", "certain", "employer-is-sister")]),
        (6, []),
    ],
)
def test_an_employer_counts_by_its_place_beside_the_applicant(employer, expected):
    assert findings(employed(employer)) == expected


def test_bodies_under_one_authority_are_no_sisters():
    authority = replace(HOLDING, is_authority=True)
    assert findings(employed(3), known=(authority, APPLICANT, SISTER)) == []


def test_a_colleague_in_another_department_is_of_the_same_legal_entity():
    other = Organisation(10, "质量部", parent=2, is_department=True)
    item = Item("I", "复合板", (org(4),))
    assert findings(employed(10), item=item, known=(*KNOWN, other)) == [
        ("department", "certain", "employer-is-department")
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("青原新材料 有限公司（总部）", [("same-organisation", "certain", "employer-is-applicant")]),
        ("青原新材", [("same-organisation", "certain", "employer-is-alias")]),
        ("青原新材料", [("same-organisation", "possible", "employer-is-applicant")]),
        ("青原新材料有限公司计量中心", [("department", "possible", "employer-is-department")]),
        ("青原控股集团有限公司", [("parent-organisation", "certain", "employer-is-parent")]),
        ("青原新材料二厂", []),
    ],
)
def test_an_employer_known_as_text_counts_by_its_normalised_text(text, expected):
    assert findings(employed(None, text)) == expected


def test_an_applicant_known_as_text_is_found_by_text_and_among_the_organisations():
    item = Item("I", "复合板", (org(None, "青原新材料有限公司"),))
    assert findings(employed(None, "青原新材料有限公司"), item=item, known=()) == [
        ("same-organisation", "certain", "employer-is-applicant")
    ]
    assert findings(employed(3), item=item) == [("sister-company", "certain", "employer-is-sister")]


def test_employment_ends_on_its_last_day_and_then_looks_back_in_calendar_months():
    last_day = findings(employed(2, until=ON))
    day_after = findings(employed(2, until=date(2026, 11, 21)))
    assert last_day == [("same-organisation", "certain", "employer-is-applicant")]
    assert day_after == [("former-organisation", "certain", "employer-was-applicant")]
    border = [("former-organisation", "certain", "employer-was-applicant")]
    assert findings(employed(2, until=date(2023, 11, 22))) == border
    assert findings(employed(2, until=date(2023, 11, 21))) == []


def test_employment_that_begins_after_the_meeting_does_not_count():
    assert findings(employed(2, since=ON)) == [("same-organisation", "certain", "employer-is-applicant")]
    assert findings(employed(2, since=date(2026, 11, 23))) == []


def test_former_sisters_and_daughters_do_not_count():
    until = date(2026, 1, 31)
    assert findings(employed(3, until=until), employed(5, until=until), employed(6, until=until)) == []
    assert findings(employed(1, until=until)) == [("former-organisation", "certain", "employer-was-parent")]


def test_who_is_there_now_is_not_told_twice_as_formerly_there():
    assert findings(employed(2, until=date(2025, 6, 30)), employed(2)) == [
        ("same-organisation", "certain", "employer-is-applicant")
    ]


def test_a_relation_of_employment_is_an_employment():
    assert findings(relations=(related("employer", org(2)),)) == [
        ("same-organisation", "certain", "employer-is-applicant")
    ]


def test_alliance_partners_count_while_both_are_members():
    def told_of(until):
        applicant = replace(APPLICANT, parent=None, alliances=(AllianceMembership(1, "联盟", until=until),))
        partner = replace(STRANGER, alliances=(AllianceMembership(1, "联盟"),))
        return findings(employed(6), known=(applicant, partner))

    assert told_of(ON) == [("same-alliance", "certain", "employer-is-alliance")]
    assert told_of(date(2026, 11, 21)) == []


def test_the_applicants_own_people_are_no_alliance_partners():
    applicant = replace(APPLICANT, alliances=(AllianceMembership(1, "联盟"),))
    assert findings(employed(2), known=(applicant,)) == [
        ("same-organisation", "certain", "employer-is-applicant")
    ]


def test_a_mail_domain_is_possible_and_only_asked_without_an_employer():
    emails = ("bian@lab.qingyuan.example",)
    expected = [("mail-domain", "possible", "mail-domain-of-applicant")]
    assert findings(emails=emails) == expected
    assert findings(employed(6), emails=emails) == []
    assert findings(employed(6, until=date(2010, 1, 1)), emails=emails) == expected
    assert findings(emails=("bian@notqingyuan.example",)) == []


def test_a_rule_that_the_preset_does_not_name_is_not_asked():
    rules = {Rule.PARENT_ORGANISATION: Treatment(make_policy().rules[Rule.KIN].handling)}
    assert findings(employed(2), policy=Policy(rules)) == []


def test_a_conflict_with_a_part_or_a_second_applicant_is_one_with_the_whole():
    part = Item("P", "分项", (org(6),), (ref(77),))
    whole = Item("I", "复合板", (org(3),), parts=(part,))
    found = check_one(Person(9, "卞知秋", employments=(employed(6),)), whole, KNOWN)
    assert [(each.item, each.rule.value) for each in found] == [("I", "same-organisation")]


def test_a_circle_of_parents_ends():
    circle = (Organisation(1, "甲部", parent=2, is_department=True), Organisation(2, "乙部", parent=1))
    item = Item("I", "复合板", (org(1),))
    assert findings(employed(2), item=item, known=circle) == [
        ("parent-organisation", "certain", "employer-is-parent")
    ]
