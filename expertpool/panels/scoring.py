"""How well a person suits a panel: four parts in [0, 1], weighted by `matching.problem.WEIGHTS`.

- skill, 0.5: 0.75 x the strongest wanted skill + 0.25 x the mean strength of all wanted, weighted by the
  seats that want them;
- experience, 0.2: n / (n + 2), n counting the panels that the person sat on and the items that the person
  led or contributed to, in these skills;
- rotation, 0.2: 1 - r / cap, not below 0, r being the reviews of the last 12 months and cap the preset's
  yearly cap, else 10;
- balance, 0.1: the mean of 1 - (share of the pool that is of the same region) and the same for the
  interest party.

Strength of a skill: 1 for the skill itself, one below it, or one that means the same; 0.5 for one above it.
Specialists come first (0.75 for the best skill), and among them those who cover more of what is asked.
Balance brings in regions and parties that the pool has few of; unknown counts 0. Who would have to leave the
room for every item may sit, but each part counts half. Nothing else about a person scores: not age, not
gender, not rank.
"""

from __future__ import annotations

from collections.abc import Mapping

ABOVE = 0.5
"""Strength of somebody who holds only the wider skill."""
USUAL_CAP = 10
"""Reviews a year that count as a full load when the preset has no cap (ST-2)."""


def skill(strengths: Mapping[int, float], wanted: Mapping[int, int]) -> float:
    """Score of the strengths a person has in the wanted skills (skill -> seats); 0 when none is wanted."""
    if not wanted or not strengths:
        return 0.0
    spread = sum(seats * strengths.get(name, 0.0) for name, seats in wanted.items()) / sum(wanted.values())
    return round(0.75 * max(strengths.values()) + 0.25 * spread, 4)


def experience(count: int) -> float:
    """Score of `count` earlier panels and items in the wanted skills."""
    return round(count / (count + 2), 4)


def rotation(recent: int, cap: int | None) -> float:
    """Score of `recent` reviews in the last 12 months: the fewer, the better."""
    return round(max(0.0, 1 - recent / (cap or USUAL_CAP)), 4)


def balance(region_share: float | None, party_share: float | None) -> float:
    """Score of the shares of the pool that have the person's region and party; None: unknown."""
    parts = [0.0 if share is None else 1 - share for share in (region_share, party_share)]
    return round(sum(parts) / 2, 4)


def halved(parts: Mapping[str, float]) -> dict[str, float]:
    """Return the parts of somebody who would have to leave the room for every item."""
    return {name: round(value / 2, 4) for name, value in parts.items()}
