"""The list of presets, one with all its rules and versions, and what administrators change."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from expertpool import clock
from expertpool.conflicts.policy import PairRule, Rule
from expertpool.errors import N_, ExpertPoolError, Invalid, NotFound, Stale
from expertpool.extensions import db
from expertpool.panels import presets_life, presets_queries, presets_service
from expertpool.panels.models import PresetVersion
from expertpool.panels.preset import from_body
from expertpool.web.kit import guards
from expertpool.web.kit.errors import stale_page
from expertpool.web.kit.forms import Form, put_error
from expertpool.web.kit.locale import language
from expertpool.web.panels.wording import preset_title
from expertpool.web.presets import describing, faults, reading
from expertpool.web.presets.forms import BALLOTS, BASIS, CAPS, THRESHOLDS, CopyForm, DefaultForm
from expertpool.web.presets.wording import BALLOTS as BALLOT_WORDS
from expertpool.web.presets.wording import CONFIDENCES, PARTS, kind_name, kind_names
from expertpool.web.presets.wording import THRESHOLDS as THRESHOLD_WORDS

blueprint = Blueprint("presets", __name__, url_prefix="/presets")


@blueprint.get("/")
@guards.requires("presets.view")
def index() -> ResponseReturnValue:
    """All presets, and which kind of item starts from which."""
    return _list(_default_form(formdata=None))


@blueprint.post("/defaults")
@guards.requires("presets.edit")
def choose_default() -> ResponseReturnValue:
    """Have panels on items of a kind start from another preset; an empty choice: as shipped."""
    guards.require_scope("presets.edit", None)
    form = _default_form()
    if form.validate_on_submit():
        try:
            presets_life.choose_default(
                db.session,
                form.kind.data or "",
                form.slug.data or None,
                actor=guards.actor(),
                now=clock.now(),
            )
            db.session.commit()
        except ExpertPoolError as error:
            db.session.rollback()
            put_error(form, error)
        else:
            flash(
                gettext("Panels on items of the kind “%(kind)s” start from it now.", kind=form.kind.data),
                "success",
            )
            return redirect(url_for(".index"))
    return _list(form), 400


@blueprint.get("/<slug>")
@guards.requires("presets.view")
def show(slug: str) -> ResponseReturnValue:
    """One version of a preset, the newest unless `?version=` names another, and the history of versions."""
    versions = presets_queries.versions(db.session, slug)
    wanted = request.args.get("version", type=int)
    version = _numbered(versions, wanted) if wanted is not None else _current(versions)
    preset = presets_service.rules(version)
    return render_template(
        "presets/show.html",
        version=version,
        versions=versions,
        current=_current(versions),
        preset=preset,
        parts=describing.parts(preset),
        to_check=describing.to_check(preset),
        description=preset.description.zh if language() == "zh_Hans" else preset.description.en,
        counts=presets_queries.panel_counts(db.session),
        kinds=kind_names(presets_queries.kinds_by_slug(db.session).get(slug, [])),
        confidences=CONFIDENCES,
        title_of=preset_title,
        today=clock.now().date(),
    )


@blueprint.get("/<slug>/differences")
@guards.requires("presets.view")
def differences(slug: str) -> ResponseReturnValue:
    """What differs between the versions `?old=` and `?new=`; the last two when they are not named."""
    versions = presets_queries.versions(db.session, slug)
    newest = versions[0].number
    new = _numbered(versions, request.args.get("new", newest, type=int))
    old = _numbered(versions, request.args.get("old", max(1, new.number - 1), type=int))
    rows = describing.differences(presets_service.rules(old), presets_service.rules(new))
    return render_template(
        "presets/differences.html",
        versions=versions,
        current=_current(versions),
        old=old,
        new=new,
        rows=rows,
        confidences=CONFIDENCES,
        title_of=preset_title,
    )


@blueprint.route("/<slug>/edit", methods=["GET", "POST"])
@guards.requires("presets.edit")
def edit(slug: str) -> ResponseReturnValue:
    """Change the rules, from the newest or those of `?version=`; saving makes a new version."""
    guards.require_scope("presets.edit", None)
    version = presets_service.current(db.session, slug)
    if request.method == "GET":
        wanted = request.args.get("version", version.number, type=int)
        start = _numbered(presets_queries.versions(db.session, slug), wanted)
        return _editor(reading.of_body(start.body, version.number), version)
    form = reading.of_request()
    if form.validate():
        body = reading.body_of(form, slug)
        found = faults.of_body(body)
        faults.put(form, found)
        if not found:
            return _save(form, body, version)
    return _editor(form, version), 400


@blueprint.route("/<slug>/copy", methods=["GET", "POST"])
@guards.requires("presets.edit")
def copy(slug: str) -> ResponseReturnValue:
    """Start a preset of its own from this one's rules."""
    guards.require_scope("presets.edit", None)
    source, form = presets_service.current(db.session, slug), CopyForm()
    if form.validate_on_submit():
        title = {"zh": form.title_zh.data or "", "en": form.title_en.data or ""}
        try:
            made = presets_life.copy(
                db.session, source, form.slug.data or "", title, actor=guards.actor(), now=clock.now()
            )
            db.session.commit()
        except Invalid as error:
            db.session.rollback()
            put_error(form, error)
        else:
            flash(gettext("“%(title)s” is made. Change its rules now.", title=preset_title(made)), "success")
            return redirect(url_for(".edit", slug=made.slug))
    return render_template(
        "presets/copy.html", form=form, source=source, title_of=preset_title
    ), 400 if form.faults else 200


