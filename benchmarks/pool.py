"""Fill a real database with an invented office.

    python -m benchmarks.pool URL [--people 20000] [--seed 1]

The database must be empty. People are found by search afterwards; nobody holds the last code of ICS.
"""

from __future__ import annotations

import argparse

import sqlalchemy as sa
from sqlalchemy.orm import Session

from benchmarks.pool_rows import NOW, Shape, everything
from expertpool.database import batches
from expertpool.events import SYSTEM
from expertpool.panels import presets_service
from expertpool.people import search
from expertpool.settings import own_ddl
from expertpool.skills import loading
from expertpool.skills.models import Skill

PRESET = "enterprise-standard-filing"


def fill(url: str, people: int, seed: int = 1, *, searchable: bool = True) -> None:
    """Make all tables in the empty database at `url` and fill them; `searchable` also writes the index."""
    engine = sa.create_engine(url)
    own_ddl.import_models().create_all(engine)
    with Session(engine) as session:
        loading.load_shipped(session, "ics", actor=SYSTEM, now=NOW)
        presets_service.ensure_shipped(session, now=NOW)
        preset = presets_service.current(session, PRESET).id
        skills = session.scalars(sa.select(Skill.id).order_by(Skill.code.desc())).all()
        for model, rows in everything(Shape(people, skills[1:], preset), seed):
            for some in batches(rows):
                session.execute(sa.insert(model), some, execution_options={"render_nulls": True})
        if searchable:
            search.rebuild(session)
        _count_on(session)
        session.commit()
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.text("ANALYZE"))
    engine.dispose()


def _count_on(session: Session) -> None:
    """Let PostgreSQL number new rows after those that came with their numbers."""
    if session.get_bind().dialect.name != "postgresql":
        return
    for table in ("organisations", "alliances", "people", "items", "panels"):
        last = f"(SELECT max(id) FROM {table})"
        session.execute(sa.text(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), {last})"))


def main() -> None:
    """Fill the database named on the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url")
    parser.add_argument("--people", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    fill(options.url, options.people, options.seed)


if __name__ == "__main__":
    main()
