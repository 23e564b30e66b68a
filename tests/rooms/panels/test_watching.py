import dataclasses
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from expertpool import wiring
from expertpool.access.models import Role
from expertpool.accounts.models import User
from expertpool.audit.models import AuditEntry
from expertpool.errors import Forbidden, Invalid
from expertpool.interests import service as interests
from expertpool.interests.models import RelationKind
from expertpool.items import facts as item_facts
from expertpool.items import service as items
from expertpool.organisations import facts as organisation_facts
from expertpool.organisations import service as organisations
from expertpool.outbox.models import Message
from expertpool.outbox.service import snapshot_of
from expertpool.panels import confirmation, waivers, watching
from expertpool.panels.models import Panel, SeatState
from expertpool.panels.watching_models import Outcome, PanelCheck, SeatAlert
from expertpool.people import employments
from tests.builders.access import make_grant
from tests.builders.panels import ACTOR, Scene, make_actor, propose
from tests.conftest import NOW

LATER = NOW + timedelta(minutes=5)


@pytest.fixture(autouse=True)
def _connected():
    wiring.connect()


@pytest.fixture
def scene(session):
    return Scene(session)


@pytest.fixture
def human(session):
    actor = make_actor(session)
    make_grant(session, session.get_one(User, actor.user_id), Role.ORGANISER)
    return actor


@pytest.fixture
def panel(session, scene, human):
    """A confirmed panel that meets in eleven days."""
    session.execute(sa.delete(PanelCheck))
    panel = scene.panel(seats=5, slots=1)
    panel.created_by_id = human.user_id
    confirmation.confirm(session, panel, propose(session, panel), actor=human, now=NOW)
    session.execute(sa.delete(PanelCheck))
    return panel


def holder(session, panel, index=0):
    return watching.held(session, panel.id)[index].person


def moves_to(session, person, organisation, **work):
    values = {"organisation": organisation.name, "position": None, "since": None, "until": None}
    work = employments.Work(**(values | {"is_current": True} | work))
    return employments.add_employment(session, person, work, source="本人", actor=ACTOR, now=LATER)


def waiting(session):
    query = sa.select(PanelCheck.panel_id, PanelCheck.cause).order_by(PanelCheck.id)
    return session.execute(query).all()


def recheck(session, now=LATER):
    """Do what the job does, in the test's own transaction."""
    new = []
    while check := watching.claim(session, now):
        panel = session.get_one(Panel, check.panel_id)
        new += watching.note(
            session, panel, watching.review(session, panel, now=now), cause=check.cause, now=now
        )
        session.delete(check)
        session.flush()
    return new


def test_a_new_employer_is_found_told_once_and_settled_when_it_goes(session, scene, panel, human):
    person = holder(session, panel)
    work = moves_to(session, person, scene.applicant, since=date(2026, 11, 20))
    assert waiting(session) == [(panel.id, "person.employer-changed")]
    [alert] = recheck(session)
    assert (alert.rule, alert.cause) == ("same-organisation", "person.employer-changed")
    assert alert.finding["evidence"][0]["since"] == "2026-11-20"
    assert watching.bars(alert)
    [message] = session.scalars(sa.select(Message).where(Message.kind == "panels/conflict"))
    told = snapshot_of(message)
    assert (told["person"], told["number"]) == (person.name, panel.number)
    assert told["facts"][0]["since"] == "2026-11-20"

    watching.ask(session, None, cause="again", about_id=None, now=LATER)
    assert recheck(session) == []
    assert session.scalar(sa.select(sa.func.count(Message.id)).where(Message.kind == "panels/conflict")) == 1

    employments.remove_employment(session, work, actor=ACTOR, now=LATER)
    recheck(session)
    assert alert.outcome is Outcome.GONE
    facts = session.scalars(
        sa.select(AuditEntry.facts).where(AuditEntry.event == "panel.conflict-settled")
    ).all()
    assert [each["outcome"] for each in facts] == ["gone"]


def test_a_fact_that_comes_back_is_told_again(session, scene, panel):
    person = holder(session, panel)
    work = moves_to(session, person, scene.applicant)
    recheck(session)
    employments.remove_employment(session, work, actor=ACTOR, now=LATER)
    recheck(session)
    moves_to(session, person, scene.applicant)
    [alert] = recheck(session, LATER + timedelta(hours=1))
    assert alert.settled_at is None
    assert session.scalar(sa.select(sa.func.count(Message.id)).where(Message.kind == "panels/conflict")) == 2


