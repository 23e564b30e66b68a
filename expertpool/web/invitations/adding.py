"""Somebody from outside the alternates for a vacant seat: looked for by name, or the best of the pool."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from expertpool import clock
from expertpool.errors import N_, Invalid
from expertpool.extensions import db
from expertpool.panels import adding, seating
from expertpool.panels.confirmation import violation_text
from expertpool.panels.models import Panel, Seat
from expertpool.panels.queries import Card, cards, people_named
from expertpool.people.models import Person
from expertpool.web.invitations.blueprint import PAIR, blueprint
from expertpool.web.invitations.calling import seat_of
from expertpool.web.invitations.forms import AddForm
from expertpool.web.invitations.purposes import PANELS, SEND, acted_on
from expertpool.web.kit import guards
from expertpool.web.kit.forms import put_error
from expertpool.web.panels.wording import say


@dataclass(frozen=True)
class Shown:
    """Somebody who could be added, and what stands against it in words; empty when they fit."""

    card: Card
    against: str


@blueprint.route("/panels/<int:panel_id>/vacancies/<int:seat_id>/add", methods=PAIR)
@guards.requires(SEND)
def add(panel_id: int, seat_id: int) -> ResponseReturnValue:
    """Look for somebody by `?q=`, or for the best of the pool by `?best=1`; a form lets one stand by."""
    purpose = acted_on(PANELS, panel_id)
    panel, vacant = seat_of(purpose, seat_id)
    if vacant not in seating.vacancies(panel):
        return redirect(purpose.url)
    form = AddForm()
    if form.validate_on_submit():
        try:
            person = _chosen(form.person.data or "")
            adding.add_alternate(db.session, panel, vacant, person, actor=guards.actor(), now=clock.now())
            db.session.commit()
            flash(gettext("%(name)s stands by now, behind all alternates.", name=person.name), "success")
            return redirect(url_for(".vacancy", panel_id=panel_id, seat_id=seat_id))
        except Invalid as error:
            db.session.rollback()
            put_error(form, error)
    text = request.args.get("q", "").strip()
    page = render_template(
        "invitations/add.html",
        purpose=purpose,
        vacant=vacant,
        form=form,
        text=text,
        named=_shown(panel, vacant, people_named(db.session, text)),
        best=_best(panel, vacant) if request.args.get("best") else None,
    )
    return page, 400 if form.faults else 200


def _chosen(number: str) -> Person:
    person = db.session.scalar(sa.select(Person).where(Person.number == number))
    if person is None:
        raise Invalid(N_("There is no such person in the pool."), field="person")
    return person


def _shown(panel: Panel, vacant: Seat, people: Sequence[Person]) -> list[Shown]:
    if not people:
        return []
    found = cards(db.session, [each.id for each in people])
    known = {seat.person_id for seat in panel.seats}
    looked = adding.look_at(db.session, panel, vacant, people, now=clock.now())
    return [
        Shown(
            found[each.person.id],
            gettext("is or was in this panel already")
            if each.person.id in known
            else " ".join(say(violation_text(db.session, broken)) for broken in each.rules),
        )
        for each in looked
    ]


def _best(panel: Panel, vacant: Seat) -> list[Shown]:
    ids = adding.best_for(db.session, panel, vacant, now=clock.now())
    found = cards(db.session, ids)
    return [Shown(found[id_], "") for id_ in ids]
