import pytest
import sqlalchemy as sa

from expertpool.audit.models import AuditEntry
from expertpool.availability.models import BusyTime
from expertpool.events import Actor
from expertpool.interests.models import Relation, RelationKind
from expertpool.people import corrections, resting
from expertpool.people.models import Person, Status
from tests.builders.organisations import make_organisation
from tests.builders.people import make_person


@pytest.fixture
def expert(as_role):
    return as_role("expert")


@pytest.fixture
def myself(database, expert):
    made = make_person(
        database, "何霁", employer="北辰材料研究院", addresses=("he@example.org",), user_id=expert.user_id
    )
    make_person(database, "陆文澜", addresses=("lu@example.org",))
    database.commit()
    return made


def saved(database, person):
    database.expire_all()
    return database.get(Person, person.id)


def test_an_expert_sees_their_own_record_and_nobody_elses(expert, myself):
    page = expert.get("/me/profile").text
    assert "何霁" in page
    assert "北辰材料研究院" in page
    assert "陆文澜" not in page
    assert expert.get(f"/people/{myself.id}").status_code == 403


def test_an_account_without_a_record_says_whom_to_ask(as_role, myself):
    page = as_role("trainee").get("/me/profile")
    assert page.status_code == 200
    assert "Ask the office to connect your account" in page.text
    assert as_role("trainee").get("/me/profile/edit").status_code == 404


