"""Which files can be exported in part."""

from __future__ import annotations

from expertpool.errors import N_, Invalid
from expertpool.exchange.columns import Kind


def refuse(kind: Kind, where: dict[str, str]) -> None:
    """Raise `Invalid` when conditions are given for a file that is only exported whole."""
    if where:
        raise Invalid(N_("%(kind)s are exported whole; conditions are for experts."), kind=kind.value)
