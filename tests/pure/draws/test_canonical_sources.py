"""RFC 3797, section 4: one form for every number and text that a source reports."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from expertpool.draws.sources import canonical
from expertpool.errors import Invalid


@pytest.mark.parametrize(
    ("reported", "form"),
    [
        ("9319", "9319./"),
        ("2 5 12 8 10", "2.5.8.10.12./"),
        ("007 0 00", "0.0.7./"),
        ("5 5", "5.5./"),
        ("2.50", "2.5/"),
        (".5", "0.5/"),
        ("0.50 00.05", "0.050.5/"),
        ("3.00", "3./"),
        ("3.", "3./"),
        ("10 9.5 9.45 9", "9.9.459.510./"),
        ("2.3 2", "2.2.3/"),
        ("123456789012345678901234567890 2", "2.123456789012345678901234567890./"),
        ("  7　8\t", "7.8./"),
        ("W 4-1", "W41./"),
        ("Crème brûlée", "CREMEBRULEE./"),
        ("don't panic!", "DONTPANIC./"),
        ("Straße", "STRASSE./"),
    ],
)
def test_what_a_source_reported_has_one_form(reported, form):
    assert canonical(reported) == form


@pytest.mark.parametrize(
    ("reported", "named"),
    [
        ("12,345", "12,345"),
        ("3 -4", "-4"),
        ("+5", "+5"),
        ("1.2.3", "1.2.3"),
        ("12 l4 16", "l4"),
        ("７", "７"),
        (".", "."),
        ("", ""),
        ("彩票", "彩"),
        ("NØ", "Ø"),
    ],
)
def test_what_is_no_source_is_refused_and_named(reported, named):
    with pytest.raises(Invalid, match="is no ") as refused:
        canonical(reported)
    assert refused.value.sentence.params == {"value": named}


@given(st.lists(st.integers(0, 10**30), min_size=1), st.randoms(use_true_random=False))
def test_the_order_reported_and_leading_zeros_do_not_matter(values, chance):
    shuffled = [f"{'0' * chance.randrange(3)}{value}" for value in values]
    chance.shuffle(shuffled)
    expected = "".join(f"{value}." for value in sorted(values)) + "/"
    assert canonical(" ".join(shuffled)) == expected


@given(st.lists(st.decimals(0, 10**9, places=4), min_size=1))
def test_real_numbers_are_in_numeric_order(values):
    forms = [canonical(str(format(value, "f")))[:-1] for value in values]
    ordered = sorted(forms, key=lambda form: Fraction(form + "0"))
    assert canonical(" ".join(format(value, "f") for value in values)) == "".join(ordered) + "/"
