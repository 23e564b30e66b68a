"""What tests share: both databases, a session that is rolled back, a fixed clock.

`--database sqlite|postgresql|both` chooses (default both). PostgreSQL is started once a run, in a
folder of its own, on a free port of the loopback interface.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.events import Actor
from expertpool.settings import crypto, own_ddl
from tests import postgres

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
DATA_KEY = "dGVzdHMgdXNlIG9uZSBmaXhlZCBkYXRhIGtleS4gISE="


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database", choices=("sqlite", "postgresql", "both"), default="both")


def pytest_configure(config: pytest.Config) -> None:
    crypto.use([DATA_KEY])
    if hasattr(config, "workerinput") or config.getoption("--database") == "sqlite":
        return
    postgres.start()


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


@pytest.fixture(scope="session")
def database_url(database_kind: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """URL of a fresh database of this worker, with all tables."""
    if database_kind == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('db') / 'test.sqlite'}"
    else:
        if not os.environ.get(postgres.URL):
            pytest.skip(f"no PostgreSQL: {postgres.REMEDY}")
        url = postgres.create_database("rooms")
    engine = sa.create_engine(url)
    own_ddl.import_models().create_all(engine)
    engine.dispose()
    return url


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
def empty_engine(database_kind: str, tmp_path: Path) -> Iterator[sa.Engine]:
    """A database of this test alone, with all tables, for what commits or runs in threads."""
    if database_kind == "postgresql" and not os.environ.get(postgres.URL):
        pytest.skip(f"no PostgreSQL: {postgres.REMEDY}")
    sqlite = database_kind == "sqlite"
    url = f"sqlite:///{tmp_path / 'own.sqlite'}" if sqlite else postgres.create_database("own")
    engine = sa.create_engine(url)
    own_ddl.import_models().create_all(engine)
    yield engine
    engine.dispose()
