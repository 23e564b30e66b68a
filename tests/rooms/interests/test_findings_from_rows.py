from datetime import date

import pytest

from expertpool.audit.models import AuditEntry
from expertpool.conflicts import facts
from expertpool.conflicts.policy import Rule
from expertpool.errors import Invalid
from expertpool.interests import service
from expertpool.interests.earlier import EarlierReview
from expertpool.interests.models import Relation, RelationKind
from expertpool.interests.queries import findings_for_items, pair_findings, relations_of
from expertpool.interests.wording import evidence_text, finding_text
from expertpool.items.models import Item, ItemApplicant, ItemPerson, ItemRole
from expertpool.organisations.models import Organisation, OrganisationKind
from tests.builders.conflicts import ON, make_policy, told
from tests.builders.people import make_employment, make_person


def make_org(session, now, name, **facts):
    organisation = Organisation(name=name, name_key=name, created_at=now, **facts)
    session.add(organisation)
    session.flush()
    return organisation


def make_item(session, now, number, *, applicants=(), people=(), **facts):
    item = Item(number=number, title=f"项目 {number}", created_at=now, updated_at=now, **facts)
    item.applicants = [
        ItemApplicant(
            organisation_id=getattr(each, "id", None),
            organisation_text=getattr(each, "name", each),
            organisation_key=getattr(each, "name", each),
        )
        for each in applicants
    ]
    item.people = [
        ItemPerson(
            role=role,
            person_id=getattr(each, "id", None),
            name=getattr(each, "name", each),
            name_key=getattr(each, "name", each),
        )
        for role, each in people
    ]
    session.add(item)
    session.flush()
    return item


def found(session, item, person=None, **options):
    ids = [person.id] if person else None
    answer = findings_for_items(session, [item.id], make_policy(), ON, person_ids=ids, **options)
    return told(answer.findings)


def test_rows_become_findings_with_dated_evidence(session, now):
    holding = make_org(session, now, "青原控股")
    applicant = make_org(session, now, "青原新材料有限公司", parent_id=holding.id)
    sister = make_org(session, now, "青原轴承有限公司", parent_id=holding.id)
    office = make_org(
        session, now, "青原新材料研究部", parent_id=applicant.id, kind=OrganisationKind.DEPARTMENT
    )
    leader = make_person(session, "贺兰")
    item = make_item(session, now, "X1", applicants=[applicant], people=[(ItemRole.LEADER, leader)])
    colleague = make_person(session, "甲", employer=applicant)
    in_office = make_person(session, "乙", employer=office)
    at_sister = make_person(session, "丙", employer=sister)
    by_text = make_person(session, "丁", employer="青原新材料 有限公司（总部）")
    left = make_person(session, "戊")
    last_day = date(2023, 11, 22)
    left.employments = [make_employment(applicant, until=last_day, is_current=False)]
    clear = make_person(session, "己", employer="远山食品")
    namesake = make_person(session, "贺 兰")
    session.flush()

    answer = findings_for_items(session, [item.id], make_policy(), ON)
    assert [(each.person, each.rule.value, each.shown_handling) for each in answer.findings] == [
        (leader.id, "own-item", "bar"),
        (colleague.id, "same-organisation", "bar"),
        (in_office.id, "department", "bar"),
        (at_sister.id, "sister-company", "bar"),
        (by_text.id, "same-organisation", "bar"),
        (left.id, "former-organisation", "bar"),
        (namesake.id, "namesake", "possible"),
    ]
    assert clear.id not in {each.person for each in answer.findings}
    former = answer.findings[5]
    assert str(finding_text(former)) == "Was employed by the applicant 青原新材料有限公司"
    assert (former.evidence[0].until, former.evidence[0].source) == (last_day, "测试")


def test_relations_count_from_either_side_until_they_are_retired(session, actor, now):
    leader, pupil = make_person(session, "贺兰"), make_person(session, "甲")
    item = make_item(session, now, "X1", people=[(ItemRole.LEADER, leader)])
    relation = service.add_relation(
        session, leader, RelationKind.ADVISOR, pupil, source="学位论文", actor=actor, now=now
    )
    assert found(session, item, pupil) == [("student", "certain", "student-of")]
    assert [row.other_name for row in relations_of(session, pupil.id)] == ["甲"]
    pair = pair_findings(session, [leader.id, pupil.id], make_policy(), ON)
    assert [str(evidence_text(each.evidence[0])) for each in pair] == ["贺兰 is the advisor of 甲"]
    service.retire_relation(session, relation, reason="登记有误", actor=actor, now=now)
    assert found(session, item, pupil) == []
    assert relations_of(session, pupil.id) == []
    assert [row.is_retired for row in relations_of(session, pupil.id, with_retired=True)] == [True]


def test_a_declaration_names_an_item_a_person_or_a_text(session, actor, now):
    leader, person = make_person(session, "贺兰"), make_person(session, "甲")
    item = make_item(session, now, "X1", people=[(ItemRole.LEADER, leader)])
    other = make_item(session, now, "X2")
    service.declare(session, person, "X1", actor=actor, now=now)
    assert found(session, item, person) == [("declared", "certain", "declared-item")]
    assert found(session, other, person) == []
    service.declare(session, person, leader, actor=actor, now=now)
    assert found(session, item, person) == [("declared", "certain", "declared-of")]


