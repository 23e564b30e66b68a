import math

import pytest

from expertpool.draws.entropy import at_most, needed, offered, parse_range
from expertpool.errors import Invalid


def test_nothing_is_needed_when_there_is_no_choice():
    assert (needed(5, 5), needed(5, 0), needed(5, 6)) == (0.0, 0.0, 0.0)


@pytest.mark.parametrize(
    ("text", "outcomes"),
    [
        ("0-99999", 100_000),
        ("6 of 1-33", math.comb(33, 6)),
        ("1-1", 1),
        ("0.00-99.99", 10_000),
        ("1 of 1-16", 16),
    ],
)
def test_a_range_offers_the_logarithm_of_its_outcomes(text, outcomes):
    assert parse_range(text).bits == pytest.approx(math.log2(outcomes))


@pytest.mark.parametrize(
    ("text", "likeliest"), [("2 x 0-9", 2 / 100), ("3 x 1-2", 3 / 8), ("5 x 1-2", 10 / 32)]
)
def test_numbers_that_may_repeat_offer_what_their_likeliest_result_leaves_open(text, likeliest):
    assert parse_range(text).bits == pytest.approx(-math.log2(likeliest))


@pytest.mark.parametrize(
    "text", ["", "6", "33-1", "7 of 1-6", "0 of 1-6", "a-b", "6 from 1-33", "1-9999999999999999999"]
)
def test_what_is_no_range_is_refused(text):
    with pytest.raises(Invalid, match="is no range"):
        parse_range(text)


@pytest.mark.parametrize(
    ("text", "reported", "possible"),
    [
        ("6 of 1-33", "1 2 3 4 5 33", True),
        ("6 of 1-33", "1 2 3 4 5 34", False),
        ("6 of 1-33", "1 2 3 4 5 05", False),
        ("6 of 1-33", "1 2 3 4 5", False),
        ("3 x 0-9", "9 9 0", True),
        ("0.00-99.99", "12.5", True),
        ("0.00-99.99", "12.505", False),
        ("1-49", "0", False),
        ("1-49", "W", False),
    ],
)
def test_a_range_knows_what_can_be_reported(text, reported, possible):
    assert parse_range(text).holds(reported) is possible


def test_sources_add_up_and_are_certain_only_when_all_are_described():
    offer = offered([("5", "0-9"), ("W", "")])
    assert (offer.bits, offer.certain) == (pytest.approx(math.log2(10) + math.log2(36)), False)
    assert offered([("5", "0-9")]).certain


def test_an_undescribed_source_is_judged_by_its_digits():
    assert at_most("9319") == pytest.approx(math.log2(10_000))
    assert at_most("2 5") == pytest.approx(math.log2(55))
    assert at_most("1.25") == pytest.approx(math.log2(1_000))
