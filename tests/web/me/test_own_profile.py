import pytest
import sqlalchemy as sa

from expertpool.audit.models import AuditEntry
from expertpool.availability.models import BusyTime
from expertpool.interests.models import Relation, RelationKind
from expertpool.people.models import Person
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
    typed = {"about": "远帆轴承有限公司", "what": "organisation", "since": "2025-01-01"}
    assert expert.post("/me/profile/declarations", data=typed).status_code == 302
    relation = database.scalars(sa.select(Relation)).one()
    assert (relation.person_id, relation.kind, relation.other_is_organisation) == (
        myself.id,
        RelationKind.DECLARED,
        True,
    )
    assert "Declared an interest in 远帆轴承有限公司" in expert.get("/me/profile").text
    assert expert.post("/me/profile/declarations", data={"about": ""}).status_code == 400
