from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from expertpool.audit.models import AuditEntry
from expertpool.errors import Invalid, Stale
from expertpool.people import contacts, employments, holdings, search, service
from expertpool.people.employments import Work
from expertpool.people.facts import PersonFacts, birth, facts_of
from expertpool.people.models import Gender, Grade, Person, Status
from tests.builders.people import make_person
from tests.rooms.people.taxonomy import make_skill


def entries(session, person, event):
    query = sa.select(AuditEntry).where(
        AuditEntry.subject_kind == "person", AuditEntry.subject_id == person.id, AuditEntry.event == event
    )
    return session.scalars(query.order_by(AuditEntry.id)).all()


def test_a_new_person_gets_the_next_number_keys_and_an_audit_entry(session, actor, now):
    first = service.create(session, PersonFacts(" 曾  一诺 ", birth="1980年6月"), actor=actor, now=now)
    second = service.create(session, PersonFacts("何霁"), grade=Grade.TALENT, actor=actor, now=now)
    assert (first.name, first.name_key, first.name_pinyin) == ("曾 一诺", "曾一诺", "zeng yi nuo")
    assert (first.birth, first.status, first.grade) == ("1980-06", Status.ACTIVE, Grade.EXPERT)
    assert first.number[0] == "E"
    assert int(second.number[1:]) == int(first.number[1:]) + 1
    (entry,) = entries(session, first, "person.person-created")
    assert entry.facts == {"number": first.number, "grade": "expert"}
    assert entry.personal == {"person": "曾 一诺"}
    assert search.find(session, "zengyinuo") == [first.id]


def test_a_number_in_use_is_refused_and_skipped(session, actor, now):
    make_person(session, "陆文澜", number="A-1")
    with pytest.raises(Invalid, match="Number A-1 belongs to 陆文澜") as error:
        service.create(session, PersonFacts("何霁"), number="A-1", actor=actor, now=now)
    assert error.value.field == "number"
    for number in ("E0999", "E1000-2", "EX1001", "E"):
        make_person(session, "何霁", number=number)
    assert service.create(session, PersonFacts("许望舒"), actor=actor, now=now).number == "E1000"


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        (PersonFacts("  "), "name"),
        (PersonFacts("\u200b"), "name"),
        (PersonFacts("何" * 121), "name"),
        (PersonFacts("何霁", birth="2062-05"), "birth"),
        (PersonFacts("何霁", birth="2026-11-23"), "birth"),
        (PersonFacts("何霁", birth="1978-13"), "birth"),
        (PersonFacts("何霁", birth="1979-02-29"), "birth"),
        (PersonFacts("何霁", birth="1899"), "birth"),
        (PersonFacts("何霁", birth="七八年"), "birth"),
        (PersonFacts("何霁", title="研" * 81), "title"),
    ],
)
def test_facts_that_break_a_rule_name_their_field(session, actor, now, facts, field):
    with pytest.raises(Invalid) as error:
        service.create(session, facts, actor=actor, now=now)
    assert error.value.field == field


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("1978", "1978"),
        ("1978.1", None),
        ("1978/5", "1978-05"),
        ("1980年6月", "1980-06"),
        ("1980年6月1日", "1980-06-01"),
        ("1978.05", "1978-05"),
        ("１９７８年０５月３１日", "1978-05-31"),
        ("1980-02-29", "1980-02-29"),
        ("2026-11-22", "2026-11-22"),
        ("", None),
    ],
)
def test_a_birth_is_kept_in_one_form(now, written, kept):
    if kept is None and written:
        with pytest.raises(Invalid):
            birth(written, today=now.date())
    else:
        assert birth(written, today=now.date()) == kept


def test_a_change_says_what_was_and_what_is(session, actor, now):
    person = make_person(session, "陆文澜", region="青原")
    facts = PersonFacts("陆文岚", region="青原", gender=Gender.FEMALE)
    assert service.change(session, person, facts, version=person.version, actor=actor, now=now)
    (entry,) = entries(session, person, "person.person-changed")
    assert entry.facts == {"fields": ["name", "gender"]}
    assert entry.personal == {"changes": {"name": ["陆文澜", "陆文岚"], "gender": [None, "female"]}}
    assert search.find(session, "陆文岚") == [person.id]
    assert search.find(session, "陆文澜") == []
    assert person.updated_at == now


def test_the_same_facts_change_nothing(session, actor, now):
    person = make_person(session, "陆文澜", languages=["中文"])
    version = person.version
    assert not service.change(session, person, facts_of(person), actor=actor, now=now)
    assert person.version == version
    assert entries(session, person, "person.person-changed") == []


def test_a_stale_save_is_refused(session, actor, now):
    person = make_person(session, "陆文澜")
    seen = person.version
    service.change(session, person, PersonFacts("陆文岚"), version=seen, actor=actor, now=now)
    with pytest.raises(Stale):
        service.change(session, person, PersonFacts("陆文蓝"), version=seen, actor=actor, now=now)
    assert person.name == "陆文岚"


