import json
from datetime import date
from fractions import Fraction

import pytest

from expertpool.conflicts.policy import Handling, PairRule, Rule, Treatment
from expertpool.errors import Invalid
from expertpool.panels.preset import (
    Denominator,
    DrawMode,
    Threshold,
    default_slug,
    from_body,
    load_shipped,
    shipped,
    to_body,
)

SEVEN = (
    "general-review",
    "enterprise-standard-filing",
    "standards-review-meeting",
    "science-project-review",
    "bid-evaluation",
    "committee",
    "award",
)
COPIES = ("hearing", "joint-meeting", "consultation", "acceptance", "mid-term-review", "performance-review")
B, L, D = Handling.BAR, Handling.LEAVE_ROOM, Handling.DECLARE
FOREVER = "never expires"

TABLE = {
    "own-item": (B, B, L, B, B, L, B),
    "same-organisation": (B, B, L, B, B, D, B),
    "parent-organisation": (B, B, L, B, B, D, B),
    "former-organisation": ((B, 36), (B, 36), (D, 36), (B, 24), (B, 36), None, (B, 36)),
    "department": (B, B, L, B, B, D, B),
    "sister-company": (D, D, D, D, B, D, D),
    "same-alliance": (D, D, D, D, D, D, D),
    "spouse": (B, B, B, B, B, L, B),
    "kin": (B, B, B, B, B, L, B),
    "advisor": tuple((each, FOREVER) for each in (B, B, D, B, B, D, B)),
    "student": tuple((each, FOREVER) for each in (B, B, D, B, B, D, B)),
    "coauthor": ((B, 36), (B, 36), (D, 36), (B, 48), (B, 36), (D, FOREVER), (B, 36)),
    "collaborator": ((B, 36), (B, 36), (D, 36), (B, 48), (B, 36), (D, FOREVER), (B, 36)),
    "same-item-worked-on": ((B, 36), (B, 36), (D, 36), (B, 48), (B, 36), (D, FOREVER), (B, 36)),
    "shareholder": (B, B, B, B, B, D, B),
    "consultant": ((B, 12), (B, 12), (B, 12), (B, 12), (B, 36), (D, FOREVER), (B, 12)),
    "competitor": (D, D, D, L, B, D, D),
    "declared": (B, B, L, B, B, L, B),
    "applicant-recusal": (B, B, D, B, B, None, B),
    "own-similar-item-in-round": (B, None, None, B, None, None, B),
    "reviewed-before": ((D, FOREVER), None, None, (D, FOREVER), (B, FOREVER), None, None),
    "reciprocal-review": ((D, 24), (D, 24), None, (B, 24), (B, 24), None, (B, 24)),
}
PAIRS = {
    "spouse": (B, B, B, B, B, D, B),
    "kin": (B, B, B, B, B, D, B),
    "coauthor": ((D, 36), (D, 36), None, (B, 48), (D, 36), None, (D, 36)),
}


def treatment(cell):
    if cell is None:
        return None
    handling, back = cell if isinstance(cell, tuple) else (cell, 0)
    return Treatment(handling, never_expires=True) if back == FOREVER else Treatment(handling, back)


@pytest.mark.parametrize("column", range(7), ids=SEVEN)
def test_a_shipped_preset_treats_each_relation_as_the_table_says(column):
    policy = shipped(SEVEN[column]).policy
    for rule, row in TABLE.items():
        assert (rule, policy.rules.get(Rule(rule))) == (rule, treatment(row[column]))
    assert {rule.value for rule in policy.rules} - set(TABLE) == {"subsidiary", "mail-domain", "namesake"}
    expected = {rule: treatment(row[column]) for rule, row in PAIRS.items() if row[column]}
    assert {rule.value: each for rule, each in policy.pairs.items()} == expected
    assert set(policy.pairs) <= set(PairRule)


def test_all_presets_ship_and_survive_a_round_trip_as_json():
    presets = load_shipped()
    assert set(presets) == {*SEVEN, *COPIES}
    for slug, preset in presets.items():
        assert preset.slug == slug
        assert from_body(json.loads(json.dumps(to_body(preset)))) == preset


def test_copies_take_the_conflict_rules_of_the_general_review():
    for slug in COPIES:
        assert shipped(slug).conflicts == shipped("general-review").conflicts
        assert shipped(slug).title != shipped("general-review").title


