"""The page of jobs: in plain words, with what came of their runs, and a button that asks for one."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask_babel import force_locale

from expertpool import clock
from expertpool.jobs import scheduler
from expertpool.schedule import service
from expertpool.schedule.models import Job
from expertpool.schedule.service import Ran
from expertpool.web.admin import job_words
from expertpool.web.admin.job_words import JOBS
from tests.builders.organisations import make_organisation
from tests.web.counting import statements_of


@pytest.fixture
def administrator(as_role):
    return as_role("administrator")


def note(database, name="send-mail", ago=0, seconds=0.42, **values):
    began = clock.now() - timedelta(seconds=ago)
    service.note(database, Ran(name, timedelta(seconds=5), began, began, seconds, **values))
    database.commit()


def job(database, name="send-mail"):
    return database.scalar(sa.select(Job).where(Job.name == name))


def test_every_job_has_words():
    assert set(JOBS) == {job.name for job in scheduler.discover()}


def test_without_any_run_the_page_says_how_jobs_are_started(administrator):
    assert "expertpool jobs run" in administrator.get("/admin/jobs").text


def test_the_page_tells_what_was_done_how_long_it_took_and_why_it_failed(administrator, database):
    note(database, ago=9, done=3)
    note(database, ago=6, error="ConnectionRefusedError")
    note(database, "seal-audit", ago=3, error="KeyError")
    note(database, "seal-audit")
    page = administrator.get("/admin/jobs").text
    assert "3 messages sent, 0.4 s" in page
    assert "Something outside could not be reached." in page
    assert "Something unforeseen (KeyError); the jobs&#39; log has the rest." in page
    assert page.count("is-failed") == 1
    assert "No process runs the jobs" not in page
    assert "3 messages sent" in administrator.get("/admin/jobs/send-mail").text
    assert "1 job failed" in administrator.get("/").text


def test_single_things_that_a_run_could_not_do_are_told_on_the_pages_and_in_the_metrics(
    administrator, client, database
):
    note(database, "invitations", ago=9, done=4, failed=1)
    note(database, ago=90_000, done=1, failed=7)
    note(database, ago=6, failed=2)
    note(database, ago=3, failed=3)
    page = administrator.get("/admin/jobs").text
    assert "4 reminded or closed, 1 could not be done, 0.4 s" in page
    assert "done in part" in page
    assert "3 could not be done; the jobs&#39; log has the rest." in page
    assert "done in part" in administrator.get("/admin/jobs/invitations").text
    assert "1 job failed" in administrator.get("/").text
    told = client.get("/metrics").text
    assert 'expertpool_job_undone{job="invitations"} 1.0' in told
    assert 'expertpool_job_undone{job="send-mail"} 3.0' in told


def test_the_masthead_names_the_settings_as_where_the_jobs_are(administrator, database):
    note(database, done=1)
    for path in ("/admin/jobs", "/admin/jobs/send-mail"):
        (current,) = re.findall(
            r'aria-current="page">([^<]+)<', administrator.get(path).text.partition("<main")[0]
        )
        assert current == "Settings"


@pytest.mark.parametrize(
    ("seconds", "english", "chinese"),
    [
        (86_400, "every day", "每天"),
        (172_800, "every 2 days", "每 2 天"),
        (3600, "every hour", "每小时"),
        (60, "every minute", "每分钟"),
        (600, "every 10 minutes", "每 10 分钟"),
        (5, "every 5 seconds", "每 5 秒"),
    ],
)
def test_how_often_a_job_runs_is_said_as_people_say_it(app, seconds, english, chinese):
    with app.test_request_context():
        for locale, told in (("en", english), ("zh_Hans", chinese)):
            with force_locale(locale):
                assert job_words.every(seconds) == told


def test_jobs_that_nobody_runs_are_told_here_and_on_today(administrator, database):
    note(database, ago=600)
    assert "No process runs the jobs" in administrator.get("/admin/jobs").text
    assert "No process runs the jobs" in administrator.get("/").text


def test_a_run_is_asked_for_once_and_the_page_says_what_came_of_it(administrator, database):
    note(database, ago=60)
    page = administrator.post("/admin/jobs/send-mail/run", follow_redirects=True).text
    assert "is asked for, and begins within seconds" in page
    assert "and not ended yet" in page
    assert (
        "was asked for already" in administrator.post("/admin/jobs/send-mail/run", follow_redirects=True).text
    )
    assert job(database).asked_at is not None
    note(database, done=2)
    page = administrator.get("/admin/jobs/send-mail").text
    assert "and not ended yet" not in page
    assert "2 messages sent" in page
    assert job(database).asked_at is None


def test_jobs_belong_to_administrators_of_the_whole_office(as_role, database):
    note(database)
    scoped = as_role("administrator", organisation_id=make_organisation(database).id)
    assert [scoped.get(f"/admin/jobs{path}").status_code for path in ("", "/send-mail")] == [403, 403]
    assert scoped.post("/admin/jobs/send-mail/run").status_code == 403
    assert job(database).asked_at is None


def test_an_unknown_job_is_not_found(administrator, database):
    note(database, name="of-a-newer-version")
    assert administrator.get("/admin/jobs/of-a-newer-version").status_code == 404
    assert administrator.get("/admin/jobs").status_code == 200


def test_the_list_sends_as_many_statements_for_two_jobs_as_for_all(administrator, app, database):
    for name in list(JOBS)[:2]:
        note(database, name, done=1)
    few = statements_of(app, lambda: administrator.get("/admin/jobs"))
    for name in JOBS:
        note(database, name, error="KeyError")
    assert statements_of(app, lambda: administrator.get("/admin/jobs")) == few
