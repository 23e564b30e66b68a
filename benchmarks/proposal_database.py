"""How long one proposal takes from a real database: rows, conflicts, solver, on SQLite and PostgreSQL.

    python -m benchmarks.proposal_database [--sizes 1000 20000] [--databases sqlite] [--repeat 5]

Prints Markdown tables. The solver is warm; `pool` fills the databases. The panel asks for seven seats,
three alternates, three skills and six slots under the rules of the filing of enterprise standards.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from benchmarks.measuring import machine, print_table, timed
from benchmarks.pool import PRESET, fill
from benchmarks.pool_rows import NOW
from expertpool import database
from expertpool.events import SYSTEM
from expertpool.interests.queries import findings_for_items
from expertpool.jobs import solver
from expertpool.matching.model import warm
from expertpool.panels import presets_service, request, runs, solving
from expertpool.panels.composition import Composed, compose
from expertpool.panels.models import ChoiceMode, Panel, RunState
from expertpool.panels.question import Question
from expertpool.panels.reviews import earlier_reviews
from expertpool.people.models import PersonSkill
from tests import postgres

SIZES = (1_000, 5_000, 20_000, 50_000, 100_000)
DATABASES = ("sqlite", "postgresql")


@contextmanager
def filled(kind: str, people: int) -> Iterator[str]:
    """Give the URL of a database with an invented office, and remove it afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        if kind == "sqlite":
            url = f"sqlite:///{Path(folder) / 'pool.sqlite'}"
        else:
            url = postgres.create_database(f"pool_{people}")
        fill(url, people)
        yield url


def question_of(session: Session, *, asked_too_much: bool = False) -> Question:
    """Return the question: the most held skills, on the first item, at six times.

    `asked_too_much` also wants a skill that nobody holds.
    """
    holders = sa.func.count()
    by_holders = sa.select(PersonSkill.skill_id).group_by(PersonSkill.skill_id)
    by_holders = by_holders.order_by(holders.desc(), PersonSkill.skill_id)
    skills = session.scalars(by_holders.limit(3)).all()
    days = (NOW + timedelta(days=10 + day) for day in range(6))
    wanted = dict(zip(skills, (3, 2, 1), strict=True))
    return Question(
        item_ids=(1,),
        preset=presets_service.rules(presets_service.current(session, PRESET)),
        seats=7,
        alternates=3,
        wanted=wanted | ({held_by_nobody(session): 2} if asked_too_much else {}),
        slots=tuple((day, day + timedelta(hours=3)) for day in days),
    )


def drafted(session: Session, question: Question) -> int:
    """Keep the question as a draft panel; return its id."""
    preset = presets_service.current(session, PRESET)
    who: dict[str, Any] = {"actor": SYSTEM, "now": NOW}
    office = session.scalars(sa.select(Panel.owner_id).limit(1)).one()
    panel = request.create_panel(
        session, title="备案评审", owner_id=office, item_ids=question.item_ids, preset=preset, **who
    )
    request.ask_for(
        session,
        panel,
        seat_count=question.seats,
        alternate_count=question.alternates,
        skills=question.wanted,
        mode=ChoiceMode.BEST,
        **who,
    )
    slots = [request.Slot(*slot) for slot in question.slots]
    request.set_terms(session, panel, preset=preset, rules={}, slots=slots, **who)
    session.commit()
    return panel.id


def asked_and_answered(engine: sa.Engine, panel_id: int) -> None:
    """Store a request and let the worker answer it and store that."""
    with Session(engine) as session:
        run = runs.request_run(session, session.get_one(Panel, panel_id), seed=0, actor=SYSTEM, now=NOW)
        session.commit()
        solver.work(engine)
        session.refresh(run)
        assert run.state is RunState.DONE, run.error


def held_by_nobody(session: Session) -> int:
    """Return a skill that nobody holds."""
    query = sa.text("SELECT min(id) FROM skills WHERE id NOT IN (SELECT skill_id FROM person_skills)")
    return int(session.execute(query).scalar_one())


def measure(url: str, people: int, repeat: int) -> dict[str, Any]:
    """Return one row of the table."""
    engine = sa.create_engine(url)
    with Session(engine) as session:
        question, too_much = question_of(session), question_of(session, asked_too_much=True)
        panel_id = drafted(session, question)

    def composed(asked: Question = question) -> Composed:
        with database.reading(), Session(engine) as session:
            return compose(session, asked, now=NOW)

    def conflicts() -> int:
        with database.reading(), Session(engine) as session:
            on = question.meeting_day(NOW)
            earlier = earlier_reviews(session, on, now=NOW)
            policy = question.preset.policy
            return len(findings_for_items(session, [1], policy, on, earlier=earlier).findings)

    problem, impossible = composed(), composed(too_much)
    answer = solving.solve(problem).result
    assert answer["optimal"], answer
    assert not solving.solve(impossible).result["feasible"]
    row = {
        "people": people,
        "rows and conflicts": timed(composed, repeat),
        "solve": timed(lambda: solving.solve(problem), repeat),
        "request to stored answer": timed(lambda: asked_and_answered(engine, panel_id), repeat),
        "proposal": timed(lambda: solving.solve(composed()), repeat),
        "infeasible": timed(lambda: solving.solve(composed(too_much)), repeat),
        "findings of an item": timed(conflicts, repeat),
        "barred": answer["pool"]["barred"],
        "objective": json.dumps(answer["objective"]),
    }
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
