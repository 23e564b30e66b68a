"""The job that lets offers lapse."""

from datetime import timedelta

from expertpool.jobs import training
from expertpool.training import enrolling
from expertpool.training.models import EnrolmentState
from tests.builders.training import enrol, make_cohort


def test_an_offer_lapses_by_the_clock_and_goes_on(session, actor, now):
    cohort = make_cohort(session, capacity=1)
    first, second, third = (enrol(session, cohort) for _ in range(3))
    enrolling.cancel(session, first, actor=actor, now=now)
    over = now + timedelta(hours=24)
    assert training.tick(session, over - timedelta(seconds=1)) == 0
    assert training.tick(session, over) == 1
    assert (second.state, third.state) == (EnrolmentState.LAPSED, EnrolmentState.OFFERED)
    assert training.tick(session, over) == 0
