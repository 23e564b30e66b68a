"""Votes against the pass rules of all presets that ship, on both sides of each border."""

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from expertpool.panels.preset import load_shipped
from expertpool.panels.preset_parts import Ballot, Denominator, Threshold
from expertpool.panels.voting import Outcome, Vote, ballot_of, expected, judge, of_plain

PRESETS = {slug: preset.decision for slug, preset in load_shipped().items()}
VOTING = {slug: decision for slug, decision in PRESETS.items() if decision.ballot}
OF_PRESENT = {
    "general-review": Fraction(2, 3),
    "enterprise-standard-filing": Fraction(2, 3),
    "science-project-review": Fraction(2, 3),
    "award": Fraction(2, 3),
    "standards-review-meeting": Fraction(3, 4),
    "acceptance": Fraction(2, 3),
    "hearing": Fraction(2, 3),
    "joint-meeting": Fraction(2, 3),
    "mid-term-review": Fraction(2, 3),
    "performance-review": Fraction(2, 3),
}
"""The approval that RULES ask for, of those present."""


def meeting(present, approve, oppose=0, abstain=0, **options):
    return Vote(
        **{"members": present, "present": present} | options, approve=approve, oppose=oppose, abstain=abstain
    )


def outcome(slug, vote):
    return judge(PRESETS[slug], vote).outcome


def test_every_preset_that_votes_is_looked_at():
    assert set(VOTING) == {*OF_PRESENT, "committee"}
    others = {slug: decision.kind.value for slug, decision in PRESETS.items() if slug not in VOTING}
    assert others == {"bid-evaluation": "scores", "consultation": "none"}


@pytest.mark.parametrize("slug", OF_PRESENT)
@pytest.mark.parametrize("present", range(1, 41))
def test_approval_of_those_present_passes_from_the_share_on(slug, present):
    least = next(count for count in range(1, present + 1) if Fraction(count, present) >= OF_PRESENT[slug])

    assert outcome(slug, meeting(present, least, present - least)) is Outcome.PASSED
    assert outcome(slug, meeting(present, least - 1, present - least + 1)) is Outcome.NOT_PASSED
    assert expected(PRESETS[slug], present, present).checks[0].bound == least


@pytest.mark.parametrize(
    ("slug", "present", "least"),
    [
        ("general-review", 7, 5),
        ("general-review", 6, 4),
        ("general-review", 9, 6),
        ("standards-review-meeting", 7, 6),
        ("standards-review-meeting", 8, 6),
        ("standards-review-meeting", 12, 9),
    ],
)
def test_known_bounds(slug, present, least):
    assert expected(PRESETS[slug], present, present).checks[0].bound == least


@pytest.mark.parametrize("slug", OF_PRESENT)
def test_who_abstains_stands_among_those_present(slug):
    least = expected(PRESETS[slug], 7, 7).checks[0].bound
    assert outcome(slug, meeting(7, least, 0, 7 - least)) is Outcome.PASSED
    assert outcome(slug, meeting(7, least - 1, 0, 8 - least)) is Outcome.NOT_PASSED


@pytest.mark.parametrize("slug", VOTING)
def test_a_vote_of_nobody_does_not_pass(slug):
    assert outcome(slug, meeting(0, 0)) is not Outcome.PASSED
    assert outcome(slug, meeting(7, 0)) is not Outcome.PASSED


def test_who_left_the_room_stands_in_no_denominator():
    five_of_seven = meeting(7, 5, 2)
    four_of_six = meeting(6, 4, 2, recused=1)
    assert outcome("general-review", five_of_seven) is Outcome.PASSED
    assert outcome("general-review", four_of_six) is Outcome.PASSED
    counted = replace(PRESETS["general-review"], recused_count=True)
    assert judge(counted, four_of_six).outcome is Outcome.NOT_PASSED
    assert judge(counted, four_of_six).checks[0].total == 7


def test_who_abstains_stands_in_no_denominator_where_the_rule_says_so():
    vote = meeting(7, 4, 1, 2)
    assert outcome("general-review", vote) is Outcome.NOT_PASSED
    lenient = replace(PRESETS["general-review"], abstentions_count=False)
    assert judge(lenient, vote).outcome is Outcome.PASSED
    assert judge(lenient, vote).checks[0].total == 5


