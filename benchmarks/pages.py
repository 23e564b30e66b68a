"""How long pages of people take over a real database: the list, searched and narrowed, and one person.

    python -m benchmarks.pages [--sizes 1000 20000] [--databases sqlite] [--repeat 5]

Prints Markdown tables. An organiser asks the whole application, without a network between.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from typing import Any

import structlog
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

import config
from benchmarks.measuring import machine, print_table, timed
from benchmarks.pool_rows import NOW
from benchmarks.proposal_database import DATABASES, SIZES, filled
from expertpool.access.models import Grant, Role
from expertpool.accounts.models import User
from expertpool.application import create_app
from expertpool.extensions import db
from tests import postgres
from tests.web.conftest import sign_in_as

PAGES = {
    "list": "/people/",
    "surname": "/people/?q=王",
    "name": "/people/?q=王伟",
    "in pinyin": "/people/?q=wangwei",
    "narrowed": "/people/?grade=senior&region=第1地区",
    "last page": "/people/?page=20&sort=-updated",
    "one person": "/people/1",
}


def organiser(url: str, folder: Path) -> FlaskClient:
    """Return a browser signed in as an organiser of the office in the database."""
    settings = {
        "EXPERTPOOL_INSTANCE": str(folder),
        "EXPERTPOOL_DATABASE_URL": url,
        "EXPERTPOOL_LOG_LEVEL": "error",
    }
    app = create_app(config.load(settings), TESTING=True, RATELIMIT_ENABLED=False)
    with app.app_context(), Session(db.engine) as session:
        user = User(
            email="o@example.org", name="O", created_at=NOW, confirmed_at=NOW, active=True, fs_uniquifier="o"
        )
        session.add(user)
        session.flush()
        session.add(Grant(user_id=user.id, role=Role.ORGANISER, granted_at=NOW))
        client = app.test_client()
        sign_in_as(client, user, session)
    return client


def measure(url: str, people: int, repeat: int) -> dict[str, Any]:
    """Return one row of the table."""
    row: dict[str, Any] = {"people": people}
    with tempfile.TemporaryDirectory() as folder:
        client = organiser(url, Path(folder))
        for name, address in PAGES.items():
            assert client.get(address).status_code == 200, address
            row[name] = timed(lambda address=address: client.get(address), repeat)  # type: ignore[misc]
        with client.application.app_context():
            db.engine.dispose()
    return row


def main() -> None:
    """Print a table for each database."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--databases", nargs="+", choices=DATABASES, default=DATABASES)
    parser.add_argument("--repeat", type=int, default=5)
    options = parser.parse_args()
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
    print(f"{machine()}\n\nSeconds: median (least-greatest) of {options.repeat} / CPU of this process.\n")
    try:
        for kind in options.databases:
            if kind == "postgresql":
                postgres.start()
            rows = []
            for people in options.sizes:
                with filled(kind, people) as url:
                    rows.append(measure(url, people, options.repeat))
            print(f"{kind}\n")
            print_table(rows)
    finally:
        postgres.stop()


if __name__ == "__main__":
    main()
