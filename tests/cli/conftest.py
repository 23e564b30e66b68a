"""Commands run as people run them, on a migrated database of their own."""

import pytest
from click.testing import CliRunner

import config
from expertpool.cli import Context, cli
from expertpool.settings import migrations
from tests import postgres
from tests.conftest import DATA_KEY, copied, new_database


@pytest.fixture(scope="session")
def migrated(database_kind, tmp_path_factory):
    """URL of a database that went through all migrations, made once to be copied."""
    url = new_database(database_kind, "migrated", tmp_path_factory.mktemp("migrated"))
    migrations.upgrade(url)
    return url


@pytest.fixture
def make_settings(tmp_path):
    """Make settings with an empty database of a kind: `make_settings("sqlite", "first")`."""

    def make(kind, name, **environ):
        folder = tmp_path / name
        url = f"sqlite:///{folder / 'pool.sqlite'}"
        if kind == "postgresql":
            url = postgres.create_database(f"cli_{name}")
        given = {
            "EXPERTPOOL_INSTANCE": str(folder),
            "EXPERTPOOL_DATABASE_URL": url,
            "EXPERTPOOL_DATA_KEYS": DATA_KEY,
            "EXPERTPOOL_LOCALE": "en",
        }
        return config.load(given | environ)

    return make


@pytest.fixture
def run(monkeypatch):
    """Run a command line in English with settings: `run(settings, "user", "create", ...)`."""
    monkeypatch.setenv("EXPERTPOOL_LOCALE", "en")

    def run_(settings, *words, input=None):
        return CliRunner().invoke(cli, list(words), obj=Context(settings), input=input)

    return run_


@pytest.fixture
def settings(make_settings, migrated, tmp_path):
    """Settings with a migrated, empty database."""
    return make_settings(
        "sqlite", "first", EXPERTPOOL_DATABASE_URL=copied(migrated, "pool", tmp_path / "first")
    )
