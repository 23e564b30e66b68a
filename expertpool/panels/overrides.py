"""Rules of one panel that override its preset's, and how they are read.

| name | value |
|---|---|
| odd | true or false |
| size_min | whole number from 1 |
| max_per_organisation | whole number from 1, or null: no such rule |
| max_per_region | whole number from 1, or null: no such rule |
| min_regions | whole number from 0 |
| max_share_of_one_interest_party | over 0 up to 1, or "1/3", or null: no such rule |
| min_shares | interest parties joined by `+` -> a share, or null: no such rule |
| max_load | reviews a person and year, or null: no such rule |
| chair | true or false: one member may take the chair |
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from expertpool.errors import N_, Invalid, Sentence
from expertpool.people.models import InterestParty


class _Wrong(ValueError):
    """The value does not fit; the argument is the remedy."""


def checked(rules: Mapping[str, Any]) -> dict[str, Any]:
    """Return the rules in the form they are stored in; raises Invalid for the first fault."""
    found = faults(rules)
    if found:
        raise Invalid(found[0].message, field="rules", **found[0].params)
    return {name: CHECKS[name](value) for name, value in sorted(rules.items())}


def faults(rules: Mapping[str, Any]) -> list[Sentence]:
    """Return a sentence for each rule that is unknown or has a value that does not fit."""
    found = []
    for name, value in rules.items():
        check = CHECKS.get(name)
        if check is None:
            known = ", ".join(CHECKS)
            found.append(
                Sentence(N_("There is no rule “%(rule)s”. Known: %(known)s."), {"rule": name, "known": known})
            )
            continue
        try:
            check(value)
        except _Wrong as error:
            params = {"rule": name, "value": value, "remedy": Sentence(str(error))}
            found.append(Sentence(N_("Rule “%(rule)s” can't be “%(value)s”. %(remedy)s"), params))
    return found


def share(value: Any) -> Fraction:
    """Return a share of the seats, over 0 up to 1, as an exact fraction: 0.33 is 33/100, "1/3" a third."""
    try:
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            raise ValueError
        found = Fraction(value) if isinstance(value, str) else Fraction(str(value))
    except (ValueError, ZeroDivisionError) as error:
        raise _Wrong(_SHARE) from error
    if not 0 < found <= 1 or found.denominator > 10_000:
        raise _Wrong(_SHARE)
    return found


_SHARE = N_("Give a share over 0 up to 1, such as 0.5 or 1/3.")


def _yes_or_no(value: Any) -> bool:
    if not isinstance(value, bool):
        raise _Wrong(N_("Give true or false."))
    return value


def _whole(least: int, optional: bool = False) -> Callable[[Any], int | None]:
    def check(value: Any) -> int | None:
        if value is None and optional:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= 1000:
            raise _Wrong(
                N_("Give a whole number from 1 to 1000.")
                if least
                else N_("Give a whole number from 0 to 1000.")
            )
        return value

    return check


def _share_text(value: Any) -> str | None:
    return None if value is None else str(share(value))


def _shares(value: Any) -> dict[str, str | None]:
    parties = {each.value for each in InterestParty}
    if not isinstance(value, dict) or not all(set(name.split("+")) <= parties for name in value):
        raise _Wrong(N_('Give interest parties with their least shares, such as {"user": "1/4"}.'))
    return {"+".join(sorted(name.split("+"))): _share_text(each) for name, each in value.items()}


CHECKS: dict[str, Callable[[Any], Any]] = {
    "odd": _yes_or_no,
    "size_min": _whole(1),
    "max_per_organisation": _whole(1, optional=True),
    "max_per_region": _whole(1, optional=True),
    "min_regions": _whole(0),
    "max_share_of_one_interest_party": _share_text,
    "min_shares": _shares,
    "max_load": _whole(1, optional=True),
    "chair": _yes_or_no,
}
"""Each rule's check, which returns the value as stored."""
