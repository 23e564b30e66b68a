"""How much each rule counts in the timetables that an office begins."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from expertpool.audit.service import record
from expertpool.errors import N_, Stale
from expertpool.events import Actor
from expertpool.organisations.models import Organisation
from expertpool.planning.events import OfficeWeightsChanged
from expertpool.planning.models import OfficeWeights


def of_office(session: Session, owner_id: int) -> dict[str, int]:
    """Return the weights with which timetables of an office begin, those that differ from the engine's."""
    kept = session.scalar(sa.select(OfficeWeights.weights).where(OfficeWeights.owner_id == owner_id))
    return dict(kept or {})


def set_of_office(
    session: Session, owner: Organisation, weights: Mapping[str, int], *, actor: Actor, now: datetime
) -> bool:
    """Say how much each rule counts in timetables that an office begins from now on."""
    query = sa.select(OfficeWeights).where(OfficeWeights.owner_id == owner.id).with_for_update()
    kept = session.scalar(query)
    changes = changes_of(kept.weights if kept else {}, weights)
    if not changes:
        return False
    if kept is None:
        try:
            with session.begin_nested():
                session.add(OfficeWeights(owner_id=owner.id, weights=dict(weights)))
        except IntegrityError as error:
            raise Stale(N_("Somebody else has changed these weights since you opened them.")) from error
    else:
        kept.weights = dict(weights)
    session.flush()
    record(session, OfficeWeightsChanged(owner.id, changes=changes), actor=actor, now=now)
    session.flush()
    return True


def changes_of(before: Mapping[str, Any], after: Mapping[str, int]) -> dict[str, list[Any]]:
    """Return rule -> [before, after] of what differs; None for the engine's weight."""
    return {
        name: [before.get(name), after.get(name)]
        for name in sorted({*before, *after})
        if before.get(name) != after.get(name)
    }
