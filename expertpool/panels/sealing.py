"""Seal who sits until a time (tenders, BID-4), and open a roster early: two people, two roles, a reason."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from expertpool.accounts.models import User
from expertpool.audit.service import record
from expertpool.errors import N_, Forbidden, Invalid, NotFound
from expertpool.events import Actor
from expertpool.panels import presets_service, sharing
from expertpool.panels.draw_models import Draw, DrawState
from expertpool.panels.holding import hold
from expertpool.panels.models import Panel, PanelState
from expertpool.panels.sealed import Sealed, is_hidden_from, is_sealed
from expertpool.panels.sealing_events import OpeningAsked, OpeningRefused, RosterOpened, RosterSealed
from expertpool.panels.sealing_models import Keeper, Opening

LONGEST = timedelta(days=731)
KEEP, SUPERVISE = "panels.confirm", "draws.witness"
"""What keepers must be allowed on the panel, and who agrees to an opening."""


def seal(
    session: Session, panel: Panel, until: datetime, second: User, *, actor: Actor, now: datetime
) -> None:
    """Hide who sits from everybody but the actor and `second` until a time; a keeper may only prolong it.

    Raises Invalid at the field, and when somebody could know the roster already: it is confirmed or drawn.
    """
    hold(session, panel.id)
    first = _person(actor)
    if is_hidden_from(session, panel, first, now):
        raise Sealed()
    before = panel.sealed_until if is_sealed(panel, now) else None
    if before is None:
        _only_unknown(session, panel)
    _check_time(until, before, now)
    if second.id == first or second.id not in {each.id for each in who_may_keep(session, panel)}:
        raise Invalid(N_("Name somebody else who may confirm this panel."), field="second")
    panel.sealed_until = until
    session.execute(sa.delete(Keeper).where(Keeper.panel_id == panel.id))
    session.add_all(Keeper(panel_id=panel.id, user_id=each) for each in (first, second.id))
    session.flush()
    event = RosterSealed(panel.id, until=until, until_before=before, keeper_ids=sorted((first, second.id)))
    record(session, event, actor=actor, now=now)


def require_seal(panel: Panel) -> None:
    """Raise Invalid when the panel's rules want the roster sealed and it never was."""
    if panel.sealed_until is None and presets_service.rules(panel.preset).secrecy.sealed:
        raise Invalid(N_("The rules of this panel keep the roster secret until the result: seal it first."))


def ask_opening(session: Session, panel: Panel, reason: str, *, actor: Actor, now: datetime) -> Opening:
    """Ask, as an organiser, to open the roster now; nothing opens before a supervisor agrees."""
    hold(session, panel.id)
    reason = " ".join(reason.split())
    if not 5 <= len(reason) <= 300:
        raise Invalid(N_("Give a reason of 5 to 300 characters: it is announced."), field="reason")
    if panel.sealed_until is None or not is_sealed(panel, now):
        raise Invalid(N_("The roster is not sealed."))
    if waiting(session, panel) is not None:
        raise Invalid(N_("Somebody asked for this already. A supervisor decides."))
    made = Opening(
        panel_id=panel.id,
        reason=reason,
        sealed_until=panel.sealed_until,
        asked_by_id=_person(actor),
        asked_at=now,
    )
    session.add(made)
    session.flush()
    record(session, OpeningAsked(panel.id, opening_id=made.id, reason=reason), actor=actor, now=now)
    return made


def settle_opening(session: Session, panel: Panel, *, agreed: bool, actor: Actor, now: datetime) -> None:
    """Agree, as a supervisor, to open the roster, or refuse; raises Forbidden for who asked."""
    hold(session, panel.id)
    opening = waiting(session, panel)
    if opening is None or not is_sealed(panel, now):
        raise NotFound(N_("Nobody asks to open this roster."))
    if _person(actor) == opening.asked_by_id:
        raise Forbidden(N_("Who asks to open a roster can't agree to it: that takes two people."))
    opening.agreed, opening.settled_by_id, opening.settled_at = agreed, actor.user_id, now
    if agreed:
        panel.sealed_until = now
    session.flush()
    event = RosterOpened if agreed else OpeningRefused
    record(session, event(panel.id, opening_id=opening.id, reason=opening.reason), actor=actor, now=now)


def waiting(session: Session, panel: Panel) -> Opening | None:
    """Return the wish to open the roster that nobody decided yet."""
    query = sa.select(Opening).where(Opening.panel_id == panel.id, Opening.settled_at.is_(None))
    return session.scalar(query)


def openings(session: Session, panel: Panel) -> Sequence[Opening]:
    """Return every wish to open the roster before its time, oldest first."""
    query = sa.select(Opening).where(Opening.panel_id == panel.id).order_by(Opening.id)
    people = (joinedload(Opening.asked_by), joinedload(Opening.settled_by))
    return session.scalars(query.options(*people)).all()


def keepers(session: Session, panel: Panel) -> Sequence[User]:
    """Return who sees the roster while it is sealed."""
    query = sa.select(User).join(Keeper, Keeper.user_id == User.id).where(Keeper.panel_id == panel.id)
    return session.scalars(query.order_by(User.id)).all()


def who_may_keep(session: Session, panel: Panel) -> Sequence[User]:
    """Return who may be named a keeper: everybody who may confirm the panel."""
    return sharing.users_who_may(session, panel, KEEP)


def _only_unknown(session: Session, panel: Panel) -> None:
    if panel.state is not PanelState.DRAFT:
        raise Invalid(N_("A roster is sealed before it is confirmed."))
    held = sa.exists().where(Draw.panel_id == panel.id, Draw.state != DrawState.VOID)
    if session.scalar(sa.select(held)):
        raise Invalid(N_("A draw was fixed in the open. Void it, seal the roster, then draw again."))


def _check_time(until: datetime, before: datetime | None, now: datetime) -> None:
    if not now < until <= now + LONGEST:
        raise Invalid(
            N_("Give a moment within the next %(days)s days."), field="until", days=LONGEST.days - 1
        )
    if before is not None and until < before:
        raise Invalid(
            N_("A seal can be prolonged. Opening earlier takes a supervisor as well."), field="until"
        )


def _person(actor: Actor) -> int:
    if actor.user_id is None:
        raise Forbidden(N_("People who signed in decide this, not the system."))
    return actor.user_id
