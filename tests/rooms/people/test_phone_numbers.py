"""A phone number is found whichever way it came in and whichever way it is asked for."""

from __future__ import annotations

import pytest

from expertpool.errors import Invalid
from expertpool.exchange import cells
from expertpool.people import phones
from expertpool.settings import crypto

WAYS = [
    "0371-65801234",
    "+86 371 6580 1234",
    "（0371）65801234",
    "0086-371-65801234",
    "０３７１－６５８０１２３４",
]


@pytest.fixture(autouse=True)
def data_keys():
    crypto.use(["MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="])


@pytest.mark.parametrize("way", WAYS)
def test_a_file_and_a_page_keep_a_number_alike(way):
    assert cells.phone(way) == phones.normal_phone(way) == "037165801234"


def test_several_numbers_are_found_by_their_first():
    several = phones.normal_phone("139 0000 1234；0371-65801234 转 8")
    assert several == "13900001234；037165801234x8"
    assert phones.blind_index(several) == phones.blind_index("13900001234")
    assert phones.blind_index(several) != phones.blind_index("037165801234x8")


def test_a_blank_is_no_number_and_words_are_refused():
    assert phones.normal_phone("  ") is None
    with pytest.raises(Invalid, match="“call me” is no phone number"):
        phones.normal_phone("call me")
