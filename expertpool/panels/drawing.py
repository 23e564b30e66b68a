"""Fill a panel by lot: commit before the sources, draw after them in a supervisor's presence, void, draw on.

A draw is fixed by `commit` and follows from it alone. `draw` takes what the sources reported, passes over
who fell under a conflict since (visibly, as late recusals), and proposes who was drawn; confirming the
proposal checks everything again, as for any other. Who falls out is followed by the alternates of the same
stratum (`step_in`), and open seats by a supplement, a draw of its own.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.audit.service import record
from expertpool.draws import announcing, canonical, chain, parties
from expertpool.draws.announcing import Announcement, Commitment, Kind, Run, Source, parse_stamp
from expertpool.draws.record import Record, Report, reveal
from expertpool.errors import N_, Forbidden, Invalid, NotFound
from expertpool.events import Actor
from expertpool.panels import draw_plan, drawn, sealing
from expertpool.panels.draw_events import (
    DrawCommitted,
    DrawMade,
    DrawNamesPublished,
    DrawVoided,
    DrawWitnessed,
)
from expertpool.panels.draw_models import Draw, DrawState
from expertpool.panels.draw_plan import Wish
from expertpool.panels.models import Panel
from expertpool.panels.request import only_draft
from expertpool.panels.sealed import is_sealed


def commit(
    session: Session, panel: Panel, wish: Wish, *, reason: str = "", actor: Actor, now: datetime
) -> Draw:
    """Fix a draw: list, plan and sources to come. A further one needs a reason.

    A supplement takes only the sources of `wish`: its seats are those still open. Raises Invalid when a
    source is not in the future, a draw is waiting already, or nothing is open.
    """
    only_draft(panel)
    before = of_panel(session, panel)
    if any(each.state is DrawState.COMMITTED for each in before):
        raise Invalid(N_("A draw is waiting for its sources already."))
    sealing.require_seal(panel)
    salt, secret = secrets.token_hex(16), secrets.token_hex(16).upper()
    own = draw_plan.own_secret(wish, parties.seal(salt, secret)) if is_sealed(panel, now) else None
    announcement = _announced(session, panel, wish, own, before, reason.strip(), now)
    commitment = announcing.commit(announcement, now=now)
    made = Draw(
        panel_id=panel.id,
        number=len(before) + 1,
        code=secrets.token_hex(8),
        state=DrawState.COMMITTED,
        kind=announcement.run.kind,
        reason=announcement.run.reason or None,
        announcement=commitment.text,
        commitment=commitment.sha256,
        secret=f"{salt} {secret}" if own else None,
        committed_by_id=_person(actor),
        committed_at=parse_stamp(commitment.committed_at),
    )
    session.add(made)
    try:
        session.flush()
    except sa.exc.IntegrityError as error:
        raise Invalid(N_("A draw is waiting for its sources already.")) from error
    event = DrawCommitted(
        panel.id,
        draw_number=made.number,
        kind=made.kind.value,
        commitment=made.commitment,
        reason=made.reason,
    )
    record(session, event, actor=actor, now=now)
    return made


def witness(session: Session, draw: Draw, *, actor: Actor, now: datetime) -> None:
    """Confirm, as a supervisor with a sign-in of one's own, to be present at a draw whose time has come."""
    held = _waiting(session, draw)
    _after_sources(held, now)
    if _person(actor) == held.committed_by_id:
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
    held = _waiting(session, draw)
    only_draft(held.panel)
    _after_sources(held, now)
    if held.witnessed_by_id is None:
        raise Invalid(N_("A supervisor must confirm first to be present."))
    announcement = announcement_of(held)
    composed = draw_plan.composed_of(session, held.panel, frozenset(), now=now)
    late = draw_plan.late(composed, announcement.pool, announcement.plan)
    made = reveal(_commitment(held), (*_own_report(held), *reports), late)
    held.record, held.state = canonical.text(made.data), DrawState.DRAWN
    held.drawn_by_id, held.drawn_at = _person(actor), now
    session.flush()
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
    held = _locked(session, draw)
    if held.state is not DrawState.DRAWN:
        raise Invalid(N_("Only the names of a draw that was made, and is not void, can be published."))
    if is_sealed(held.panel, now):
        raise Invalid(N_("The roster is sealed: names can be published once it is open."))
    if held.names_published_at is not None:
        raise Invalid(N_("The names are published already."))
    _person(actor)
    held.names_published_at = now
    session.flush()
    record(session, DrawNamesPublished(held.panel_id, draw_number=held.number), actor=actor, now=now)


