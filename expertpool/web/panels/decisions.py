"""Decisions that a person signs: waive a finding, take a waiver back, confirm a proposal."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from expertpool import clock
from expertpool.errors import N_, Invalid, NotFound
from expertpool.extensions import db
from expertpool.interests.wording import finding_text
from expertpool.panels import confirmation, kept, queries, runs, waivers, wording
from expertpool.panels.models import Panel, Waiver
from expertpool.people.models import Person
from expertpool.web.kit import guards
from expertpool.web.kit.forms import put_error
from expertpool.web.panels import shown
from expertpool.web.panels.blueprint import acted_on, blueprint
from expertpool.web.panels.forms import ConfirmForm, WaiverForm
from expertpool.web.panels.moving import offered_rooms, room_choices
from expertpool.web.panels.wording import rule_name, say


@blueprint.route("/<int:panel_id>/proposals/<int:number>/waive", methods=["GET", "POST"])
@guards.requires("panels.waive")
def waive(panel_id: int, number: int) -> ResponseReturnValue:
    """Admit a person in spite of a finding of the proposal, with a reason."""
    panel = acted_on(panel_id, "panels.waive")
    run = runs.run_of(db.session, panel, number)
    person_id, rule = request.args.get("person", type=int), request.args.get("rule", "")
    person = db.session.get(Person, person_id) if person_id else None
    known = [kept.finding(each) for each in kept.unpack(run.evidence).get("findings", [])]
    findings = [each for each in known if each.person == person_id and each.rule.value == rule]
    if person is None or not findings:
        raise NotFound(N_("This proposal has no such finding."))
    form = WaiverForm()
    if form.validate_on_submit():
        try:
            waivers.waive(
                db.session, panel, person, rule, form.reason.data or "", actor=guards.actor(), now=clock.now()
            )
            again = runs.request_run(db.session, panel, actor=guards.actor(), now=clock.now())
            db.session.commit()
        except Invalid as error:
            db.session.rollback()
            put_error(form, error)
        else:
            flash(gettext("%(name)s may sit. The waiver is on file.", name=person.name), "success")
            return redirect(url_for("panels.proposal", panel_id=panel.id, number=again.number))
    page = render_template(
        "panels/waive.html",
        panel=panel,
        run=run,
        person=person,
        rule=rule_name(rule),
        evidence=shown.evidence(findings),
        form=form,
    )
    return page, 400 if form.faults else 200


@blueprint.post("/<int:panel_id>/waivers/<int:waiver_id>/revoke")
@guards.requires("panels.waive")
def revoke(panel_id: int, waiver_id: int) -> ResponseReturnValue:
    """Take a waiver back."""
    panel = acted_on(panel_id, "panels.waive")
    waiver = db.session.get(Waiver, waiver_id)
    if waiver is None or waiver.panel_id != panel.id:
        raise NotFound(N_("There is no such waiver of this panel."))
    waivers.revoke(db.session, waiver, actor=guards.actor(), now=clock.now())
    db.session.commit()
    flash(gettext("The waiver is revoked. Ask again before you confirm."), "warning")
    return redirect(url_for("panels.show", panel_id=panel.id))


@blueprint.route("/<int:panel_id>/proposals/<int:number>/confirm", methods=["GET", "POST"])
@guards.requires("panels.confirm")
def confirm(panel_id: int, number: int) -> ResponseReturnValue:
    """Names, what is to be declared, what no longer holds; a person confirms."""
    panel = acted_on(panel_id, "panels.confirm")
    run = runs.run_of(db.session, panel, number)
    form, rooms = ConfirmForm(), offered_rooms()
    form.room.choices = room_choices(rooms)
    if form.validate_on_submit():
        try:
            room = rooms.get(form.room.data)
            confirmation.confirm(db.session, panel, run, room=room, actor=guards.actor(), now=clock.now())
            db.session.commit()
        except Invalid as error:
            db.session.rollback()
            put_error(form, error)
            db.session.refresh(panel)
        else:
            booked = gettext("The panel is confirmed and its members are booked.")
            flash(booked if panel.starts else gettext("The panel is confirmed."), "success")
            return redirect(url_for("panels.show", panel_id=panel.id))
    try:
        checked = confirmation.check(db.session, panel, run, now=clock.now())
    except Invalid as error:
        flash(say(error.sentence), "error")
        return redirect(url_for("panels.ask_page", panel_id=panel.id))
    return _confirm_page(panel, number, form, checked)


def _confirm_page(
    panel: Panel, number: int, form: ConfirmForm, checked: confirmation.Checked
) -> ResponseReturnValue:
    everybody = [*checked.members, *checked.alternates, *checked.left_out]
    page = render_template(
        "panels/confirm.html",
        panel=panel,
        number=number,
        form=form,
        checked=checked,
        cards=queries.cards(db.session, [each["person_id"] for each in everybody]),
        findings={
            each["person_id"]: shown.findings(checked.findings_of(each["person_id"])) for each in everybody
        },
        pairs=[say(finding_text(each)) for each in checked.pairs],
        violations=[say(confirmation.violation_text(db.session, each)) for each in checked.violations],
        words=wording,
    )
    return page, 400 if form.faults else 200
