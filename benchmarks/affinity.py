"""How well affinities order what people judged, and how long they take.

    python -m benchmarks.affinity [--gold FOLDER] [--lee FOLDER] [--fields FILE.csv] [--model NAME]
                                  [--sizes 500 2000]

`--gold`: a copy of the repository of Stelmakh, Wieting, Xi, Neubig and Shah, “A Gold Standard Dataset for
the Reviewer Assignment Problem” (TMLR 2025): 58 researchers judged how well they could review papers.
`--lee`: `lee.cor`, `lee_background.cor`, `similarities0-1.txt` of Lee, Pincombe and Welsh (2005): people
judged how like 50 news texts are. `--fields`: a taxonomy with columns code, parent, name_zh, name_en; half
of a field's subfields are an expert's works, each of the others is an item that should find its field. What
is not given is left out. None of these texts is ours to ship.

The loss is that of Stelmakh et al.: over all pairs of papers of one person, the share of the judged
differences that the scores have the wrong way round; half of it for equal scores.
"""

from __future__ import annotations

import argparse
import csv
import json
import resource
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import partial
from itertools import combinations
from math import log
from pathlib import Path
from statistics import mean
from time import perf_counter, process_time
from typing import Any, TypeAlias

import numpy as np

from benchmarks.measuring import machine, print_table
from expertpool.text import Profile, affinities, models
from expertpool.text.directions import Encode
from expertpool.text.words import terms

BEST = 100
RESAMPLES = 1_000
"""Draws of people with replacement, as Stelmakh et al. take for their intervals."""
SIZES = (500, 1_000, 2_000, 5_000, 10_000, 20_000)
WORDS, LENGTH = 20_000, 120
"""Words of the invented language, and of an invented text."""

Scores: TypeAlias = dict[str, dict[str, float]]
"""A score by person and paper."""
Scorer: TypeAlias = Callable[[list[Profile], list[Profile]], Scores]


def ours(experts: list[Profile], items: list[Profile], encode: Encode | None = None) -> Scores:
    """Return what the program says, by itself or with a language model."""
    found: Scores = defaultdict(dict)
    for item, row in affinities(experts, items, encode=encode):
        for expert, score in row:
            found[expert][item] = score
    return found


def plain(experts: list[Profile], items: list[Profile]) -> Scores:
    """Return the cosine of TF-IDF, with 0.5 + 0.5 tf / max tf, of all works as one text.

    So TPMS is computed by Stelmakh et al., there with other stop words and Porter's first stems.
    """
    sides = [{each.id: terms(" ".join(each.texts)) for each in side} for side in (experts, items)]
    everything = [counts for side in sides for counts in side.values()]
    held: dict[str, int] = defaultdict(int)
    for counts in everything:
        for term in counts:
            held[term] += 1
    weighed = [
        {
            name: {
                term: (0.5 + 0.5 * often / max(counts.values())) * log(len(everything) / held[term])
                for term, often in counts.items()
                if " " not in term
            }
            for name, counts in side.items()
        }
        for side in sides
    ]
    return {
        expert: {item: cosine(one, other) for item, other in weighed[1].items()}
        for expert, one in weighed[0].items()
    }