COMMITTEE = [
    # members, for, against, abstain, what comes of it (TC-10: 3/4 of 25 are 18.75)
    (25, 19, 0, 0, Outcome.PASSED),
    (25, 18, 0, 0, Outcome.NOT_QUORATE),
    (25, 13, 6, 0, Outcome.NOT_PASSED),  # 13 * 3 >= 19 * 2, but 6 * 4 > 19
    (25, 13, 4, 2, Outcome.PASSED),  # 39 >= 38, 16 <= 19
    (25, 12, 4, 3, Outcome.NOT_PASSED),  # 36 < 38
    (24, 12, 4, 2, Outcome.PASSED),  # 18 of 24 take part; 36 >= 36; 16 <= 18
    (24, 12, 5, 1, Outcome.NOT_PASSED),  # 20 > 18
    (24, 12, 4, 1, Outcome.NOT_QUORATE),  # 17 of 24
    (32, 18, 6, 0, Outcome.PASSED),  # 24 of 32; 54 >= 48; 24 <= 24
    (32, 17, 7, 0, Outcome.NOT_PASSED),  # 28 > 24
]


@pytest.mark.parametrize(("members", "approve", "oppose", "abstain", "wanted"), COMMITTEE)
def test_a_committee_needs_turnout_approval_and_little_opposition(members, approve, oppose, abstain, wanted):
    present = approve + oppose + abstain
    vote = Vote(members=members, present=present, approve=approve, oppose=oppose, abstain=abstain)
    assert outcome("committee", vote) is wanted


def test_a_committee_is_told_all_three_bounds():
    checks = expected(PRESETS["committee"], 25, 20).checks
    assert [(each.measure.value, each.of.value, each.total, each.bound) for each in checks] == [
        ("turnout", "members", 25, 19),
        ("approve", "cast", 20, 14),
        ("oppose", "cast", 20, 5),
    ]


LETTERS = [
    # members, replies, for, against, abstain (STD-3: 3/4 of replies, 2/3 turnout of members)
    (9, 6, 5, 1, 0, Outcome.PASSED),  # 6 of 9; 20 >= 18
    (9, 6, 4, 2, 0, Outcome.NOT_PASSED),  # 16 < 18
    (9, 5, 5, 0, 0, Outcome.NOT_QUORATE),
    (8, 6, 5, 1, 0, Outcome.PASSED),
    (8, 5, 5, 0, 0, Outcome.NOT_QUORATE),  # 15 < 16
    (9, 8, 6, 0, 1, Outcome.PASSED),  # one reply is void and counts: 24 >= 24
    (9, 8, 5, 0, 2, Outcome.NOT_PASSED),
]


@pytest.mark.parametrize(("members", "replies", "approve", "oppose", "abstain", "wanted"), LETTERS)
def test_a_standard_may_be_voted_on_by_letter(members, replies, approve, oppose, abstain, wanted):
    vote = Vote(members=members, present=0, replies=replies, approve=approve, oppose=oppose, abstain=abstain)
    assert outcome("standards-review-meeting", vote) is wanted


def test_a_rule_without_a_vote_has_no_ballot():
    with pytest.raises(ValueError, match="no vote"):
        ballot_of(PRESETS["bid-evaluation"], by_letter=False)


heads = st.integers(0, 200)
shares = st.builds(Fraction, st.integers(1, 50), st.integers(50, 60))


@given(heads, heads, heads, heads, heads, shares, shares, shares, st.booleans(), st.booleans())
def test_verdicts_agree_with_exact_fractions(
    away, approve, oppose, abstain, recused, least, most, turnout, abstentions, recusals
):
    decision = replace(
        PRESETS["committee"],
        ballot=Ballot(
            Threshold(least, Denominator.PRESENT),
            Threshold(turnout, Denominator.MEMBERS),
            Threshold(most, Denominator.CAST),
        ),
        abstentions_count=abstentions,
        recused_count=recusals,
    )
    present = approve + oppose + abstain
    vote = Vote(present + away, present, approve, oppose, abstain, recused)
    extra = recused if recusals else 0
    less = 0 if abstentions else abstain

    quorate = present > 0 and present >= turnout * (present + away + extra)
    passes = approve > 0 and approve >= least * (present + extra - less) and oppose <= most * (present - less)
    wanted = Outcome.PASSED if passes else Outcome.NOT_PASSED
    verdict = judge(decision, vote)
    assert verdict.outcome is (wanted if quorate else Outcome.NOT_QUORATE)
    assert of_plain(verdict.plain()) == verdict
    bound = next(each.bound for each in verdict.checks if each.measure.value == "approve")
    assert (approve >= bound) == (approve > 0 and approve >= least * (present + extra - less))
