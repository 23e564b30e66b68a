"""Exit codes, error lines, help, and the small commands."""

import os
import re
import signal
import subprocess
import sys
import urllib.request

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool import database
from expertpool.accounts.models import User
from expertpool.audit.models import AuditEntry
from expertpool.audit.service import record
from expertpool.cli import Fault, cli
from expertpool.cli.streams import replacing, write_text
from expertpool.errors import Sentence
from expertpool.settings import migrations
from expertpool.settings.events import HolidaysSeeded
from tests.conftest import NOW

PASSWORD = "correct horse 22"


@pytest.mark.sqlite_only
def test_help_lists_every_command_without_importing_algorithms():
    code = (
        "import sys\nfrom click.testing import CliRunner\nfrom expertpool.cli import cli\n"
        "out = CliRunner().invoke(cli, ['--help']).output\n"
        "print('migrate' in out, 'backup' in out, {'numpy', 'flask', 'sqlalchemy'} & set(sys.modules))"
    )
    environ = os.environ | {"EXPERTPOOL_LOCALE": "en"}
    seen = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environ
    )
    assert seen.stdout == "True True set()\n"


@pytest.mark.sqlite_only
def test_every_command_has_help(run):
    names = cli.list_commands(None)
    assert {"audit", "backup", "jobs", "migrate", "restore", "search", "up", "user"} <= set(names)
    assert {name: run(None, name, "--help").exit_code for name in names} == dict.fromkeys(names, 0)


def test_migrating_twice_says_so(settings, run):
    result = run(settings, "migrate")
    head = migrations.head()
    assert (result.exit_code, result.stderr) == (
        0,
        f"The database is of this version already ({head}).\n",
    )


@pytest.mark.sqlite_only
def test_a_busy_database_is_said_in_a_sentence(settings, run, monkeypatch):
    monkeypatch.setattr(database, "PATIENCE", 20)
    with sa.create_engine(settings.database_url).begin():
        result = run(settings, "search", "rebuild")
    busy = "The database is busy with what others save. Run the command again in a minute.\n"
    assert (result.exit_code, result.stderr, result.stdout) == (1, busy, "")


@pytest.mark.sqlite_only
@pytest.mark.parametrize(
    "words",
    [
        ("backup", "x.zip"),
        ("restore", "x.zip"),
        ("audit", "verify"),
        ("search", "rebuild"),
        ("jobs", "once", "send-mail"),
    ],
)
def test_commands_want_a_migrated_database(make_settings, run, words, tmp_path):
    result = run(make_settings("sqlite", "bare"), *words)
    assert result.exit_code == 1
    assert result.stderr == "The database is not of this version. Run first: expertpool migrate\n"


def test_a_user_is_created_with_a_role_and_audited(settings, run):
    words = (
        "user",
        "create",
        "Admin@Example.org",
        "--name",
        "管理员",
        "--role",
        "administrator",
    )
    result = run(settings, *words, "--password", PASSWORD)
    assert (result.exit_code, result.stderr) == (
        0,
        "admin@example.org may sign in at http://localhost:8000/\n",
    )
    with Session(sa.create_engine(settings.database_url)) as session:
        assert session.scalars(sa.select(User.email)).all() == ["admin@example.org"]
        vias = session.scalars(sa.select(AuditEntry.via)).all()
    assert set(vias) == {"cli"}
    again = run(settings, *words, "--password", PASSWORD)
    assert (again.exit_code, again.stderr) == (1, "admin@example.org already has an account.\n")


@pytest.mark.sqlite_only
@pytest.mark.parametrize(
    "words", [("nothing",), ("backup",), ("up", "--port", "x"), ("user", "create", "a", "--role", "king")]
)
def test_wrong_usage_exits_2(run, words):
    assert run(None, *words).exit_code == 2


