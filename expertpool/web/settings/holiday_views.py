"""Holidays and make-up workdays, a year at a time."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from expertpool import clock
from expertpool.errors import N_, Invalid, NotFound
from expertpool.extensions import db
from expertpool.settings import holidays
from expertpool.settings.models import DayKind, Holiday
from expertpool.web.kit import guards
from expertpool.web.kit.dates import zone_name
from expertpool.web.kit.errors import stale_page
from expertpool.web.kit.forms import put_error
from expertpool.web.settings.blueprint import EDIT, blueprint
from expertpool.web.settings.forms import FIRST_YEAR, LAST_YEAR, DayForm, NewDayForm, YearForm
from expertpool.web.settings.wording import KINDS


@blueprint.get("/holidays")
@guards.requires(EDIT)
def days() -> ResponseReturnValue:
    """The days of `?year=` that are not what their weekday says."""
    return _year_page(_year_asked(), NewDayForm(formdata=None))


@blueprint.post("/holidays")
@guards.requires(EDIT)
def add_day() -> ResponseReturnValue:
    """Declare a day that the table lacks."""
    form = NewDayForm()
    if form.validate_on_submit() and form.day.data is not None:
        try:
            _refuse_known(form.day.data)
            _set(form.day.data, form)
        except Invalid as error:
            db.session.rollback()
            put_error(form, error)
        else:
            flash(gettext("%(day)s is in the table.", day=form.day.data.isoformat()), "success")
            return redirect(url_for("settings.days", year=form.day.data.year))
    return _year_page(form.day.data.year if form.day.data else _this_year(), form), 400


@blueprint.route("/holidays/<int:holiday_id>", methods=["GET", "POST"])
@guards.requires(EDIT)
def change_day(holiday_id: int) -> ResponseReturnValue:
    """Change what a day is; it is then no longer provisional."""
    holiday = _found(holiday_id)
    form = DayForm() if request.method == "POST" else DayForm(formdata=None, obj=holiday)
    if form.validate_on_submit():
        if form.version.data != str(holiday.version):
            return _stale(holiday, form)
        try:
            _set(holiday.day, form)
        except Invalid as error:
            db.session.rollback()
            put_error(form, error)
        else:
            flash(gettext("%(day)s is saved.", day=holiday.day.isoformat()), "success")
            return redirect(url_for("settings.days", year=holiday.day.year))
    return render_template("settings/day.html", form=form, holiday=holiday), 400 if form.faults else 200


@blueprint.post("/holidays/<int:holiday_id>/remove")
@guards.requires(EDIT)
def remove_day(holiday_id: int) -> ResponseReturnValue:
    """Let a day be what its weekday says."""
    holiday = _found(holiday_id)
    day = holiday.day
    holidays.remove_day(db.session, holiday, actor=guards.actor(), now=clock.now())
    db.session.commit()
    flash(gettext("%(day)s is what its weekday says again.", day=day.isoformat()), "success")
    return redirect(url_for("settings.days", year=day.year))


@blueprint.post("/holidays/seed")
@guards.requires(EDIT)
def seed_year() -> ResponseReturnValue:
    """Take the days of a year from the library; days of the office stay."""
    form = YearForm()
    if not form.validate_on_submit():
        flash(" ".join(text for _, text in form.faults), "error")
        return redirect(url_for("settings.days"))
    year = int(form.year.data or 0)
    count = holidays.seed(db.session, year, actor=guards.actor(), now=clock.now())
    db.session.commit()
    if count:
        flash(gettext("%(count)s days of %(year)s were added.", count=count, year=year), "success")
    else:
        flash(gettext("The library knows no other days of %(year)s.", year=year), "info")
    return redirect(url_for("settings.days", year=year))


def _set(day: date, form: DayForm) -> None:
    name, name_en = form.name.data or "", form.name_en.data or ""
    kind = DayKind(form.kind.data)
    holidays.set_day(db.session, day, kind, name, name_en, actor=guards.actor(), now=clock.now())
    db.session.commit()


def _refuse_known(day: date) -> None:
    if db.session.scalar(sa.select(Holiday.id).where(Holiday.day == day)):
        raise Invalid(
            N_("%(day)s is in the table already. Change it there."), field="day", day=day.isoformat()
        )
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        message = N_("Give a year from %(least)s to %(most)s.")
        raise Invalid(message, field="day", least=FIRST_YEAR, most=LAST_YEAR)


def _found(holiday_id: int) -> Holiday:
    holiday = db.session.get(Holiday, holiday_id)
    if holiday is None:
        raise NotFound(N_("There is no such day in the table."))
    return holiday


def _this_year() -> int:
    return clock.now().astimezone(ZoneInfo(zone_name())).year


def _year_asked() -> int:
    year = request.args.get("year", _this_year(), type=int)
    return min(max(year, FIRST_YEAR), LAST_YEAR)


def _year_page(year: int, form: NewDayForm) -> str:
    found = holidays.between(db.session, date(year, 1, 1), date(year, 12, 31))
    return render_template(
        "settings/holidays.html",
        year=year,
        days=found,
        form=form,
        kinds=KINDS,
        seed=YearForm(formdata=None, data={"year": year}),
        first=FIRST_YEAR,
        last=LAST_YEAR,
    )


def _stale(holiday: Holiday, form: DayForm) -> ResponseReturnValue:
    labels = {"kind": form.kind, "name": form.name, "name_en": form.name_en}
    words = {kind.value: str(word) for kind, word in KINDS.items()}
    theirs = {"kind": holiday.kind.value, "name": holiday.name, "name_en": holiday.name_en}
    saved = {str(field.label.text): words.get(theirs[name], theirs[name]) for name, field in labels.items()}
    mine = {str(field.label.text): words.get(field.data or "", field.data or "") for field in labels.values()}
    return stale_page(saved, mine, back=url_for("settings.change_day", holiday_id=holiday.id))
