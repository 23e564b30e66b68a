"""The job that reminds and closes invitations: each in a transaction of its own."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from expertpool import wiring
from expertpool.invitations import answering
from expertpool.invitations.models import Invitation, InvitationState, OnVacancy
from expertpool.jobs import invitations
from expertpool.jobs.tally import Tally
from tests.builders.invitations import Invited
from tests.conftest import NOW


@pytest.fixture
def sent(empty_engine):
    """Ids of five open invitations that remind 24 hours before they expire."""
    wiring.connect()
    with Session(empty_engine) as session:
        made = Invited(session, on_vacancy=OnVacancy.OFFER, reminder_hours=[24])
        ids = [each.id for each in made.invite()]
        session.commit()
    return ids


def states(engine, ids):
    with Session(engine) as session:
        return [session.get_one(Invitation, each).state for each in ids]


def test_it_reminds_once_and_then_closes_what_nobody_answered(empty_engine, sent):
    with Session(empty_engine) as session:
        hours = (47, 48, 48, 72, 72)
        did = [invitations.tick(session, NOW + timedelta(hours=each)) for each in hours]
    assert did == [Tally(0), Tally(5), Tally(0), Tally(5), Tally(0)]
    assert states(empty_engine, sent) == [InvitationState.EXPIRED] * 5


def test_one_that_fails_stops_no_other(empty_engine, sent, monkeypatch):
    expire = answering.expire

    def failing(session, invitation, *, now):
        if invitation.id == sent[1]:
            raise RuntimeError("broken")
        return expire(session, invitation, now=now)

    monkeypatch.setattr(answering, "expire", failing)
    with Session(empty_engine) as session:
        assert invitations.tick(session, NOW + timedelta(hours=72)) == Tally(4, failed=1)
    expected = [InvitationState.EXPIRED] * 5
    expected[1] = InvitationState.SENT
    assert states(empty_engine, sent) == expected
