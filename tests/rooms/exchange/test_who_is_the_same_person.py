import sqlalchemy as sa

from expertpool.exchange.plans import Outcome
from expertpool.people.models import EmailAddress, Person
from tests.builders.organisations import make_organisation

HEAD = ["编号", "姓名", "邮箱", "工作单位", "手机"]


def outcomes(plan):
    return [entry.outcome.value for entry in plan.entries]


def test_an_external_id_decides_then_an_address_then_name_with_employer(session, imported):
    rows = [
        HEAD,
        ["A1", "周岚", "zhou@mail.example", "青原大学", "13800000001"],
        ["A1", "周澜", "", "", ""],
        ["", "周岚", "ZHOU＠mail.example", "", ""],
        ["", "周 岚", "", "青原大学（总部）", ""],
    ]
    assert outcomes(imported("experts", rows)) == ["create", "repeat", "repeat", "repeat"]
    assert session.scalars(sa.select(Person.name)).all() == ["周岚"]


def test_nobody_is_merged_by_phone_or_by_name_alone(session, imported):
    rows = [
        HEAD,
        ["", "周岚", "", "青原大学", "0371-65900000"],
        ["", "吴越", "", "青原大学", "0371-65900000"],
        ["", "周岚", "", "南湾大学", "0371-65900000"],
    ]
    plan = imported("experts", rows)
    assert outcomes(plan) == ["create"] * 3
    assert outcomes(imported("experts", rows)) == ["same"] * 3


def test_namesakes_of_one_employer_with_numbers_of_their_own_are_two_people(session, imported):
    rows = [HEAD, ["A1", "张伟", "", "青原大学", ""], ["A2", "张伟", "", "青原大学", ""]]
    assert outcomes(imported("experts", rows)) == ["create", "create"]
    assert outcomes(imported("experts", rows)) == ["same", "same"]
    plan = imported("experts", [HEAD, ["", "张伟", "", "青原大学", ""]])
    assert [str(fault.problem) for fault in plan.entries[0].faults] == [
        "Several people of this name work there: 张伟 (A1), 张伟 (A2)."
    ]


def test_bare_names_come_in_once_each_however_often_the_file_is_imported(session, imported):
    rows = [["姓名", "备注"], ["张伟", "甲"], ["张伟", "甲"], ["张伟", "甲"]]
    assert outcomes(imported("experts", rows)) == ["create"] * 3
    assert outcomes(imported("experts", rows)) == ["same"] * 3


def test_an_address_of_another_refuses_the_row_in_the_file_and_in_the_pool(session, imported):
    imported("experts", [HEAD, ["A1", "周岚", "zhou@mail.example", "", ""]])
    rows = [
        HEAD,
        ["", "吴越", "zhou@mail.example", "", ""],
        ["A2", "郑一", "zheng@mail.example", "", ""],
        ["A3", "王二", "zheng@mail.example", "", ""],
        ["A2", "郑一", "zhou@mail.example", "", ""],
        ["A1", "别人", "new@mail.example", "", ""],
    ]
    plan = imported("experts", rows)
    assert outcomes(plan) == ["refuse", "create", "refuse", "refuse", "refuse"]
    assert [str(e.faults[0].problem) for e in plan.refused] == [
        "This address belongs to 周岚 (A1).",
        "This address belongs to 郑一 (A2).",
        "This address belongs to 周岚 (A1).",
        "This number belongs to 周岚.",
    ]


def test_an_address_of_a_row_refused_for_another_reason_is_still_its_person_s(planned):
    rows = [HEAD, ["", "周岚", "zhou@mail.example", "", "见备注"], ["", "吴越", "zhou@mail.example", "", ""]]
    plan = planned("experts", rows)
    assert [str(e.faults[0].problem) for e in plan.refused] == [
        "This is no phone number.",
        "This address belongs to the person in row 2.",
    ]


def test_employers_are_the_same_by_any_of_their_names(session, imported):
    make_organisation(session, "青原大学", aliases=("青大",), code="Q1")
    imported("experts", [HEAD, ["", "周岚", "", "青大", ""]])
    plan = imported("experts", [["姓名", "单位代码"], ["周岚", "Q1"]])
    assert outcomes(plan) == ["same"]


def test_a_person_decides_who_a_possible_one_is(session, planned):
    from tests.builders.people import make_person

    known = make_person(session, "周岚", employer="青原大学", number="K1")
    rows = [HEAD, ["", "周岚", "zhou@mail.example", "南湾大学", ""]]
    plan = planned("experts", rows)
    assert [(p.person_id, p.title) for p in plan.entries[0].possible] == [(known.id, "周岚 (K1)")]
    assert plan.entries[0].outcome is Outcome.CREATE
    decided = planned("experts", rows, decisions={2: known.id})
    assert decided.entries[0].outcome is Outcome.CHANGE
    assert [(c.field, c.new) for c in decided.entries[0].changes] == [
        ("email", "zhou@mail.example"),
        ("organisation", "南湾大学"),
    ]


def test_a_new_employer_ends_the_old_one_and_an_empty_cell_says_nothing(session, imported):
    imported("experts", [HEAD, ["A1", "周岚", "zhou@mail.example", "青原大学", "13800000001"]])
    plan = imported("experts", [HEAD, ["A1", "周岚", "new@mail.example", "南湾大学", ""]])
    assert [(c.field, c.old, c.new) for c in plan.entries[0].changes] == [
        ("email", "zhou@mail.example", "new@mail.example；zhou@mail.example"),
        ("organisation", "青原大学", "南湾大学"),
    ]
    person = session.scalar(sa.select(Person).where(Person.number == "A1"))
    assert [(e.organisation_text, e.is_current) for e in person.employments] == [
        ("青原大学", False),
        ("南湾大学", True),
    ]
    addresses = sa.select(EmailAddress.address).order_by(EmailAddress.position)
    assert session.scalars(addresses).all() == ["new@mail.example", "zhou@mail.example"]
    assert person.phone_sealed is not None
