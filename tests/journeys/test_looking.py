"""What looks at pages sees: a fault put into a page is found, however often pages like it were looked at."""

from __future__ import annotations

import pytest

from tests.journeys.conftest import Visitor

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("newcomer")]

PALE = """
    document.querySelector("main").insertAdjacentHTML("beforeend", '<p id="pale">pale</p><img src="data:,">');
    document.querySelector("#pale").style.color = "#ddd";
"""
WIDE = "document.querySelector('#pale').style.width = '3000px'"


def test_pale_text_a_picture_without_words_and_a_wide_page_are_found(visitor: Visitor) -> None:
    visitor.open("/")
    assert (visitor.violations(), visitor.overflow()) == ([], 0)
    visitor.page.evaluate(PALE)
    for _ in range(2):
        found = visitor.violations()
        assert sorted(line.partition(":")[0] for line in found) == ["color-contrast", "image-alt"]
    visitor.page.evaluate(WIDE)
    assert visitor.overflow() > 1000
