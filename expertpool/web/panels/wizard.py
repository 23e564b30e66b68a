"""The steps that say what is asked of a panel: what is reviewed, what people, rules and dates."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from expertpool import clock
from expertpool.errors import N_, Forbidden, Invalid
from expertpool.extensions import db
from expertpool.items import queries as items
from expertpool.items.models import Item
from expertpool.panels import presets_service, strengths
from expertpool.panels import request as asking
from expertpool.panels.models import Panel, PresetVersion
from expertpool.skills import queries as skills
from expertpool.skills.models import Skill
from expertpool.web.kit import guards
from expertpool.web.kit.dates import zone_name
from expertpool.web.kit.forms import put_error
from expertpool.web.panels import offices
from expertpool.web.panels.blueprint import acted_on, allowed, blueprint
from expertpool.web.panels.days import warnings_of_typed
from expertpool.web.panels.forms import PeopleForm, TermsForm, WhatForm
from expertpool.web.panels.wording import preset_title

ROWS = 3
"""Rows for dates that a new panel offers."""


@blueprint.route("/new", methods=["GET", "POST"])
@guards.requires("panels.edit")
def create() -> ResponseReturnValue:
    """First step of a new panel: what is reviewed; `?item=` ticks items beforehand."""
    form = WhatForm()
    form.owner.choices = offices.choices("panels.edit")
    chosen = _ticked("items") if request.method == "POST" else request.args.getlist("item", type=int)[:200]

    def make() -> Panel:
        _require_office(form.owner.data)
        found = db.session.scalars(sa.select(Item).where(Item.id.in_(chosen))).all()
        presets_service.ensure_shipped(db.session, now=clock.now())
        preset = presets_service.default_for(db.session, [item.kind for item in found])
        panel = asking.create_panel(
            db.session, **_described(form, chosen), preset=preset, actor=guards.actor(), now=clock.now()
        )
        _start_size(panel)
        return panel

    panel = _saved(form, make)
    return _to("panels.people", panel) if panel else _what_page(form, None, chosen)


@blueprint.route("/<int:panel_id>/request/what", methods=["GET", "POST"])
@guards.requires("panels.edit")
def what(panel_id: int) -> ResponseReturnValue:
    """First step again: what is reviewed."""
    panel = acted_on(panel_id, "panels.edit")
    form = WhatForm(title=panel.title, owner=panel.owner_id, place=panel.place, version=panel.version)
    form.owner.choices = offices.choices("panels.edit", panel.owner_id)
    chosen = _ticked("items") if request.method == "POST" else [each.item_id for each in panel.items]

    def change() -> Panel:
        if form.owner.data != panel.owner_id:
            _require_office(form.owner.data)
        asking.describe(db.session, panel, **_described(form, chosen), **_by_whom(form))
        return panel

    return _to("panels.people", panel) if _saved(form, change) else _what_page(form, panel, chosen)


@blueprint.route("/<int:panel_id>/request/people", methods=["GET", "POST"])
@guards.requires("panels.edit")
def people(panel_id: int) -> ResponseReturnValue:
    """Second step: how many people with which skills."""
    panel = acted_on(panel_id, "panels.edit")
    form = PeopleForm(
        seat_count=panel.seat_count,
        alternate_count=panel.alternate_count,
        mode=panel.mode.value,
        version=panel.version,
    )
    sent = (
        _numbers("skill-")
        if request.method == "POST"
        else {each.skill_id: each.seats for each in panel.skills}
    )

    def change() -> Panel:
        asking.ask_for(
            db.session,
            panel,
            seat_count=form.seat_count.data or 0,
            alternate_count=form.alternate_count.data or 0,
            skills={skill: seats for skill, seats in sent.items() if seats},
            mode=form.chosen_mode,
            **_by_whom(form),
        )
        return panel

    return _to("panels.terms", panel) if _saved(form, change) else _people_page(form, panel, sent)


@blueprint.route("/<int:panel_id>/request/terms", methods=["GET", "POST"])
@guards.requires("panels.edit")
def terms(panel_id: int) -> ResponseReturnValue:
    """Third step: rules and dates; then the proposal is asked for."""
    panel = acted_on(panel_id, "panels.edit")
    form = TermsForm(**_terms_of(panel))
    presets = {each.id: each for each in [panel.preset, *presets_service.all_current(db.session)]}
    form.preset.choices = [(id_, _preset_choice(each)) for id_, each in presets.items()]
    dates = _sent_dates() if request.method == "POST" else _dates_of(panel)

    def change() -> Panel:
        asking.set_terms(
            db.session,
            panel,
            preset=presets[form.preset.data],
            rules=_rules(form, panel),
            slots=_slots(dates),
            **_by_whom(form),
        )
        return panel

    if _saved(form, change):
        return _to("panels.ask_page", panel)
    dates += [("", "", "")] * (ROWS if request.form.get("do") == "more" or not dates else 1)
    rules = presets_service.rules(presets.get(form.preset.data, panel.preset))
    warned = warnings_of_typed(day for day, _start, _end in dates)
    return _answer(form, "panels/terms.html", panel=panel, dates=dates, warned=warned, rules=rules)


def _what_page(form: WhatForm, panel: Panel | None, chosen: Sequence[int]) -> ResponseReturnValue:
    find = (form.find.data or "").strip()
    query = items.search(items.Wanted(text=find)).order_by(Item.dated.desc(), Item.id.desc()).limit(20)
    ticked = db.session.scalars(sa.select(Item).where(Item.id.in_(chosen)).order_by(Item.id)).all()
    offered = [item for item in db.session.scalars(query) if item.id not in chosen]
    return _answer(form, "panels/what.html", panel=panel, ticked=ticked, offered=offered, find=find)


def _people_page(form: PeopleForm, panel: Panel, sent: dict[int, int]) -> ResponseReturnValue:
    find = (form.find.data or "").strip()
    called_for = strengths.skills_of_items(db.session, [each.item_id for each in panel.items])
    known = skills.by_ids(db.session, {*sent, *called_for})
    shown: list[Skill] = [known[each] for each in dict.fromkeys([*sent, *called_for]) if each in known]
    found = db.session.scalars(skills.search(find).limit(20)).all() if find else []
    return _answer(
        form,
        "panels/people.html",
        panel=panel,
        shown=shown,
        found=[skill for skill in found if skill.id not in known],
        seats=sent,
        find=find,
    )


def _saved(form: Any, change: Callable[[], Panel]) -> Panel | None:
    """Make the change of a step that was sent and is well-formed; what is wrong stands at its field."""
    if not (_is_sent(form) and form.validate()):
        return None
    try:
        panel = change()
        db.session.commit()
    except Invalid as error:
        db.session.rollback()
        put_error(form, error)
        return None
    return panel


def _to(endpoint: str, panel: Panel) -> ResponseReturnValue:
    return redirect(url_for(endpoint, panel_id=panel.id))


def _described(form: WhatForm, items_chosen: Sequence[int]) -> dict[str, Any]:
    """Return what the first step says of a panel."""
    return {
        "title": form.title.data or "",
        "owner_id": form.owner.data,
        "item_ids": items_chosen,
        "place": form.place.data,
    }


def _by_whom(form: Any) -> dict[str, Any]:
    """Return who changes which version, and when."""
    return {"version": _version(form), "actor": guards.actor(), "now": clock.now()}


def _answer(form: Any, template: str, **values: Any) -> ResponseReturnValue:
    wrong = bool(form.errors or form.form_errors)
    return render_template(template, form=form, **values), 400 if wrong else 200


def _is_sent(form: Any) -> bool:
    """Whether the step itself was sent, and not one of its helpers (finding, more rows)."""
    return bool(form.is_submitted()) and request.form.get("do", "next") == "next"


def _version(form: Any) -> int | None:
    text = str(form.version.data or "")
    return int(text) if text.isdigit() else None


def _require_office(owner_id: int) -> None:
    if not guards.grants().covers("panels.edit", owner_id):
        raise Forbidden(N_("This office lies outside of your role."))


def _start_size(panel: Panel) -> None:
    """Begin with the preset's least size."""
    panel.seat_count = presets_service.rules(panel.preset).size.minimum
    db.session.flush()


