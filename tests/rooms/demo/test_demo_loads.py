from collections import Counter

import sqlalchemy as sa

from expertpool.access.models import Grant, Role
from expertpool.accounts.models import User
from expertpool.audit.models import AuditEntry
from expertpool.audit.sealing import verify
from expertpool.demo import loading
from expertpool.demo.accounts import SIGN_INS
from expertpool.invitations.models import Call, Invitation, InvitationState, Outcome
from expertpool.items.models import Item
from expertpool.ledger.models import HourKind, LedgerEntry
from expertpool.panels import round_confirming
from expertpool.panels.closing_models import Conclusion
from expertpool.panels.models import HOLDS, Panel, PanelState, Run, Seat, SeatRole
from expertpool.panels.round_models import RoundPlace, RoundRun
from expertpool.panels.watching_models import SeatAlert
from expertpool.people.models import Person
from expertpool.planning.composition import compose
from expertpool.planning.differences import What, differences
from expertpool.planning.models import Timetable
from expertpool.timetabling.plans.result import Rule
from expertpool.timetabling.plans.scoring import check
from expertpool.training.models import Certificate, Cohort, CohortState, Enrolment


def test_the_demo_holds_a_lively_office_with_every_role_and_panels_in_every_state(session, now):
    assert loading.is_empty(session)
    loading.load(session, now=now)
    assert not loading.is_empty(session)
    assert loading.is_loaded(session)
    assert session.scalar(sa.select(sa.func.count()).select_from(Person)) == 269
    assert session.scalar(sa.select(sa.func.count()).select_from(Item)) == 24
    assert set(session.scalars(sa.select(Grant.role))) == set(Role)
    states = Counter(session.scalars(sa.select(Panel.state)))
    assert states == {
        PanelState.DRAFT: 4,
        PanelState.CONFIRMED: 6,
        PanelState.CANCELLED: 1,
        PanelState.CLOSED: 1,
    }
    feasible = [run.result["feasible"] for run in session.scalars(sa.select(Run)) if run.result]
    assert Counter(feasible) == {True: 8, False: 1}
    sits = sa.and_(Seat.role != SeatRole.ALTERNATE, Seat.state.in_(HOLDS))
    assert sorted(Counter(session.scalars(sa.select(Seat.panel_id).where(sits))).values()) == [
        5,
        5,
        5,
        5,
        6,
        7,
        7,
    ]
    credited = session.scalars(sa.select(LedgerEntry.minutes).where(LedgerEntry.kind == HourKind.SERVICE))
    assert list(credited) == [180] * 6
    assert Counter(session.scalars(sa.select(Conclusion.passed))) == {True: 1, False: 1}
    answers = Counter(session.scalars(sa.select(Invitation.state)))
    assert answers == {InvitationState.ACCEPTED: 6, InvitationState.SENT: 5, InvitationState.DECLINED: 2}
    assert session.scalars(sa.select(Call.outcome)).all() == [Outcome.NO_ANSWER]
    assert session.scalars(sa.select(SeatAlert.rule).where(SeatAlert.settled_at.is_(None))).all() == [
        "consultant"
    ]
    waiting = sa.select(Invitation).join(Person).where(Person.user_id.is_not(None))
    assert [each.state for each in session.scalars(waiting)] == [InvitationState.SENT]
    cohorts = Counter(session.scalars(sa.select(Cohort.state)))
    assert cohorts == {
        CohortState.OPEN: 6,
        CohortState.DRAFT: 1,
        CohortState.CANCELLED: 1,
        CohortState.FINISHED: 1,
    }
    mine = sa.select(Enrolment).join(Enrolment.person).where(Person.user_id.is_not(None))
    assert sorted(each.state.value for each in session.scalars(mine)) == ["completed", "enrolled", "waiting"]
    assert session.scalar(sa.select(sa.func.count()).select_from(Certificate)) == 8
    assert session.scalar(sa.select(sa.func.count()).select_from(User)) == len(SIGN_INS)
    first, second, by_texts = session.scalars(sa.select(RoundRun).order_by(RoundRun.id))
    assert [run.summary["measures"]["optimal"] for run in (first, second, by_texts)] == [True] * 3
    parts = session.scalars(sa.select(RoundPlace.parts).where(RoundPlace.run_id == by_texts.id)).all()
    assert len(parts) == 12
    assert min(each["text"] for each in parts) > 0
    assert first.summary["measures"]["objective"] > second.summary["measures"]["objective"] > 30
    assert set(round_confirming.decisions_kept(session, first).values()) == {True, False}
    assert set(round_confirming.decisions_kept(session, second).values()) == {True}
    assert session.scalar(sa.select(sa.func.count()).where(AuditEntry.number.is_(None))) == 0
    assert verify(session).broken is None
    timetable = session.scalars(sa.select(Timetable)).one()
    draft = compose(session, timetable, now=now)
    found = check(draft.problem, draft.plan)
    assert [each.rule for each in found.breaches] == [Rule.ROOM_TWICE]
    assert (len(draft.plan), len(found.unplaced)) == (22, 1)
    assert Counter(each.what for each in differences(session, timetable, now=now).changes) == {
        What.MOVED: 1,
        What.PLANNED: 17,
    }