@blueprint.post("/<slug>/retire")
@guards.requires("presets.edit")
def retire(slug: str) -> ResponseReturnValue:
    """Offer a preset to new panels no more."""
    guards.require_scope("presets.edit", None)
    try:
        presets_life.retire(db.session, slug, actor=guards.actor(), now=clock.now())
        db.session.commit()
    except Invalid as error:
        db.session.rollback()
        flash(error.sentence.translated(gettext), "error")
    else:
        flash(
            gettext("The preset is retired; panels that have it keep it. It can be brought back."), "success"
        )
    return redirect(url_for(".show", slug=slug))


@blueprint.post("/<slug>/bring-back")
@guards.requires("presets.edit")
def bring_back(slug: str) -> ResponseReturnValue:
    """Offer a retired preset again."""
    guards.require_scope("presets.edit", None)
    presets_life.bring_back(db.session, slug, actor=guards.actor(), now=clock.now())
    db.session.commit()
    flash(gettext("The preset is offered again."), "success")
    return redirect(url_for(".show", slug=slug))


def _list(form: DefaultForm) -> str:
    versions = presets_queries.latest(db.session)
    rules = {version.slug: presets_service.rules(version) for version in versions}
    return render_template(
        "presets/index.html",
        versions=versions,
        texts={
            slug: preset.description.zh if language() == "zh_Hans" else preset.description.en
            for slug, preset in rules.items()
        },
        members={slug: describing.members(preset) for slug, preset in rules.items()},
        to_check={slug: describing.to_check(preset) for slug, preset in rules.items()},
        counts=presets_queries.panel_counts_by_slug(db.session),
        kinds={slug: kind_names(kinds) for slug, kinds in presets_queries.kinds_by_slug(db.session).items()},
        defaults=presets_queries.kind_defaults(db.session),
        kind_name=kind_name,
        titles={version.slug: preset_title(version) for version in versions},
        title_of=preset_title,
        form=form,
    )


def _default_form(**options: Any) -> DefaultForm:
    form = DefaultForm(**options)
    offered = presets_service.all_current(db.session)
    form.slug.choices = [("", gettext("As shipped")), *((each.slug, preset_title(each)) for each in offered)]
    return form


def _editor(form: Form, version: PresetVersion) -> str:
    return render_template(
        "presets/edit.html",
        form=form,
        version=version,
        quotas=reading.quota_rows(form),
        rules=presets_service.rules(version),
        labels=faults.labels(form),
        opened={name.rpartition(".")[0] for name in faults.labels(form)},
        describing=describing,
        conflict_rules=list(Rule),
        pair_rules=list(PairRule),
        rule_name=describing.rule_name,
        caps=CAPS,
        ballots=BALLOTS,
        ballot_words=BALLOT_WORDS,
        thresholds=THRESHOLDS,
        threshold_words=THRESHOLD_WORDS,
        part_words=PARTS,
        basis=BASIS,
        title_of=preset_title,
    )


def _save(form: Form, body: dict[str, Any], version: PresetVersion) -> ResponseReturnValue:
    read = form["read"].data or ""
    number = int(read) if read.isdigit() else 0
    try:
        saved = presets_life.change(db.session, body, read=number, actor=guards.actor(), now=clock.now())
        db.session.commit()
    except Stale:
        db.session.rollback()
        return _stale(body, version.slug)
    except Invalid as error:
        db.session.rollback()
        put_error(form, error)
        return _editor(form, version), 400
    if saved.number == number:
        flash(gettext("Nothing was changed, so there is no new version."), "info")
    else:
        flash(gettext("Version %(number)s is saved. New panels get it.", number=saved.number), "success")
    return redirect(url_for(".show", slug=version.slug))


def _stale(body: dict[str, Any], slug: str) -> ResponseReturnValue:
    """Show the rules in which the reader's wish and the newest version differ."""
    theirs = presets_service.rules(presets_service.current(db.session, slug))
    rows = describing.differences(theirs, from_body(body))
    saved = {old.label: old.value for old, _ in rows if old}
    mine = {new.label: new.value for _, new in rows if new}
    return stale_page(saved, mine, back=url_for(".edit", slug=slug))


def _numbered(versions: Any, number: int) -> PresetVersion:
    found: PresetVersion | None = next((each for each in versions if each.number == number), None)
    if found is None:
        raise NotFound(N_("This preset has no version %(number)s."), number=number)
    return found


def _current(versions: Any) -> PresetVersion:
    found: PresetVersion = next((each for each in versions if each.is_current), versions[0])
    return found
