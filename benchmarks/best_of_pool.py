"""How long it takes to find the best of the pool for a vacant seat, and what keeps ten others from it.

    python -m benchmarks.best_of_pool [--sizes 20000] [--databases sqlite] [--repeat 5]

Prints a Markdown table for each database. The panel is that of `proposal_database`, confirmed at one of its
times with seven members and three alternates; one member has left. `best of the pool` is what the page of the
vacant seat shows when asked for it, `nobody fits` the same when everybody is looked at in vain, because the
panel also wants a skill that nobody holds; `named by hand` looks at ten people by name, `next alternate` at
those who stand by.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from benchmarks.measuring import machine, print_table, timed
from benchmarks.pool_rows import NOW
from benchmarks.proposal_database import (
    DATABASES,
    asked_and_answered,
    drafted,
    filled,
    held_by_nobody,
    question_of,
)
from expertpool import database
from expertpool.accounts.models import User
from expertpool.events import Actor
from expertpool.invitations import vacancies
from expertpool.matching.model import warm
from expertpool.panels import adding, confirmation, runs
from expertpool.panels.models import Panel, PanelSkill, Seat, SeatState
from expertpool.people.models import Person
from tests import postgres

SIZES = (20_000,)


def with_a_vacancy(engine: sa.Engine) -> int:
    """Confirm a proposal and let a member leave; return the id of the vacant seat."""
    with Session(engine) as session:
        panel_id = drafted(session, question_of(session))
    asked_and_answered(engine, panel_id)
    with Session(engine) as session:
        panel = session.get_one(Panel, panel_id)
        run = runs.latest(session, panel)
        assert run is not None
        user = User(email="a@example.org", name="周岚", created_at=NOW, active=True, fs_uniquifier="a")
        session.add(user)
        session.flush()
        confirmation.confirm(session, panel, run, actor=Actor(user.id, user.name), now=NOW)
        vacant = panel.seats[1]
        vacant.state = SeatState.DECLINED
        session.commit()
        return vacant.id


def measure(url: str, people: int, repeat: int) -> dict[str, Any]:
    """Return one row of the table."""
    engine = sa.create_engine(url)
    vacant_id = with_a_vacancy(engine)

    def asked(ask: Callable[[Session, Panel, Seat], Any]) -> Callable[[], Any]:
        def once() -> Any:
            with database.reading(), Session(engine) as session:
                vacant = session.get_one(Seat, vacant_id)
                return ask(session, session.get_one(Panel, vacant.panel_id), vacant)

        return once

    best = asked(lambda session, panel, vacant: adding.best_for(session, panel, vacant, now=NOW))
    named = asked(
        lambda session, panel, vacant: adding.look_at(
            session, panel, vacant, session.scalars(sa.select(Person).limit(10)).all(), now=NOW
        )
    )
    following = asked(lambda session, panel, vacant: vacancies.next_for(session, panel, vacant, now=NOW))
    found = best()
    row = {
        "people": people,
        "best of the pool": timed(best, repeat),
        "named by hand": timed(named, repeat),
        "next alternate": timed(following, repeat),
    }
    with Session(engine) as session:
        panel_id = session.get_one(Seat, vacant_id).panel_id
        session.add(PanelSkill(panel_id=panel_id, skill_id=held_by_nobody(session)))
        session.commit()
    assert best() == []
    row |= {"nobody fits": timed(best, repeat), "found": ", ".join(map(str, found))}
    engine.dispose()
    return row


def main() -> None:
    """Print a table for each database."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--databases", nargs="+", choices=DATABASES, default=DATABASES)
    parser.add_argument("--repeat", type=int, default=5)
    options = parser.parse_args()
    print(f"{machine()}\n\nSeconds: median (least-greatest) of {options.repeat} / CPU of this process.\n")
    warm()
    try:
        for kind in options.databases:
            if kind == "postgresql":
                postgres.start()
            print(f"{kind}\n")
            rows = []
            for people in options.sizes:
                with filled(kind, people) as url:
                    rows.append(measure(url, people, options.repeat))
            print_table(rows)
    finally:
        postgres.stop()


if __name__ == "__main__":
    main()
