"""The list of items, a record, and what changes it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from expertpool import clock
from expertpool.audit import queries as audit
from expertpool.errors import Invalid, Stale
from expertpool.extensions import db
from expertpool.items import queries, service
from expertpool.items.models import Item
from expertpool.web.items import narrowing, reading
from expertpool.web.items.forms import ItemForm
from expertpool.web.items.wording import FIELDS, ROLES, SENTENCES, STAGES
from expertpool.web.kit import guards, trail
from expertpool.web.kit.errors import stale_page
from expertpool.web.kit.forms import put_error, version_seen
from expertpool.web.kit.pagination import paginate, sorting

blueprint = Blueprint("items", __name__, url_prefix="/items")


@blueprint.get("/")
@guards.requires("items.view")
def index() -> ResponseReturnValue:
    """All items, narrowed by `?q= kind= stage= skill= organisation= person= since= until= retired=`."""
    asked = narrowing.read(db.session)
    order = sorting(("number", "title", "dated", "stage"), default="-dated")
    columns = {name: getattr(Item, name) for name in ("number", "title", "stage")}
    columns["dated"] = Item.dated
    ordered = order.order(columns, Item.id)
    if order.key == "dated":
        ordered.insert(0, Item.dated.is_(None))
    page = paginate(db.session, queries.search(asked.wanted).order_by(*ordered))
    return render_template(
        "items/index.html",
        page=page,
        order=order,
        asked=asked,
        all=queries.count(db.session, queries.Wanted()),
        groups=narrowing.groups(db.session, asked),
        conditions=narrowing.conditions(asked),
        stages=STAGES,
    )


@blueprint.get("/<int:item_id>")
@guards.requires("items.view")
def show(item_id: int) -> ResponseReturnValue:
    """One item with all that is known of it."""
    item = queries.get(db.session, item_id)
    entries = audit.trail(db.session, "item", item.id, now=clock.now(), limit=20).entries
    return render_template(
        "items/show.html",
        item=item,
        people=[(word, [row for row in item.people if row.role == role]) for role, word in ROLES.items()],
        lines=_lines(entries),
        stages=STAGES,
    )


@blueprint.route("/new", methods=["GET", "POST"])
@guards.requires("items.edit")
def create() -> ResponseReturnValue:
    """Enter an item."""
    form = ItemForm()
    if form.validate_on_submit():
        try:
            actor, now = guards.actor(), clock.now()
            facts = reading.facts(db.session, form, None, actor=actor, now=now)
            made = service.create(db.session, facts, actor=actor, now=now)
            db.session.commit()
        except Invalid as error:
            db.session.rollback()
            put_error(form, error)
        else:
            flash(
                gettext("“%(title)s” is entered as %(number)s.", title=made.title, number=made.number),
                "success",
            )
            return redirect(url_for(".show", item_id=made.id))
    kinds = queries.kinds(db.session)
    return render_template("items/new.html", form=form, kinds=kinds), 400 if form.faults else 200


@blueprint.route("/<int:item_id>/edit", methods=["GET", "POST"])
@guards.requires("items.edit")
def edit(item_id: int) -> ResponseReturnValue:
    """Change the facts of an item."""
    item = queries.get(db.session, item_id)
    form = ItemForm()
    if not form.is_submitted():
        form.fill(item)
    elif form.validate():
        try:
            return _save(form, item)
        except Invalid as error:
            db.session.rollback()
            put_error(form, error)
    kinds = queries.kinds(db.session)
    return render_template("items/edit.html", form=form, item=item, kinds=kinds), 400 if form.faults else 200


@blueprint.post("/<int:item_id>/retire")
@guards.requires("items.edit")
def retire(item_id: int) -> ResponseReturnValue:
    """Offer an item for review no more."""
    item = queries.get(db.session, item_id)
    service.retire(db.session, item, actor=guards.actor(), now=clock.now())
    db.session.commit()
    flash(gettext("%(number)s is out of use. It can be brought back.", number=item.number), "success")
    return redirect(url_for(".show", item_id=item_id))


@blueprint.post("/<int:item_id>/bring-back")
@guards.requires("items.edit")
def bring_back(item_id: int) -> ResponseReturnValue:
    """Offer a retired item again."""
    item = queries.get(db.session, item_id)
    service.bring_back(db.session, item, actor=guards.actor(), now=clock.now())
    db.session.commit()
    flash(gettext("%(number)s is back.", number=item.number), "success")
    return redirect(url_for(".show", item_id=item_id))


def _save(form: ItemForm, item: Item) -> ResponseReturnValue:
    actor, now = guards.actor(), clock.now()
    version = version_seen(form)
    facts = reading.facts(db.session, form, item, actor=actor, now=now)
    try:
        service.change(db.session, item, facts, version=version, actor=actor, now=now)
        db.session.commit()
    except Stale:
        db.session.rollback()
        saved = ItemForm(formdata=None)
        saved.fill(queries.get(db.session, item.id))
        return stale_page(_worded(saved), _worded(form), back=url_for(".edit", item_id=item.id))
    flash(gettext("%(number)s is saved.", number=item.number), "success")
    unknown = [each.text for each in facts.applicants if each.organisation_id is None]
    if unknown:
        text = gettext(
            "Kept as text, because no organisation has this name: %(names)s.", names="; ".join(unknown)
        )
        flash(text, "warning")
    return redirect(url_for(".show", item_id=item.id))


def _worded(form: ItemForm) -> dict[str, Any]:
    """Return what a form holds by its labels."""
    fields = [field for field in form if field.type not in ("HiddenField", "CSRFTokenField", "BooleanField")]
    return {str(field.label.text): trail.shown(str(field.data or "")) for field in fields}


def _lines(entries: list[Any]) -> list[trail.Line]:
    """Put the trail into words; changed people stand among the other changes."""
    lines = trail.lines(entries, SENTENCES, FIELDS)
    for line, entry in zip(lines, entries, strict=True):
        for role, (old, new) in (entry.personal or {}).get("people", {}).items():
            line.changes.append((str(FIELDS[role]), trail.shown(old), trail.shown(new)))
    return lines
