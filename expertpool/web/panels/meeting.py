"""The meeting, step by step: who came, what was concluded, how members did, and its end."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from expertpool import clock
from expertpool.errors import N_, Invalid, NotFound
from expertpool.extensions import db
from expertpool.panels import attendance, closing, closing_wording, evaluations, wording
from expertpool.panels.attendance import Noted
from expertpool.panels.closing_models import Attendance
from expertpool.panels.confirmation import holders
from expertpool.panels.evaluations import Marks
from expertpool.panels.models import Panel, PanelState, Seat, SeatState
from expertpool.panels.policy import is_about_oneself
from expertpool.panels.queries import cards
from expertpool.web.kit import guards
from expertpool.web.kit.forms import Form, put_error
from expertpool.web.panels.blueprint import acted_on, blueprint
from expertpool.web.panels.meeting_forms import (
    MARKS,
    CloseForm,
    attendance_form,
    attendance_of,
    evaluation_form,
)
from expertpool.web.panels.wording import FACES, say

CLOSE = "panels.close"
BOTH = ["GET", "POST"]


def steps(panel: Panel) -> list[tuple[str, str]]:
    """Return the steps of closing a panel: word and address."""
    names = (
        (gettext("Attendance"), "panels.attendance"),
        (gettext("Conclusions"), "panels.conclusions"),
        (gettext("Evaluation"), "panels.evaluations"),
        (gettext("Closing"), "panels.close"),
    )
    return [(word, url_for(endpoint, panel_id=panel.id)) for word, endpoint in names]


def met(panel_id: int, *, closed: bool = False) -> Panel:
    """Return a confirmed panel (or one that is `closed`) that the reader may close; NotFound for others.

    Whoever comes to a closed one again, by a second press or the back button, is led to its page.
    """
    panel = acted_on(panel_id, CLOSE)
    if panel.state is PanelState.CONFIRMED or (closed and panel.state is PanelState.CLOSED):
        return panel
    if panel.state is PanelState.CLOSED:
        flash(gettext("This panel is closed: attendance and conclusions stay as they are."), "warning")
        abort(redirect(url_for("panels.show", panel_id=panel_id)))
    raise NotFound(N_("Only what concerns a confirmed panel that is not closed can be recorded."))


def sitting(panel: Panel) -> list[Seat]:
    """Return who holds a seat, those who accepted first."""
    return sorted(holders(panel), key=lambda seat: (seat.state is not SeatState.ACCEPTED, seat.position))


@blueprint.route("/<int:panel_id>/attendance", methods=BOTH, endpoint="attendance")
@guards.requires(CLOSE)
def note_attendance(panel_id: int) -> ResponseReturnValue:
    """Note who came, from afar or in the room, and for how long."""
    panel = met(panel_id)
    seats = sitting(panel)
    form = attendance_form(seats)
    if not form.is_submitted():
        _fill_attendance(form, panel, seats)
    elif form.validate():
        try:
            closing.note_attendance(
                db.session, panel, _sheet(form, seats), actor=guards.actor(), now=clock.now()
            )
            db.session.commit()
            flash(gettext("It is noted who came."), "success")
            return redirect(url_for("panels.conclusions", panel_id=panel_id))
        except Invalid as error:
            db.session.rollback()
            put_error(form, error)
    values = {"form": form, "whole": attendance.whole_minutes(panel), "seats": seats}
    return _page("attendance", 1, panel, **values), 400 if form.faults else 200


@blueprint.route("/<int:panel_id>/evaluations", methods=BOTH, endpoint="evaluations")
@guards.requires(CLOSE)
def evaluate(panel_id: int) -> ResponseReturnValue:
    """Mark the members' work; rows without marks are left as they are."""
    panel = met(panel_id, closed=True)
    seats = [seat for seat in sitting(panel) if not is_about_oneself(guards.actor().user_id, seat.person)]
    form = evaluation_form(seats)
    if not form.is_submitted():
        _fill_marks(form, seats)
    elif form.validate() and _evaluated(form, seats):
        flash(gettext("The marks are kept."), "success")
        target = "panels.close" if panel.state is PanelState.CONFIRMED else "panels.show"
        return redirect(url_for(target, panel_id=panel_id))
    values = {"form": form, "seats": seats, "noted": attendance.of_panel(db.session, panel)}
    return _page("evaluations", 3, panel, **values), 400 if form.faults else 200


