"""How long a whole round takes to assign, how good and how even it is, beside what is proven and published.

    python -m benchmarks.rounds [--sizes 500 2000 20000] [--repeat 3] [--data FOLDER]

Prints Markdown tables. Seconds are the median of the repetitions, in brackets the least and the greatest; the
megabytes are the most that the process ever held, so far. Invented rounds have 100 random scored reviewers
and three seats an item, and loads of at most five. `--data` names a folder with the AAMAS 2015 instance of
Xu, Jecmen, Song and Fang (NeurIPS 2023), `aamas2015.in`; without it its rows are left out.
"""

from __future__ import annotations

import argparse
import resource
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

from benchmarks.measuring import figure, machine, print_table
from expertpool.matching.rounds.answer import Answer
from expertpool.matching.rounds.problem import NO_PAIRS, Crowd, Round, from_keys
from expertpool.matching.rounds.solving import Mode, Wish, solve

SIZES = (500, 1_000, 2_000, 5_000, 10_000, 20_000)
SEATS, MOST, SCORED, PARTED = 3, 5, 100, 827


def make(items: int, reviewers: int, keys: Any, scores: Any, *, most: int, least: int = 0) -> Round:
    """Return a round of scored pairs by key (item * reviewers + reviewer)."""
    empty = Round(
        tuple(f"p{number:06}" for number in range(items)),
        tuple(f"r{number:06}" for number in range(reviewers)),
        NO_PAIRS,
        NO_PAIRS,
        np.zeros(0, np.int64),
        np.full(items, SEATS),
        np.full(reviewers, least),
        np.full(reviewers, most),
    )
    return from_keys(empty, keys, scores, np.zeros(0, np.int64))


def invented(items: int, reviewers: int, *, most: int = MOST, least: int = 0) -> Round:
    """Return an invented round, the same for the same size."""
    generator = np.random.default_rng(1)
    drawn = [
        item * reviewers + generator.choice(reviewers, min(SCORED, reviewers), replace=False)
        for item in range(items)
    ]
    keys = np.sort(np.concatenate(drawn))
    return make(items, reviewers, keys, generator.random(keys.size), most=most, least=least)


def parted() -> Round:
    """Return an invented round of 500 items and 600 reviewers, all pairs scored, with couples kept apart."""
    generator = np.random.default_rng(2)
    items, reviewers = 500, 600
    round_ = make(
        items, reviewers, np.arange(items * reviewers), generator.random(items * reviewers), most=MOST
    )
    couples: set[tuple[int, int]] = set()
    while len(couples) < PARTED:
        one, other = sorted(generator.choice(reviewers, 2, replace=False).tolist())
        couples.add((one, other))
    return replace(round_, crowds=tuple(Crowd(str(couple), couple, 1) for couple in sorted(couples)))


def published(folder: Path) -> Round:
    """Return AAMAS 2015: 613 papers, 201 reviewers, loads of at most 12."""
    words = (folder / "aamas2015.in").read_text().split()
    items, reviewers = int(words[0]), int(words[1])
    return make(items, reviewers, np.arange(items * reviewers), np.array(words[2:], float), most=12)


def row(name: str, round_: Round, wish: Wish, repeat: int) -> dict[str, Any]:
    """Return the figures of one round."""
    seconds = []
    for _ in range(repeat):
        start = perf_counter()
        answer = solve(replace(round_), wish)
        seconds.append(perf_counter() - start)
    return {
        "round": name,
        "mode": wish.mode.value,
        "scored pairs": len(round_.scored),
        "seconds": figure(seconds),
        "MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        **measures(answer),
    }


def measures(answer: Answer) -> dict[str, str]:
    """Return totals and randomness of an answer as text."""
    report = answer.report()
    chance = report.get("random")
    worst = f"{report['smallest']:.6g}"
    if "smallest_bound" in report:
        worst += f" of at most {report['smallest_bound']:.6g}"
    return {
        "total": f"{report['objective'] if chance is None else chance['expected']:.2f}",
        "bound": f"{report['bound'] if chance is None else chance['expected_bound']:.2f}",
        "gap": f"{report['gap']:.1e}" if chance is None else "",
        "worst item": worst,
        "mean largest p": f"{chance['mean_largest']:.4f}" if chance else "",
        "entropy": f"{chance['entropy']:.2f}" if chance else "",
        "L2": f"{chance['l2']:.2f}" if chance else "",
    }


def rounds(data: Path | None) -> Iterator[tuple[str, Round, Wish]]:
    """Yield the rounds of the first table."""
    best, fair = Wish(), Wish(Mode.FAIR)
    if data is not None:
        aamas = published(data)
        yield "AAMAS 2015", aamas, best
        yield "AAMAS 2015", aamas, fair
        yield "AAMAS 2015, p <= .8047, quality .9499", aamas, Wish(Mode.RANDOM, 0.8046875, 0.9499107)
        yield "AAMAS 2015, quality .95", aamas, Wish(Mode.RANDOM, quality=0.95)
    yield "2,000 x 2,000", invented(2_000, 2_000), best
    yield "2,000 x 2,000, at least 3 each", invented(2_000, 2_000, least=3), best
    yield "2,000 x 2,000", invented(2_000, 2_000), fair
    apart = parted()
    yield "500 x 600, 827 kept apart", apart, best
    yield "500 x 600, 827 kept apart", apart, fair
    yield "500 x 600, 827 kept apart, p <= .5, quality .95", apart, Wish(Mode.RANDOM, 0.5, 0.95)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--data", type=Path)
    options = parser.parse_args()
    print(machine(), "\n")
    solve(invented(50, 60), Wish())
    print_table([row(name, asked, wish, options.repeat) for name, asked, wish in rounds(options.data)])
    print_table(
        [row(f"{size:,} x {size:,}", invented(size, size), Wish(), options.repeat) for size in options.sizes]
    )


if __name__ == "__main__":
    main()