def void(session: Session, draw: Draw, reason: str, *, actor: Actor, now: datetime) -> None:
    """Take the effect from a draw, with a reason that stays visible; its record stays as it is."""
    reason = reason.strip()
    if not 3 <= len(reason) <= 300:
        raise Invalid(N_("Give a reason of 3 to 300 characters: it is kept on file."), field="reason")
    held = _locked(session, draw)
    only_draft(held.panel)
    if held.state is DrawState.VOID:
        raise Invalid(N_("This draw is void already."))
    end(session, held, reason, actor=actor, now=now)


def end(session: Session, draw: Draw, reason: str, *, actor: Actor, now: datetime) -> None:
    """Write that a draw is void."""
    draw.state, draw.void_reason, draw.voided_at = DrawState.VOID, reason, now
    session.flush()
    event = DrawVoided(draw.panel_id, draw_number=draw.number, commitment=draw.commitment, reason=reason)
    record(session, event, actor=actor, now=now)


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
    return announcing.read(_commitment(draw))


def asked_sources(draw: Draw) -> tuple[Source, ...]:
    """Return the sources whose reports people enter: all but the secret of a sealed roster."""
    sources = announcement_of(draw).sources
    return sources[1:] if draw.secret else sources


def due(draw: Draw) -> datetime:
    """Return the moment of the last source."""
    return max(parse_stamp(each.at) for each in announcement_of(draw).sources if each.at)


def next_kind(before: Sequence[Draw]) -> Kind:
    """Return what a further draw of the panel would be."""
    recorded = [each for each in before if each.drawn_at]
    if not recorded:
        return Kind.FIRST
    return Kind.SUPPLEMENT if recorded[-1].state is DrawState.DRAWN else Kind.REDRAW


def _announced(
    session: Session,
    panel: Panel,
    wish: Wish,
    own: Source | None,
    before: list[Draw],
    reason: str,
    now: datetime,
) -> Announcement:
    kind = next_kind(before)
    skills = frozenset(each.skill_id for each in wish.strata if each.skill_id)
    composed = draw_plan.composed_of(session, panel, skills, now=now)
    records = drawn.chain_of(before)
    if kind is Kind.SUPPLEMENT:
        stands = drawn.standing(records, draw_plan.fit(composed))
        if not stands.short:
            raise Invalid(N_("No seat is open. Alternates step in without another draw."))
        first = announcement_of(next(each for each in before if each.record == records[0].text))
        pool, plan = draw_plan.supplement(
            composed, first.pool, first.plan, stands.short, drawn.called(records)
        )
    else:
        pool, plan = draw_plan.whole(session, panel, wish, composed)
    run = Run()
    if kind is not Kind.FIRST:
        last = [each for each in before if each.record][-1]
        run = chain.next_run(Record(canonical.parse(last.record or "")), kind, reason)
    subject = f"{panel.number} {panel.title} · {len(before) + 1}"
    sources = (*((own,) if own else ()), *draw_plan.sources(wish))
    return Announcement(subject, pool, plan, sources, run=run)


def _own_report(draw: Draw) -> tuple[Report, ...]:
    if not draw.secret:
        return ()
    salt, secret = draw.secret.split()
    return (Report(secret, salt),)


def _commitment(draw: Draw) -> Commitment:
    return Commitment(draw.commitment, draw.announcement, announcing.stamp(draw.committed_at))


def _locked(session: Session, draw: Draw) -> Draw:
    return session.scalars(
        sa.select(Draw).where(Draw.id == draw.id).with_for_update().execution_options(populate_existing=True)
    ).one()


def _waiting(session: Session, draw: Draw) -> Draw:
    held = _locked(session, draw)
    if held.state is DrawState.VOID:
        raise Invalid(N_("This draw is void."))
    if held.state is DrawState.DRAWN:
        raise Invalid(N_("This draw was made already; a draw is made once."))
    return held


def _after_sources(draw: Draw, now: datetime) -> None:
    if now < due(draw):
        raise Invalid(N_("The sources have not reported yet: it is too early."))


def _person(actor: Actor) -> int:
    if actor.user_id is None:
        raise Forbidden(N_("A draw is held by people who signed in, not by the system."))
    return actor.user_id
