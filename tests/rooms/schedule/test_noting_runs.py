"""Which runs are noted and kept: what was done, what failed, what was asked for; idle ones once a minute."""

from __future__ import annotations

import dataclasses
from datetime import timedelta

import sqlalchemy as sa

from expertpool.audit.models import AuditEntry
from expertpool.events import Actor
from expertpool.schedule import queries, service
from expertpool.schedule.models import Job, JobRun, Outcome
from expertpool.schedule.service import Ran
from tests.builders.access import make_user
from tests.conftest import NOW

EVERY = timedelta(seconds=10)


def ran(at=0, done=0, error=None, name="send-mail"):
    """A run that began `at` seconds after NOW and took a second."""
    began = NOW + timedelta(seconds=at)
    return Ran(name, EVERY, began, began + timedelta(seconds=1), 1.0, done, error)


def take(session, *runs):
    """Note those of `runs` that are news; return which."""
    news = []
    for each in runs:
        if service.is_news(queries.by_name(session, each.name), each):
            service.note(session, each)
            news.append(each)
    return news


def kept(session):
    return [
        (run.outcome, run.done, run.error) for run in session.scalars(sa.select(JobRun).order_by(JobRun.id))
    ]


def test_idle_runs_touch_the_row_once_a_minute_and_are_not_kept(session):
    idle = [ran(at=10 * turn) for turn in range(13)]
    assert take(session, *idle) == [idle[0], idle[6], idle[12]]
    assert kept(session) == []
    job = queries.by_name(session, "send-mail")
    assert (job.every, job.outcome, job.ran_at) == (10.0, Outcome.IDLE, idle[12].ended_at)


def test_a_run_that_did_something_is_kept_and_the_next_idle_one_noted(session):
    runs = [ran(), ran(10, done=3), ran(20), ran(30)]
    assert take(session, *runs) == runs[:3]
    assert kept(session) == [(Outcome.DONE, 3, None)]
    assert queries.newest(session, Outcome.DONE)[queries.by_name(session, "send-mail").id].done == 3


def test_a_failure_that_comes_back_at_each_turn_is_one_run_with_two_ends(session):
    runs = [ran(at=10 * turn, error="KeyError") for turn in range(8)]
    assert take(session, *runs) == [runs[0], runs[6]]
    (failed,) = session.scalars(sa.select(JobRun))
    assert (failed.began_at, failed.ended_at) == (runs[0].began_at, runs[6].ended_at)
    take(session, ran(100), ran(110, error="KeyError"), ran(200, error="OSError"))
    assert [error for _, _, error in kept(session)] == ["KeyError", "KeyError", "OSError"]


def test_asking_is_audited_once_and_answered_by_a_run_that_begins_afterwards(session):
    take(session, ran())
    job, user = queries.by_name(session, "send-mail"), make_user(session)
    actor = Actor(user.id, user.name)
    asked = NOW + timedelta(seconds=5)
    assert service.ask(session, job, actor=actor, now=asked)
    assert not service.ask(session, job, actor=actor, now=asked)
    session.refresh(job)
    assert queries.asked(session) == ["send-mail"]
    entries = session.execute(
        sa.select(AuditEntry.actor_id, AuditEntry.facts).where(AuditEntry.event == "job.job-asked")
    )
    assert [tuple(row) for row in entries] == [(user.id, {"job": "send-mail"})]

    take(session, ran(4))
    assert queries.asked(session) == ["send-mail"]
    take(session, ran(6))
    assert queries.asked(session) == []
    (answer,) = session.scalars(sa.select(JobRun))
    assert (answer.outcome, answer.asked_by_id, job.asked_by_id) == (Outcome.IDLE, user.id, None)


def test_the_oldest_runs_of_a_kind_go_and_other_kinds_and_jobs_stay(session, monkeypatch):
    monkeypatch.setattr(service, "KEPT", 3)
    take(session, ran(name="training", done=9), ran(error="KeyError"))
    take(session, *(ran(10 * turn, done=turn) for turn in range(1, 6)))
    assert kept(session) == [
        (Outcome.DONE, 9, None),
        (Outcome.FAILED, 0, "KeyError"),
        *((Outcome.DONE, turn, None) for turn in (3, 4, 5)),
    ]


def test_a_job_is_late_and_all_are_stopped_after_three_minutes_beyond_the_turn(session):
    take(session, ran())
    (job,) = session.scalars(sa.select(Job))
    border = job.ran_at + EVERY + queries.LATE
    assert [queries.is_late(job, border + timedelta(seconds=more)) for more in (0, 1)] == [False, True]
    border = job.ran_at + queries.LATE
    assert [queries.are_stopped([job], border + timedelta(seconds=more)) for more in (0, 1)] == [False, True]
    assert not queries.are_stopped([], NOW)


def test_things_that_a_run_could_not_do_are_kept_and_it_failed_when_it_did_none(session):
    runs = [
        dataclasses.replace(ran(at, done), failed=failed)
        for at, done, failed in ((0, 3, 1), (5, 0, 2), (70, 0, 4))
    ]
    assert take(session, *runs) == runs
    found = session.scalars(sa.select(JobRun).order_by(JobRun.id)).all()
    assert [(run.outcome, run.done, run.failed) for run in found] == [
        (Outcome.DONE, 3, 1),
        (Outcome.FAILED, 0, 4),
    ]
    assert found[1].ended_at == runs[2].ended_at
    assert queries.undone(session, NOW) == {"send-mail": 5}
    assert queries.undone(session, runs[2].ended_at) == {"send-mail": 4}
