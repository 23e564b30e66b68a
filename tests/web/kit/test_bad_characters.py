import functools

from psycopg import DataError as TooLong
from sqlalchemy.exc import DataError


def test_a_text_with_nul_is_refused_at_its_field(as_role):
    answer = as_role("organiser").post("/items/new", data={"title": "轴承\0试验方法"})
    assert answer.status_code == 400
    assert "holds a character that can&#39;t be kept" in answer.text


def test_what_the_database_can_not_hold_is_no_fault_of_ours(app, as_role, monkeypatch):
    @functools.wraps(app.view_functions["items.index"])
    def refuse(**_values):
        raise DataError("SELECT 1", {}, TooLong("PostgreSQL text fields cannot contain NUL (0x00) bytes"))

    monkeypatch.setitem(app.view_functions, "items.index", refuse)
    answer = as_role("organiser").get("/items/?q=%00")
    assert answer.status_code == 400
    assert "This request is incomplete" in answer.text


def test_a_number_that_no_database_holds_is_no_fault_of_ours(app, as_role):
    for address in ("/people/99999999999999999999", "/courses?skill=99999999999999999999"):
        answer = as_role("organiser").get(address)
        assert answer.status_code == 400
        assert "This request is incomplete" in answer.text
