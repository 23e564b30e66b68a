"""The organiser's part of the front page: panels being formed, and what waits to be decided."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from flask import url_for
from flask_babel import gettext
from sqlalchemy.orm import Session

from expertpool.panels import queries, wording
from expertpool.panels.models import Panel, PanelState, RunState
from expertpool.panels.queries import Standing, Wanted
from expertpool.web.home.today import Section, Task
from expertpool.web.kit import guards
from expertpool.web.panels import alerts, listing, undelivered

MOST = 20


def tasks(session: Session, now: datetime) -> list[Task]:
    """Return the drafts that wait for the reader's decision, and conflicts that came up."""
    if not guards.may("panels.confirm"):
        return []
    panels = _forming(session)
    standings = queries.standings(session, panels, reader=guards.user().id, now=now)
    found = [_task(panel, standings.get(panel.id, Standing()), now) for panel in panels]
    return [
        *undelivered.tasks(session, now),
        *_conflicts(panels),
        *(task for task in found if task is not None),
    ]


def sections(session: Session, now: datetime) -> list[Section]:
    """Return the table of panels that are not over."""
    if not guards.may("panels.view"):
        return []
    counts = queries.counts_by_state(session, guards.grants())
    rows = listing.rows(_forming(session))
    forming = counts.get(PanelState.DRAFT, 0) + counts.get(PanelState.CONFIRMED, 0)
    values = {"rows": rows, "forming": forming, "all": sum(counts.values())}
    return [Section("panels/today.html", order=10, values=values)]


def _forming(session: Session) -> list[Panel]:
    wanted = Wanted(states=(PanelState.DRAFT, PanelState.CONFIRMED))
    date = sa.func.coalesce(Panel.starts, Panel.created_at)
    query = queries.listed(wanted, guards.grants())
    return list(session.scalars(query.order_by(Panel.starts.is_(None), date, Panel.id).limit(MOST)))


def _conflicts(panels: Sequence[Panel]) -> list[Task]:
    standing = alerts.standing([panel.id for panel in panels])
    return [
        Task(
            gettext("%(title)s: new conflict of %(name)s", title=panel.title, name=alert.person),
            gettext("Decide on it"),
            url_for("panels.settle", panel_id=panel.id, alert_id=alert.id),
            state=("conflict", gettext("New conflict")),
            why=alert.told.rule,
        )
        for panel in panels
        for alert in standing.get(panel.id, [])
    ]


def _task(panel: Panel, stands: Standing, now: datetime) -> Task | None:
    """Return what waits: a meeting to record, a proposal to confirm, rules to ease, a failure."""
    if listing.has_met(panel, now) and not stands.is_sealed:
        text = gettext("%(title)s has met: record who came and what was decided", title=panel.title)
        url = url_for("panels.attendance", panel_id=panel.id)
        return Task(text, gettext("Record the meeting"), url, state=("expired", gettext("Has met")))
    if panel.state is not PanelState.DRAFT or stands.is_outdated or stands.run_number is None:
        return None
    url = url_for("panels.proposal", panel_id=panel.id, number=stands.run_number)
    if stands.run_state is RunState.FAILED:
        text = gettext("The proposal for %(title)s failed", title=panel.title)
        return Task(text, gettext("Ask again"), url, state=("failed", gettext(wording.RUNS[RunState.FAILED])))
    if stands.run_state is not RunState.DONE:
        return None
    if stands.is_feasible:
        text = gettext("%(title)s: people are proposed, confirm them", title=panel.title)
        return Task(text, gettext("Look at the proposal"), url, state=("proposed", gettext("Proposed")))
    text = gettext("%(title)s: no panel is possible under its rules", title=panel.title)
    return Task(text, gettext("Ease a rule"), url, state=("conflict", gettext("Not possible")))
