"""The meeting of a panel as its page sums it up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext

from expertpool.extensions import db
from expertpool.panels import attendance, closing
from expertpool.panels.closing_models import PanelClosing
from expertpool.panels.confirmation import holders
from expertpool.panels.models import Panel, PanelState
from expertpool.web.panels import concluding, papers
from expertpool.web.panels.blueprint import allowed, blueprint


@dataclass(frozen=True)
class Meeting:
    """Who came, what was concluded, and how it was closed."""

    came: str
    """Sentence on who came; empty while it is not noted."""
    absent: list[str]
    rows: list[concluding.Row]
    """The agenda; empty while nothing was concluded."""
    closing: PanelClosing | None
    may_close: bool


def of_panel(panel: Panel) -> Meeting | None:
    """Return the meeting of a panel that was confirmed; None of others. A fixed number of queries."""
    if panel.state not in (PanelState.CONFIRMED, PanelState.CLOSED):
        return None
    noted = attendance.of_panel(db.session, panel)
    seats = [seat for seat in holders(panel) if seat.id in noted]
    absent = [seat.person.name for seat in seats if noted[seat.id].attendance not in attendance.CAME]
    came = gettext(
        "%(came)s of %(members)s members took part.", came=len(seats) - len(absent), members=len(seats)
    )
    rows = concluding.rows(panel)
    return Meeting(
        came=str(came) if seats else "",
        absent=absent,
        rows=rows if any(row.is_recorded for row in rows) else [],
        closing=closing.closing_of(db.session, panel),
        may_close=allowed(panel, "panels.close"),
    )


@blueprint.context_processor
def _for_templates() -> dict[str, Callable[..., Any]]:
    return {"meeting_of": of_panel, "panel_papers": papers.offered}
