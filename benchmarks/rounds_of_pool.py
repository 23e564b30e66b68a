"""How long a whole round takes from a real database, by skills and by texts, stage by stage.

    python -m benchmarks.rounds_of_pool [--people 20000] [--items 1900]

Prints a Markdown table: seconds by the clock and of the CPU, and the most memory of a process of its own.
`pool` fills a SQLite database; everybody gets a profile, and every item an abstract, of invented words.
"""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import tempfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from itertools import pairwise
from pathlib import Path
from time import perf_counter, process_time

import sqlalchemy as sa
from sqlalchemy.orm import Session

from benchmarks.affinity import writer
from benchmarks.measuring import machine, print_table
from benchmarks.pool import PRESET, fill
from benchmarks.pool_rows import NOW, OFFICE
from expertpool import database
from expertpool.events import SYSTEM
from expertpool.items.models import Item
from expertpool.panels import presets_service, rounds
from expertpool.panels.round_composition import compose, read
from expertpool.panels.round_models import ReviewRound, ScoredBy
from expertpool.panels.round_solving import assign, wish_of
from expertpool.people.models import Person

ROUNDS = (
    ("skills, for holders", ScoredBy.SKILLS, True),
    ("texts, for holders", ScoredBy.TEXTS, True),
    ("texts, for the nearest too", ScoredBy.TEXTS, False),
)
"""What is measured: title, what scores, and whether holders of a skill alone may review."""
STAGES = (*rounds.STAGES[:-1], "all")


def write_texts(url: str) -> None:
    """Give everybody and every item a text."""
    engine, text = sa.create_engine(url), writer()
    with Session(engine) as session:
        for column in (Person.__table__.c.bio, Item.__table__.c.abstract):
            key = column.table.c.id
            written = (
                sa.update(column.table)
                .where(key == sa.bindparam("key"))
                .values({column: sa.bindparam("text")})
            )
            ids = session.scalars(sa.select(key).order_by(key)).all()
            session.execute(written, [{"key": id_, "text": text()} for id_ in ids])
        session.commit()
    engine.dispose()


def make_rounds(url: str, items: int) -> None:
    """Make the rounds that are measured."""
    engine = sa.create_engine(url)
    with Session(engine) as session:
        for title, scored_by, skilled_only in ROUNDS:
            rounds.create(
                session,
                title=title,
                owner_id=OFFICE,
                preset=presets_service.current(session, PRESET),
                item_ids=range(1, items + 1),
                terms=rounds.Terms(scored_by=scored_by, skilled_only=skilled_only),
                actor=SYSTEM,
                now=NOW,
            )
        session.commit()
    engine.dispose()


def measure(url: str, title: str) -> dict[str, object]:
    """Work a round out as its worker does; return what each stage took."""
    begun: list[tuple[str, float, float]] = []

    def told(stage: str) -> None:
        if not begun or begun[-1][0] != stage:
            begun.append((stage, perf_counter(), process_time()))

    engine = sa.create_engine(url)
    told("pool")
    with database.reading(), Session(engine) as session:
        round_ = session.scalars(sa.select(ReviewRound).where(ReviewRound.title == title)).one()
        asked = read(session, round_, now=NOW, told=told)
        wish = wish_of(round_, 1)
    composed = compose(asked, told=told)
    del asked
    told("assigning")
    solved = assign(composed, wish)
    told("end")
    took = {one: (end - start, end_cpu - cpu) for (one, start, cpu), (_, end, end_cpu) in pairwise(begun)}
    took["all"] = (begun[-1][1] - begun[0][1], begun[-1][2] - begun[0][2])
    row: dict[str, object] = {"scored by": title}
    for stage in STAGES:
        row[stage] = "{:.1f} / {:.1f}".format(*took[stage]) if stage in took else ""
    return row | {
        "pairs": composed.problem.scored.item.size,
        "places": len(solved.places),
        "MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def measured(people: int, items: int) -> Iterator[dict[str, object]]:
    """Yield a row for each way to score."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'pool.sqlite'}"
        fill(url, people, searchable=False)
        write_texts(url)
        make_rounds(url, items)
        for title, *_ in ROUNDS:
            spawn = multiprocessing.get_context("spawn")
            with ProcessPoolExecutor(1, mp_context=spawn) as alone:
                yield alone.submit(measure, url, title).result()


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=20_000)
    parser.add_argument("--items", type=int, default=1_900)
    options = parser.parse_args()
    print(machine("ortools", "scipy", "sqlalchemy") + "\n")
    print_table(measured(options.people, options.items))


if __name__ == "__main__":
    main()