def test_one_changes_contacts_languages_and_profile_but_neither_name_nor_grade(expert, database, myself):
    typed = {
        "addresses": "new@example.org",
        "bio": "轴承寿命",
        "languages": "中文",
        "name": "别人",
        "grade": "senior",
    }
    assert expert.post("/me/profile/edit", data=typed).status_code == 302
    kept = saved(database, myself)
    assert (kept.name, kept.grade.value, kept.bio, kept.languages) == ("何霁", "expert", "轴承寿命", ["中文"])
    assert [row.address for row in kept.addresses] == ["new@example.org"]
    entry = database.scalars(sa.select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert entry.actor_id == expert.user_id


def test_an_address_of_another_is_refused_without_naming_them(expert, database, myself):
    answer = expert.post("/me/profile/edit", data={"addresses": "lu@example.org"})
    assert answer.status_code == 400
    assert "lu@example.org is used by somebody else" in answer.text
    assert "陆文澜" not in answer.text


def test_a_new_employer_joins_the_history_with_its_source(expert, database, myself):
    expert.post("/me/profile/employer", data={"organisation": "远帆轴承有限公司", "since": "2026-11-01"})
    old, new = saved(database, myself).employments
    assert (old.is_current, new.is_current, new.source) == (False, True, "本人填写")


def test_one_notes_busy_times_and_removes_only_ones_own(expert, database, myself):
    other = make_person(database, "唐以宁")
    foreign = BusyTime(
        person_id=other.id,
        starts=other.created_at,
        ends=other.created_at.replace(hour=9),
        created_at=other.created_at,
    )
    database.add(foreign)
    database.commit()
    expert.post("/me/profile/busy", data={"starts": "2099-12-03T09:00", "ends": "2099-12-03T12:00"})
    own = database.scalars(sa.select(BusyTime).where(BusyTime.person_id == myself.id)).one()
    assert expert.post(f"/me/profile/busy/{foreign.id}/remove").status_code == 404
    assert expert.post(f"/me/profile/busy/{own.id}/remove").status_code == 302
    assert database.scalars(sa.select(BusyTime.id)).all() == [foreign.id]


def test_one_declares_an_interest(expert, database, myself):
    typed = {"kind": "declared", "about": "远帆轴承有限公司", "what": "organisation", "since": "2025-01-01"}
    assert expert.post("/me/profile/declarations", data=typed).status_code == 302
    relation = database.scalars(sa.select(Relation)).one()
    assert (relation.person_id, relation.kind, relation.other_is_organisation) == (
        myself.id,
        RelationKind.DECLARED,
        True,
    )
    assert "Declared an interest in 远帆轴承有限公司" in expert.get("/me/profile").text
    assert expert.post("/me/profile/declarations", data={"about": ""}).status_code == 400


def test_relations_of_any_kind_are_declared_and_other_people_stay_text(expert, database, myself):
    other = database.scalars(sa.select(Person).where(Person.name == "陆文澜")).one()
    data = {"kind": "advisor", "about": other.number, "what": "person", "since": "2012-09-01"}
    assert expert.post("/me/profile/declarations", data=data).status_code == 302
    row = database.scalars(sa.select(Relation)).one()
    assert (row.kind, row.other_person_id, row.other_text, row.source) == (
        RelationKind.ADVISOR,
        None,
        other.number,
        "本人申报",
    )
    page = expert.get("/me/profile").text
    assert f"Advisor of {other.number}" in page
    assert "陆文澜" not in page


def test_an_organisation_of_ours_is_known_by_name_and_kinds_are_checked(expert, database, myself):
    ours = make_organisation(database, "衡岳数控装备有限公司")
    data = {"kind": "shareholder", "about": ours.name, "what": "organisation"}
    expert.post("/me/profile/declarations", data=data)
    assert database.scalars(sa.select(Relation)).one().organisation_id == ours.id
    wrong = expert.post("/me/profile/declarations", data={**data, "kind": "spouse"})
    assert (wrong.status_code, "This kind of relation is between two people." in wrong.text) == (400, True)


def test_one_reads_what_is_on_file_but_not_what_others_say_of_themselves(expert, database, myself):
    known = {"created_at": myself.created_at, "other_person_id": myself.id}
    for name, kind, source in (
        ("陆文澜", RelationKind.COAUTHOR, "题录 2025"),
        ("唐以宁", RelationKind.SPOUSE, "本人申报"),
        ("白鹿鸣", RelationKind.DECLARED, "会议记录"),
    ):
        other = make_person(database, name)
        database.add(Relation(person_id=other.id, kind=kind, source=source, **known))
    database.add(
        Relation(
            person_id=myself.id,
            kind=RelationKind.KIN,
            other_text="何远",
            source="误记",
            created_at=myself.created_at,
            retired_at=myself.created_at,
        )
    )
    page = expert.get("/me/profile").text
    assert [text in page for text in ("Co-author with 陆文澜", "题录 2025", "唐以宁", "白鹿鸣")] == [
        True,
        True,
        False,
        False,
    ]
    assert [text in page for text in ("Kin of 何远", "no longer counts")] == [True, True]


def test_one_asks_for_a_correction_and_reads_the_answer(expert, database, myself):
    empty = expert.post("/me/profile/correction", data={"note": " "})
    assert (empty.status_code, 'id="note-error"' in empty.text) == (400, True)
    assert expert.post("/me/profile/correction", data={"note": "学历应为博士"}).status_code == 302
    assert "学历应为博士" in expert.get("/me/profile").text
    office = Actor(None, "office", via="cli")
    corrections.settle(database, myself, "已改为博士", actor=office, now=myself.created_at)
    page = expert.get("/me/profile").text
    assert ("已改为博士" in page, "学历应为博士" in page) == (True, False)


def test_one_ends_the_rest_that_one_asked_for_and_no_other(expert, database, myself):
    myself.status, myself.status_reason = Status.RESTING, resting.BY_WISH
    assert "Take part again" in expert.get("/me/profile").text
    assert expert.post("/me/profile/rest/end").location == "/me/profile"
    database.refresh(myself)
    assert (myself.status, myself.status_reason) == (Status.ACTIVE, None)
    myself.status, myself.status_reason = Status.RESTING, "轮休"
    page = expert.get("/me/profile")
    assert "Take part again" not in page.text
    expert.post("/me/profile/rest/end")
    database.refresh(myself)
    assert myself.status is Status.RESTING
