"""The list of panels, one panel's page, and what its office does with it as a whole."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from expertpool import clock
from expertpool.audit import queries as audit
from expertpool.audit.models import AuditEntry
from expertpool.errors import N_, Forbidden, Invalid
from expertpool.extensions import db
from expertpool.organisations.models import Organisation
from expertpool.panels import confirmation, kept, presets_service, queries, sharing, waivers, wording
from expertpool.panels.models import HOLDS, Panel, PanelShare, PanelState, RunState, SeatState
from expertpool.panels.policy import may_share
from expertpool.panels.queries import Standing, Wanted
from expertpool.web.accounts.wording import SENTENCES as OF_ACCOUNTS
from expertpool.web.draws.wording import SENTENCES as OF_DRAWS
from expertpool.web.invitations import roster
from expertpool.web.invitations.wording import SENTENCES as OF_INVITATIONS
from expertpool.web.kit import guards, trail
from expertpool.web.kit.dates import moment
from expertpool.web.kit.forms import put_error
from expertpool.web.kit.pagination import paginate, sorting
from expertpool.web.panels import alerts, offices, sealing, undelivered
from expertpool.web.panels.blueprint import acted_on, allowed, blueprint, is_hidden, outlined
from expertpool.web.panels.forms import ReasonForm, ShareForm
from expertpool.web.panels.wording import (
    FACES,
    FIELDS,
    SENTENCES,
    codes,
    preset_title,
    rule_lines,
    rule_name,
    seat_label,
    skill_name,
)

UNDATED = datetime.max.replace(tzinfo=UTC, microsecond=0)
"""Where panels without a date stand among the others: beyond all, as they are still to come."""
DOTS = 12
"""Above this many seats the list counts in words."""


@dataclass(frozen=True)
class Row:
    """A panel as a list shows it."""

    panel: Panel
    kind: str
    dots: list[tuple[str, str]]
    seats: str
    accepted: str
    next_step: str
    next_state: str
    """Class of the next step's state, or empty."""


def rows(panels: Any) -> list[Row]:
    """Return panels as lists show them, with two queries for all."""
    standings = queries.standings(db.session, panels, reader=guards.user().id, now=clock.now())
    return [_row(panel, standings.get(panel.id, Standing())) for panel in panels]


@blueprint.get("/")
@guards.requires("panels.view")
def index() -> ResponseReturnValue:
    """The panels that the reader may see."""
    grants = guards.grants()
    states = [state for state in PanelState if state.value in request.args.getlist("state")]
    wanted = Wanted(
        states=states,
        owner_id=request.args.get("owner", type=int),
        preset_slug=request.args.get("preset") or None,
        text=request.args.get("q", ""),
    )
    order = sorting(("date", "title", "changed"), default="-date")
    columns = {
        "date": sa.func.coalesce(Panel.starts, sa.literal(UNDATED, Panel.starts.type)),
        "title": Panel.title,
        "changed": Panel.updated_at,
    }
    page = paginate(db.session, queries.listed(wanted, grants).order_by(*order.order(columns, Panel.id)))
    return render_template(
        "panels/index.html",
        page=page,
        rows=rows(page.rows),
        order=order,
        wanted=wanted,
        counts=queries.counts_by_state(db.session, grants),
        states=wording.STATES,
        presets={each.slug: preset_title(each) for each in presets_service.all_current(db.session)},
    )


@blueprint.get("/<int:panel_id>")
@guards.requires("panels.view")
def show(panel_id: int) -> ResponseReturnValue:
    """One panel: what is asked, who sits, its proposals, waivers, shares and trail."""
    panel = outlined(panel_id)
    if is_hidden(panel):
        return _sealed_page(panel)
    return _page(panel, ReasonForm(prefix="why"), ShareForm())


@blueprint.post("/<int:panel_id>/reopen")
@guards.requires("panels.confirm")
def reopen(panel_id: int) -> ResponseReturnValue:
    """Make the panel a draft again."""
    return _with_reason(panel_id, confirmation.reopen, N_("The panel is a draft again."))


@blueprint.post("/<int:panel_id>/cancel")
@guards.requires("panels.confirm")
def cancel(panel_id: int) -> ResponseReturnValue:
    """Call the panel off."""
    return _with_reason(panel_id, confirmation.cancel, N_("The panel is cancelled and the diary is free."))


@blueprint.post("/<int:panel_id>/shares")
@guards.requires("panels.edit")
def share(panel_id: int) -> ResponseReturnValue:
    """Open the panel to another office."""
    panel, form = _shared(panel_id), ShareForm()
    form.organisation.choices = offices.choices(None)
    if form.validate_on_submit():
        try:
            sharing.share(
                db.session,
                panel,
                form.organisation.data,
                may_edit=form.may_edit.data,
                actor=guards.actor(),
                now=clock.now(),
            )
            db.session.commit()
            return redirect(url_for("panels.show", panel_id=panel.id))
        except Invalid as error:
            db.session.rollback()
            put_error(form, error)
    return _page(panel, ReasonForm(prefix="why"), form), 400


@blueprint.post("/<int:panel_id>/shares/<int:organisation_id>/remove")
@guards.requires("panels.edit")
def unshare(panel_id: int, organisation_id: int) -> ResponseReturnValue:
    """Close the panel to another office."""
    panel = _shared(panel_id)
    sharing.unshare(db.session, panel, organisation_id, actor=guards.actor(), now=clock.now())
    db.session.commit()
    return redirect(url_for("panels.show", panel_id=panel.id))


def _shared(panel_id: int) -> Panel:
    panel = acted_on(panel_id, "panels.edit")
    if not may_share(guards.grants(), panel):
        raise Forbidden(N_("Only the convening office opens a panel to others."))
    return panel