def cosine(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    """Return the cosine of two weighted texts."""
    lengths = sum(value**2 for value in one.values()) * sum(value**2 for value in other.values())
    return sum(value * other.get(term, 0) for term, value in one.items()) / lengths**0.5 if lengths else 0.0


def misordered(scores: Scores, judged: Scores) -> Any:
    """Return for each person (a row) what of the differences the scores have wrong, and all."""
    rows = []
    for person, values in judged.items():
        wrong = whole = 0.0
        for one, other in combinations(values, 2):
            difference = values[one] - values[other]
            agreement = difference * (scores[person][one] - scores[person][other])
            whole += abs(difference)
            wrong += abs(difference) * (1 if agreement < 0 else 0.5 if agreement == 0 else 0)
        rows.append((wrong, whole))
    return np.array(rows)


def loss(scores: Scores, judged: Scores) -> float:
    """Return the share of judged differences that the scores have the wrong way round."""
    wrong, whole = misordered(scores, judged).sum(axis=0)
    return float(wrong / whole)


def gold(folder: Path) -> Iterator[tuple[list[Profile], list[Profile], Scores]]:
    """Yield experts, items and judgements of each of the published sets (ten in a whole copy)."""
    with (folder / "data" / "evaluations.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    for place in sorted((folder / "evaluation_datasets").glob("d_20_*")):
        papers = json.loads((place / "submissions.json").read_text(encoding="utf-8"))
        items = [Profile(key, (text_of(paper),)) for key, paper in papers.items()]
        judged = {row["ParticipantID"]: judgements(row, papers.keys()) for row in rows}
        experts = [Profile(person, works(place / "archives" / f"~{person}.jsonl")) for person in judged]
        yield experts, items, judged


def judgements(row: Mapping[str, str], papers: Collection[str]) -> dict[str, float]:
    """Return the judgement of each paper of a person that is among the papers."""
    pairs = ((row[f"Paper{n}"], row[f"Expertise{n}"]) for n in range(1, 11))
    return {paper: float(value) for paper, value in pairs if paper and paper in papers}


def works(file: Path) -> tuple[str, ...]:
    """Return title and abstract of each paper of a person."""
    return tuple(text_of(json.loads(line)) for line in file.read_text(encoding="utf-8").splitlines())


def text_of(paper: Mapping[str, Mapping[str, str | None]]) -> str:
    """Return title and abstract of a paper."""
    content = paper["content"]
    return f"{content['title'] or ''}\n{content['abstract'] or ''}"


def lee(folder: Path) -> tuple[list[Profile], list[Profile], Scores]:
    """Return 350 texts as experts of one work, 50 of them as items, and how like people found these."""
    texts, others = (
        (folder / name).read_text(encoding="latin-1").splitlines()
        for name in ("lee.cor", "lee_background.cor")
    )
    half = np.triu(np.loadtxt(folder / "similarities0-1.txt"))
    experts = [Profile(str(number), (text,)) for number, text in enumerate([*texts, *others])]
    judged = {
        str(one): {str(other): max(half[one, other], half[other, one]) for other in range(50) if other != one}
        for one in range(50)
    }
    return experts, experts[:50], judged


def fields(file: Path, name: str) -> tuple[list[Profile], list[Profile]]:
    """Return fields of a taxonomy (four subfields or more) as experts, half of the subfields as items."""
    members: dict[str, list[str]] = defaultdict(list)
    with file.open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    parents = {row["parent"] for row in rows}
    for row in rows:
        if row["code"] not in parents and row[name]:
            members[row["parent"]].append(row[name])
    large = {field: names for field, names in members.items() if len(names) > 3}
    experts = [Profile(field, tuple(names[::2])) for field, names in large.items()]
    items = [
        Profile(f"{field}/{number}", (each,))
        for field, names in large.items()
        for number, each in enumerate(names[1::2])
    ]
    return experts, items


def found_first(scores: Scores, items: list[Profile]) -> str:
    """Return how many items score highest with their own field, and the mean of 1 / its place."""
    places = []
    for item in items:
        own = scores[item.id.partition("/")[0]][item.id]
        ahead = sum(row[item.id] >= own for row in scores.values())
        places.append(ahead if own > 0 else len(scores))
    return f"{mean(place == 1 for place in places):.3f} / {mean(1 / place for place in places):.3f}"


def writer() -> Callable[[], str]:
    """Return what writes one text after the other, of words as frequent as Zipf's law says."""
    generator = np.random.default_rng(1)
    names = [f"w{number}" for number in range(WORDS)]
    chances = 1 / np.arange(3, WORDS + 3)
    chances /= chances.sum()
    return lambda: " ".join(names[word] for word in generator.choice(WORDS, LENGTH, p=chances))


def invented(size: int, count: int) -> tuple[list[Profile], list[Profile]]:
    """Return so many experts of `count` works and so many items."""
    text = writer()
    experts = [Profile(f"e{number:06}", tuple(text() for _ in range(count))) for number in range(size)]
    return experts, [Profile(f"i{number:06}", (text(),)) for number in range(size)]


def growth(size: int, count: int) -> dict[str, object]:
    """Return seconds, by the clock and of the CPU, and memory of so many experts and items."""
    experts, items = invented(size, count)
    start, used = perf_counter(), process_time()
    pairs = sum(len(row) for _, row in affinities(experts, items, best=BEST))
    return {
        "experts x items": f"{size:,} x {size:,}",
        "works": size * count,
        "pairs kept": pairs,
        "seconds": f"{perf_counter() - start:.1f} / {process_time() - used:.1f}",
        "MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def main() -> None:
    """Print the tables that were asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    for name in ("--gold", "--lee", "--fields"):
        parser.add_argument(name, type=Path)
    parser.add_argument("--sizes", type=int, nargs="*", default=SIZES)
    parser.add_argument("--works", type=int, default=5)
    parser.add_argument("--model", help="a language model that is plugged in, measured as well")
    given = parser.parse_args()
    print(machine() + "\n")
    scorers: dict[str, Scorer] = {"plain TF-IDF": plain, "ours": ours}
    if given.model:
        scorers[f"ours with {given.model}"] = partial(ours, encode=models.load(given.model))
    if given.gold:
        print_table(
            [{"gold standard": name, "loss": losses(given.gold, each)} for name, each in scorers.items()]
        )
    if given.lee:
        experts, items, judged = lee(given.lee)
        print_table(
            [
                {"news": name, "loss": f"{loss(each(experts, items), judged):.4f}"}
                for name, each in scorers.items()
            ]
        )
    for column in ("name_zh", "name_en") if given.fields else ():
        experts, items = fields(given.fields, column)
        table = {name: found_first(each(experts, items), items) for name, each in scorers.items()}
        print_table(
            [
                {
                    f"{column}: {len(experts)} fields, {len(items)} subfields": "first / reciprocal place",
                    **table,
                }
            ]
        )
    if given.sizes:
        print_table([growth(size, given.works) for size in given.sizes])


def losses(folder: Path, scorer: Scorer) -> str:
    """Return the mean loss over the published sets, and in brackets its 95 % interval over other people."""
    sets = [misordered(scorer(experts, items), judged) for experts, items, judged in gold(folder)]
    count = len(sets[0])
    drawn = np.random.default_rng(1).integers(count, size=(RESAMPLES, count))
    wrong, whole = np.moveaxis(np.array([each[drawn].sum(axis=1) for each in sets]), 2, 0)
    low, high = np.percentile((wrong / whole).mean(axis=0), (2.5, 97.5))
    found = mean(float(each[:, 0].sum() / each[:, 1].sum()) for each in sets)
    return f"{found:.4f} ({low:.3f}-{high:.3f})"


if __name__ == "__main__":
    main()
