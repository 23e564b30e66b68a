"""Models equal migrations, on both databases; up from nothing, down, and up again with data."""

import importlib.util
import shutil
import sys
import threading

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy.orm import Session

from expertpool.audit.service import record
from expertpool.database import Base
from expertpool.panels import draw_fixing, draw_secrets
from expertpool.panels.draw_models import Party
from expertpool.settings import crypto, migrations, own_ddl
from expertpool.settings.events import HolidaysSeeded
from tests.builders.lots import HOUR, MINE, open_wish
from tests.builders.panels import Scene, make_actor
from tests.conftest import NOW


@pytest.fixture
def url(nothing):
    return nothing.url.render_as_string(hide_password=False)


@pytest.fixture
def nothing(empty_engine):
    """A database without any table."""
    with empty_engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("DROP SCHEMA public CASCADE")
            connection.exec_driver_sql("CREATE SCHEMA public")
    if empty_engine.dialect.name == "sqlite":
        empty_engine.dispose()
        for suffix in ("", "-wal", "-shm"):
            path = f"{empty_engine.url.database}{suffix}"
            open(path, "wb").close() if not suffix else None
    return empty_engine


@pytest.fixture
def history(tmp_path, monkeypatch):
    """The migrations of the project, or one cut now while the project has none of its own."""
    if migrations.head():
        return migrations.FOLDER
    folder = tmp_path / "migrations"
    shutil.copytree(migrations.FOLDER, folder)
    monkeypatch.setattr(migrations, "FOLDER", folder)
    scratch = sa.create_engine(f"sqlite:///{tmp_path / 'scratch.sqlite'}")
    with scratch.begin() as connection:
        configuration = Config()
        configuration.set_main_option("script_location", str(folder))
        configuration.attributes["connection"] = connection
        command.revision(configuration, "Initial", autogenerate=True)
    return folder


def comparison(engine):
    """Return how the database differs from the models, by the rules of migrations/env.py."""
    spec = importlib.util.spec_from_file_location(
        "migration_rules", own_ddl.ROOMS.parent / "migrations" / "rules.py"
    )
    rules = importlib.util.module_from_spec(spec)
    sys.modules["migration_rules"] = rules
    spec.loader.exec_module(rules)
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "include_object": rules.include_object}
        )
        return compare_metadata(context, own_ddl.import_models())


def own_objects(engine):
    """Return the triggers, functions, indexes and constraints that a database has, with their text."""
    sqlite = (
        "SELECT type, name, replace(replace(sql, '\"', ''), ' ', '') FROM sqlite_master"
        " WHERE type IN ('trigger', 'index') AND sql IS NOT NULL AND name NOT LIKE 'sqlite_%'"
    )
    postgresql = (
        "SELECT 'trigger', tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal"
        " UNION ALL SELECT 'index', indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'"
        "  AND tablename <> 'alembic_version'"
        " UNION ALL SELECT 'constraint', conname, pg_get_constraintdef(oid) FROM pg_constraint"
        "  WHERE connamespace = 'public'::regnamespace AND conname NOT LIKE 'alembic%'"
        " UNION ALL SELECT 'function', proname, prosrc FROM pg_proc"
        "  WHERE pronamespace = 'public'::regnamespace AND prokind = 'f' AND probin IS NULL"
    )
    query = sqlite if engine.dialect.name == "sqlite" else postgresql
    with engine.connect() as connection:
        return sorted(tuple(row) for row in connection.execute(sa.text(query)))


def test_the_migrated_database_is_the_one_that_the_models_describe(nothing, url, history, tmp_path):
    migrations.upgrade(url)
    migrated = own_objects(nothing)
    assert comparison(nothing) == []
    migrations.downgrade(url, "base")
    Base.metadata.create_all(nothing)
    assert migrated == own_objects(nothing)


def test_down_leaves_nothing_and_up_again_takes_data(nothing, url, history, actor, now):
    migrations.upgrade(url)
    migrations.downgrade(url, "base")
    assert sa.inspect(nothing).get_table_names() == ["alembic_version"]
    migrations.upgrade(url)
    with Session(nothing) as session:
        record(session, HolidaysSeeded(2026, days=1), actor=actor, now=now)
        session.commit()
    assert migrations.is_current(nothing)
    migrations.downgrade(url, "base")
    migrations.upgrade(url)
    assert migrations.is_current(nothing)


def test_secrets_of_draws_are_encrypted_on_the_way_up_and_plain_again_on_the_way_down(nothing, url, history):
    migrations.upgrade(url)
    with Session(nothing) as session:
        panel, organiser = Scene(session).panel(seats=3), make_actor(session)
        panel.sealed_until = NOW + 9 * HOUR
        draw = draw_fixing.commit(session, panel, open_wish(), actor=organiser, now=NOW)
        draw_secrets.seal(session, draw, Party.ORGANISER, MINE, actor=organiser, now=NOW)
        session.commit()
    kept = "SELECT %s FROM panel_draws"
    with nothing.connect() as connection:
        sealed = connection.exec_driver_sql(kept % "secret_sealed").scalar_one()
    migrations.downgrade(url, "0005")
    with nothing.connect() as connection:
        row = connection.exec_driver_sql(kept % "secret, state, void_reason").one()
    assert tuple(row) == (crypto.keyring().unseal(sealed), "void", "downgraded")
    migrations.upgrade(url)
    with nothing.connect() as connection:
        again = connection.exec_driver_sql(kept % "secret_sealed").scalar_one()
    assert again != row[0]
    assert crypto.keyring().unseal(again) == row[0]


def test_two_nodes_may_migrate_at_once(nothing, url, history):
    outcomes = []

    def work():
        try:
            outcomes.append(migrations.upgrade(url))
        except Exception as error:
            outcomes.append(error)

    nodes = [threading.Thread(target=work) for _ in range(2)]
    for node in nodes:
        node.start()
    for node in nodes:
        node.join()
    head = migrations.head()
    assert sorted(outcomes, key=str) == sorted([(None, head), (head, head)], key=str)
    assert migrations.is_current(nothing)


def test_the_history_is_one_line():
    folder = migrations.FOLDER / "versions"
    texts = [path.read_text(encoding="utf-8") for path in folder.glob("*.py")]
    assert len([text for text in texts if "down_revision = None" in text]) <= 1