def _ticked(name: str) -> list[int]:
    return [int(value) for value in dict.fromkeys(request.form.getlist(name)) if value.isdigit()][:200]


def _numbers(prefix: str) -> dict[int, int]:
    """Return the numbers of the fields `prefixID`; empty and wrong ones are 0."""
    found = {}
    for name, value in request.form.items():
        key = name.removeprefix(prefix)
        if name.startswith(prefix) and key.isdigit():
            found[int(key)] = int(value) if value.isdigit() and len(value) < 5 else 0
    return found


def _preset_choice(preset: PresetVersion) -> str:
    return str(gettext("%(title)s, version %(number)s", title=preset_title(preset), number=preset.number))


def _terms_of(panel: Panel) -> dict[str, Any]:
    odd = panel.rules.get("odd")
    return {
        "version": panel.version,
        "preset": panel.preset_id,
        "odd": "" if odd is None else "yes" if odd else "no",
        "max_per_organisation": panel.rules.get("max_per_organisation"),
        "max_per_region": panel.rules.get("max_per_region"),
        "min_regions": panel.rules.get("min_regions"),
        "max_share": panel.rules.get("max_share_of_one_interest_party"),
        "max_load": panel.rules.get("max_load"),
    }


def _rules(form: TermsForm, panel: Panel) -> dict[str, Any]:
    """Return the panel's own rules: those of the form, and those that have no field there."""
    kept = {name: panel.rules[name] for name in ("size_min", "chair", "min_shares") if name in panel.rules}
    asked = {
        "odd": {"yes": True, "no": False}.get(form.odd.data),
        "max_per_organisation": form.max_per_organisation.data,
        "max_per_region": form.max_per_region.data,
        "min_regions": form.min_regions.data,
        "max_share_of_one_interest_party": (form.max_share.data or "").strip() or None,
        "max_load": form.max_load.data,
    }
    return kept | {name: value for name, value in asked.items() if value is not None}


