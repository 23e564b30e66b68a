import pytest

from expertpool.errors import Invalid
from expertpool.organisations import service
from tests.builders.organisations import make_organisation


def test_an_organisation_is_found_by_code_and_by_each_of_its_names(session):
    wanted = make_organisation(
        session,
        "青原理工大学",
        code="12AB",
        name_en="Qingyuan University of Technology",
        aliases=("青理工",),
        former_names=("青原工学院",),
    )
    make_organisation(session, "青原大学", code="12AC", name_en="Qingyuan University", aliases=("青大",))
    texts = [
        "12AB",
        " 青原 理工大学 ",
        "QINGYUAN University of technology",
        "青理工",
        "青原工学院",
        "青原",
        "",
    ]
    assert service.resolve(session, texts) == dict.fromkeys(texts[:5], wanted.id)


def test_an_official_name_goes_before_another_s_alias(session):
    make_organisation(session, "远帆轴承有限公司", aliases=("远帆",))
    official = make_organisation(session, "远帆")
    assert service.resolve(session, ["远帆"]) == {"远帆": official.id}


def test_a_name_that_two_share_stands_for_neither(session):
    first, second = make_organisation(session, "甲厂"), make_organisation(session, "乙厂")
    for parent in (first, second):
        make_organisation(session, "研发部", kind="department", parent_id=parent.id)
    assert service.resolve(session, ["研发部"]) == {}


def test_a_retired_organisation_gives_way_to_a_present_one(session, actor, now):
    gone = make_organisation(session, "云岚厂", aliases=("云厂",))
    here = make_organisation(session, "云岚重型机械厂", former_names=("云厂",))
    assert service.resolve(session, ["云厂"]) == {"云厂": gone.id}
    service.retire(session, gone, actor=actor, now=now)
    assert service.resolve(session, ["云厂", "云岚厂"]) == {"云厂": here.id, "云岚厂": gone.id}


def test_ten_thousand_names_are_resolved_at_once(session):
    made = make_organisation(session, "洛水精工研究所")
    texts = [f"单位{number}" for number in range(10_000)] + ["洛水精工研究所"]
    assert service.resolve(session, texts) == {"洛水精工研究所": made.id}


def test_a_code_or_name_cannot_be_given_twice(session):
    make_organisation(session, "甲厂", code="A1")
    with pytest.raises(Invalid) as code:
        make_organisation(session, "乙厂", code="A1")
    assert (code.value.field, str(code.value)) == ("code", "Code “A1” belongs to 甲厂.")
    with pytest.raises(Invalid) as name:
        make_organisation(session, " 甲 厂")
    assert (name.value.field, str(name.value)) == ("name", "甲厂 is there already, with code A1.")
