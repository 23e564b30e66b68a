"""Say what booked a time. Rooms above tell how their sources are called: see `wiring`.

Whoever sits on a panel may be secret, so a namer of people's bookings hears whether the person asks
themselves, and leaves out what the asker may not know; that is told by its kind only.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Protocol

from sqlalchemy.orm import Session

from expertpool.availability.models import Commitment, RoomCommitment
from expertpool.errors import N_, Sentence

Booking = Commitment | RoomCommitment

KINDS = {"seat": N_("another appointment"), "panel": N_("a panel"), "lesson": N_("a lesson")}
"""What a booking is called whose name may not be told."""


class Namer(Protocol):
    """Returns source id -> name, for those of the sources that may be named."""

    def __call__(
        self, session: Session, source_ids: Sequence[int], /, *, to_themselves: bool
    ) -> dict[int, str]:
        """Return the names; `to_themselves` when the booked person asks."""


_namers: dict[str, Namer] = {}


def register(source_kind: str, namer: Namer) -> None:
    """Have `namer` name the sources of a kind; safe to call twice."""
    _namers[source_kind] = namer


def names_of(
    session: Session, bookings: Iterable[Booking], *, to_themselves: bool = False
) -> list[str | Sentence]:
    """Return what each booking is for, in order: one read a kind."""
    booked = list(bookings)
    ids: dict[str, list[int]] = defaultdict(list)
    for each in booked:
        ids[each.source_kind].append(each.source_id)
    known = {
        (kind, source_id): name
        for kind, sources in ids.items()
        if kind in _namers
        for source_id, name in _namers[kind](session, sources, to_themselves=to_themselves).items()
    }
    return [
        known.get((each.source_kind, each.source_id)) or Sentence(KINDS[each.source_kind]) for each in booked
    ]
