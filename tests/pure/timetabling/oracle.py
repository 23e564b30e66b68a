"""A scorer written from the description of the format: it takes texts and knows nothing of the engine."""

from collections import Counter, defaultdict
from functools import cache
from itertools import pairwise, permutations


def instance(text):
    """The instance as sections of words."""
    head, sections, current = {}, defaultdict(list), None
    for line in text.splitlines():
        words = line.split()
        if not words or words == ["END."]:
            continue
        if len(words) == 1 and words[0].endswith(":"):
            current = words[0][:-1]
        elif current:
            sections[current].append(words)
        else:
            head[words[0].rstrip(":")] = words[1]
    return head, sections


def check(text, solution):
    """Return (hard violations, cost) of a solution's lines (course, room, day, period)."""
    head, sections = instance(text)
    lines = [
        (course, room, int(day), int(period))
        for course, room, day, period in map(str.split, solution.splitlines())
    ]
    return _violations(sections, lines), _cost(int(head["Periods_per_day"]), sections, lines)


def _violations(sections, lines):
    bad = 0
    wanted = {words[0]: int(words[2]) for words in sections["COURSES"]}
    placed = Counter(line[0] for line in lines)
    bad += sum(abs(number - placed[course]) for course, number in wanted.items())
    teacher = {words[0]: words[1] for words in sections["COURSES"]}
    groups = [set(words[2:]) for words in sections["CURRICULA"]]
    for place, (course, room, *when) in enumerate(lines):
        for other, other_room, *other_when in lines[:place]:
            if when == other_when:
                apart = teacher[course] == teacher[other] or any({course, other} <= group for group in groups)
                bad += apart or room == other_room
    blocked = {(words[0], int(words[1]), int(words[2])) for words in sections["UNAVAILABILITY_CONSTRAINTS"]}
    return bad + sum((course, day, period) in blocked for course, _, day, period in lines)


def _cost(periods, sections, lines):
    seats = {words[0]: int(words[1]) for words in sections["ROOMS"]}
    cost = 0
    for course, _, _, least, students in sections["COURSES"]:
        mine = [line for line in lines if line[0] == course]
        cost += sum(max(0, int(students) - seats[room]) for _, room, _, _ in mine)
        cost += 5 * max(0, int(least) - len({day for _, _, day, _ in mine}))
        cost += len({room for _, room, _, _ in mine}) - 1
    for words in sections["CURRICULA"]:
        table = {(day, period) for course, _, day, period in lines if course in words[2:]}
        for day, period in table:
            cost += 2 * ((day, period - 1) not in table and (day, period + 1) not in table)
    return cost


@cache
def cheapest(text):
    """Return the least cost of all plans without violation, by trying every one; None if there is none."""
    head, sections = instance(text)
    days, periods = int(head["Days"]), int(head["Periods_per_day"])
    cells = [
        (words[0], day, period)
        for words in sections["ROOMS"]
        for day in range(days)
        for period in range(periods)
    ]
    lectures = [words[0] for words in sections["COURSES"] for _ in range(int(words[2]))]
    alike = [place for place, (one, other) in enumerate(pairwise(lectures)) if one == other]
    costs = set()
    for chosen in permutations(cells, len(lectures)):
        if any(chosen[place] > chosen[place + 1] for place in alike):
            continue
        lines = [(course, *cell) for course, cell in zip(lectures, chosen, strict=True)]
        if not _violations(sections, lines):
            costs.add(_cost(periods, sections, lines))
    return min(costs, default=None)