def test_a_save_after_another_transaction_is_refused(session, actor, now):
    person = make_person(session, "陆文澜")
    elsewhere = sa.update(Person).where(Person.id == person.id).values(version=person.version + 1)
    session.execute(elsewhere, execution_options={"synchronize_session": False})
    with pytest.raises(Stale):
        service.change(session, person, PersonFacts("陆文岚"), actor=actor, now=now)


def test_addresses_are_kept_in_order_and_in_lower_case(session, actor, now):
    person = make_person(session, addresses=("old@example.org", "stay@example.org"))
    assert contacts.set_addresses(
        session,
        person,
        ["Stay@Example.org", " new@example.org ", "new@example.org", ""],
        actor=actor,
        now=now,
    )
    session.expire(person)
    assert [row.address for row in person.addresses] == ["stay@example.org", "new@example.org"]
    (entry,) = entries(session, person, "person.addresses-changed")
    assert entry.facts == {}
    assert entry.personal == {
        "added": ["new@example.org"],
        "removed": ["old@example.org"],
        "primary": "stay@example.org",
    }
    assert not contacts.set_addresses(
        session, person, ["stay@example.org", "new@example.org"], actor=actor, now=now
    )


def test_an_address_of_another_is_refused_by_name(session, actor, now):
    other = make_person(session, "何霁", number="E0003", addresses=("he.ji@example.org",))
    person = make_person(session, "贺霁")
    with pytest.raises(Invalid) as error:
        contacts.set_addresses(session, person, ["HE.JI@example.org"], actor=actor, now=now)
    assert str(error.value).startswith("he.ji@example.org belongs to 何霁 (E0003).")
    assert error.value.field == "addresses"
    assert error.value.sentence.params["person_id"] == other.id
    assert person.addresses == []


def test_an_address_that_is_none_is_refused(session, actor, now):
    with pytest.raises(Invalid, match=r"“he\.ji” is no mail address") as error:
        contacts.set_addresses(session, make_person(session), ["he.ji"], actor=actor, now=now)
    assert error.value.field == "addresses"


def test_a_phone_number_is_encrypted_and_the_trail_keeps_it_masked(session, actor, now):
    person = make_person(session)
    assert contacts.set_phone(session, person, "+86 138-0000-1234", actor=actor, now=now)
    assert contacts.phone_of(person) == "13800001234"
    assert "13800001234" not in person.phone_sealed
    assert len(person.phone_index) == 64
    assert not contacts.set_phone(session, person, "１３８００００１２３４", actor=actor, now=now)
    (entry,) = entries(session, person, "person.phone-changed")
    assert (entry.facts, entry.personal) == ({}, {"old": None, "new": "138******34"})
    contacts.set_phone(session, person, " ", actor=actor, now=now)
    assert (person.phone_sealed, person.phone_index) == (None, None)


def test_people_may_share_a_phone_number(session, actor, now):
    first, second = make_person(session), make_person(session, "何霁")
    for person in (first, second):
        contacts.set_phone(session, person, "0371-65801234 转 8", actor=actor, now=now)
    assert first.phone_index == second.phone_index
    assert contacts.phone_of(second) == "037165801234x8"


@pytest.mark.parametrize("text", ["办公室", "1234", "138000012345678901234", "13800001234 or so"])
def test_a_phone_number_that_is_none_is_refused(session, actor, now, text):
    with pytest.raises(Invalid, match="is no phone number") as error:
        contacts.set_phone(session, make_person(session), text, actor=actor, now=now)
    assert error.value.field == "phone"


def test_each_look_at_a_phone_number_is_recorded(session, actor, now):
    person = make_person(session)
    contacts.set_phone(session, person, "13800001234", actor=actor, now=now)
    assert contacts.reveal_phone(session, person, actor=actor, now=now) == "13800001234"
    assert len(entries(session, person, "person.phone-revealed")) == 1


def test_a_new_current_employer_ends_the_old_one_the_day_before(session, actor, now):
    person = make_person(session, employer="青原理工大学")
    old = person.employments[0]
    work = Work("远帆轴承有限公司", position=" 总工 程师 ", since=date(2026, 11, 1), is_current=True)
    new = employments.add_employment(session, person, work, source="测试", actor=actor, now=now)
    assert (old.is_current, old.until) == (False, date(2026, 10, 31))
    assert (new.is_current, new.position) == (True, "总工 程师")
    assert employments.current(person) is new
    assert search.find(session, "远帆") == [person.id]
    assert search.find(session, "青原理工") == []
    ended, added = entries(session, person, "person.employer-changed")
    assert ended.personal["changes"] == {"until": [None, "2026-10-31"], "is_current": [True, False]}
    assert added.personal["changes"]["organisation"] == [None, "远帆轴承有限公司"]