def test_earlier_service_and_waivers_are_handed_in(session, now):
    leader, person = make_person(session, "贺兰"), make_person(session, "甲")
    item = make_item(session, now, "X1", people=[(ItemRole.LEADER, leader)])
    mine = make_item(session, now, "X2", people=[(ItemRole.LEADER, person)])
    earlier = [
        EarlierReview(person.id, item.id, date(2026, 1, 5)),
        EarlierReview(leader.id, mine.id, date(2026, 1, 6)),
    ]
    waiver = facts.Waiver(person.id, Rule.REVIEWED_BEFORE, "复审", "周岚", ON)
    answer = findings_for_items(
        session, [item.id], make_policy(), ON, person_ids=[person.id], earlier=earlier, waivers=[waiver]
    )
    assert [(each.rule.value, each.waiver) for each in answer.findings] == [
        ("reviewed-before", waiver),
        ("reciprocal-review", None),
    ]


def test_work_on_an_earlier_item_with_the_leader_counts(session, now):
    leader, person = make_person(session, "贺兰"), make_person(session, "甲")
    item = make_item(session, now, "X1", people=[(ItemRole.LEADER, leader)])
    both = [(ItemRole.LEADER, leader), (ItemRole.CONTRIBUTOR, person)]
    make_item(session, now, "OLD", people=both, dated=date(2023, 11, 21))
    assert found(session, item, person) == []
    make_item(session, now, "NEW", people=both, dated=date(2023, 11, 22))
    assert found(session, item, person) == [("same-item-worked-on", "certain", "worked-together")]


def test_people_who_were_merged_away_are_not_told(session, now):
    kept = make_person(session, "甲")
    make_person(session, "贺兰", merged_into_id=kept.id)
    item = make_item(session, now, "X1", people=[(ItemRole.LEADER, "贺兰")])
    assert found(session, item) == []


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"other": "oneself"}, "other"),
        ({"other": "  "}, "other"),
        ({"other": "某公司", "text_is_organisation": True}, "kind"),
        ({"kind": RelationKind.SHAREHOLDER}, "kind"),
        ({"since": date(2026, 1, 2), "until": date(2026, 1, 1)}, "until"),
        ({"source": " "}, "source"),
    ],
)
def test_a_wrong_relation_is_refused_at_its_field(session, actor, now, change, field):
    person = make_person(session, "甲")
    values = {"kind": RelationKind.KIN, "other": "乙", "source": "本人申报"} | change
    if values["other"] == "oneself":
        values["other"] = person
    with pytest.raises(Invalid) as caught:
        service.add_relation(session, person, actor=actor, now=now, **values)
    assert caught.value.field == field
    assert relations_of(session, person.id) == []


def test_changes_are_audited_and_repeats_change_nothing(session, actor, now):
    person = make_person(session, "甲")

    def add():
        return service.add_relation(
            session, person, RelationKind.KIN, "乙", source="本人申报", actor=actor, now=now
        )

    relation = add()
    with pytest.raises(Invalid):
        add()
    for _ in range(2):
        service.change_relation(
            session, relation, since=None, until=ON, source="本人申报", actor=actor, now=now
        )
    for _ in range(2):
        service.retire_relation(session, relation, reason="误记", actor=actor, now=now)
    session.flush()
    entries = session.query(AuditEntry).filter_by(subject_kind="relation", subject_id=relation.id)
    told_events = [(entry.event, entry.facts.get("changes")) for entry in entries.order_by(AuditEntry.id)]
    assert told_events == [
        ("relation.relation-added", None),
        ("relation.relation-changed", {"until": [None, "2026-11-22"]}),
        ("relation.relation-retired", None),
    ]
    assert relation.retired_at == now


def test_unresolved_others_of_relations_count_by_their_text(session, now):
    item = make_item(session, now, "XM-TEXT", applicants=["云岭轴承厂"], people=[(ItemRole.LEADER, "欧阳澈")])
    partner, holder, stranger = (make_person(session, name) for name in ("甲某", "乙某", "丙某"))
    rows = [
        (partner, RelationKind.COAUTHOR, "欧阳 澈", False),
        (holder, RelationKind.SHAREHOLDER, "云岭轴承厂", True),
        (stranger, RelationKind.COAUTHOR, "欧阳澈之", False),
        (stranger, RelationKind.SHAREHOLDER, "云岭丝绸厂", True),
    ]
    for person, kind, text, is_organisation in rows:
        session.add(
            Relation(
                person_id=person.id,
                kind=kind,
                other_text=text,
                other_is_organisation=is_organisation,
                source="申报表",
                created_at=now,
            )
        )
    session.flush()
    answer = findings_for_items(session, [item.id], make_policy(), ON)
    assert [(each.person, *told([each])[0]) for each in answer.findings] == [
        (partner.id, "coauthor", "possible", "coauthor-of"),
        (holder.id, "shareholder", "certain", "shareholder-of"),
    ]
