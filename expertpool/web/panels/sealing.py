"""Seal a roster, prolong the seal, and open it early: an organiser asks, a supervisor agrees."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import DateTimeLocalField, SelectField, StringField
from wtforms.validators import DataRequired, InputRequired, Length

from expertpool import clock
from expertpool.accounts.models import User
from expertpool.errors import Invalid, NotFound
from expertpool.extensions import db
from expertpool.panels import presets_service, sealed, sealing
from expertpool.panels.models import Panel, PanelState
from expertpool.panels.preset_parts import Secrecy
from expertpool.panels.sealing_models import Opening
from expertpool.web.kit import guards
from expertpool.web.kit.dates import zone_name
from expertpool.web.kit.forms import Form, put_error
from expertpool.web.panels.blueprint import acted_on, acted_on_outline, allowed, blueprint, is_hidden
from expertpool.web.panels.wording import say

AFTER_MEETING = timedelta(days=30)
"""How long after the meeting a roster stays sealed, unless the organiser says otherwise."""


class SealForm(Form):
    """Until when, and who keeps the roster besides the one who seals it."""

    until = DateTimeLocalField(
        _l("Sealed until"), [InputRequired(_l("Give a date and a time."))], description=_l("In your zone")
    )
    second = SelectField(_l("Second keeper"), coerce=int)


class OpeningForm(Form):
    """Why a roster should be opened before its time."""

    reason = StringField(
        _l("Why it must be opened now"),
        [DataRequired(_l("Give a reason.")), Length(min=5, max=300)],
        description=_l("Announced to everybody concerned, and on the page of the panel"),
    )


@dataclass(frozen=True)
class Seal:
    """A seal as the panel's page shows it, with what the reader may do."""

    is_sealed: bool
    until: datetime | None
    keepers: Sequence[User]
    openings: Sequence[Opening]
    is_keeper: bool
    may_seal: bool
    may_ask: bool
    may_settle: bool

    @property
    def waiting(self) -> Opening | None:
        """The wish to open that nobody decided yet."""
        return next((each for each in self.openings if each.settled_at is None), None)


def values(panel: Panel) -> dict[str, Any]:
    """Return what the templates of a panel's page need to know of its seal."""
    now = clock.now()
    is_sealed = sealed.is_sealed(panel, now)
    asked = sealing.openings(db.session, panel) if panel.sealed_until else []
    is_waiting = any(each.settled_at is None for each in asked)
    may_act = allowed(panel, sealing.KEEP)
    seal = Seal(
        is_sealed=is_sealed,
        until=panel.sealed_until,
        keepers=sealing.keepers(db.session, panel) if is_sealed else [],
        openings=asked,
        is_keeper=is_sealed and not is_hidden(panel),
        may_seal=may_act and not is_hidden(panel) and (is_sealed or panel.state is PanelState.DRAFT),
        may_ask=may_act and is_sealed and not is_waiting,
        may_settle=is_sealed and is_waiting and allowed(panel, sealing.SUPERVISE),
    )
    return {"seal": seal}


def must_seal(panel: Panel) -> bool:
    """Whether the panel's rules want its roster sealed, and it never was."""
    try:
        sealing.require_seal(panel)
    except Invalid:
        return True
    return False


@blueprint.route("/<int:panel_id>/seal", methods=["GET", "POST"])
@guards.requires("panels.confirm")
def seal(panel_id: int) -> ResponseReturnValue:
    """Seal the roster, or prolong the seal and name another second keeper."""
    panel = acted_on(panel_id, sealing.KEEP)
    form = SealForm()
    others = [each for each in sealing.who_may_keep(db.session, panel) if each.id != guards.user().id]
    form.second.choices = [(each.id, each.name) for each in others]
    if not form.is_submitted():
        _fill(form, panel)
    elif form.validate():
        try:
            _seal(panel, form)
            db.session.commit()
        except Invalid as error:
            db.session.rollback()
            put_error(form, error)
        else:
            flash(gettext("The roster is sealed."), "success")
            return redirect(url_for("panels.show", panel_id=panel_id))
    page = render_template("panels/seal.html", panel=panel, form=form, others=others)
    return page, 400 if form.faults else 200


@blueprint.route("/<int:panel_id>/opening", methods=["GET", "POST"])
@guards.requires("panels.confirm")
def ask_opening(panel_id: int) -> ResponseReturnValue:
    """Ask for a sealed roster to be opened before its time."""
    panel = acted_on_outline(panel_id, sealing.KEEP)
    form = OpeningForm()
    if form.validate_on_submit():
        try:
            reason = form.reason.data or ""
            sealing.ask_opening(db.session, panel, reason, actor=guards.actor(), now=clock.now())
            db.session.commit()
        except Invalid as error:
            db.session.rollback()
            put_error(form, error)
        else:
            flash(gettext("Asked. The roster stays sealed until a supervisor agrees."), "success")
            return redirect(url_for("panels.show", panel_id=panel_id))
    return render_template("panels/opening.html", panel=panel, form=form), 400 if form.faults else 200


@blueprint.post("/<int:panel_id>/opening/agree")
@guards.requires("draws.witness")
def agree_opening(panel_id: int) -> ResponseReturnValue:
    """Agree, as a supervisor, to open the roster now."""
    return _settle(panel_id, agreed=True)


@blueprint.post("/<int:panel_id>/opening/refuse")
@guards.requires("draws.witness")
def refuse_opening(panel_id: int) -> ResponseReturnValue:
    """Refuse, as a supervisor, to open the roster now."""
    return _settle(panel_id, agreed=False)


def _settle(panel_id: int, *, agreed: bool) -> ResponseReturnValue:
    panel = acted_on_outline(panel_id, sealing.SUPERVISE)
    try:
        sealing.settle_opening(db.session, panel, agreed=agreed, actor=guards.actor(), now=clock.now())
        db.session.commit()
    except NotFound as error:
        db.session.rollback()
        flash(say(error.sentence), "error")
    else:
        done = gettext("The roster is open. Everybody concerned is told.") if agreed else gettext("Refused.")
        flash(done, "success" if agreed else "info")
    return redirect(url_for("panels.show", panel_id=panel_id))


def _seal(panel: Panel, form: SealForm) -> None:
    assert form.until.data is not None
    until = form.until.data.replace(tzinfo=ZoneInfo(zone_name()))
    second = db.session.get_one(User, form.second.data)
    sealing.seal(db.session, panel, until, second, actor=guards.actor(), now=clock.now())


def _fill(form: SealForm, panel: Panel) -> None:
    here = ZoneInfo(zone_name())
    until = panel.sealed_until or _default(panel)
    form.until.data = until.astimezone(here).replace(second=0, microsecond=0, tzinfo=None)
    mine = {each.id for each in sealing.keepers(db.session, panel)} - {guards.user().id}
    form.second.data = next(iter(mine), None)


def _default(panel: Panel) -> datetime:
    """Return the preset's wish: the beginning of the meeting, else some time after it."""
    meets = panel.starts or max((each.starts for each in panel.slots), default=clock.now())
    until = presets_service.rules(panel.preset).secrecy.until
    return meets if until is Secrecy.MEETING and meets > clock.now() else meets + AFTER_MEETING
