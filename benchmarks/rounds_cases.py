"""The rounds that are measured: invented ones, the same for the same name, and published ones from files."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from expertpool.matching.rounds.problem import NO_PAIRS, Crowd, Round, from_keys

SEATS, MOST, SCORED, PARTED = 3, 5, 100, 827
LOADS = {"aamas2015": 12, "aamas2016": 12, "preflib1": 6, "preflib2": 7, "preflib3": 6}
"""Highest loads of the published rounds, as their authors set them."""


@dataclass(frozen=True)
class Case:
    """A round by name: `aamas2015` and the like, `parted`, `SIZE` or `SIZE least LOAD`.

    `small COUNT` is empty: `rounds_small` makes its own.
    """

    name: str
    data: Path | None = None

    def round(self) -> Round:
        """Return the round."""
        if self.name in LOADS:
            assert self.data is not None
            return published(self.data, self.name)
        if self.name == "parted":
            return parted()
        if self.name.startswith("small "):
            return make(0, 0, np.zeros(0, np.int64), np.zeros(0), most=MOST)
        size, _, least = self.name.partition(" least ")
        return invented(int(size), int(size), least=int(least or 0))


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
    """Return a round with 100 random scored reviewers an item."""
    generator = np.random.default_rng(1)
    drawn = [
        item * reviewers + generator.choice(reviewers, min(SCORED, reviewers), replace=False)
        for item in range(items)
    ]
    keys = np.sort(np.concatenate(drawn))
    return make(items, reviewers, keys, generator.random(keys.size), most=most, least=least)


def parted() -> Round:
    """Return a round of 500 items and 600 reviewers, all pairs scored, with couples kept apart."""
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


def published(folder: Path, name: str) -> Round:
    """Return a round of Xu, Jecmen, Song and Fang (NeurIPS 2023): sizes, then a row of scores a paper."""
    words = (folder / f"{name}.in").read_text().split()
    items, reviewers = int(words[0]), int(words[1])
    return make(items, reviewers, np.arange(items * reviewers), np.array(words[2:], float), most=LOADS[name])
