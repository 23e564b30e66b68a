"""What the panel concluded on each item: the list of the agenda, and the form of one vote."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from expertpool import clock
from expertpool.errors import N_, Invalid, NotFound
from expertpool.extensions import db
from expertpool.panels import attendance, closing_wording, conclusions, declared, voting
from expertpool.panels.closing_models import Conclusion
from expertpool.panels.conclusions import Ballots
from expertpool.panels.models import Panel, PanelItem
from expertpool.panels.preset_parts import Decision
from expertpool.panels.voting import Outcome
from expertpool.web.kit import guards
from expertpool.web.kit.forms import put_error, version_seen
from expertpool.web.panels.blueprint import blueprint
from expertpool.web.panels.meeting import BOTH, CLOSE, met, sitting, steps
from expertpool.web.panels.meeting_forms import ConclusionForm
from expertpool.web.panels.wording import say

MEETING, LETTER, NONE = "meeting", "letter", "none"
FACES = {Outcome.PASSED: "passed", Outcome.NOT_PASSED: "failed", Outcome.NOT_QUORATE: "expired"}
"""Class of the state of each outcome."""


@dataclass(frozen=True)
class Row:
    """One point of the agenda with what was concluded."""

    item: PanelItem | None
    title: str
    text: str
    face: str
    outcome: str
    checks: list[str]
    votes: str
    recused: list[str]
    is_recorded: bool


def rows(panel: Panel) -> list[Row]:
    """Return the agenda with its conclusions, in a fixed number of queries."""
    known = conclusions.of_panel(db.session, panel)
    names = {seat.id: seat.person.name for seat in panel.seats}
    return [_row(item, known.get(item.id if item else None), names) for item in conclusions.agenda(panel)]


@blueprint.get("/<int:panel_id>/conclusions", endpoint="conclusions")
@guards.requires(CLOSE)
def listed(panel_id: int) -> ResponseReturnValue:
    """The agenda, what was concluded, and what a vote needs."""
    panel = met(panel_id)
    return render_template(
        "panels/conclusions.html",
        panel=panel,
        steps_of=steps(panel),
        rows=rows(panel),
        rule=_rule(panel),
        votes=conclusions.decision_of(panel).ballot is not None,
        is_noted=attendance.is_whole(db.session, panel),
    )


@blueprint.route("/<int:panel_id>/conclusions/<int:item_id>", methods=BOTH)
@guards.requires(CLOSE)
def conclude(panel_id: int, item_id: int) -> ResponseReturnValue:
    """Record one vote and its conclusion; `item_id` 0 is the meeting as a whole."""
    panel = met(panel_id)
    item = _item(panel, item_id)
    known = conclusions.of_panel(db.session, panel).get(item.id if item else None)
    decision, form = conclusions.decision_of(panel), ConclusionForm()
    expected = declared.recused_from(db.session, panel, item)
    form.how.choices = _ways(decision)
    form.recused.choices = [(seat.id, seat.person.name) for seat in sitting(panel)]
    if not form.is_submitted():
        _fill(form, known, expected)
    elif form.validate() and _concluded(panel, item, form, decision):
        flash(gettext("The conclusion is recorded."), "success")
        return redirect(url_for("panels.conclusions", panel_id=panel_id))
    chosen = form.recused.data or []
    page = render_template(
        "panels/conclude.html",
        panel=panel,
        title=_title(item),
        form=form,
        votes=decision.ballot is not None,
        by_letter=decision.by_letter is not None,
        heads=conclusions.heads(db.session, panel, chosen),
        bounds=_bounds(panel, decision, chosen),
        expected=[seat.person.name for seat in sitting(panel) if seat.id in expected],
        is_noted=attendance.is_whole(db.session, panel),
        steps_of=steps(panel),
    )
    return page, 400 if form.faults else 200


def _concluded(panel: Panel, item: PanelItem | None, form: ConclusionForm, decision: Decision) -> bool:
    """Record what was typed; False when it is refused, with the reason at its field."""
    try:
        conclusions.conclude(
            db.session,
            panel,
            item,
            text=form.text.data or "",
            ballots=_ballots(form, decision),
            no_vote_reason=form.no_vote_reason.data or "",
            recused=form.recused.data or [],
            recusal_reason=form.recusal_reason.data or "",
            version=version_seen(form),
            actor=guards.actor(),
            now=clock.now(),
        )
        db.session.commit()
    except Invalid as error:
        db.session.rollback()
        put_error(form, error)
        return False
    return True


def _ballots(form: ConclusionForm, decision: Decision) -> Ballots | None:
    if decision.ballot is None or form.how.data == NONE:
        return None
    for field in (form.approve, form.oppose, form.abstain):
        if field.data is None:
            raise Invalid(N_("Give a whole number, 0 or more."), field=field.name)
    if form.how.data == LETTER and form.replies.data is None:
        raise Invalid(N_("Give a whole number, 0 or more."), field="replies")
    replies = form.replies.data if form.how.data == LETTER else None
    return Ballots(form.approve.data or 0, form.oppose.data or 0, form.abstain.data or 0, replies)


def _fill(form: ConclusionForm, known: Conclusion | None, expected: frozenset[int]) -> None:
    form.version.data = str(known.version if known else 0)
    form.how.data, form.recused.data = MEETING, sorted(expected)
    form.abstain.data = 0
    if known is None:
        return
    form.text.data, form.recused.data = known.text, known.recused_ids
    form.no_vote_reason.data, form.recusal_reason.data = known.no_vote_reason, known.recusal_reason
    form.replies.data = known.replies
    if known.passed is None:
        form.how.data = NONE
        return
    form.how.data = MEETING if known.replies is None else LETTER
    form.approve.data, form.oppose.data, form.abstain.data = known.approve, known.oppose, known.abstain


def _ways(decision: Decision) -> list[tuple[str, str]]:
    letter = [(LETTER, gettext("By letter"))] if decision.by_letter else []
    return [(MEETING, gettext("In the meeting")), *letter, (NONE, gettext("No vote was held"))]


def _bounds(panel: Panel, decision: Decision, recused: list[int]) -> dict[str, str]:
    """Return by field what a vote of all who are present needs; nothing where none is asked for."""
    if decision.ballot is None:
        return {}
    counted = conclusions.heads(db.session, panel, recused)
    checks = voting.expected(decision, counted.members, counted.present, counted.recused).checks
    return {each.measure.value: say(closing_wording.bound(each)) for each in checks}


def _rule(panel: Panel) -> list[str]:
    return list(_bounds(panel, conclusions.decision_of(panel), []).values())


def _item(panel: Panel, item_id: int) -> PanelItem | None:
    for item in conclusions.agenda(panel):
        if (item.id if item else 0) == item_id:
            return item
    raise NotFound(N_("This panel has no such item."))


def _title(item: PanelItem | None) -> str:
    return f"{item.item.number} {item.item.title}" if item else str(gettext("The meeting as a whole"))


def _row(item: PanelItem | None, known: Conclusion | None, names: Mapping[int, str]) -> Row:
    verdict = voting.of_plain(known.rule) if known else None
    return Row(
        item=item,
        title=_title(item),
        text=known.text if known else "",
        face=FACES[verdict.outcome] if verdict else "vacant" if known else "",
        outcome=_outcome(known, verdict),
        checks=[say(closing_wording.compared(each)) for each in verdict.checks] if verdict else [],
        votes=_votes(known) if known and verdict else (known.no_vote_reason or "") if known else "",
        recused=[names[id_] for id_ in known.recused_ids if id_ in names] if known else [],
        is_recorded=known is not None,
    )


def _outcome(known: Conclusion | None, verdict: voting.Verdict | None) -> str:
    if verdict:
        return str(gettext(closing_wording.OUTCOMES[verdict.outcome]))
    return str(gettext(closing_wording.NO_VOTE)) if known else ""


def _votes(known: Conclusion) -> str:
    return str(
        gettext(
            "For %(approve)s, against %(oppose)s, abstained %(abstain)s.",
            approve=known.approve,
            oppose=known.oppose,
            abstain=known.abstain,
        )
    )
