"""Write the text of invitations, look at the mail as it will be, and send it to everybody."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import ngettext

from expertpool import clock
from expertpool.errors import Invalid
from expertpool.extensions import db
from expertpool.invitations import campaigns, inviting
from expertpool.invitations.models import Campaign, OnVacancy
from expertpool.settings import choices
from expertpool.web.invitations import previewing
from expertpool.web.invitations.blueprint import PAIR, blueprint
from expertpool.web.invitations.forms import REMINDERS, CampaignForm, ReadyForm
from expertpool.web.invitations.purposes import SEND, Purpose, acted_on
from expertpool.web.kit import guards
from expertpool.web.kit.forms import put_error

ADDRESS = "/<any(panels,cohorts):kind>/<int:number>/invitations"


@blueprint.route(f"{ADDRESS}/text", methods=PAIR)
@guards.requires(SEND)
def prepare(kind: str, number: int) -> ResponseReturnValue:
    """What the invitations say, how long they wait, what follows a refusal."""
    purpose = acted_on(kind, number)
    campaign = purpose.campaign()
    form = CampaignForm()
    values = _values(purpose, campaign)
    form.reminder_hours.choices = [
        (hours, ngettext("%(num)s hour before", "%(num)s hours before", hours))
        for hours in sorted({*REMINDERS, *values["reminder_hours"]}, reverse=True)
    ]
    if not form.is_submitted():
        form.process(data=values)
    elif form.validate():
        try:
            _save(purpose, campaign, form)
            db.session.commit()
            return redirect(url_for("invitations.preview", kind=kind, number=number))
        except Invalid as error:
            db.session.rollback()
            put_error(form, error)
    page = render_template(
        "invitations/prepare.html", purpose=purpose, told=purpose.told(), form=form, is_new=campaign is None
    )
    return page, 400 if form.faults else 200


@blueprint.route(f"{ADDRESS}/preview", methods=PAIR)
@guards.requires(SEND)
def preview(kind: str, number: int) -> ResponseReturnValue:
    """The mail in both languages, to whom it goes, and the button that sends it."""
    purpose = acted_on(kind, number)
    campaign = purpose.prepared()
    form = ReadyForm()
    if form.validate_on_submit():
        try:
            sent = inviting.invite_all(db.session, campaign, actor=guards.actor(), now=clock.now())
            db.session.commit()
            flash(
                ngettext("%(num)s invitation was sent.", "%(num)s invitations were sent.", len(sent)),
                "success",
            )
            return redirect(purpose.url)
        except Invalid as error:
            db.session.rollback()
            put_error(form, error)
    page = render_template(
        "invitations/preview.html",
        purpose=purpose,
        form=form,
        found=previewing.preview(db.session, campaign, now=clock.now()),
    )
    return page, 400 if form.faults else 200


def _values(purpose: Purpose, campaign: Campaign | None) -> dict[str, Any]:
    """Return what the form begins with: what was decided, else a draft that waits as the office chose."""
    if campaign is not None:
        names = ("text_zh", "text_en", "fee", "contact", "answer_hours", "reminder_hours")
        return {name: getattr(campaign, name) for name in names} | {"on_vacancy": campaign.on_vacancy.value}
    user = guards.user()
    days = int(choices.value_of(db.session, "invitations.days_to_answer"))
    left = days - int(choices.value_of(db.session, "invitations.remind_after_days"))
    return {
        "text_zh": campaigns.draft(db.session, locale="zh_Hans", **purpose.of),
        "text_en": campaigns.draft(db.session, locale="en", **purpose.of),
        "contact": f"{user.name} {user.email}",
        "answer_hours": 24 * days,
        "reminder_hours": [24 * left] if left > 0 else [],
        "on_vacancy": OnVacancy.OFFER.value,
    }


def _save(purpose: Purpose, campaign: Campaign | None, form: CampaignForm) -> None:
    decided: dict[str, Any] = {
        "text_zh": form.text_zh.data or "",
        "text_en": form.text_en.data or "",
        "fee": (form.fee.data or "").strip() or None,
        "contact": form.contact.data or "",
        "answer_hours": form.answer_hours.data,
        "reminder_hours": form.reminder_hours.data or [],
        "on_vacancy": form.way,
    }
    acting: dict[str, Any] = {"actor": guards.actor(), "now": clock.now()}
    if campaign is None:
        campaigns.prepare(db.session, **purpose.of, **decided, **acting)
    else:
        campaigns.change(db.session, campaign, **decided, **acting)
