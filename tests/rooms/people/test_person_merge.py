from datetime import timedelta

import pytest
import sqlalchemy as sa

from expertpool import wiring
from expertpool.audit.models import AuditEntry
from expertpool.availability import service as diary
from expertpool.database import references_to
from expertpool.errors import Invalid, Stale
from expertpool.interests.models import Relation, RelationKind
from expertpool.people import contacts, merging, search
from expertpool.people.models import Gender, MergedRow, Person
from tests.builders.people import make_person
from tests.rooms.people.taxonomy import make_skill


@pytest.fixture(autouse=True)
def connected():
    wiring.connect()


def relate(session, person, other, now, kind=RelationKind.COAUTHOR):
    relation = Relation(
        person_id=person.id, other_person_id=other.id, kind=kind, source="测试", created_at=now
    )
    session.add(relation)
    session.flush()
    return relation


@pytest.mark.sqlite_only
def test_every_foreign_key_to_people_has_a_handler(session):
    assert sorted(map(str, references_to("people"))) == sorted(merging.registered())


@pytest.fixture
def pair(session, actor, now):
    bearings, machines = make_skill(session, "21.100", "轴承"), make_skill(session, "25.060", "机床")
    kept = make_person(
        session,
        "何霁",
        number="E3",
        employer="北辰材料研究院",
        addresses=("a@example.org",),
        skills=(bearings,),
    )
    merged = make_person(
        session,
        "何　霁",
        number="E9",
        employer="北辰研究院",
        addresses=("b@example.org", "c@example.org"),
        skills=(bearings, machines),
        gender=Gender.FEMALE,
        title="研究员",
        region="青原",
        extra={"备注": "旧表"},
    )
    contacts.set_phone(session, merged, "13800001234", actor=actor, now=now)
    return kept, merged


def held(person):
    return {
        "addresses": [row.address for row in person.addresses],
        "employers": [(row.organisation_text, row.is_current) for row in person.employments],
        "skills": [row.skill.code for row in person.skills],
        "facts": (person.name, person.gender, person.title, person.region, person.extra),
        "phone": contacts.phone_of(person),
    }


def test_a_merge_moves_everything_and_undoing_it_gives_everything_back(session, actor, now, pair):
    kept, merged = pair
    third = make_person(session, "唐以宁")
    outward = relate(session, merged, third, now)
    inward = relate(session, third, merged, now)
    between = relate(session, kept, merged, now)
    before = held(kept), held(merged)

    merging.merge(session, kept, merged, take=("title", "gender", "phone_sealed"), actor=actor, now=now)
    session.expire_all()
    assert held(kept) == {
        "addresses": ["a@example.org", "b@example.org", "c@example.org"],
        "employers": [("北辰材料研究院", True), ("北辰研究院", False)],
        "skills": ["21.100", "25.060"],
        "facts": ("何霁", Gender.FEMALE, "研究员", None, {"备注": "旧表"}),
        "phone": "13800001234",
    }
    assert merged.merged_into_id == kept.id
    assert (outward.person_id, inward.other_person_id) == (kept.id, kept.id)
    assert (between.person_id, between.other_person_id) == (kept.id, merged.id)
    assert search.find(session, "E9") == search.find(session, "机床") == [kept.id]

    merging.undo(session, merged, actor=actor, now=now)
    session.expire_all()
    assert (held(kept), held(merged)) == before
    assert merged.merged_into_id is None
    assert (outward.person_id, inward.other_person_id) == (merged.id, merged.id)
    assert session.scalars(sa.select(MergedRow)).all() == []
    assert search.find(session, "E9") == [merged.id]
    assert search.find(session, "机床") == [merged.id]


def test_a_merge_and_its_undoing_stand_in_the_trail(session, actor, now, pair):
    kept, merged = pair
    merging.merge(session, kept, merged, take=("title", "phone_sealed"), actor=actor, now=now)
    merging.undo(session, merged, actor=actor, now=now)
    done, undone = session.scalars(
        sa.select(AuditEntry)
        .where(AuditEntry.subject_id == kept.id, AuditEntry.event.like("person.%merge%"))
        .order_by(AuditEntry.id)
    )
    assert done.facts == {
        "merged_id": merged.id,
        "moved": {"email_addresses.person_id": 2, "employments.person_id": 1, "person_skills.person_id": 1},
    }
    assert done.personal == {
        "merged": "何　霁 (E9)",
        "chosen": {"title": [None, "研究员"], "phone_sealed": [None, None]},
    }
    assert undone.event == "person.merge-undone"
    assert undone.personal == {"merged": "何　霁 (E9)"}


def test_what_changed_after_the_merge_stays_when_it_is_undone(session, actor, now, pair):
    kept, merged = pair
    merging.merge(session, kept, merged, take=("title",), actor=actor, now=now)
    kept.title = "首席研究员"
    session.flush()
    merging.undo(session, merged, actor=actor, now=now)
    assert (kept.title, merged.title) == ("首席研究员", "研究员")


def test_a_chain_of_merges_can_be_undone_in_either_order(session, actor, now):
    first, second, third = (make_person(session, "何霁", addresses=(f"{n}@example.org",)) for n in "abc")
    merging.merge(session, second, first, actor=actor, now=now)
    merging.merge(session, third, second, actor=actor, now=now)
    assert (first.merged_into_id, second.merged_into_id) == (third.id, third.id)
    merging.undo(session, first, actor=actor, now=now)
    session.expire_all()
    assert [row.address for row in first.addresses] == ["a@example.org"]
    assert [row.address for row in third.addresses] == ["c@example.org", "b@example.org"]
    merging.undo(session, second, actor=actor, now=now)
    session.expire_all()
    assert [[row.address for row in person.addresses] for person in (first, second, third)] == [
        ["a@example.org"],
        ["b@example.org"],
        ["c@example.org"],
    ]


def test_people_booked_at_the_same_time_are_not_merged(session, actor, now, pair):
    kept, merged = pair
    diary.book(session, {kept.id: 1}, now, now + timedelta(hours=2), source_kind="seat")
    diary.book(
        session, {merged.id: 2}, now + timedelta(hours=1), now + timedelta(hours=3), source_kind="seat"
    )
    with pytest.raises(Invalid, match="are booked at the same time"):
        merging.merge(session, kept, merged, actor=actor, now=now)


def test_an_account_follows_only_where_there_is_none(session, actor, now, pair):
    from expertpool.accounts.models import User

    kept, merged = pair
    user = User(email="he@example.org", name="何霁", created_at=now, fs_uniquifier="x" * 32)
    session.add(user)
    session.flush()
    merged.user_id = user.id
    merging.merge(session, kept, merged, actor=actor, now=now)
    assert (kept.user_id, merged.user_id) == (user.id, None)
    merging.undo(session, merged, actor=actor, now=now)
    assert (kept.user_id, merged.user_id) == (None, user.id)


def test_what_can_not_be_merged_is_refused(session, actor, now, pair):
    kept, merged = pair
    with pytest.raises(Invalid, match="into itself"):
        merging.merge(session, kept, kept, actor=actor, now=now)
    with pytest.raises(Stale):
        merging.merge(
            session, kept, merged, versions=(kept.version, merged.version - 1), actor=actor, now=now
        )
    with pytest.raises(Invalid, match="is not merged"):
        merging.undo(session, merged, actor=actor, now=now)
    merging.merge(session, kept, merged, actor=actor, now=now)
    with pytest.raises(Invalid, match="was merged into another record"):
        merging.merge(session, session.get(Person, kept.id), merged, actor=actor, now=now)
