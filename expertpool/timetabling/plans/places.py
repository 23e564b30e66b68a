"""Numbers for places, and how far apart they are."""

from __future__ import annotations

import numpy as np

from expertpool.timetabling.plans.problem import ONLINE, Room, Teacher
from expertpool.timetabling.plans.terms import Group, Terms


class Places:
    """Where rooms and fixed times are; online is 0."""

    def __init__(self, terms: Terms) -> None:
        problem = terms.problem
        owners: list[Group | Teacher | Room] = [*terms.groups.values(), *problem.teachers, *problem.rooms]
        busy = [each.place for owner in owners for each in owner.busy if each.place is not None]
        names = dict.fromkeys((ONLINE, *(room.place for room in problem.rooms), *busy))
        self.number = {name: number for number, name in enumerate(names)}
        step = problem.grid
        self.table = np.array(
            [[terms.travel(one, other) // step for other in self.number] for one in self.number], np.int64
        )
        """[p, p] in cells."""
        self.reach = int(self.table.max())
        """The farthest travel."""