def _with_reason(panel_id: int, verb: Any, done: str) -> ResponseReturnValue:
    panel, form = acted_on(panel_id, "panels.confirm"), ReasonForm(prefix="why")
    if form.validate_on_submit():
        try:
            verb(db.session, panel, form.reason.data, actor=guards.actor(), now=clock.now())
            db.session.commit()
            flash(gettext(done), "success")
            return redirect(url_for("panels.show", panel_id=panel.id))
        except Invalid as error:
            db.session.rollback()
            put_error(form, error)
    return _page(panel, form, ShareForm()), 400


def _page(panel: Panel, reason: ReasonForm, share_form: ShareForm) -> str:
    share_form.organisation.choices = offices.choices(None)
    standing = waivers.standing(db.session, panel.id)
    entries = audit.trail(db.session, "panel", panel.id, now=clock.now(), limit=100, whole=True).entries
    shares = db.session.execute(
        sa.select(PanelShare, Organisation.name)
        .join(Organisation, Organisation.id == PanelShare.organisation_id)
        .where(PanelShare.panel_id == panel.id)
        .order_by(PanelShare.id)
    ).all()
    return render_template(
        "panels/show.html",
        panel=panel,
        roster=roster.of_panel(db.session, panel, entries),
        cards=queries.cards(db.session, [seat.person_id for seat in panel.seats]),
        findings={seat.id: [kept.finding(each) for each in seat.findings] for seat in panel.seats},
        proposals=queries.proposals(db.session, panel),
        waivers=standing,
        shares=shares,
        lines=trail.lines(
            entries,
            {**SENTENCES, **OF_INVITATIONS, **OF_DRAWS, **OF_ACCOUNTS},
            FIELDS,
            codes(),
            _names(entries),
        ),
        words=wording,
        faces=FACES,
        preset_title=preset_title(panel.preset),
        skill_name=skill_name,
        rule_lines=rule_lines,
        rule_name=rule_name,
        rule_of=lambda found: rule_name(found.rule.value),
        reason=reason,
        share_form=share_form,
        alerts=alerts.standing([panel.id]).get(panel.id, []),
        may_edit=allowed(panel, "panels.edit"),
        may_confirm=allowed(panel, "panels.confirm"),
        may_waive=allowed(panel, "panels.waive"),
        may_send=panel.state is PanelState.CONFIRMED and allowed(panel, "invitations.send"),
        may_share=may_share(guards.grants(), panel),
        **undelivered.values(panel),
        **sealing.values(panel),
    )


def _sealed_page(panel: Panel) -> str:
    """Return the page for who is no keeper: what is asked, and how the seal stands."""
    return render_template(
        "panels/sealed.html",
        panel=panel,
        words=wording,
        preset_title=preset_title(panel.preset),
        skill_name=skill_name,
        rule_lines=rule_lines,
        **sealing.values(panel),
    )


def _names(entries: Iterable[AuditEntry]) -> dict[int, str]:
    """Return the names of the people that entries of a trail are about."""
    ids = {entry.facts["person_id"] for entry in entries if entry.facts.get("person_id")}
    return {id_: card.name for id_, card in queries.cards(db.session, ids).items()}


def _row(panel: Panel, stands: Standing) -> Row:
    states = stands.seats
    step, face = _next_step(panel, stands, clock.now())
    return Row(
        panel=panel,
        kind=preset_title(panel.preset),
        dots=[(FACES[state], gettext(wording.SEATS[state])) for state in states]
        if len(states) <= DOTS
        else [],
        seats=seat_label(states),
        accepted="" if stands.is_sealed else f"{stands.accepted}/{panel.seat_count}",
        next_step=step,
        next_state=face,
    )


def _next_step(panel: Panel, stands: Standing, now: datetime) -> tuple[str, str]:
    """Return what waits to be done, and the class of its state."""
    if stands.is_sealed:
        return gettext("Sealed until %(moment)s", moment=moment(panel.sealed_until)), "expired"
    if panel.state is PanelState.CONFIRMED:
        return (gettext("Record the meeting"), "expired") if has_met(panel, now) else _next_answer(stands)
    if panel.state is not PanelState.DRAFT:
        return gettext(wording.STATES[panel.state]), ""
    if stands.is_drawing:
        return gettext("Being drawn by lot"), ""
    if stands.run_state in (RunState.QUEUED, RunState.RUNNING):
        return gettext("Being worked out"), ""
    if stands.run_state is RunState.FAILED:
        return gettext("The proposal failed, ask again"), "failed"
    if stands.run_state is None or stands.is_outdated:
        return gettext("Ask for a proposal"), ""
    if not stands.is_feasible:
        return gettext("No panel is possible, ease a rule"), "conflict"
    return gettext("Confirm the proposal"), "proposed"


def has_met(panel: Panel, now: datetime) -> bool:
    """Tell whether a panel that is not closed has met, so that who came and what was decided can be noted."""
    return panel.state is PanelState.CONFIRMED and panel.ends is not None and panel.ends <= now


def _next_answer(stands: Standing) -> tuple[str, str]:
    """Return what waits to be done about the invitations of a confirmed panel."""
    invited = stands.seats.count(SeatState.INVITED)
    if SeatState.PROPOSED in stands.seats:
        return gettext("Invite the members"), "proposed"
    if any(state not in HOLDS for state in stands.seats):
        return gettext("Fill the vacant seat"), "vacant"
    if invited:
        return ngettext("%(num)s answer is awaited", "%(num)s answers are awaited", invited), "invited"
    return gettext("Everybody comes"), "accepted"
