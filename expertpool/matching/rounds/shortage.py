"""Why a round can't be filled: which items and reviewers fall short, and why, in sentences."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from expertpool.errors import N_, Sentence
from expertpool.matching.rounds.best import Unfilled
from expertpool.matching.rounds.crowds import broken_by_locks
from expertpool.matching.rounds.flow import Network, cheapest
from expertpool.matching.rounds.problem import Flags, Ints, Round


@dataclass(frozen=True, slots=True)
class Short:
    """One item or reviewer that falls short, or ("") the round as a whole, and why."""

    subject: str
    reason: Sentence


def impossible_locks(round_: Round) -> list[Short]:
    """Return what the locks alone break."""
    found = []
    held = np.bincount(round_.locked.item, minlength=len(round_.items))
    for index in np.flatnonzero(round_.open_items < 0):
        params = {"locked": int(held[index]), "seats": int(round_.per_item[index])}
        text = N_("%(locked)s reviewers are locked to it, but it has %(seats)s seats.")
        found.append(Short(round_.items[index], Sentence(text, params)))
    for index in np.flatnonzero(round_.open_most < 0):
        params = {"locked": int(round_.locked_loads[index]), "most": int(round_.most[index])}
        text = N_("%(locked)s items are locked to this reviewer, who may take %(most)s.")
        found.append(Short(round_.reviewers[index], Sentence(text, params)))
    for item, crowd in broken_by_locks(round_):
        text = N_("the locked reviewers break the rule that at most %(most)s of %(crowd)s sit together.")
        found.append(Short(round_.items[item], Sentence(text, {"most": crowd.most, "crowd": crowd.label})))
    both = round_.bans[np.isin(round_.bans, round_.keys(round_.locked))]
    for key in both:
        item, reviewer = divmod(int(key), len(round_.reviewers))
        text = N_("%(reviewer)s is both locked and forbidden.")
        found.append(Short(round_.items[item], Sentence(text, {"reviewer": round_.reviewers[reviewer]})))
    return found


def explain(round_: Round, unfilled: Unfilled) -> list[Short]:
    """Return, for a round that no flow fills, each item or reviewer that falls short."""
    seats, places = int(round_.open_items.sum()), int(round_.open_most.sum())
    found = []
    if seats > places:
        text = N_(
            "%(seats)s seats are to be filled, but the reviewers may take only %(places)s items in all."
        )
        found.append(Short("", Sentence(text, {"seats": seats, "places": places})))
    if seats < round_.open_least.sum():
        text = N_("the reviewers must take %(least)s items in all, but there are only %(seats)s seats.")
        found.append(Short("", Sentence(text, {"least": int(round_.open_least.sum()), "seats": seats})))
    found += _items(round_, unfilled.missing)
    return found + _reviewers(round_, unfilled.idle)


def crowded(round_: Round, missing: Ints, idle: Ints) -> list[Short]:
    """Return the items and reviewers that fall short because of who may not sit together."""
    seats = N_("%(missing)s of %(seats)s seats stay empty because of who may not sit together.")
    loads = N_("%(missing)s of at least %(least)s items are lacking because of who may not sit together.")
    found = []
    for index in np.flatnonzero(missing):
        params = {"missing": int(missing[index]), "seats": int(round_.per_item[index])}
        found.append(Short(round_.items[index], Sentence(seats, params)))
    for index in np.flatnonzero(idle):
        params = {"missing": int(idle[index]), "least": int(round_.least[index])}
        found.append(Short(round_.reviewers[index], Sentence(loads, params)))
    return found


def _items(round_: Round, missing: Ints) -> list[Short]:
    found = []
    for index in np.flatnonzero(missing):
        allowed = int(_allowed(round_, int(index)).sum())
        seats = int(round_.per_item[index])
        params = {"missing": int(missing[index]), "seats": seats, "allowed": allowed}
        text = N_("%(missing)s of %(seats)s seats stay empty; %(allowed)s reviewers may review it.")
        if allowed >= round_.open_items[index]:
            items, reviewers, places = _rivals(round_, int(index))
            params |= {"items": items - 1, "reviewers": reviewers, "places": places}
            text = N_(
                "%(missing)s of %(seats)s seats stay empty: with %(items)s other items it depends on the "
                "same %(reviewers)s reviewers, who may take %(places)s items in all."
            )
        found.append(Short(round_.items[index], Sentence(text, params)))
    return found


def _reviewers(round_: Round, idle: Ints) -> list[Short]:
    found = []
    for index in np.flatnonzero(idle):
        least = int(round_.least[index])
        params = {"least": least, "got": least - int(idle[index]), "items": _possible(round_, int(index))}
        text = N_("gets %(got)s items instead of %(least)s at least; %(items)s items may go there.")
        found.append(Short(round_.reviewers[index], Sentence(text, params)))
    return found


def _allowed(round_: Round, item: int) -> Flags:
    """Return which reviewers may still be given to an item, beside its locks."""
    m = len(round_.reviewers)
    if round_.scored_only:
        first, last = np.searchsorted(round_.scored.item, [item, item + 1])
        allowed = np.zeros(m, np.bool_)
        allowed[round_.scored.reviewer[first:last]] = True
    else:
        allowed = np.ones(m, np.bool_)
        first, last = np.searchsorted(round_.bans, [item * m, (item + 1) * m])
        allowed[round_.bans[first:last] % m] = False
        allowed[round_.locked.reviewer[round_.locked.item == item]] = False
    return allowed & (round_.open_most > 0)


def _possible(round_: Round, reviewer: int) -> int:
    """Return how many items may go to a reviewer, locks included."""
    locked = int(round_.locked_loads[reviewer])
    if round_.scored_only:
        return locked + int((round_.scored.reviewer == reviewer).sum())
    banned = int((round_.bans % len(round_.reviewers) == reviewer).sum())
    return len(round_.items) - banned


def _rivals(round_: Round, item: int) -> tuple[int, int, int]:
    """Return the items that compete, directly or not, for an item's reviewers; those reviewers; their places.

    Beginning with the item, whoever may review one of the items belongs to them, and so does every item that
    such a reviewer has in a fullest assignment; all those reviewers are at their highest load (Hall's
    condition).
    """
    n, m = round_.size
    pairs = round_.listed() if round_.can_list else round_.scored
    ones = np.ones(len(pairs), np.int64)
    nobody = np.zeros(m, np.int64)
    flow = cheapest(Network(pairs, ones, round_.open_items, nobody, round_.open_most), 4 * (n + 1))
    taken = pairs.where(flow.sent > 0)
    items, reviewers, fresh = {item}, np.zeros(m, np.bool_), [item]
    while fresh:
        reached = _allowed(round_, fresh.pop()) & ~reviewers
        reviewers |= reached
        more = set(taken.item[reached[taken.reviewer]].tolist()) - items
        items |= more
        fresh += sorted(more)
    return len(items), int(reviewers.sum()), int(round_.open_most[reviewers].sum())