@blueprint.route("/<int:panel_id>/close", methods=BOTH)
@guards.requires(CLOSE)
def close(panel_id: int) -> ResponseReturnValue:
    """Close the panel: what is still to be done, what is credited, what else the minutes say."""
    panel, form = met(panel_id), CloseForm()
    if form.validate_on_submit():
        try:
            closing.close(db.session, panel, form.minutes.data or "", actor=guards.actor(), now=clock.now())
            db.session.commit()
            flash(gettext("The panel is closed; service hours are credited."), "success")
            return redirect(url_for("panels.show", panel_id=panel_id))
        except Invalid as error:
            db.session.rollback()
            put_error(form, error)
    seats = sitting(panel)
    values = {
        "form": form,
        "seats": seats,
        "noted": attendance.of_panel(db.session, panel),
        "whole": attendance.whole_minutes(panel),
        "obstacles": [say(each) for each in closing.obstacles(db.session, panel, now=clock.now())],
        "evaluated": len(evaluations.of_seats(db.session, [seat.id for seat in seats])),
    }
    return _page("close", 4, panel, **values), 400 if form.faults else 200


def _page(name: str, step: int, panel: Panel, **values: Any) -> str:
    return render_template(
        f"panels/{name}.html",
        panel=panel,
        steps_of=steps(panel),
        step=step,
        cards=cards(db.session, [seat.person_id for seat in panel.seats]),
        words=wording,
        closing_words=closing_wording,
        faces=FACES,
        marks=MARKS,
        **values,
    )


def _fill_attendance(form: Form, panel: Panel, seats: list[Seat]) -> None:
    """Show what was noted; before that whoever accepted came."""
    noted = attendance.of_panel(db.session, panel)
    for seat in seats:
        row = noted.get(seat.id)
        expected = Attendance.PRESENT if seat.state is SeatState.ACCEPTED else Attendance.ABSENT
        form[f"seat-{seat.id}"].data = (row.attendance if row else expected).value
        form[f"minutes-{seat.id}"].data = row.minutes if row else None


def _sheet(form: Form, seats: list[Seat]) -> dict[int, Noted]:
    pressed = {seat.id: attendance_of(form[f"seat-{seat.id}"].data) for seat in seats}
    return {
        id_: Noted(came, form[f"minutes-{id_}"].data) for id_, came in pressed.items() if came is not None
    }


def _fill_marks(form: Form, seats: list[Seat]) -> None:
    for id_, row in evaluations.of_seats(db.session, [seat.id for seat in seats]).items():
        for mark in MARKS:
            form[f"{mark}-{id_}"].data = str(getattr(row, mark))
        form[f"remark-{id_}"].data = row.remark
        form[f"version-{id_}"].data = str(row.version)


def _evaluated(form: Form, seats: list[Seat]) -> bool:
    """Keep all rows that have marks; False when one is refused, with the reason at its field."""
    for seat in seats:
        given = [form[f"{mark}-{seat.id}"].data for mark in MARKS]
        remark = form[f"remark-{seat.id}"].data
        if not any(given) and not remark:
            continue
        if not all(given):
            missing = next(mark for mark, value in zip(MARKS, given, strict=True) if not value)
            put_error(form, Invalid(N_("Give all three marks, or none."), field=f"{missing}-{seat.id}"))
            continue
        competence, diligence, impartiality = map(int, given)
        marks = Marks(competence, diligence, impartiality, remark)
        seen = form[f"version-{seat.id}"].data or "0"
        try:
            evaluations.evaluate(
                db.session,
                seat,
                marks,
                version=int(seen) if seen.isdecimal() else 0,
                actor=guards.actor(),
                now=clock.now(),
            )
        except Invalid as error:
            error.field = f"{error.field or MARKS[0]}-{seat.id}"
            put_error(form, error)
    if form.faults:
        db.session.rollback()
        return False
    db.session.commit()
    return True
