from datetime import date

import pytest
import sqlalchemy as sa

from expertpool.audit.models import AuditEntry
from expertpool.errors import Invalid
from expertpool.items.models import Item, ItemApplicant
from expertpool.organisations import alliances, merging, service
from expertpool.organisations.models import AllianceMember, MergedOrganisationRow
from expertpool.people.models import Employment, Person
from tests.builders.organisations import make_organisation


@pytest.fixture
def pair(session):
    return (
        make_organisation(session, "远帆轴承公司", code="D1", name_en="Yuanfan", aliases=("远帆",)),
        make_organisation(session, "远帆轴承有限公司", code="K1"),
    )


def employ(session, now, organisation, number="E1"):
    person = Person(
        number=number,
        name="唐以宁",
        name_key="唐以宁",
        name_pinyin="tang yi ning",
        created_at=now,
        updated_at=now,
    )
    person.employments = [
        Employment(
            organisation=organisation,
            organisation_text=organisation.name,
            organisation_key=organisation.name_key,
            since=date(2020, 1, 1),
            source="test",
        )
    ]
    session.add(person)
    session.flush()
    return person.employments[0]


def test_everything_that_names_the_duplicate_names_the_other(session, actor, now, pair):
    duplicate, kept = pair
    employment = employ(session, now, duplicate)
    department = make_organisation(session, "研发部", kind="department", parent_id=duplicate.id)
    item = Item(number="I1", title="轴承", created_at=now, updated_at=now)
    item.applicants = [
        ItemApplicant(organisation=duplicate, organisation_text="远帆", organisation_key="远帆")
    ]
    session.add(item)
    session.flush()
    moved = merging.merge(session, duplicate, kept, actor=actor, now=now)
    assert moved == {
        "employments.organisation_id": 1,
        "item_applicants.organisation_id": 1,
        "organisations.parent_id": 1,
    }
    assert employment.organisation_id == kept.id
    assert department.parent_id == kept.id
    assert item.applicants[0].organisation_id == kept.id
    texts = ["D1", "K1", "远帆轴承公司", "yuanfan", "远帆"]
    assert service.resolve(session, texts) == dict.fromkeys(texts, kept.id)


def test_a_merge_can_be_undone(session, actor, now, pair):
    duplicate, kept = pair
    moved, own = employ(session, now, duplicate), employ(session, now, kept, "E2")
    merging.merge(session, duplicate, kept, actor=actor, now=now)
    with pytest.raises(Invalid):
        service.bring_back(session, duplicate, actor=actor, now=now)
    merging.undo(session, duplicate, actor=actor, now=now)
    assert (moved.organisation_id, own.organisation_id) == (duplicate.id, kept.id)
    assert (duplicate.merged_into_id, duplicate.retired_at, kept.names) == (None, None, [])
    assert session.scalars(sa.select(MergedOrganisationRow)).all() == []
    assert service.resolve(session, ["远帆", "D1"]) == {"远帆": duplicate.id, "D1": duplicate.id}
    events = session.scalars(sa.select(AuditEntry.event).order_by(AuditEntry.id)).all()
    assert events[-2:] == ["organisation.organisation-merged", "organisation.organisation-unmerged"]


def test_a_membership_that_both_have_stays_with_the_duplicate(session, actor, now, pair):
    duplicate, kept = pair
    for each, name in ((duplicate, "联盟"), (kept, "联盟"), (duplicate, "另一联盟")):
        alliances.join(session, each, name, actor=actor, now=now)
    merging.merge(session, duplicate, kept, actor=actor, now=now)
    members = session.execute(sa.select(AllianceMember.organisation_id).order_by(AllianceMember.id)).scalars()
    assert members.all() == [duplicate.id, kept.id, kept.id]


def test_what_would_make_a_circle_is_refused(session, actor, now, pair):
    duplicate, kept = pair
    below = make_organisation(session, "分厂", parent_id=duplicate.id)
    for into in (duplicate, below):
        with pytest.raises(Invalid):
            merging.merge(session, duplicate, into, actor=actor, now=now)
    merging.merge(session, duplicate, kept, actor=actor, now=now)
    with pytest.raises(Invalid):
        merging.merge(session, duplicate, kept, actor=actor, now=now)
