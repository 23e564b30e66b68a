"""Of the front page: draws that wait for the reader to seal or open a secret before its time is over."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from flask import url_for
from flask_babel import gettext
from sqlalchemy.orm import Session, contains_eager

from expertpool.panels import queries
from expertpool.panels.draw_models import Draw, DrawState, Party
from expertpool.panels.models import Panel
from expertpool.web.draws import sides
from expertpool.web.home.today import Task
from expertpool.web.kit import guards
from expertpool.web.panels.blueprint import allowed, is_hidden

MOST = 20
PAGES = {
    Party.ORGANISER: ("panels.propose", "draws.organiser_secret"),
    Party.SUPERVISOR: ("draws.witness", "draws.supervisor_secret"),
}
"""What each side must be allowed, and its page."""


def tasks(session: Session, now: datetime) -> list[Task]:
    """Return a task for each secret that the reader may seal or open now, the most urgent ones."""
    parties = [party for party, (permission, _page) in PAGES.items() if guards.may(permission)]
    if not parties:
        return []
    query = (
        sa.select(Draw)
        .join(Draw.panel)
        .where(Draw.state == DrawState.COMMITTED, Draw.open_by > now, queries.visible(guards.grants()))
        .order_by(Draw.open_by, Draw.id)
        .limit(MOST)
        .options(contains_eager(Draw.panel))
    )
    found = [(draw, party) for draw in session.scalars(query) for party in parties]
    return [task for draw, party in found if (task := _task(draw.panel, draw, party, now)) is not None]


def _task(panel: Panel, draw: Draw, party: Party, now: datetime) -> Task | None:
    permission, page = PAGES[party]
    side = sides.of_draw(draw, reader=guards.user().id, now=now)[party]
    if not (side.may_seal or side.may_open) or not allowed(panel, permission):
        return None
    if party is Party.ORGANISER and is_hidden(panel):
        return None
    return Task(
        gettext("%(title)s: the draw waits for your secret", title=panel.title),
        gettext("Seal my secret") if side.may_seal else gettext("Open my secret"),
        url_for(page, panel_id=panel.id, number=draw.number),
        due=draw.open_by,
    )
