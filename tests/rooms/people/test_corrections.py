"""What people ask the office to put right."""

import pytest

from expertpool.errors import Invalid
from expertpool.people import corrections
from tests.builders.people import make_person


def open_notes(session, person):
    return [entry.personal["note"] for entry in corrections.open_requests(session, person.id)]


def test_requests_are_open_until_they_are_settled_and_new_ones_open_again(session, actor, now):
    asking, other = make_person(session, "何霁"), make_person(session, "白鹿鸣")
    corrections.ask(session, asking, " 学历应为博士 ", actor=actor, now=now)
    corrections.ask(session, asking, "地区写错", actor=actor, now=now)
    corrections.ask(session, other, "姓名写错", actor=actor, now=now)
    assert open_notes(session, asking) == ["学历应为博士", "地区写错"]
    assert corrections.people_asking(session, limit=9) == [other, asking]
    assert corrections.last_answer(session, asking.id) is None
    corrections.settle(session, asking, "均已改正", actor=actor, now=now)
    assert (open_notes(session, asking), open_notes(session, other)) == ([], ["姓名写错"])
    assert corrections.people_asking(session, limit=9) == [other]
    assert corrections.last_answer(session, asking.id).personal == {"answer": "均已改正"}
    corrections.ask(session, asking, "还有一处", actor=actor, now=now)
    assert open_notes(session, asking) == ["还有一处"]


@pytest.mark.parametrize("note", ["", "  ", "字" * 1001])
def test_empty_and_endless_notes_are_refused(session, actor, now, note):
    with pytest.raises(Invalid) as refused:
        corrections.ask(session, make_person(session), note, actor=actor, now=now)
    assert refused.value.field == "note"


def test_what_nobody_asks_for_can_not_be_settled(session, actor, now):
    with pytest.raises(Invalid, match="asks for no correction"):
        corrections.settle(session, make_person(session), "好", actor=actor, now=now)