def test_only_panels_that_a_fact_can_concern_are_queued(session, scene, panel):
    draft = scene.panel(seats=5)
    moves_to(session, scene.person_of_applicant(), scene.office)
    assert waiting(session) == []
    moves_to(session, holder(session, panel), scene.office)
    moves_to(session, holder(session, panel, 1), scene.office)
    assert waiting(session) == [(panel.id, "person.employer-changed")]
    assert draft.id not in [each.panel_id for each in waiting(session)]


def test_relations_from_either_side_items_and_organisations_are_watched(session, scene, panel):
    person, outsider = holder(session, panel), scene.person_of_applicant()
    interests.add_relation(session, outsider, RelationKind.KIN, person, source="举报", actor=ACTOR, now=LATER)
    assert waiting(session) == [(panel.id, "relation.relation-added")]
    recheck(session)
    organisations.change(
        session,
        scene.applicant,
        dataclasses.replace(organisation_facts.facts_of(scene.applicant), mail_domains=("hengyue.example",)),
        actor=ACTOR,
        now=LATER,
    )
    assert waiting(session) == [(panel.id, "organisation.organisation-changed")]
    recheck(session)
    items.change(
        session,
        scene.item,
        dataclasses.replace(item_facts.facts_of(scene.item), abstract="新摘要"),
        actor=ACTOR,
        now=LATER,
    )
    assert waiting(session) == [(panel.id, "item.item-changed")]


def test_two_members_who_become_kin_are_found_and_what_stood_before_is_not(session, scene, human):
    first, second = scene.people[0], scene.people[1]
    interests.add_relation(session, first, RelationKind.COAUTHOR, second, source="论文", actor=ACTOR, now=NOW)
    panel = scene.panel(seats=11)
    confirmation.confirm(session, panel, propose(session, panel), actor=human, now=NOW)
    recheck(session)
    assert [each.outcome for each in watching.of_panel(session, panel.id)] == [Outcome.KNOWN]
    interests.add_relation(
        session, first, RelationKind.SPOUSE, second, source="本人申报", actor=ACTOR, now=LATER
    )
    [alert] = recheck(session)
    assert alert.rule == "spouse"
    assert alert.finding["other"] in (first.id, second.id)


def test_a_declared_fact_may_be_kept_with_a_reason_and_a_bar_may_not(session, scene, panel, human):
    person = holder(session, panel)
    interests.add_relation(
        session, person, RelationKind.COMPETITOR, scene.applicant, source="本人", actor=ACTOR, now=LATER
    )
    [alert] = recheck(session)
    with pytest.raises(Forbidden):
        watching.keep(session, alert, "当场说明并记入纪要", actor=ACTOR, now=LATER)
    with pytest.raises(Invalid) as error:
        watching.keep(session, alert, " 短 ", actor=human, now=LATER)
    assert error.value.field == "reason"
    watching.keep(session, alert, "当场说明并记入纪要", actor=human, now=LATER)
    assert (alert.outcome, alert.reason) == (Outcome.KEPT, "当场说明并记入纪要")
    with pytest.raises(Invalid):
        watching.keep(session, alert, "当场说明并记入纪要", actor=human, now=LATER)
    moves_to(session, person, scene.applicant)
    [bar] = recheck(session)
    with pytest.raises(Invalid) as error:
        watching.keep(session, bar, "当场说明并记入纪要", actor=human, now=LATER)
    assert error.value.field == "reason"


def test_a_waiver_settles_and_its_revocation_opens_again(session, scene, panel, human):
    person = holder(session, panel)
    moves_to(session, person, scene.applicant)
    [alert] = recheck(session)
    waiver = waivers.waive(session, panel, person, alert.rule, "唯一的专家", actor=human, now=LATER)
    recheck(session)
    assert alert.outcome is Outcome.WAIVED
    waivers.revoke(session, waiver, actor=human, now=LATER)
    assert recheck(session) == [alert]
    assert alert.settled_at is None


def test_who_left_the_seat_is_no_matter_any_more(session, scene, panel):
    person = holder(session, panel)
    moves_to(session, person, scene.applicant)
    [alert] = recheck(session)
    alert.seat.state = SeatState.DECLINED
    watching.ask(session, None, cause="test", about_id=None, now=LATER)
    recheck(session)
    assert alert.outcome is Outcome.LEFT


def test_a_check_is_claimed_once_and_again_after_its_lease(session, panel):
    watching.ask(session, None, cause="test", about_id=None, now=NOW)
    check = watching.claim(session, NOW)
    assert check.panel_id == panel.id
    assert watching.claim(session, NOW) is None
    watching.ask(session, None, cause="later", about_id=None, now=NOW)
    assert watching.claim(session, NOW).cause == "later"
    assert watching.claim(session, NOW + watching.LEASE + timedelta(seconds=1)).cause == "test"
    assert session.scalar(sa.select(sa.func.count(SeatAlert.id))) == 0
