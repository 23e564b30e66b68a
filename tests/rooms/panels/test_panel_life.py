from datetime import timedelta

import pytest
import sqlalchemy as sa

from expertpool.access.models import Role
from expertpool.access.queries import Grants
from expertpool.audit.models import AuditEntry
from expertpool.availability.models import Commitment
from expertpool.errors import Forbidden, Invalid, Stale
from expertpool.panels import (
    choices,
    confirmation,
    policy,
    preset,
    presets_service,
    request,
    sharing,
    waivers,
)
from expertpool.panels.models import Choice, ChoiceMode, PanelState, SeatRole, SeatState
from expertpool.people.models import Employment
from tests.builders.organisations import make_organisation
from tests.builders.panels import ACTOR, Scene, days, make_actor, propose
from tests.conftest import NOW

LATER = NOW + timedelta(minutes=1)


@pytest.fixture
def scene(session):
    return Scene(session)


@pytest.fixture
def human(session):
    return make_actor(session)


def events(session, panel):
    query = sa.select(AuditEntry.event).where(
        AuditEntry.subject_kind == "panel", AuditEntry.subject_id == panel.id
    )
    return list(session.scalars(query.order_by(AuditEntry.id)))


def test_panels_are_numbered_within_a_year(session, scene):
    first, second = scene.panel(), scene.panel()
    assert first.number.startswith("P-2026-")
    assert int(second.number[-4:]) == int(first.number[-4:]) + 1


def test_a_change_is_audited_with_both_values_and_no_change_is_not(session, scene):
    panel = scene.panel()
    before = len(events(session, panel))
    values = {"title": panel.title, "owner_id": panel.owner_id, "item_ids": [scene.item.id], "place": None}
    request.describe(session, panel, **values, actor=ACTOR, now=LATER)
    assert len(events(session, panel)) == before
    request.describe(session, panel, **values | {"title": " 新  标题 "}, actor=ACTOR, now=LATER)
    entry = session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).one()
    assert entry.facts == {"changes": {"title": ["角接触球轴承企业标准审查", "新 标题"]}}


def test_what_is_asked_is_checked_field_by_field(session, scene):
    panel = scene.panel()

    def refused(change, **values):
        with pytest.raises(Invalid) as error:
            change(session, panel, **values, actor=ACTOR, now=NOW)
        return error.value.field

    people = {"seat_count": 5, "alternate_count": 2, "skills": {}, "mode": ChoiceMode.BEST}
    what = {"title": "x", "owner_id": panel.owner_id, "item_ids": [scene.item.id], "place": None}
    terms = {"preset": panel.preset, "rules": {}, "slots": ()}
    assert refused(request.describe, **what | {"title": "  "}) == "title"
    assert refused(request.describe, **what | {"item_ids": []}) == "items"
    assert refused(request.describe, **what | {"item_ids": [10**9]}) == "items"
    assert refused(request.describe, **what | {"owner_id": 10**9}) == "owner"
    assert refused(request.ask_for, **people | {"seat_count": 0}) == "seat_count"
    assert refused(request.ask_for, **people | {"seat_count": 201}) == "seat_count"
    assert refused(request.ask_for, **people | {"alternate_count": 51}) == "alternate_count"
    assert refused(request.ask_for, **people | {"skills": {scene.skill.id: 6}}) == "skills"
    assert refused(request.set_terms, **terms | {"rules": {"odd": 1}}) == "rules"
    backwards = [request.Slot(NOW + timedelta(hours=2), NOW + timedelta(hours=1))]
    assert refused(request.set_terms, **terms | {"slots": backwards}) == "slots"
    past = [request.Slot(NOW - timedelta(hours=2), NOW - timedelta(hours=1))]
    assert refused(request.set_terms, **terms | {"slots": past}) == "slots"


def test_a_stale_save_is_refused(session, scene):
    panel = scene.panel()
    with pytest.raises(Stale):
        request.describe(
            session,
            panel,
            title="x",
            owner_id=panel.owner_id,
            item_ids=[scene.item.id],
            place=None,
            version=panel.version - 1,
            actor=ACTOR,
            now=NOW,
        )


def test_the_same_dates_can_be_saved_again(session, scene):
    panel = scene.panel(slots=2)
    request.set_terms(
        session,
        panel,
        preset=panel.preset,
        rules={},
        slots=[days(2)[1], *days(3)[2:]],
        actor=ACTOR,
        now=NOW,
    )
    assert [each.starts for each in panel.slots] == [days(3)[1].starts, days(3)[2].starts]


def test_confirming_seats_people_books_the_members_and_tells_the_audit_trail(session, scene, human):
    panel = scene.panel(slots=1)
    run = propose(session, panel)
    confirmation.confirm(session, panel, run, actor=human, now=LATER)
    assert panel.state is PanelState.CONFIRMED
    assert (panel.starts, panel.ends) == (days(1)[0].starts, days(1)[0].ends)
    roles = [seat.role for seat in panel.seats]
    assert roles == [SeatRole.CHAIR, *[SeatRole.MEMBER] * 4, *[SeatRole.ALTERNATE] * 2]
    assert {seat.state for seat in panel.seats} == {SeatState.PROPOSED}
    members = [seat for seat in panel.seats if seat.role is not SeatRole.ALTERNATE]
    booked = session.scalars(sa.select(Commitment).order_by(Commitment.source_id)).all()
    assert [(each.person_id, each.source_kind, each.source_id) for each in booked] == [
        (seat.person_id, "seat", seat.id) for seat in members
    ]
    assert events(session, panel)[-1] == "panel.panel-confirmed"


