"""How long an affinity list takes from the request to the kept answer, by a worker process of its own.

    python -m benchmarks.affinity_lists [--people 20000] [--items 100 2000] [--url URL]

Prints a Markdown table: seconds by the clock from the request until the list is done, with the start of the
worker; the seconds of the CPU and the most memory of that worker. `pool` fills a SQLite database, or the
empty one at URL; everybody gets a profile, and every item an abstract, of invented words.
"""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from benchmarks.affinity import writer
from benchmarks.measuring import machine, print_table
from benchmarks.pool import fill
from benchmarks.pool_rows import OFFICE
from benchmarks.rounds_of_pool import write_texts
from expertpool import clock
from expertpool.affinity import lists
from expertpool.affinity.models import AffinityItem, AffinityList, AffinityPlace
from expertpool.database import reading
from expertpool.events import SYSTEM
from expertpool.jobs import affinity_lists as job


def measure(url: str, items: int) -> dict[str, object]:
    """Ask for a list of so many items, or (0) about a text, and wait for it."""
    engine = sa.create_engine(url)
    begun = time.perf_counter()
    with Session(engine) as session:
        list_id = _asked(session, items).id
        session.commit()
    with reading(), Session(engine) as session:
        job.tick(session, clock.now())
    while _is_waiting(engine, list_id):
        time.sleep(0.05)
    seconds = time.perf_counter() - begun
    for worker in multiprocessing.active_children():
        worker.join()
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    with reading(), Session(engine) as session:
        places = session.scalar(
            sa.select(sa.func.count(AffinityPlace.id))
            .join(AffinityItem, AffinityItem.id == AffinityPlace.about_id)
            .where(AffinityItem.list_id == list_id)
        )
    return {
        "list": f"{items:,} items" if items else "a text",
        "seconds": f"{seconds:.1f} / {used.ru_utime + used.ru_stime:.1f}",
        "places": places,
        "MB": used.ru_maxrss // 1024,
    }


def _asked(session: Session, items: int) -> AffinityList:
    told = {"title": writer()()[:300], "owner_id": OFFICE, "actor": SYSTEM, "now": clock.now()}
    if items:
        return lists.ask_about_items(session, item_ids=range(1, items + 1), **told)
    return lists.ask_about_text(session, abstract=writer()(), **told)


def _is_waiting(engine: sa.Engine, list_id: int) -> bool:
    with reading(), Session(engine) as session:
        return session.get_one(AffinityList, list_id).is_waiting


def measured(url: str, people: int, items: Sequence[int]) -> Iterator[dict[str, object]]:
    """Yield a row for a text, then for each number of items, before and after everybody has texts."""
    fill(url, people, searchable=False)
    for texts in ("titles of items", "120 words each"):
        if texts != "titles of items":
            write_texts(url)
        for each in (0, *items):
            spawn = multiprocessing.get_context("spawn")
            with ProcessPoolExecutor(1, mp_context=spawn) as alone:
                yield {"texts of people": texts} | alone.submit(measure, url, each).result()


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=20_000)
    parser.add_argument("--items", type=int, nargs="+", default=[100, 2_000])
    parser.add_argument("--url")
    options = parser.parse_args()
    print(machine("scipy", "sqlalchemy") + "\n")
    with tempfile.TemporaryDirectory() as folder:
        url = options.url or f"sqlite:///{Path(folder) / 'pool.sqlite'}"
        print_table(measured(url, options.people, options.items))


if __name__ == "__main__":
    main()
