"""Secrets of organiser and supervisor, for rooms without internet: sealed by both, then opened by both.

Who knows what when: list, plan and sources are fixed first. Each party then seals a secret, and the second
seal fixes the draw; nobody is shown the other's seal before that, or an opened secret before both are open or
the time is over. A public source closes the draw after that time, so that neither opening nor withholding can
choose the result (see `expertpool.draws.parties`): who withholds a secret is named, and its seal stands in.
"""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.audit.service import record
from expertpool.draws import announcing, parties
from expertpool.draws.announcing import parse_stamp
from expertpool.draws.record import WITHHELD, Report
from expertpool.errors import N_, Forbidden, Invalid
from expertpool.events import Actor
from expertpool.panels import draw_fixing, draw_kept
from expertpool.panels.draw_events import DrawSecretOpened, DrawSecretSealed
from expertpool.panels.draw_models import Draw, Party, Secret
from expertpool.panels.draw_plan import PARTIES
from expertpool.panels.draw_queries import commitment_of, person, waiting
from expertpool.panels.request import only_draft


def seal(
    session: Session, draw: Draw, party: Party, given: Report | str, *, actor: Actor, now: datetime
) -> Secret:
    """Seal the secret of a party: salt and secret, kept encrypted, or the seal alone of who keeps them.

    Once both are sealed, the draw is fixed. Raises Invalid at the field, and for a party that sealed already;
    Forbidden for a supervisor who set the draw up, and for one person on both sides.
    """
    held = waiting(session, draw)
    only_draft(held.panel)
    _check_may_seal(held, party, person(actor), now)
    report = given if isinstance(given, Report) else None
    sealed = _seal_of(given)
    if any(each.seal == sealed for each in held.secrets):
        raise Invalid(N_("The other side has the same seal. Choose another secret."), field="secret")
    made = Secret(
        draw_id=held.id,
        party=party,
        user_id=person(actor),
        seal=sealed,
        secret_sealed=draw_kept.keep(report.salt, report.value) if report else None,
        sealed_at=now,
    )
    session.add(made)
    try:
        session.flush()
    except sa.exc.IntegrityError as error:
        raise Invalid(N_("This side has sealed its secret already.")) from error
    session.refresh(held, ["secrets"])
    event = DrawSecretSealed(
        held.panel_id, draw_number=held.number, party=party.value, is_kept=report is not None
    )
    record(session, event, actor=actor, now=now)
    if not held.awaits_secrets:
        _fix(session, held, actor=actor, now=now)
    return made


def open_secret(
    session: Session, draw: Draw, party: Party, given: Report | None, *, actor: Actor, now: datetime
) -> Secret:
    """Open the secret of a party: as it is kept, or as `given` by who kept it.

    Raises Invalid at the field when it does not fit the seal, before the draw is fixed and after the time to
    open; Forbidden for anybody but the person who sealed it.
    """
    held = waiting(session, draw)
    made = held.secret_of(party)
    if made is None or held.awaits_secrets or held.open_by is None:
        raise Invalid(N_("Both sides seal their secrets first."))
    if made.user_id != person(actor):
        raise Forbidden(N_("Who sealed a secret opens it, and nobody else."))
    if made.opened_at is not None:
        raise Invalid(N_("This secret is open already."))
    if now >= held.open_by:
        raise Invalid(N_("The time to open the secrets is over. The seal stands in for this one."))
    if made.secret_sealed is None:
        made.secret_sealed = _kept(given, made.seal)
    made.opened_at = now
    session.flush()
    event = DrawSecretOpened(held.panel_id, draw_number=held.number, party=party.value)
    record(session, event, actor=actor, now=now)
    return made


def shown(draw: Draw, party: Party, now: datetime) -> Report | None:
    """Return an opened secret once anybody may see it: all are open, or no other can be opened any more."""
    made = draw.secret_of(party)
    if made is None or made.opened_at is None or made.secret_sealed is None or draw.open_by is None:
        return None
    if now < draw.open_by and any(each.opened_at is None for each in draw.secrets):
        return None
    return draw_kept.told(made.secret_sealed)


def _check_may_seal(draw: Draw, party: Party, user_id: int, now: datetime) -> None:
    if draw.open_by is None:
        raise Invalid(N_("This draw has no secrets."))
    if draw.secret_of(party) is not None:
        raise Invalid(N_("This side has sealed its secret already."))
    if party is Party.SUPERVISOR and user_id == draw.committed_by_id:
        raise Forbidden(N_("Who fixed a draw can't supervise it."))
    if any(each.user_id == user_id for each in draw.secrets):
        raise Forbidden(N_("The two secrets are of two people."))
    if now >= draw.open_by:
        raise Invalid(
            N_("The time to open the secrets is over. Void this draw and set it up again, with later times.")
        )


def _seal_of(given: Report | str) -> str:
    if isinstance(given, Report):
        return parties.seal(given.salt, given.value)
    if not parties.SEAL.fullmatch(given):
        raise Invalid(N_("A seal is 64 hexadecimal digits."), field="seal")
    return given


def _kept(given: Report | None, sealed: str) -> str:
    if given is None or given == WITHHELD:
        raise Invalid(N_("Enter the secret and its salt."), field="secret")
    if parties.seal(given.salt, given.value) != sealed:
        raise Invalid(N_("Secret and salt do not fit the seal."), field="secret")
    return draw_kept.keep(given.salt, given.value)


def _fix(session: Session, draw: Draw, *, actor: Actor, now: datetime) -> None:
    seals = {PARTIES[each.party]: each.seal for each in draw.secrets}
    fixed = announcing.complete(commitment_of(draw), seals, now=now)
    draw.announcement, draw.commitment = fixed.text, fixed.sha256
    draw.committed_at = parse_stamp(fixed.committed_at)
    session.flush()
    draw_fixing.tell(session, draw, actor=actor, now=now)