def test_only_a_person_confirms(session, scene):
    panel = scene.panel()
    with pytest.raises(Forbidden):
        confirmation.confirm(session, panel, propose(session, panel), actor=ACTOR, now=NOW)


def test_a_conflict_that_came_up_since_the_proposal_stops_the_confirmation(session, scene, human):
    panel = scene.panel()
    run = propose(session, panel)
    person = next(each for each in scene.people if each.number == run.result["members"][0]["expert"])
    person.employments[0].is_current = False
    session.flush()
    person.employments.append(
        Employment(
            organisation=scene.applicant,
            organisation_text=scene.applicant.name,
            organisation_key=scene.applicant.name_key,
            is_current=True,
            source="本人",
        )
    )
    session.flush()
    with pytest.raises(Invalid, match=f"{person.name} is barred"):
        confirmation.confirm(session, panel, run, actor=human, now=LATER)
    assert panel.seats == []


def test_somebody_booked_since_the_proposal_stops_the_confirmation_by_name(session, scene, human):
    panel, other = scene.panel(slots=1), scene.panel(slots=1)
    run, same = propose(session, panel), propose(session, other)
    confirmation.confirm(session, panel, run, actor=human, now=LATER)
    with pytest.raises(Invalid, match="is not free at that time"):
        confirmation.confirm(session, other, same, actor=human, now=LATER)
    assert session.scalar(sa.select(sa.func.count()).select_from(Commitment)) == 5


def test_only_the_newest_proposal_of_what_is_asked_now_is_confirmed(session, scene, human):
    panel = scene.panel()
    old = propose(session, panel)
    propose(session, panel)
    with pytest.raises(Invalid, match="changed after this proposal"):
        confirmation.confirm(session, panel, old, actor=human, now=LATER)
    newest = propose(session, panel)
    choices.choose(session, panel, scene.people[0], Choice.EXCLUDE, actor=ACTOR, now=LATER)
    with pytest.raises(Invalid, match="changed after this proposal"):
        confirmation.confirm(session, panel, newest, actor=human, now=LATER)


def test_reopening_frees_the_diary_and_lets_the_panel_be_formed_anew(session, scene, human):
    panel = scene.panel(slots=1)
    confirmation.confirm(session, panel, propose(session, panel), actor=human, now=LATER)
    confirmation.reopen(session, panel, "改日期", actor=human, now=LATER)
    assert (panel.state, panel.seats, panel.starts) == (PanelState.DRAFT, [], None)
    assert session.scalar(sa.select(sa.func.count()).select_from(Commitment)) == 0
    run = propose(session, panel, now=LATER)
    confirmation.confirm(session, panel, run, actor=human, now=LATER)


def test_a_panel_with_invitations_out_is_cancelled_not_reopened(session, scene, human):
    panel = scene.panel(slots=1)
    confirmation.confirm(session, panel, propose(session, panel), actor=human, now=LATER)
    panel.seats[0].state = SeatState.INVITED
    session.flush()
    with pytest.raises(Invalid, match="Invitations are out"):
        confirmation.reopen(session, panel, "改日期", actor=human, now=LATER)
    confirmation.cancel(session, panel, "会议取消", actor=human, now=LATER)
    assert {seat.state for seat in panel.seats} == {SeatState.WITHDRAWN}
    assert session.scalar(sa.select(sa.func.count()).select_from(Commitment)) == 0


def test_nothing_is_asked_of_a_confirmed_panel(session, scene, human):
    panel = scene.panel()
    confirmation.confirm(session, panel, propose(session, panel), actor=human, now=LATER)
    with pytest.raises(Invalid, match="no longer a draft"):
        choices.choose(session, panel, scene.people[0], Choice.LOCK, actor=ACTOR, now=LATER)


def test_nobody_waives_a_finding_about_themselves_and_no_command_waives(session, scene, human):
    panel, person = scene.panel(), scene.person_of_applicant()
    person.user_id = human.user_id
    session.flush()
    with pytest.raises(Forbidden, match="about themselves"):
        waivers.waive(session, panel, person, "same-organisation", "使用方代表", actor=human, now=NOW)
    with pytest.raises(Forbidden):
        waivers.waive(session, panel, person, "same-organisation", "使用方代表", actor=ACTOR, now=NOW)