def test_sizes_quotas_and_pass_rules_are_the_tables():
    sizes = {slug: (shipped(slug).size.minimum, shipped(slug).size.odd) for slug in SEVEN}
    assert list(sizes.values()) == [
        (5, True), (5, True), (7, True), (7, True), (5, True), (25, False), (9, True),
    ]  # fmt: skip
    assert shipped("bid-evaluation").size.minimum_when_large == 7
    assert [shipped(slug).quotas[0].at_most for slug in SEVEN] == [1, 1, 1, 1, 1, 3, 1]
    technical = shipped("bid-evaluation").quotas[1]
    assert (technical.values, technical.at_least_share) == (("technical", "economic"), Fraction(2, 3))
    committee = shipped("committee").decision.ballot
    assert committee.turnout == Threshold(Fraction(3, 4), Denominator.MEMBERS)
    assert committee.approve == Threshold(Fraction(2, 3), Denominator.CAST)
    assert committee.oppose == Threshold(Fraction(1, 4), Denominator.CAST)
    by_letter = shipped("standards-review-meeting").decision.by_letter
    assert by_letter.approve == Threshold(Fraction(3, 4), Denominator.REPLIES)
    assert by_letter.turnout.share == Fraction(2, 3)
    draw = shipped("bid-evaluation").draw
    assert (draw.mode, draw.working_days_before_at_most) == (DrawMode.REQUIRED, 2)
    assert shipped("science-project-review").draw.mail_reviewers_at_least == 3
    assert shipped("science-project-review").policy.excluded_names_at_most == 3
    assert shipped("general-review").policy.excluded_names_at_most is None


def test_shares_are_compared_in_whole_numbers():
    two_thirds = Threshold(Fraction(2, 3), Denominator.PRESENT)
    assert [two_thirds.reached_by(count, 9) for count in (5, 6, 7)] == [False, True, True]
    quarter = Threshold(Fraction(1, 4), Denominator.CAST)
    assert [quarter.kept_by(count, 8) for count in (1, 2, 3)] == [True, True, False]


@pytest.mark.parametrize(
    ("kind", "slug"),
    [
        ("企业标准", "enterprise-standard-filing"),
        ("科技项目", "science-project-review"),
        ("地方标准", "standards-review-meeting"),
        ("团体标准", "standards-review-meeting"),
        ("行业报告", "general-review"),
        (None, "general-review"),
    ],
)
def test_a_kind_of_item_has_a_default_preset(kind, slug):
    assert default_slug(kind) == slug
    assert slug in load_shipped()


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("slug", ""),
        ("title.en", None),
        ("size.minimum", 0),
        ("size.minimum", True),
        ("size.maximum", 3),
        ("size.odd", "yes"),
        ("size.colour", "blue"),
        ("size.confidence", "X"),
        ("size.effective_from", "22.11.2026"),
        ("size.citation", " "),
        ("quotas.1.by", "shoe-size"),
        ("quotas.1.at_most_share", "1.5"),
        ("quotas.1.at_most_share", "3/2"),
        ("quotas.1.values", [1]),
        ("conflicts.spouse.handling", "possible"),
        ("conflicts.spouse.within_months", -1),
        ("conflicts.same-organisation.within_months", 12),
        ("conflicts.namesake.never_expires", True),
        ("conflicts.advisor.within_months", 12),
        ("conflicts.shoe-size", {"handling": "bar"}),
        ("pairs.kin.handling", 1),
        ("decision.kind", "shout"),
        ("decision.ballot", None),
        ("decision.ballot.approve.share", "4/3"),
        ("decision.ballot.approve.of", "audience"),
        ("draw.mode", "tomorrow"),
        ("secrecy.until", "doomsday"),
        ("retention.years", 101),
        ("undated", "maybe"),
        ("surprise", 1),
    ],
)
def test_a_wrong_value_is_refused_at_its_own_key(path, value):
    body = to_body(shipped("general-review"))
    *folders, last = path.split(".")
    table = body
    for name in folders:
        table = table[int(name) - 1] if isinstance(table, list) else table[name]
    table[last] = value
    with pytest.raises(Invalid) as caught:
        from_body(body)
    assert caught.value.field == path
    assert path in str(caught.value)


def test_a_rule_about_the_past_needs_a_look_back():
    body = to_body(shipped("general-review"))
    del body["conflicts"]["former-organisation"]["within_months"]
    with pytest.raises(Invalid) as caught:
        from_body(body)
    assert caught.value.field == "conflicts.former-organisation.within_months"


def test_an_unknown_preset_is_named_with_those_there_are():
    with pytest.raises(Invalid, match="There is no preset nonsense; there are acceptance, award"):
        shipped("nonsense")


def test_a_rule_counts_from_its_first_day_in_force_to_its_last():
    body = to_body(shipped("enterprise-standard-filing"))
    body["conflicts"]["kin"] |= {"effective_from": "2026-01-01", "effective_to": "2026-12-31"}
    body["quotas"][0] |= {"effective_from": "2026-01-01"}
    preset = from_body(body)

    def asked(day):
        on = preset.on(date.fromisoformat(day))
        return Rule.KIN in on.conflicts, len(on.quotas)

    assert asked("2025-12-31") == (False, len(preset.quotas) - 1)
    assert asked("2026-01-01") == (True, len(preset.quotas))
    assert asked("2026-12-31") == (True, len(preset.quotas))
    assert asked("2027-01-01") == (False, len(preset.quotas))
