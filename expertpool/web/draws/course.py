"""What came when in a draw: without names for strangers, with them for the office."""

from __future__ import annotations

from datetime import datetime

from flask_babel import gettext, ngettext

from expertpool.accounts.models import User
from expertpool.draws.announcing import parse_stamp
from expertpool.panels import draw_queries
from expertpool.panels.draw_models import Draw
from expertpool.web.draws import wording


def of_draw(draw: Draw, now: datetime, *, named: bool = False) -> list[tuple[datetime, str, str]]:
    """Return what happened to a draw until now, in order of time: when, what, and who if `named`.

    A draw is fixed to the second, the second of the seal that fixes it: so a second counts as one moment.
    """
    happened = [(at, text, who.name if named and who else "") for at, text, who in _all(draw) if at <= now]
    return sorted(happened, key=lambda each: each[0].replace(microsecond=0))


def _all(draw: Draw) -> list[tuple[datetime, str, User | None]]:
    announced = draw_queries.announcement_of(draw)
    people = len(announced.pool)
    found: list[tuple[datetime, str, User | None]] = [
        (each.sealed_at, gettext("%(side)s: secret sealed", side=wording.PARTIES[each.party]), each.user)
        for each in draw.secrets
    ]
    found += [
        (each.opened_at, gettext("%(side)s: secret opened", side=wording.PARTIES[each.party]), each.user)
        for each in draw.secrets
        if each.opened_at
    ]
    if draw.awaits_secrets:
        found.append((draw.committed_at, gettext("List, plan and sources fixed"), draw.committed_by))
    else:
        text = ngettext(
            "List of %(num)s person, plan and sources fixed",
            "List of %(num)s people, plan and sources fixed",
            people,
        )
        found.append((draw.committed_at, text, draw.committed_by))
    for each in announced.sources:
        if each.at and not each.party:
            text = gettext("%(source)s was to report", source=each.description)
            found.append((parse_stamp(each.at), text, None))
    if draw.witnessed_at:
        found.append((draw.witnessed_at, gettext("A supervisor confirmed to be present"), draw.witnessed_by))
    if draw.drawn_at:
        found.append((draw.drawn_at, gettext("Drawn"), draw.drawn_by))
    if draw.voided_at:
        found.append((draw.voided_at, gettext("Voided"), None))
    return found
