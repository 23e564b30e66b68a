from dataclasses import replace
from datetime import date

import pytest
import sqlalchemy as sa

from expertpool.audit.models import AuditEntry
from expertpool.errors import Invalid, NotFound, Stale
from expertpool.organisations import alliances, queries, service
from expertpool.organisations.facts import facts_of
from expertpool.organisations.models import AllianceMember
from tests.builders.organisations import make_organisation


def events(session, organisation):
    query = (
        sa.select(AuditEntry.event, AuditEntry.facts)
        .where(AuditEntry.subject_kind == "organisation", AuditEntry.subject_id == organisation.id)
        .order_by(AuditEntry.id)
    )
    return [tuple(row) for row in session.execute(query)]


def test_a_change_is_recorded_field_by_field_and_only_once(session, actor, now):
    office = make_organisation(session, "青原标准院", code="Q1", aliases=("青标院",))
    facts = replace(
        facts_of(office), region="青原", former_names=("青原标准所",), mail_domains=("@Std.Example.ORG",)
    )
    assert service.change(session, office, facts, version=office.version, actor=actor, now=now)
    assert not service.change(session, office, facts, actor=actor, now=now)
    assert (office.region, office.mail_domains) == ("青原", ["std.example.org"])
    assert events(session, office) == [
        ("organisation.organisation-created", {"organisation": "青原标准院", "code": "Q1"}),
        (
            "organisation.organisation-changed",
            {
                "organisation": "青原标准院",
                "changes": {
                    "region": [None, "青原"],
                    "former_names": [[], ["青原标准所"]],
                    "mail_domains": [[], ["std.example.org"]],
                },
            },
        ),
    ]


def test_names_that_stay_keep_their_rows(session, actor, now):
    office = make_organisation(session, "青原标准院", aliases=("青标院", "标院"))
    kept = office.names[1].id
    service.change(session, office, replace(facts_of(office), aliases=("标院", "青院")), actor=actor, now=now)
    assert [(name.name, name.id == kept) for name in office.names] == [("标院", True), ("青院", False)]


def test_a_stale_change_is_refused(session, actor, now):
    office = make_organisation(session)
    with pytest.raises(Stale):
        service.change(session, office, facts_of(office), version=office.version - 1, actor=actor, now=now)


def test_an_organisation_cannot_stand_below_itself(session, actor, now):
    top = make_organisation(session, "集团")
    middle = make_organisation(session, "子公司", parent_id=top.id)
    below = make_organisation(session, "研发部", kind="department", parent_id=middle.id)
    with pytest.raises(Invalid) as error:
        service.change(session, top, replace(facts_of(top), parent_id=below.id), actor=actor, now=now)
    assert (error.value.field, str(error.value)) == (
        "parent",
        "研发部 belongs to 集团 itself, so it cannot stand above it.",
    )
    assert queries.descendants(session, [middle.id]) == {middle.id, below.id}
    assert [each.name for each in queries.ancestors(session, below.id)] == ["子公司", "集团"]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": " "}, "name"),
        ({"kind": "department"}, "parent"),
        ({"mail_domains": ("张三@",)}, "mail_domains"),
        ({"mail_domains": ("qq",)}, "mail_domains"),
        ({"code": "9" * 61}, "code"),
    ],
)
def test_what_is_wrong_is_named_by_its_field(session, wrong, field):
    with pytest.raises(Invalid) as error:
        make_organisation(session, **{"name": "甲厂", **wrong})
    assert error.value.field == field


def test_a_retired_organisation_can_be_brought_back(session, actor, now):
    office = make_organisation(session)
    service.retire(session, office, actor=actor, now=now)
    assert office.retired_at == now
    service.bring_back(session, office, actor=actor, now=now)
    assert office.retired_at is None
    assert [name for name, _ in events(session, office)][1:] == [
        "organisation.organisation-retired",
        "organisation.organisation-brought-back",
    ]


def test_joining_an_alliance_again_changes_the_dates(session, actor, now):
    office = make_organisation(session)
    since, until = date(2024, 1, 1), date(2025, 12, 31)
    assert alliances.join(session, office, " 轴承 标准联盟", since=since, actor=actor, now=now)
    assert not alliances.join(session, office, "轴承 标准联盟", since=since, actor=actor, now=now)
    assert alliances.join(session, office, "轴承 标准联盟", since=since, until=until, actor=actor, now=now)
    members = session.scalars(sa.select(AllianceMember)).all()
    assert [(each.alliance.name, each.since, each.until) for each in members] == [
        ("轴承 标准联盟", since, until)
    ]
    with pytest.raises(Invalid):
        alliances.join(session, office, "另一联盟", since=until, until=since, actor=actor, now=now)


def test_a_membership_is_removed_only_from_its_own_organisation(session, actor, now):
    office, other = make_organisation(session, "甲厂"), make_organisation(session, "乙厂")
    alliances.join(session, office, "联盟", actor=actor, now=now)
    member = session.scalars(sa.select(AllianceMember.id)).one()
    with pytest.raises(NotFound):
        alliances.remove(session, other, member, actor=actor, now=now)
    assert alliances.remove(session, office, member, actor=actor, now=now) == "联盟"
    assert session.scalars(sa.select(AllianceMember)).all() == []
