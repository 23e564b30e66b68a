"""Backups: whole, to either database, and refused when anything does not fit."""

import json
import zipfile

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.audit.models import AuditEntry
from expertpool.audit.sealing import seal, verify
from expertpool.organisations.models import Organisation
from expertpool.outbox.models import Message
from expertpool.outbox.service import enqueue, snapshot_of
from expertpool.people.models import Person
from expertpool.settings import archive, crypto, migrations
from expertpool.settings.holidays import seed
from tests.conftest import DATA_KEY, NOW


@pytest.fixture(autouse=True)
def keys():
    crypto.use([DATA_KEY])
    yield
    crypto.use([DATA_KEY])


def fill(settings, actor):
    """Put in what is hard to carry: encrypted, chained, dated, structured, self-referring rows."""
    with Session(sa.create_engine(settings.database_url)) as session:
        seed(session, 2026, actor=actor, now=NOW)
        child = Organisation(
            id=1, name="院系", name_key="院系", created_at=NOW, extra={"备注": ["a", 1.5, None]}
        )
        parent = Organisation(id=2, name="大学", name_key="大学", created_at=NOW)
        session.add_all([child, parent])
        session.flush()
        child.parent_id = 2
        person = Person(
            number="E1", name="周岚", name_key="周岚", name_pinyin="zhou lan", created_at=NOW, updated_at=NOW
        )
        person.phone_sealed = crypto.keyring().seal("13800000000")
        session.add(person)
        enqueue(session, kind="x", to="a@b.example", locale="en", snapshot={"n": 1}, dedupe_key="k", now=NOW)
        session.flush()
        seal(session)
        session.commit()


def contents(settings):
    """Return every row of every table."""
    with sa.create_engine(settings.database_url).connect() as connection:
        return {
            table.name: [
                tuple(row) for row in connection.execute(sa.select(table).order_by(*table.primary_key))
            ]
            for table in archive._tables()
        }


@pytest.mark.parametrize("target_kind", ["sqlite", "postgresql"])
def test_a_backup_moves_everything_to_either_database(
    settings, make_settings, run, actor, tmp_path, target_kind, database_kind, request
):
    if "postgresql" in (target_kind, database_kind) and request.config.getoption("--database") == "sqlite":
        pytest.skip("PostgreSQL was not asked for")
    fill(settings, actor)
    file = str(tmp_path / "pool.zip")
    result = run(settings, "backup", file)
    assert (result.exit_code, result.stdout) == (0, "")
    target = make_settings(target_kind, "second")
    assert run(target, "migrate").exit_code == 0
    result = run(target, "restore", file)
    assert (result.exit_code, result.stdout) == (0, "")
    assert contents(target) == contents(settings)
    with Session(sa.create_engine(target.database_url)) as session:
        assert verify(session).broken is None
        assert snapshot_of(session.scalar(sa.select(Message))) == {"n": 1}
        assert session.scalar(sa.text("SELECT count(*) FROM person_search")) == 1
        following = Organisation(name="新", name_key="新", created_at=NOW)
        session.add(following)
        session.flush()
        assert following.id == 3
        with pytest.raises(sa.exc.IntegrityError):
            session.execute(sa.update(Organisation).where(Organisation.id == 1).values(parent_id=99))


def test_the_file_holds_no_key_and_only_its_owner_reads_it(settings, run, actor, tmp_path):
    fill(settings, actor)
    file = tmp_path / "pool.zip"
    run(settings, "backup", str(file))
    assert file.stat().st_mode & 0o777 == 0o600
    with zipfile.ZipFile(file) as opened:
        texts = b"".join(opened.read(name) for name in opened.namelist())
    assert DATA_KEY.encode() not in texts
    assert b"13800000000" not in texts


def test_a_database_with_rows_is_not_overwritten_unless_asked(settings, run, actor, tmp_path):
    file = str(tmp_path / "empty.zip")
    run(settings, "backup", file)
    fill(settings, actor)
    before = contents(settings)
    result = run(settings, "restore", file)
    assert (result.exit_code, result.stderr) == (
        1,
        "The database is not empty. To lose what is in it, add --replace\n",
    )
    assert contents(settings) == before
    assert run(settings, "restore", file, "--replace").exit_code == 0
    assert {name: len(rows) for name, rows in contents(settings).items() if rows} == {}
    with Session(sa.create_engine(settings.database_url)) as session:
        seed(session, 2026, actor=actor, now=NOW)
        with pytest.raises(sa.exc.DBAPIError, match="append-only"):
            session.execute(sa.delete(AuditEntry))


def damaged(file, target, change):
    """Write a copy of a backup in which `change(name, content)` altered a member."""
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))


@pytest.mark.parametrize("damage", ["cut", "no zip", "row", "lost row", "manifest", "bit"])
def test_a_damaged_file_is_refused_and_nothing_changes(settings, make_settings, run, actor, tmp_path, damage):
    fill(settings, actor)
    file, bad = tmp_path / "pool.zip", tmp_path / "bad.zip"
    run(settings, "backup", str(file))
    content = file.read_bytes()
    if damage == "cut":
        bad.write_bytes(content[: len(content) // 2])
    elif damage == "no zip":
        bad.write_bytes(b"hello")
    elif damage == "bit":
        place = content.index(b"tables/people.jsonl") + 60
        bad.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
    elif damage == "row":
        damaged(file, bad, lambda name, text: text.replace("周岚".encode(), "周蓝".encode()))
    elif damage == "lost row":
        damaged(file, bad, lambda name, text: b"" if name == "tables/holidays.jsonl" else text)
    else:
        damaged(
            file,
            bad,
            lambda name, text: text.replace(b"sqlite", b"sqlit3").replace(b"postgresql", b"postgres__"),
        )
    before = contents(settings)
    result = run(settings, "restore", str(bad), "--replace")
    assert result.exit_code == 1
    assert result.stderr.count("\n") == 1
    assert "Take another copy of the file." in result.stderr
    assert contents(settings) == before


@pytest.mark.sqlite_only
def test_another_data_key_is_refused(settings, make_settings, run, tmp_path):
    import config

    file = str(tmp_path / "pool.zip")
    run(settings, "backup", file)
    other = make_settings("sqlite", "second", EXPERTPOOL_DATA_KEYS=config.new_data_key())
    run(other, "migrate")
    result = run(other, "restore", file)
    assert result.exit_code == 1
    assert "The backup needs the data keys" in result.stderr


@pytest.mark.sqlite_only
def test_another_migration_is_refused(settings, run, tmp_path):
    file, other = tmp_path / "pool.zip", tmp_path / "other.zip"
    run(settings, "backup", str(file))

    def older(name, text):
        if name != archive.MANIFEST:
            return text
        manifest = json.loads(json.loads(text)["manifest"]) | {"migration": "older"}
        return archive._signed(manifest)

    damaged(file, other, older)
    result = run(settings, "restore", str(other))
    assert result.exit_code == 1
    assert result.stderr.startswith(
        f"The backup is of version older, and this program of {migrations.head()}."
    )


@pytest.mark.sqlite_only
def test_a_backup_goes_through_standard_streams(settings, run):
    written = run(settings, "backup", "-")
    assert run(settings, "restore", "-", input=written.stdout_bytes).exit_code == 0
