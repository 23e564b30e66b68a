"""Jobs: found by file, run in their own session, failing alone."""

import time
from datetime import timedelta
from types import SimpleNamespace

import pytest
import sqlalchemy as sa
from structlog.testing import capture_logs

import config
from expertpool import clock, database
from expertpool.application import create_app
from expertpool.audit.models import AuditEntry
from expertpool.events import SYSTEM
from expertpool.extensions import db
from expertpool.jobs import scheduler, seed_holidays
from expertpool.jobs.alone import alone
from expertpool.jobs.tally import Tally
from expertpool.outbox.models import Message, MessageState
from expertpool.outbox.service import enqueue
from expertpool.schedule import queries, service
from expertpool.schedule.models import Job, JobRun, Outcome
from expertpool.settings import own_ddl
from expertpool.settings.models import Holiday
from tests.conftest import NOW


@pytest.fixture
def app(tmp_path):
    settings = config.load({"EXPERTPOOL_INSTANCE": str(tmp_path), "EXPERTPOOL_LOCALE": "en"})
    app = create_app(settings, TESTING=True)
    with app.app_context():
        own_ddl.import_models().create_all(db.engine)
    yield app
    with app.app_context():
        db.engine.dispose()


def clock_of(asked):
    """A scheduler that notes when it is to run what again."""
    return SimpleNamespace(modify_job=lambda name, next_run_time: asked.append((name, next_run_time)))


def job(name):
    (found,) = [job for job in scheduler.discover() if job.name == name]
    return found


def test_every_job_says_what_it_is_for_and_how_often():
    jobs = scheduler.discover()
    assert {"seal-audit", "seed-holidays", "send-mail", "ship-presets"} <= {job.name for job in jobs}
    assert [job.name for job in jobs if not job.purpose.endswith(".") or job.every <= timedelta(0)] == []


def test_holidays_are_seeded_once_and_the_entries_sealed(app):
    assert scheduler.run(app, job("seed-holidays")).done > 20
    assert scheduler.run(app, job("seed-holidays")).done == 0
    assert scheduler.run(app, job("seal-audit")).done == 2
    with app.app_context():
        assert db.session.scalars(sa.select(AuditEntry.number).order_by(AuditEntry.number)).all() == [1, 2]
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Holiday)) > 20


def test_mail_that_cannot_be_rendered_waits(app):
    with app.app_context():
        told = {"kind": "no-such-template", "to": "a@b.example", "locale": "en", "snapshot": {}}
        enqueue(db.session(), **told, dedupe_key="k", now=NOW)
        db.session.commit()
    assert scheduler.run(app, job("send-mail")) == Tally(0, failed=1)
    assert runs_of(app) == [("send-mail", "failed", 0, 1, None)]
    with app.app_context():
        message = db.session.scalar(sa.select(Message))
        assert (message.state, message.attempts) == (MessageState.WAITING, 1)


def test_a_failing_job_is_rolled_back_and_logged_and_raises_nothing_to_the_clock(app):
    def fail(session, now):
        session.add(Holiday(day=NOW.date(), name="x"))
        session.flush()
        raise ZeroDivisionError

    with capture_logs() as lines:
        scheduler._tick(app, scheduler.Job("broken", timedelta(seconds=1), fail, "Breaks."), clock_of([]))
    assert [(line["event"], line["job"], line["error"]) for line in lines] == [
        ("job failed", "broken", "ZeroDivisionError")
    ]
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Holiday)) == 0


def test_a_job_that_finds_the_database_busy_tries_again_soon(app, monkeypatch):
    monkeypatch.setattr(database, "PATIENCE", 20)
    with app.app_context():
        db.engine.dispose()
        holder = db.engine.connect()
    asked = []
    daily = scheduler.Job("daily", timedelta(days=1), seed_holidays.tick, "Seeds.")
    with capture_logs() as lines, holder.begin():
        scheduler._tick(app, daily, clock_of(asked))
    holder.close()
    assert [(line["event"], line["log_level"]) for line in lines] == [("the database is busy", "info")]
    ((name, again),) = asked
    assert name == "daily"
    assert timedelta(0) < again - clock.now() <= scheduler.SOON
    assert scheduler.run(app, daily).done > 20


def test_the_clock_starts_every_job_and_stops(app, monkeypatch):
    ran = []
    made = scheduler.Job("count", timedelta(seconds=30), lambda session, now: ran.append(now) or 1, "Counts.")
    monkeypatch.setattr(scheduler, "discover", lambda: [made])
    running = scheduler.start(app)
    for _ in range(100):
        if ran:
            break
        time.sleep(0.05)
    running.shutdown()
    assert len(ran) == 1


def test_shipped_presets_are_added_once(app):
    assert scheduler.run(app, job("ship-presets")).done >= 7
    assert scheduler.run(app, job("ship-presets")).done == 0


def runs_of(app):
    with app.app_context():
        found = db.session.execute(
            sa.select(Job.name, JobRun.outcome, JobRun.done, JobRun.failed, JobRun.error).join(Job)
        )
        return [tuple(row) for row in found]


def test_what_was_done_and_what_failed_is_kept_and_idle_runs_write_nothing(app):
    def fail(session, now):
        raise ZeroDivisionError

    answers = iter([3, 0, 0, 0])
    counted = scheduler.Job("count", timedelta(seconds=1), lambda session, now: next(answers), "Counts.")
    assert [scheduler.run(app, counted) for _ in range(2)] == [Tally(3), Tally(0)]
    with app.app_context(), db.engine.connect() as watching:
        before = watching.exec_driver_sql("PRAGMA data_version").scalar()
        watching.rollback()
        assert [scheduler.run(app, counted) for _ in range(2)] == [Tally(0)] * 2
        assert watching.exec_driver_sql("PRAGMA data_version").scalar() == before
        watching.rollback()
        with pytest.raises(ZeroDivisionError):
            scheduler.run(app, scheduler.Job("broken", timedelta(seconds=1), fail, "Breaks."))
        assert watching.exec_driver_sql("PRAGMA data_version").scalar() > before
    assert runs_of(app) == [("count", "done", 3, 0, None), ("broken", "failed", 0, 0, "ZeroDivisionError")]


def test_a_job_that_runs_is_not_run_a_second_time(app):
    ran = []
    counted = scheduler.Job(
        "count", timedelta(seconds=1), lambda session, now: ran.append(now) or 1, "Counts."
    )
    with app.app_context(), alone(db.engine, "count"):
        assert scheduler.run(app, counted) is None
    assert ran == []
    assert scheduler.run(app, counted) == Tally(1)


def test_a_job_that_is_asked_for_has_its_turn_now_and_the_answer_is_kept(app):
    idle = scheduler.Job("daily", timedelta(days=1), lambda session, now: 0, "Does nothing.")
    scheduler.run(app, idle)
    with app.app_context():
        service.ask(db.session, queries.by_name(db.session, "daily"), actor=SYSTEM, now=clock.now())
        db.session.commit()
    asked = []
    clockwork = SimpleNamespace(
        modify_job=lambda name, next_run_time: asked.append(name), get_job=lambda name: name == "daily"
    )
    scheduler._hasten(app, clockwork)
    assert asked == ["daily"]
    scheduler.run(app, idle)
    scheduler._hasten(app, clockwork)
    assert asked == ["daily"]
    assert runs_of(app) == [("daily", Outcome.IDLE, 0, 0, None)]
