"""Commands run as people run them, on a migrated database of their own."""

import shutil

import pytest
import sqlalchemy as sa
from alembic import command as alembic
from alembic.config import Config
from click.testing import CliRunner

import config
from expertpool.cli import Context, cli
from expertpool.settings import migrations
from tests import postgres
from tests.conftest import DATA_KEY


@pytest.fixture(scope="session")
def history(tmp_path_factory):
    """The migrations of the project, or one cut now while the project has none of its own."""
    if migrations.head():
        yield migrations.FOLDER
        return
    folder = tmp_path_factory.mktemp("history") / "migrations"
    shutil.copytree(migrations.FOLDER, folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(migrations, "FOLDER", folder)
        with sa.create_engine("sqlite://").begin() as connection:
            configuration = Config()
            configuration.set_main_option("script_location", str(folder))
            configuration.attributes["connection"] = connection
            alembic.revision(configuration, "Initial", autogenerate=True)
        yield folder


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
def settings(history, make_settings, database_kind):
    """Settings with a migrated, empty database."""
    made = make_settings(database_kind, "first")
    migrations.upgrade(made.database_url)
    return made
