"""What came up against the holders of seats, and how an organiser settles it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import joinedload

from expertpool import clock
from expertpool.conflicts.policy import Rule
from expertpool.errors import N_, Invalid, NotFound
from expertpool.extensions import db
from expertpool.panels import kept, sealed, waivers, watching
from expertpool.panels.models import Panel, PanelState, Seat
from expertpool.panels.watching_models import SeatAlert
from expertpool.web.kit import guards
from expertpool.web.kit.forms import put_error
from expertpool.web.panels import shown
from expertpool.web.panels.blueprint import acted_on, allowed, blueprint
from expertpool.web.panels.forms import WaiverForm
from expertpool.web.panels.shown import Told


@dataclass(frozen=True)
class Alert:
    """An alert in words."""

    id: int
    person: str
    told: Told
    bars: bool
    found: SeatAlert

    @property
    def may_be_waived(self) -> bool:
        """Whether a waiver lets the person stay: rules on pairs know none."""
        return self.found.rule in set(Rule) and "other" not in self.found.finding


def standing(panel_ids: Sequence[int]) -> dict[int, list[Alert]]:
    """Return what is not settled yet, by panel, oldest first; nothing of rosters sealed to the reader."""
    rows = db.session.execute(
        sa.select(Seat.panel_id, SeatAlert)
        .join(Seat, Seat.id == SeatAlert.seat_id)
        .join(Panel, Panel.id == Seat.panel_id)
        .where(Seat.panel_id.in_(panel_ids), SeatAlert.settled_at.is_(None))
        .where(sealed.is_open_to(guards.user().id, clock.now()))
        .options(joinedload(SeatAlert.seat).joinedload(Seat.person))
        .order_by(SeatAlert.id)
    )
    found: dict[int, list[Alert]] = {}
    for panel_id, alert in rows:
        found.setdefault(panel_id, []).append(_alert(alert))
    return found


@blueprint.route("/<int:panel_id>/alerts/<int:alert_id>", methods=["GET", "POST"])
@guards.requires("panels.edit")
def settle(panel_id: int, alert_id: int) -> ResponseReturnValue:
    """Read what came up, and let the person keep the seat with a reason, or waive what bars them."""
    panel = acted_on(panel_id, "panels.edit")
    alert = db.session.get(SeatAlert, alert_id)
    if alert is None or alert.seat.panel_id != panel.id:
        raise NotFound(N_("There is no such conflict of this panel."))
    form, told = WaiverForm(), _alert(alert)
    may_settle = panel.state is PanelState.CONFIRMED and alert.settled_at is None
    may_settle = may_settle and (not told.bars or (told.may_be_waived and allowed(panel, "panels.waive")))
    if may_settle and form.validate_on_submit():
        try:
            _decide(panel, told, form.reason.data or "")
            db.session.commit()
        except Invalid as error:
            db.session.rollback()
            put_error(form, error)
        else:
            flash(gettext("%(name)s keeps the seat. The reason is on file.", name=told.person), "success")
            return redirect(url_for("panels.show", panel_id=panel.id))
    page = render_template("panels/alert.html", panel=panel, alert=told, form=form, may_settle=may_settle)
    return page, 400 if form.faults else 200


def _decide(panel: Panel, alert: Alert, reason: str) -> None:
    actor, now = guards.actor(), clock.now()
    if not alert.bars:
        watching.keep(db.session, alert.found, reason, actor=actor, now=now)
        return
    person = alert.found.seat.person
    waivers.waive(db.session, panel, person, alert.found.rule, reason, actor=actor, now=now)
    seen = watching.review(db.session, panel, now=now)
    watching.note(db.session, panel, seen, cause="panel.finding-waived", now=now)


def _alert(alert: SeatAlert) -> Alert:
    [told] = shown.findings([kept.either(alert.finding)])
    return Alert(alert.id, alert.seat.person.name, told, watching.bars(alert), alert)
