"""Who may be picked, for which seats, and under which caps."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from expertpool.errors import N_, Invalid

LINE_BREAK = re.compile(r"[\r\n]")


@dataclass(frozen=True, slots=True)
class Candidate:
    """One line of the published pool; `groups` are such as {"employer": ("Q1",), "skill": ("25", "35")}."""

    name: str
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Stratum:
    """Seats for those in all groups of `where`, such as {"skill": "25.040"}; an empty one takes everybody."""

    label: str
    where: Mapping[str, str]
    seats: int
    alternates: int = 0

    def takes(self, candidate: Candidate) -> bool:
        """Tell whether the candidate may take these seats."""
        return all(value in candidate.groups.get(group, ()) for group, value in self.where.items())


@dataclass(frozen=True, slots=True)
class Cap:
    """At most so many of those picked, alternates included, share one value of a group such as "employer"."""

    group: str
    at_most: int


@dataclass(frozen=True, slots=True)
class Recusal:
    """Who is passed over when drawn, and why. The person keeps the number in the pool."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What to draw. Strata are drawn in this order: put the one that fewest can fill first."""

    strata: tuple[Stratum, ...]
    caps: tuple[Cap, ...] = ()
    recusals: tuple[Recusal, ...] = ()


def simple(seats: int, alternates: int = 0) -> Plan:
    """Return the plan of RFC 3797 itself: seats that anybody may take."""
    return Plan((Stratum("", {}, seats, alternates),))


def check(pool: tuple[Candidate, ...], plan: Plan, late: tuple[Recusal, ...] = ()) -> None:
    """Raise Invalid unless the plan can be drawn from the pool."""
    names = [candidate.name for candidate in pool]
    _check_names(names)
    _check_amounts(plan)
    known = set(names)
    recused = Counter(recusal.name for recusal in plan.recusals + late)
    for name, times in recused.items():
        if name not in known or times > 1:
            raise Invalid(N_("“%(name)s” is recused, but not exactly once in the pool."), name=name)
    if any(not recusal.reason.strip() for recusal in plan.recusals + late):
        raise Invalid(N_("Every recusal needs a reason."))
    _check_seats(pool, plan)


def _check_names(names: list[str]) -> None:
    if not all(name and name == name.strip() and not LINE_BREAK.search(name) for name in names):
        raise Invalid(N_("Every name in the pool needs a text of one line, without spaces around it."))
    if len(set(names)) < len(names):
        twice = next(name for index, name in enumerate(names) if name in names[:index])
        raise Invalid(N_("“%(name)s” is in the pool twice."), name=twice)


def _check_amounts(plan: Plan) -> None:
    labels = [stratum.label for stratum in plan.strata]
    if len(set(labels)) < len(labels):
        raise Invalid(N_("Two strata have the same label."))
    if any(min(stratum.seats, stratum.alternates) < 0 for stratum in plan.strata):
        raise Invalid(N_("Seats and alternates can't be fewer than none."))
    if not sum(stratum.seats for stratum in plan.strata):
        raise Invalid(N_("There is no seat to draw."))
    if any(cap.at_most < 1 for cap in plan.caps) or len({cap.group for cap in plan.caps}) < len(plan.caps):
        raise Invalid(N_("Give each group one cap, of 1 or more."))


def _check_seats(pool: tuple[Candidate, ...], plan: Plan) -> None:
    recused = {recusal.name for recusal in plan.recusals}
    for stratum in plan.strata:
        able = sum(stratum.takes(candidate) for candidate in pool if candidate.name not in recused)
        if able < stratum.seats:
            raise Invalid(
                N_("Stratum “%(label)s” has %(seats)s seats, but only %(able)s may take them."),
                label=stratum.label,
                seats=stratum.seats,
                able=able,
            )
