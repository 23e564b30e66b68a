from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from expertpool.exchange.reading import read
from expertpool.exchange.writing import FORMULA_STARTS, as_csv, as_xlsx

TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=30)
DANGEROUS = st.builds(str.__add__, st.sampled_from(FORMULA_STARTS), TEXT)
QUICK = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])


def table(cells):
    return [["x", *cells, "y"]]


@QUICK
@given(st.lists(TEXT | DANGEROUS, min_size=1, max_size=4))
def test_any_text_survives_csv(cells):
    rows = read(as_csv(["姓名"], table(cells)))[0].rows
    assert rows[1].cells == ("x", *cells, "y")


@QUICK
@given(st.lists(TEXT | DANGEROUS, min_size=1, max_size=4))
def test_any_text_survives_xlsx(cells):
    rows = read(as_xlsx(["姓名"], table(cells), title="x"))[0].rows
    assert rows[1].cells == ("x", *cells, "y")


def test_exactly_one_apostrophe_guards_a_cell_and_exactly_one_is_removed():
    written = as_csv(
        ["h"], [["=1"], ["'a"], ["''a"], ["a'"], ["-"], ["\tx"], ["+1"], ["@x"], ["1-2"]]
    ).decode()
    assert written.split("\r\n")[1:-1] == ["'=1", "''a", "'''a", "a'", "'-", "'\tx", "'+1", "'@x", "1-2"]
    assert [row.cells[0] for row in read(written.encode())[0].rows[1:]] == [
        "=1", "'a", "''a", "a'", "-", "\tx", "+1", "@x", "1-2",
    ]  # fmt: skip
