"""Reads of draws, and what their verbs share: the lock of one draw, and who may act."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.draws import announcing
from expertpool.draws.announcing import Announcement, Commitment, Kind, Source, parse_stamp
from expertpool.errors import N_, Forbidden, Invalid, NotFound
from expertpool.events import Actor
from expertpool.panels.draw_models import Draw, DrawState, Party
from expertpool.panels.models import Panel


def of_panel(session: Session, panel: Panel) -> list[Draw]:
    """Return all draws of a panel, the first one first."""
    return list(session.scalars(sa.select(Draw).where(Draw.panel_id == panel.id).order_by(Draw.number)))


def of_number(session: Session, panel: Panel, number: int) -> Draw:
    """Return a draw of the panel by its number, else NotFound."""
    found = session.scalar(sa.select(Draw).where(Draw.panel_id == panel.id, Draw.number == number))
    if found is None:
        raise NotFound(N_("There is no such draw of this panel."))
    return found


def announcement_of(draw: Draw) -> Announcement:
    """Return what was fixed; raises Invalid when the stored text is not what the hash is of."""
    return announcing.read(commitment_of(draw))


def asked_sources(draw: Draw) -> tuple[Source, ...]:
    """Return the sources whose reports people enter: all but the secrets."""
    return tuple(each for each in announcement_of(draw).sources if not each.party)


def due(draw: Draw) -> datetime:
    """Return the moment of the last source."""
    return max(parse_stamp(each.at) for each in announcement_of(draw).sources if each.at)


def was_foreseeable(draw: Draw) -> bool:
    """Tell whether a draw became void only when its result could be worked out, without having been made."""
    if draw.voided_at is None or draw.record is not None:
        return False
    is_fixed = draw.open_by is None or len(draw.secrets) == len(Party)
    return is_fixed and draw.voided_at >= due(draw)


def next_kind(before: Sequence[Draw]) -> Kind:
    """Return what a further draw of the panel would be."""
    recorded = [each for each in before if each.drawn_at]
    if not recorded:
        return Kind.FIRST
    return Kind.SUPPLEMENT if recorded[-1].state is DrawState.DRAWN else Kind.REDRAW


def commitment_of(draw: Draw) -> Commitment:
    """Return what was fixed, as it is stored."""
    return Commitment(draw.commitment, draw.announcement, announcing.stamp(draw.committed_at))


def locked(session: Session, draw: Draw) -> Draw:
    return session.scalars(
        sa.select(Draw).where(Draw.id == draw.id).with_for_update().execution_options(populate_existing=True)
    ).one()


def waiting(session: Session, draw: Draw) -> Draw:
    held = locked(session, draw)
    if held.state is DrawState.VOID:
        raise Invalid(N_("This draw is void."))
    if held.state is DrawState.DRAWN:
        raise Invalid(N_("This draw was made already; a draw is made once."))
    return held


def _after_sources(draw: Draw, now: datetime) -> None:
    if now < due(draw):
        raise Invalid(N_("The sources have not reported yet: it is too early."))


def person(actor: Actor) -> int:
    if actor.user_id is None:
        raise Forbidden(N_("A draw is held by people who signed in, not by the system."))
    return actor.user_id