def test_a_waiver_needs_a_reason_stands_once_and_can_be_revoked(session, scene, human):
    panel, person = scene.panel(), scene.person_of_applicant()
    with pytest.raises(Invalid) as error:
        waivers.waive(session, panel, person, "same-organisation", " ok ", actor=human, now=NOW)
    assert error.value.field == "reason"
    with pytest.raises(Invalid):
        waivers.waive(session, panel, person, "no-such-rule", "使用方代表", actor=human, now=NOW)
    waiver = waivers.waive(session, panel, person, "same-organisation", "使用方代表", actor=human, now=NOW)
    with pytest.raises(Invalid, match="waived already"):
        waivers.waive(session, panel, person, "same-organisation", "使用方代表", actor=human, now=NOW)
    waivers.revoke(session, waiver, actor=human, now=LATER)
    assert waivers.standing(session, panel.id) == []
    assert events(session, panel)[-2:] == ["panel.finding-waived", "panel.waiver-revoked"]


def test_revoking_a_waiver_after_the_proposal_stops_the_confirmation(session, scene, human):
    panel, person = scene.panel(), scene.person_of_applicant()
    waiver = waivers.waive(session, panel, person, "same-organisation", "使用方代表", actor=human, now=NOW)
    choices.choose(session, panel, person, Choice.LOCK, actor=ACTOR, now=NOW)
    run = propose(session, panel)
    waivers.revoke(session, waiver, actor=human, now=LATER)
    with pytest.raises(Invalid, match="barred"):
        confirmation.confirm(session, panel, run, actor=human, now=LATER)


def test_a_seat_keeps_what_is_to_be_declared(session, scene, human):
    panel, person = scene.panel(), scene.person_of_applicant()
    waivers.waive(session, panel, person, "same-organisation", "使用方代表", actor=human, now=NOW)
    choices.choose(session, panel, person, Choice.LOCK, actor=ACTOR, now=NOW)
    confirmation.confirm(session, panel, propose(session, panel), actor=human, now=LATER)
    seat = next(seat for seat in panel.seats if seat.person_id == person.id)
    assert [(each["rule"], each["waiver"]["by"]) for each in seat.findings] == [("same-organisation", "周岚")]


def test_an_office_sees_its_own_panels_and_those_shared_with_it_and_no_others(session, scene):
    panel = scene.panel()
    friend, stranger = make_organisation(session, "兄弟处室"), make_organisation(session, "旁的处室")
    sharing.share(session, panel, friend.id, may_edit=False, actor=ACTOR, now=NOW)
    shares = sharing.shares_of(session, panel)

    def grants(office, role=Role.ORGANISER):
        return Grants({role: None if office is None else frozenset({office.id})})

    assert policy.may_see(grants(scene.office), panel, shares)
    assert policy.may_see(grants(friend), panel, shares)
    assert not policy.may_see(grants(stranger), panel, shares)
    assert policy.may_see(grants(None, Role.AUDITOR), panel, shares)
    assert not policy.may_act(grants(None, Role.AUDITOR), "panels.edit", panel, shares)
    assert not policy.may_act(grants(friend), "panels.edit", panel, shares)
    sharing.share(session, panel, friend.id, may_edit=True, actor=ACTOR, now=NOW)
    shares = sharing.shares_of(session, panel)
    assert len(shares) == 1
    assert policy.may_act(grants(friend), "panels.edit", panel, shares)
    assert not policy.may_share(grants(friend), panel)
    sharing.unshare(session, panel, friend.id, actor=ACTOR, now=NOW)
    assert not policy.may_see(grants(friend), panel, sharing.shares_of(session, panel))


def test_shipped_presets_are_seeded_once_and_a_change_leaves_old_panels_their_version(session, scene):
    assert presets_service.ensure_shipped(session, now=NOW) == []
    panel = scene.panel()
    body = preset.to_body(preset.shipped("enterprise-standard-filing"))
    assert presets_service.revise(session, body, actor=ACTOR, now=NOW).number == 1
    body["size"] = {**body["size"], "minimum": 9}
    newer = presets_service.revise(session, body, actor=ACTOR, now=NOW)
    assert (newer.number, newer.is_current, panel.preset.number) == (2, True, 1)
    assert presets_service.rules(panel.preset).size.minimum == 5
    assert presets_service.current(session, "enterprise-standard-filing").id == newer.id


def test_a_wrong_preset_names_its_key(session, scene):
    body = preset.to_body(preset.shipped("general-review"))
    body["size"] = {**body["size"], "minimum": "five"}
    with pytest.raises(Invalid) as error:
        presets_service.revise(session, body, actor=ACTOR, now=NOW)
    assert error.value.field == "size.minimum"


def test_the_kind_of_the_items_chooses_the_preset_and_the_office_may_choose_another(session, scene):
    def slug(*kinds):
        return presets_service.default_for(session, kinds).slug

    assert slug("企业标准") == "enterprise-standard-filing"
    assert slug("企业标准", "科技项目") == "general-review"
    assert slug(None) == "general-review"
    presets_service.choose_default(session, "企业标准", "hearing", actor=ACTOR, now=NOW)
    assert slug("企业标准") == "hearing"
    presets_service.choose_default(session, "企业标准", None, actor=ACTOR, now=NOW)
    assert slug("企业标准") == "enterprise-standard-filing"
