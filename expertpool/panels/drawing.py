"""Fill a panel by lot, after the sources and in a supervisor's presence; void a draw, let alternates step in.

A draw is fixed by `draw_fixing.commit` and follows from it alone. `draw` takes what the sources reported,
passes over who fell under a conflict since (visibly, as late recusals), and proposes who was drawn;
confirming the proposal checks everything again, as for any other. Who falls out is followed by the alternates
of the same stratum (`step_in`), and open seats by a supplement, a draw of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from expertpool.audit.service import record
from expertpool.draws import canonical
from expertpool.draws.record import WITHHELD, Record, Report, reveal
from expertpool.errors import N_, Forbidden, Invalid
from expertpool.events import Actor
from expertpool.panels import draw_kept, draw_plan, drawn
from expertpool.panels.draw_events import (
    DrawMade,
    DrawNamesPublished,
    DrawSecretWithheld,
    DrawVoided,
    DrawWitnessed,
)
from expertpool.panels.draw_models import Draw, DrawState, Party
from expertpool.panels.draw_plan import OWN_SECRET, PARTIES
from expertpool.panels.draw_queries import (
    announcement_of,
    commitment_of,
    due,
    locked,
    of_panel,
    person,
    waiting,
)
from expertpool.panels.models import Panel
from expertpool.panels.request import only_draft
from expertpool.panels.sealed import is_sealed


def witness(session: Session, draw: Draw, *, actor: Actor, now: datetime) -> None:
    """Confirm, as a supervisor with a sign-in of one's own, to be present at a draw whose time has come."""
    held = waiting(session, draw)
    _after_sources(held, now)
    organiser = held.secret_of(Party.ORGANISER)
    if person(actor) in {held.committed_by_id, organiser and organiser.user_id}:
        raise Forbidden(N_("Who fixed a draw can't supervise it."))
    if held.witnessed_by_id is not None:
        raise Invalid(N_("Somebody confirmed to be present already."))
    held.witnessed_by_id, held.witnessed_at = actor.user_id, now
    session.flush()
    record(session, DrawWitnessed(held.panel_id, draw_number=held.number), actor=actor, now=now)


def draw(session: Session, draw: Draw, reports: Sequence[Report], *, actor: Actor, now: datetime) -> Record:
    """Draw as fixed from what the sources of `asked_sources` reported, in order, and propose who stands.

    Two who press at once make one record: the second is told. Raises Invalid for wrong reports, before the
    sources' time, without a supervisor, and when the draw is void.
    """
    held = waiting(session, draw)
    only_draft(held.panel)
    _after_sources(held, now)
    if held.witnessed_by_id is None:
        raise Invalid(N_("A supervisor must confirm first to be present."))
    announcement = announcement_of(held)
    composed = draw_plan.composed_of(session, held.panel, frozenset(), now=now)
    late = draw_plan.late(composed, announcement.pool, announcement.plan)
    made = reveal(commitment_of(held), _all_reports(held, reports), late)
    held.record, held.state = canonical.text(made.data), DrawState.DRAWN
    held.drawn_by_id, held.drawn_at = person(actor), now
    session.flush()
    _tell_withheld(session, held, actor=actor, now=now)
    event = DrawMade(
        held.panel_id,
        draw_number=held.number,
        commitment=held.commitment,
        record_hash=made.sha256,
        member_ids=drawn.ids(session, made.picked),
        alternate_ids=drawn.ids(session, made.alternates),
    )
    record(session, event, actor=actor, now=now)
    if not made.data["short"]:
        drawn.propose(
            session, held, drawn.chain_of(of_panel(session, held.panel)), composed, actor=actor, now=now
        )
    return made


def step_in(session: Session, panel: Panel, *, actor: Actor, now: datetime) -> bool:
    """Propose who stands now, alternates in the places of those who fell out; False when seats stay open."""
    only_draft(panel)
    draws = of_panel(session, panel)
    valid = [each for each in draws if each.state is DrawState.DRAWN]
    if not valid:
        raise Invalid(N_("Nothing was drawn yet."))
    composed = draw_plan.composed_of(session, panel, frozenset(), now=now)
    return drawn.propose(session, valid[-1], drawn.chain_of(draws), composed, actor=actor, now=now)


def publish_names(session: Session, draw: Draw, *, actor: Actor, now: datetime) -> None:
    """Have the public page name who was drawn; raises Invalid before that, and while the roster is sealed."""
    held = locked(session, draw)
    if held.state is not DrawState.DRAWN:
        raise Invalid(N_("Only the names of a draw that was made, and is not void, can be published."))
    if is_sealed(held.panel, now):
        raise Invalid(N_("The roster is sealed: names can be published once it is open."))
    if held.names_published_at is not None:
        raise Invalid(N_("The names are published already."))
    person(actor)
    held.names_published_at = now
    session.flush()
    record(session, DrawNamesPublished(held.panel_id, draw_number=held.number), actor=actor, now=now)


def void(session: Session, draw: Draw, reason: str, *, actor: Actor, now: datetime) -> None:
    """Take the effect from a draw, with a reason that stays visible; its record stays as it is."""
    reason = reason.strip()
    if not 3 <= len(reason) <= 300:
        raise Invalid(N_("Give a reason of 3 to 300 characters: it is kept on file."), field="reason")
    held = locked(session, draw)
    only_draft(held.panel)
    if held.state is DrawState.VOID:
        raise Invalid(N_("This draw is void already."))
    end(session, held, reason, actor=actor, now=now)


def end(session: Session, draw: Draw, reason: str, *, actor: Actor, now: datetime) -> None:
    """Write that a draw is void."""
    if draw.state is DrawState.COMMITTED:
        _tell_withheld(session, draw, actor=actor, now=now)
    draw.state, draw.void_reason, draw.voided_at = DrawState.VOID, reason, now
    session.flush()
    event = DrawVoided(draw.panel_id, draw_number=draw.number, commitment=draw.commitment, reason=reason)
    record(session, event, actor=actor, now=now)


def _all_reports(draw: Draw, entered: Sequence[Report]) -> tuple[Report, ...]:
    """Return the reports of all sources in order: what was entered, and the secrets between."""
    left, found = list(entered), []
    for source in announcement_of(draw).sources:
        if source.party:
            found.append(_secret(draw, source.party))
        elif left:
            found.append(left.pop(0))
    return (*found, *left)


def _secret(draw: Draw, party: str) -> Report:
    if party == OWN_SECRET and draw.secret_sealed:
        return draw_kept.told(draw.secret_sealed)
    opened = [each.secret_sealed for each in draw.secrets if PARTIES[each.party] == party and each.opened_at]
    return draw_kept.told(opened[0]) if opened and opened[0] else WITHHELD


def _tell_withheld(session: Session, draw: Draw, *, actor: Actor, now: datetime) -> None:
    """Name on the trail who did not open a secret in time."""
    if draw.open_by is None or draw.awaits_secrets or now < draw.open_by:
        return
    for each in draw.secrets:
        if each.opened_at is None:
            event = DrawSecretWithheld(
                draw.panel_id,
                draw_number=draw.number,
                party=each.party.value,
                user_id=each.user_id,
                person_name=each.user.name,
            )
            record(session, event, actor=actor, now=now)


def _after_sources(draw: Draw, now: datetime) -> None:
    if draw.awaits_secrets:
        raise Invalid(N_("Both sides seal their secrets first."))
    if now < due(draw):
        raise Invalid(N_("The sources have not reported yet: it is too early."))
