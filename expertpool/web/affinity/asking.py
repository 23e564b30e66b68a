"""Ask for a list: about a pasted text, or about items of the database."""

from __future__ import annotations

from collections.abc import Sequence

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from expertpool import clock
from expertpool.affinity import lists
from expertpool.affinity.models import AffinityList
from expertpool.errors import N_, Forbidden, Invalid
from expertpool.extensions import db
from expertpool.items import choosing
from expertpool.items import queries as items
from expertpool.people.facts import listed
from expertpool.skills.resolving import resolve
from expertpool.web.affinity.blueprint import EDIT, blueprint
from expertpool.web.affinity.forms import AskAboutItemsForm, AskAboutTextForm, AskForm
from expertpool.web.kit import guards
from expertpool.web.kit.forms import put_error
from expertpool.web.panels import offices


@blueprint.route("/new", methods=["GET", "POST"])
@guards.requires(EDIT)
def about_text() -> ResponseReturnValue:
    """Paste a text, and ask who is near to it."""
    form = AskAboutTextForm()
    form.owner.choices = offices.choices(EDIT)
    try:
        if form.validate_on_submit():
            return _asked(_about_text(form))
    except Invalid as error:
        db.session.rollback()
        put_error(form, error)
    return render_template("affinity/text.html", form=form), 400 if form.faults else 200


@blueprint.route("/new/items", methods=["GET", "POST"])
@guards.requires(EDIT)
def about_items() -> ResponseReturnValue:
    """Choose items, look how many they are, and ask who is near to each; `?item=` fills in one."""
    form = AskAboutItemsForm()
    form.owner.choices = offices.choices(EDIT)
    form.offer_kinds()
    counted: int | None = None
    item_id = request.args.get("item", type=int)
    if item_id is not None and not form.is_submitted():
        item = items.get(db.session, item_id)
        form.title.data, form.numbers.data = item.title, item.number
    try:
        if form.is_submitted() and request.form.get("do") == "count":
            counted = len(_items(form))
        elif form.validate_on_submit():
            return _asked(_about_items(form))
    except Invalid as error:
        db.session.rollback()
        put_error(form, error)
    page = render_template("affinity/items.html", form=form, counted=counted)
    return page, 400 if form.faults else 200


def _about_text(form: AskAboutTextForm) -> AffinityList:
    return lists.ask_about_text(
        db.session,
        title=form.title.data or "",
        abstract=form.abstract.data or "",
        skill_ids=_skills(form.skills.data or ""),
        owner_id=_owner(form),
        experts=form.experts.data or 0,
        actor=guards.actor(),
        now=clock.now(),
    )


def _about_items(form: AskAboutItemsForm) -> AffinityList:
    return lists.ask_about_items(
        db.session,
        title=form.title.data or "",
        item_ids=_items(form),
        owner_id=_owner(form),
        experts=form.experts.data or 0,
        actor=guards.actor(),
        now=clock.now(),
    )


def _asked(made: AffinityList) -> ResponseReturnValue:
    db.session.commit()
    return redirect(url_for("affinity.show", list_id=made.id))


def _owner(form: AskForm) -> int:
    owner_id: int = form.owner.data
    if not guards.grants().covers(EDIT, owner_id):
        raise Forbidden(N_("This office lies outside of your role."))
    return owner_id


def _items(form: AskAboutItemsForm) -> Sequence[int]:
    """Return the ids of the items that the form asks for. Raises Invalid for what nobody knows."""
    numbers = form.numbers_given()
    return db.session.scalars(choosing.candidates(form.wanted(), numbers)).all()


def _skills(text: str) -> list[int]:
    """Return the skills with these codes or names. Raises Invalid for what nobody knows."""
    asked = list(listed(text))
    known = resolve(db.session, asked)
    unknown = [each for each in asked if each not in known]
    if unknown:
        raise Invalid(
            N_("There is no skill with the code or name “%(skill)s”."), field="skills", skill=unknown[0]
        )
    return list(known.values())