Row = tuple[str, str, str]
"""A date as typed: day, from, to."""


def _sent_dates() -> list[Row]:
    columns = [[value.strip() for value in request.form.getlist(name)] for name in ("date", "from", "to")]
    return [row for row in zip(*columns, strict=False) if any(row)][: asking.MOST_SLOTS]


def _dates_of(panel: Panel) -> list[Row]:
    here = ZoneInfo(zone_name())
    found = []
    for slot in panel.slots:
        starts, ends = slot.starts.astimezone(here), slot.ends.astimezone(here)
        found.append((starts.date().isoformat(), f"{starts:%H:%M}", f"{ends:%H:%M}"))
    return found


def _slots(rows: Sequence[Row]) -> list[asking.Slot]:
    here = ZoneInfo(zone_name())
    found = []
    for row in rows:
        try:
            day, start, end = (
                date.fromisoformat(row[0]),
                time.fromisoformat(row[1]),
                time.fromisoformat(row[2]),
            )
        except ValueError as error:
            raise Invalid(
                N_("“%(row)s” is no date with two times, such as 2026-12-03 09:00 12:00."),
                field="slots",
                row=" ".join(filter(None, row)),
            ) from error
        starts, ends = (datetime.combine(day, each, here) for each in (start, end))
        found.append(asking.Slot(starts, ends))
    return found


@blueprint.context_processor
def _steps() -> dict[str, Any]:
    return {"panel_steps": steps}


def steps(panel: Panel | None) -> list[tuple[str, str | None]]:
    """Return the steps of the wizard with their addresses, for the reader."""
    names = [
        (gettext("What is reviewed"), "panels.what"),
        (gettext("What people"), "panels.people"),
        (gettext("Rules and dates"), "panels.terms"),
        (gettext("Proposal"), "panels.ask_page"),
        (gettext("Confirm"), None),
    ]
    may_edit = panel is not None and allowed(panel, "panels.edit")
    return [
        (name, url_for(endpoint, panel_id=panel.id) if panel and may_edit and endpoint else None)
        for name, endpoint in names
    ]
