"""What tests share: both databases, a session that is rolled back, a fixed clock.

`--database sqlite|postgresql|both` chooses (default both). PostgreSQL is started once a run, in a
folder of its own, on a free port of the loopback interface.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.events import Actor
from expertpool.settings import crypto, own_ddl
from tests import in_memory, postgres
from tests.builders.presets import ship_presets

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
DATA_KEY = "dGVzdHMgdXNlIG9uZSBmaXhlZCBkYXRhIGtleS4gISE="


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database", choices=("sqlite", "postgresql", "both"), default="both")


def pytest_configure(config: pytest.Config) -> None:
    crypto.use([DATA_KEY])
    if hasattr(config, "workerinput"):
        return
    in_memory.start()
    if config.getoption("--database") != "sqlite":
        postgres.start()


def pytest_sessionfinish(session: pytest.Session) -> None:
    if session.testsfailed:
        in_memory.keep()


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        postgres.stop()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "database_kind" in metafunc.fixturenames:
        chosen = metafunc.config.getoption("--database")
        kinds = ["sqlite", "postgresql"] if chosen == "both" else [chosen]
        if metafunc.definition.get_closest_marker("sqlite_only"):
            kinds = ["sqlite"]
        metafunc.parametrize("database_kind", kinds, scope="session")


def copied(blank: str, name: str, folder: Path) -> str:
    """Copy a database of either kind and return the copy's URL."""
    if not blank.startswith("sqlite"):
        return postgres.create_database(name, copy_of=blank)
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(blank.removeprefix("sqlite:///"), folder / f"{name}.sqlite")
    return f"sqlite:///{folder / name}.sqlite"


def new_database(kind: str, name: str, folder: Path) -> str:
    """Return the URL of a database without tables; skip where no PostgreSQL is installed."""
    if kind == "sqlite":
        return f"sqlite:///{folder / name}.sqlite"
    if not os.environ.get(postgres.URL):
        pytest.skip(f"no PostgreSQL: {postgres.REMEDY}")
    return postgres.create_database(name)


@pytest.fixture(scope="session")
def blank(database_kind: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """URL of a database of this worker with all tables and the presets, made once and copied."""
    url = new_database(database_kind, "blank", tmp_path_factory.mktemp("blank"))
    engine = sa.create_engine(url)
    own_ddl.import_models().create_all(engine)
    engine.dispose()
    ship_presets(url)
    return url


@pytest.fixture(scope="session")
def database_url(blank: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """URL of the database of this worker whose tests undo what they do."""
    return copied(blank, "rooms", tmp_path_factory.mktemp("db"))


@pytest.fixture(scope="session")
def engine(database_url: str) -> Iterator[sa.Engine]:
    engine = sa.create_engine(database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def session(engine: sa.Engine) -> Iterator[Session]:
    """A session whose work is rolled back after the test."""
    with Session(engine, expire_on_commit=False) as session:
        yield session
        session.rollback()


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def actor() -> Actor:
    return Actor(user_id=None, label="测试者", via="cli")


@pytest.fixture
def empty_engine(blank: str, tmp_path: Path) -> Iterator[sa.Engine]:
    """A database of this test alone, with all tables, for what commits or runs in threads."""
    engine = sa.create_engine(copied(blank, "own", tmp_path))
    yield engine
    engine.dispose()
