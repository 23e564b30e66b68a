"""Both sides of a draw with secrets: who sealed and opened what and when, and what the reader may do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from expertpool.panels import draw_secrets
from expertpool.panels.draw_models import Draw, DrawState, Party, Secret
from expertpool.web.draws import wording


@dataclass(frozen=True)
class Side:
    """The organiser's or the supervisor's part; `face` and `state` say how it stands."""

    party: Party
    name: str
    who: str
    """The person, once there is one."""
    sealed_at: datetime | None
    opened_at: datetime | None
    seal: str
    """Empty until both sides have sealed."""
    secret: str
    """Secret and salt, once anybody may see them."""
    is_kept: bool
    """Whether the system keeps the secret."""
    face: str
    state: str
    may_seal: bool
    may_open: bool


def of_draw(draw: Draw, *, reader: int | None, now: datetime) -> dict[Party, Side]:
    """Return both sides of a draw by party; none for a draw without secrets.

    `may_seal` and `may_open` leave permissions to the pages: a side is open to whoever may act for it.
    """
    if draw.open_by is None:
        return {}
    return {party: _side(draw, party, reader, now) for party in Party}


def _side(draw: Draw, party: Party, reader: int | None, now: datetime) -> Side:
    made, told = draw.secret_of(party), draw_secrets.shown(draw, party, now)
    in_time = draw.state is DrawState.COMMITTED and _is_before_opening(draw, now)
    step = _step(draw, made, now)
    return Side(
        party=party,
        name=str(wording.PARTIES[party]),
        who=made.user.name if made else "",
        sealed_at=made.sealed_at if made else None,
        opened_at=made.opened_at if made else None,
        seal=made.seal if made and len(draw.secrets) == len(Party) else "",
        secret=f"{told.value} {told.salt}" if told else "",
        is_kept=made is not None and made.secret_sealed is not None,
        face=wording.SIDE_FACES[step],
        state=str(wording.SIDES[step]),
        may_seal=in_time and made is None and reader not in _engaged(draw, party),
        may_open=in_time and step == "sealed" and not draw.awaits_secrets and _is_of(made, reader),
    )


def _step(draw: Draw, made: Secret | None, now: datetime) -> str:
    """Return how a side stands; of a draw that became void before it was drawn, how it stood then."""
    moment = draw.voided_at if draw.voided_at and not draw.record else now
    in_time = _is_before_opening(draw, moment)
    if made is None:
        return "unsealed" if in_time else "missed"
    if made.opened_at:
        return "opened"
    return "sealed" if in_time or len(draw.secrets) < len(Party) else "withheld"


def _is_of(made: Secret | None, reader: int | None) -> bool:
    return made is not None and made.user_id == reader


def _engaged(draw: Draw, party: Party) -> set[int]:
    """Return who can't take this side: the other one, and no supervisor sets up the draw."""
    others = {each.user_id for each in draw.secrets}
    return others | {draw.committed_by_id} if party is Party.SUPERVISOR else others


def _is_before_opening(draw: Draw, moment: datetime) -> bool:
    return draw.open_by is not None and moment < draw.open_by
