"""Make an instance with the demo in it, to be copied: `python -m tests.journeys.load_demo FOLDER`."""

from __future__ import annotations

import sys

import config
from expertpool import clock
from expertpool.cli import Context
from expertpool.demo import loading
from expertpool.jobs import seed_holidays
from expertpool.settings import crypto, migrations


def main(folder: str) -> None:
    """Make the database with the demo and the holidays in it, and the secrets that belong to it."""
    settings = config.load({"EXPERTPOOL_INSTANCE": folder})
    crypto.use(settings.data_keys)
    migrations.upgrade(settings.database_url)
    with Context(settings).session() as session:
        loading.load(session, now=clock.now())
        seed_holidays.tick(session, clock.now())
        session.commit()


if __name__ == "__main__":
    main(sys.argv[1])