def test_audit_verify_names_what_was_changed(settings, run, actor):
    with Session(sa.create_engine(settings.database_url)) as session:
        for year in (2025, 2026):
            record(session, HolidaysSeeded(year, days=1), actor=actor, now=NOW)
        session.commit()
    assert run(settings, "jobs", "once", "seal-audit").exit_code == 0
    noted = run(settings, "audit", "head").stdout.strip()
    assert re.fullmatch("2:[0-9a-f]{64}", noted)
    whole = run(settings, "audit", "verify", "--head", noted)
    assert (whole.exit_code, whole.stdout.strip()) == (0, noted)
    with sa.create_engine(settings.database_url).begin() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("DROP TRIGGER audit_entries_unchanged")
        else:
            connection.exec_driver_sql("ALTER TABLE audit_entries DISABLE TRIGGER USER")
        connection.exec_driver_sql("UPDATE audit_entries SET via = 'api' WHERE number = 2")
    result = run(settings, "audit", "verify")
    assert (result.exit_code, result.stderr) == (1, "Entry 2 (id 2) was changed.\n")


@pytest.mark.sqlite_only
def test_a_head_that_is_none_is_refused(settings, run):
    result = run(settings, "audit", "verify", "--head", "2:x")
    assert result.exit_code == 1
    assert result.stderr.startswith("“2:x” is no head.")


@pytest.mark.sqlite_only
def test_search_rebuild_counts_people(settings, run):
    result = run(settings, "search", "rebuild")
    assert (result.exit_code, result.stderr) == (0, "0 people are in the search index.\n")


@pytest.mark.sqlite_only
def test_an_unknown_job_is_named_with_the_ones_there_are(settings, run):
    result = run(settings, "jobs", "once", "nap")
    assert result.exit_code == 1
    assert result.stderr.startswith("There is no job “nap”. There are: ")
    assert "send-mail" in run(settings, "jobs", "list").stdout


@pytest.mark.sqlite_only
def test_an_unexpected_error_is_one_line_and_its_details_are_in_the_log(settings, run, monkeypatch):
    monkeypatch.setenv("EXPERTPOOL_INSTANCE", str(settings.instance))

    def broken(*_args, **_options):
        raise ZeroDivisionError("secret detail")

    monkeypatch.setattr("expertpool.settings.archive.write", broken)
    result = run(settings, "backup", str(settings.instance / "x.zip"))
    log = settings.instance / "errors.log"
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == f"Something unexpected went wrong (ZeroDivisionError). The details are in {log}\n"
    assert "secret detail" in log.read_text()
    assert not (settings.instance / "x.zip").exists()
    assert isinstance(run(settings, "--debug", "backup", "x.zip").exception, ZeroDivisionError)


@pytest.mark.sqlite_only
def test_a_file_that_is_not_there_is_named(settings, run):
    result = run(settings, "restore", "/nowhere/pool.zip")
    assert (result.exit_code, result.stderr) == (
        1,
        "/nowhere/pool.zip: This file can't be used: No such file or directory.\n",
    )


def test_a_fault_is_one_line_with_its_place(monkeypatch):
    monkeypatch.setenv("EXPERTPOOL_LOCALE", "en")
    fault = Fault(Sentence("It is\nwrong."), Sentence("Mend it."), "a.csv", 3, "邮箱", "x")
    assert fault.line() == "a.csv, row 3, column 邮箱, “x”: It is wrong. Mend it."


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path):
    path = tmp_path / "f.txt"
    write_text(str(path), "一")

    def fail_halfway():
        with replacing(str(path)) as file:
            file.write(b"half")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_halfway()
    assert path.read_text() == "一"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.sqlite_only
def test_up_serves_on_a_free_port_and_stops_cleanly(tmp_path):
    environ = {
        "PATH": os.environ["PATH"],
        "EXPERTPOOL_INSTANCE": str(tmp_path),
        "EXPERTPOOL_LOCALE": "en",
        "PYTHONUNBUFFERED": "1",
    }
    command = [sys.executable, "-m", "expertpool", "up", "--port", "0"]
    with subprocess.Popen(command, env=environ, stderr=subprocess.PIPE, text=True) as process:
        address = ""
        for line in process.stderr:
            found = re.search(r"ExpertPool is at (http://localhost:\d+)", line)
            if found:
                address = found[1]
                break
        assert address
        with urllib.request.urlopen(f"{address}/healthz", timeout=10) as answer:
            assert answer.status == 200
        process.send_signal(signal.SIGTERM)
        process.stderr.read()
        assert process.wait(20) == 0
