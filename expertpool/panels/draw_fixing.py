"""Fix a draw before its sources report: at once, or as soon as both parties have sealed their secrets."""

from __future__ import annotations

import secrets
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.audit.service import record
from expertpool.draws import announcing, canonical, chain, parties
from expertpool.draws.announcing import Announcement, Kind, Run, Source, parse_stamp, stamp
from expertpool.draws.record import Record
from expertpool.errors import N_, Invalid
from expertpool.events import Actor
from expertpool.panels import draw_kept, draw_plan, drawn, sealing
from expertpool.panels.draw_events import DrawCommitted, DrawPrepared
from expertpool.panels.draw_models import Draw, DrawState
from expertpool.panels.draw_plan import Wish
from expertpool.panels.draw_queries import announcement_of, next_kind, of_panel, person
from expertpool.panels.models import Panel
from expertpool.panels.request import only_draft
from expertpool.panels.sealed import is_sealed


def commit(
    session: Session, panel: Panel, wish: Wish, *, reason: str = "", actor: Actor, now: datetime
) -> Draw:
    """Fix a draw: list, plan and sources to come. A further one needs a reason.

    With secrets to come, this fixes everything else; `draw_secrets.seal` fixes the draw with the second of
    them. A supplement takes only the sources of `wish`: its seats are those still open. Raises Invalid when a
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
    fixed = (announcing.prepare if wish.open_by else announcing.commit)(announcement, now=now)
    made = Draw(
        panel_id=panel.id,
        number=len(before) + 1,
        code=secrets.token_hex(8),
        state=DrawState.COMMITTED,
        kind=announcement.run.kind,
        reason=announcement.run.reason or None,
        announcement=fixed.text,
        commitment=fixed.sha256,
        secret_sealed=draw_kept.keep(salt, secret) if own else None,
        open_by=parse_stamp(stamp(wish.open_by)) if wish.open_by else None,
        committed_by_id=person(actor),
        committed_at=parse_stamp(fixed.committed_at),
    )
    session.add(made)
    try:
        session.flush()
    except sa.exc.IntegrityError as error:
        raise Invalid(N_("A draw is waiting for its sources already.")) from error
    tell(session, made, actor=actor, now=now)
    return made


def tell(session: Session, draw: Draw, *, actor: Actor, now: datetime) -> None:
    """Put on the trail that a draw is fixed, or all of it but the secrets."""
    what = DrawPrepared if draw.awaits_secrets else DrawCommitted
    event = what(
        draw.panel_id,
        draw_number=draw.number,
        kind=draw.kind.value,
        commitment=draw.commitment,
        reason=draw.reason,
    )
    record(session, event, actor=actor, now=now)


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
    sources = (*((own,) if own else ()), *draw_plan.sources(wish, now))
    return Announcement(subject, pool, plan, sources, run=run)
