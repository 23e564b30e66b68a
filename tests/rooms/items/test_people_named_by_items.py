import pytest

from expertpool.errors import Invalid
from expertpool.items.naming import Named, people_of
from tests.builders.people import make_person


def test_a_number_or_an_address_decides_and_a_name_alone_does_not(session):
    person = make_person(session, name="陆文澜", number="E0031", addresses=("lu@example.org",))
    namesake = make_person(session, name="陆 文澜", number="E0032", addresses=())
    decided = Named("陆文澜", "lu@example.org", person.id)
    assert people_of(
        session,
        [
            "E0031",
            "LU@example.org",
            "陆文澜 <lu@example.org>",
            "E0031＜lu@example.org＞",
            "陆文澜",
            "何霁",
            "何霁<he@example.org>",
            "ho@example.org",
            " ",
        ],
    ) == {
        "E0031": Named("陆文澜", "", person.id),
        "LU@example.org": decided,
        "陆文澜 <lu@example.org>": decided,
        "E0031＜lu@example.org＞": decided,
        "陆文澜": Named("陆文澜", "", None, (person.id, namesake.id)),
        "何霁": Named("何霁"),
        "何霁<he@example.org>": Named("何霁", "he@example.org"),
        "ho@example.org": Named("ho@example.org", "ho@example.org"),
    }


def test_an_address_of_another_is_refused_with_both_names(session):
    make_person(session, name="陆文澜", number="E0031", addresses=("lu@example.org",))
    with pytest.raises(Invalid) as error:
        people_of(session, ["何霁<lu@example.org>"])
    assert str(error.value) == "lu@example.org is the address of 陆文澜 (E0031), not of 何霁."


def test_what_is_no_address_is_refused(session):
    with pytest.raises(Invalid):
        people_of(session, ["何霁<he@>"])
