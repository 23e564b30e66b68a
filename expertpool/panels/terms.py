"""The rules a panel must hold: its preset's, with the panel's own in their place."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from expertpool.matching.problem import MinShare, Rules
from expertpool.panels.preset import Preset
from expertpool.panels.preset_parts import Quota, QuotaBy


def rules_of(
    preset: Preset, overrides: Mapping[str, Any], seats: int, *, parties_known: bool = True
) -> Rules:
    """Return what the engine must hold for a panel of `seats` (`overrides`: see `panels.overrides`).

    Where the office knows nobody's interest party, the preset's least shares can't be asked: `unasked`.
    """
    values = {**_of_preset(preset, seats), **overrides}
    return Rules(
        odd=values["odd"],
        size_min=values["size_min"],
        max_per_organisation=values["max_per_organisation"],
        max_per_region=values["max_per_region"],
        min_regions=values["min_regions"],
        max_share_of_one_party=_fraction(values["max_share_of_one_interest_party"]),
        min_shares=_min_shares(preset if parties_known else None, overrides.get("min_shares", {}), seats),
        max_load=values["max_load"],
        chair=values["chair"],
    )


def unasked(preset: Preset, overrides: Mapping[str, Any], seats: int) -> tuple[str, ...]:
    """Return the parties whose least share only the preset asks for."""
    own = overrides.get("min_shares", {})
    return tuple(each.name for each in _min_shares(preset, {}, seats) if each.name not in own)


def drafter_share(preset: Preset) -> Fraction | None:
    """Return the largest share of members from the drafters' own employers, if the preset caps it (STD-3)."""
    shares = [quota.at_most_share for quota in preset.quotas if quota.by is QuotaBy.DRAFTER_EMPLOYER]
    return min((share for share in shares if share is not None), default=None)


def is_held(quota: Quota) -> bool:
    """Tell whether proposals hold the quota; the others are for people to watch."""
    at_most = quota.at_most is not None or quota.at_most_share is not None
    at_least = quota.at_least is not None or quota.at_least_share is not None
    if quota.by is QuotaBy.DRAFTER_EMPLOYER:
        return quota.at_most_share is not None and quota.at_most is None and not at_least
    if quota.by is QuotaBy.INTEREST_PARTY and quota.values:
        return at_least and not at_most
    return not quota.values and not at_least


def _of_preset(preset: Preset, seats: int) -> dict[str, Any]:
    return {
        "odd": preset.size.odd,
        "size_min": preset.size.minimum,
        "max_per_organisation": _cap(preset, QuotaBy.EMPLOYER, seats),
        "max_per_region": _cap(preset, QuotaBy.REGION, seats),
        "min_regions": 0,
        "max_share_of_one_interest_party": _party_cap(preset, seats),
        "max_load": preset.reviews_per_year.at_most if preset.reviews_per_year else None,
        "chair": True,
    }


def _cap(preset: Preset, by: QuotaBy, seats: int) -> int | None:
    """Return how many of one employer or region may sit; a share of the seats is rounded down."""
    caps = []
    for quota in _of_each(preset, by):
        caps += [quota.at_most] if quota.at_most is not None else []
        caps += [int(quota.at_most_share * seats)] if quota.at_most_share is not None else []
    return min(caps, default=None)


def _party_cap(preset: Preset, seats: int) -> Fraction | None:
    caps = []
    for quota in _of_each(preset, QuotaBy.INTEREST_PARTY):
        caps += [quota.at_most_share] if quota.at_most_share is not None else []
        caps += [Fraction(quota.at_most, seats)] if quota.at_most is not None else []
    return min(caps, default=None)


def _min_shares(preset: Preset | None, eased: Mapping[str, str | None], seats: int) -> tuple[MinShare, ...]:
    shares: dict[str, Fraction | None] = {}
    for quota in preset.quotas if preset else ():
        if quota.by is QuotaBy.INTEREST_PARTY and quota.values:
            name = "+".join(sorted(quota.values))
            if quota.at_least_share is not None:
                shares[name] = quota.at_least_share
            elif quota.at_least is not None:
                shares[name] = Fraction(quota.at_least, seats)
    shares |= {name: _fraction(share) for name, share in eased.items()}
    return tuple(
        MinShare(frozenset(name.split("+")), share) for name, share in sorted(shares.items()) if share
    )


def _of_each(preset: Preset, by: QuotaBy) -> list[Quota]:
    """Return the quotas that hold for each employer, party or region alike."""
    return [quota for quota in preset.quotas if quota.by is by and not quota.values]


def _fraction(share: Any) -> Fraction | None:
    return None if share is None else Fraction(share)