def test_an_old_employer_that_began_later_keeps_no_wrong_end(session, actor, now):
    person = make_person(session, employer="青原理工大学")
    person.employments[0].since = date(2026, 11, 1)
    work = Work("远帆轴承有限公司", since=date(2026, 11, 1), is_current=True)
    employments.add_employment(session, person, work, source="测试", actor=actor, now=now)
    assert person.employments[0].until is None
    assert not person.employments[0].is_current


def test_an_employment_can_end_be_corrected_and_be_removed(session, actor, now):
    person = make_person(session, employer="青原理工大学")
    row = person.employments[0]
    employments.end_employment(session, row, date(2026, 6, 30), actor=actor, now=now)
    assert (row.until, row.is_current, employments.current(person)) == (date(2026, 6, 30), False, None)
    wrong = Work("青原理工大学", since=date(2026, 7, 1), until=date(2026, 6, 30))
    with pytest.raises(Invalid) as error:
        employments.change_employment(session, row, wrong, actor=actor, now=now)
    assert error.value.field == "until"
    same_day = Work("青原理工大学", since=date(2026, 6, 30), until=date(2026, 6, 30))
    assert employments.change_employment(session, row, same_day, actor=actor, now=now)
    assert not employments.change_employment(session, row, same_day, actor=actor, now=now)
    employments.remove_employment(session, row, actor=actor, now=now)
    session.expire(person)
    assert person.employments == []
    assert entries(session, person, "person.employer-changed")[-1].personal["changes"]["organisation"] == [
        "青原理工大学",
        None,
    ]


def test_skills_are_added_once_and_taken_away(session, actor, now):
    bearings, machines = make_skill(session, "21.100", "轴承"), make_skill(session, "25.060", "机床")
    person = make_person(session, skills=(bearings,))
    added = holdings.add_skills(
        session, person, [bearings, machines, machines], source="测试", actor=actor, now=now
    )
    assert added == [machines]
    assert holdings.add_skills(session, person, [machines], source="测试", actor=actor, now=now) == []
    assert search.find(session, "机床") == [person.id]
    assert holdings.remove_skills(session, person, [bearings.id, 999_999], actor=actor, now=now) == [bearings]
    session.expire(person)
    assert [row.skill for row in person.skills] == [machines]
    first, second = entries(session, person, "person.skills-changed")
    assert (first.facts["added_names"], first.facts["removed"]) == (["25.060 机床"], [])
    assert (second.facts["added"], second.facts["removed_names"]) == ([], ["21.100 轴承"])


def test_a_grade_changes_with_reason_and_date(session, actor, now):
    person = make_person(session)
    service.change_grade(
        session, person, Grade.SENIOR, reason=" 连续 三年优秀 ", on=date(2026, 12, 1), actor=actor, now=now
    )
    (entry,) = entries(session, person, "person.grade-changed")
    assert entry.facts == {"old": "expert", "new": "senior", "on": "2026-12-01"}
    assert entry.personal == {"reason": "连续 三年优秀"}
    for grade, reason, field in ((Grade.SENIOR, "再次", "grade"), (Grade.EXPERT, " ", "reason")):
        with pytest.raises(Invalid) as error:
            service.change_grade(session, person, grade, reason=reason, on=now.date(), actor=actor, now=now)
        assert error.value.field == field


def test_a_person_rests_retires_and_comes_back(session, actor, now):
    person, today = make_person(session), now.date()
    service.change_status(
        session, person, Status.RESTING, reason="出国", on=today, until=today, actor=actor, now=now
    )
    assert (person.status, person.status_reason, person.status_until) == (Status.RESTING, "出国", today)
    service.retire(session, person, reason="本人申请", on=today, actor=actor, now=now)
    assert (person.status, person.status_until) == (Status.RETIRED, None)
    service.bring_back(session, person, reason=None, on=today, actor=actor, now=now)
    assert (person.status, person.status_reason) == (Status.ACTIVE, None)
    steps = [
        (e.facts["old"], e.facts["new"], e.personal["reason"])
        for e in entries(session, person, "person.status-changed")
    ]
    assert steps == [
        ("active", "resting", "出国"),
        ("resting", "retired", "本人申请"),
        ("retired", "active", None),
    ]


def test_a_status_needs_a_reason_a_change_and_an_end_after_its_beginning(session, actor, now):
    person, today = make_person(session), now.date()
    wrong = [
        (Status.SUSPENDED, "", None, "reason"),
        (Status.SUSPENDED, "核查", today - timedelta(days=1), "until"),
        (Status.ACTIVE, None, None, "status"),
    ]
    for status, reason, until, field in wrong:
        with pytest.raises(Invalid) as error:
            service.change_status(
                session, person, status, reason=reason, on=today, until=until, actor=actor, now=now
            )
        assert error.value.field == field
    assert person.status == Status.ACTIVE
