"""Trees of skills, one skill, and what changes the office's own tree."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from expertpool import clock
from expertpool.audit import queries as audit
from expertpool.errors import N_, Invalid, NotFound, Stale
from expertpool.extensions import db
from expertpool.skills import queries, service, tree
from expertpool.skills.models import OWN, Skill
from expertpool.web.kit import guards, trail
from expertpool.web.kit.errors import stale_page
from expertpool.web.kit.forms import put_error, version_seen
from expertpool.web.kit.pagination import paginate
from expertpool.web.skills import choosing, holders, importing, placing, wording
from expertpool.web.skills.forms import MergeForm, SkillForm

blueprint = Blueprint("skills", __name__, url_prefix="/skills")
blueprint.add_app_template_filter(wording.skill_name)
blueprint.add_app_template_filter(wording.skill_code)
blueprint.add_app_template_filter(wording.taxonomy_name)

EDIT = "skills.edit"


@blueprint.get("/")
@guards.requires("skills.view")
def index() -> ResponseReturnValue:
    """The classifications, or what `?q=` finds in all of them."""
    text = request.args.get("q", "").strip()[:200]
    page = paginate(db.session, queries.search(text)) if text else None
    rows = page.rows if page else []
    return render_template(
        "skills/index.html",
        text=text,
        page=page,
        lines=queries.lines(db.session, rows),
        held=holders.counts(db.session, [row.id for row in rows]),
        taxonomies=queries.taxonomies(db.session),
        own=OWN,
    )


@blueprint.get("/trees/<slug>")
@guards.requires("skills.view")
def browse(slug: str) -> ResponseReturnValue:
    """The top level of one classification."""
    counted = next((row for row in queries.taxonomies(db.session) if row.taxonomy.slug == slug), None)
    if counted is None:
        raise NotFound(N_("There is no such classification."))
    branches = queries.level(db.session, counted.taxonomy.id, None)
    held = holders.counts(db.session, [branch.skill.id for branch in branches])
    return render_template("skills/tree.html", counted=counted, branches=branches, held=held, own=OWN)


@blueprint.get("/<int:skill_id>")
@guards.requires("skills.view")
def show(skill_id: int) -> ResponseReturnValue:
    """One skill: its place, who counts for it, what stands below."""
    skill = queries.get(db.session, skill_id)
    people, items = holders.people_and_items(db.session, skill.id)
    branches = queries.level(db.session, skill.taxonomy_id, skill.id)
    return render_template(
        "skills/show.html",
        skill=skill,
        line=queries.lines(db.session, [skill])[skill.id],
        branches=branches,
        held=holders.counts(db.session, [skill.id, *(branch.skill.id for branch in branches)]),
        same_as=queries.by_ids(db.session, [skill.same_as_id]).get(skill.same_as_id)
        if skill.same_as_id
        else None,
        alike=queries.standing_for(db.session, skill.id),
        people=people,
        items=items,
        lines=trail.lines(
            audit.trail(db.session, "skill", skill.id, now=clock.now(), limit=20).entries,
            wording.SENTENCES,
            wording.FIELDS,
        ),
        is_own=skill.taxonomy.slug == OWN,
    )


@blueprint.route("/new", methods=["GET", "POST"])
@guards.requires(EDIT)
def create() -> ResponseReturnValue:
    """Make a tag of the office's own tree; `?below=` names where."""
    form = SkillForm()
    below = request.args.get("below", type=int)
    if below is not None and not form.is_submitted():
        form.parent.data = choosing.text_of(queries.get(db.session, below))
    if form.validate_on_submit():
        try:
            made = tree.create(
                db.session,
                name_zh=form.name_zh.data,
                name_en=form.name_en.data,
                code=form.code.data,
                parent=_parent(form),
                actor=guards.actor(),
                now=clock.now(),
            )
            db.session.commit()
        except Invalid as error:
            db.session.rollback()
            put_error(form, error)
        else:
            flash(gettext("The tag “%(name)s” is made.", name=wording.skill_name(made)), "success")
            return redirect(url_for(".show", skill_id=made.id))
    return render_template("skills/new.html", form=form), 400 if form.faults else 200


@blueprint.route("/<int:skill_id>/edit", methods=["GET", "POST"])
@guards.requires(EDIT)
def edit(skill_id: int) -> ResponseReturnValue:
    """Rename and move a tag."""
    skill = queries.get(db.session, skill_id)
    form = SkillForm()
    if not form.is_submitted():
        form.fill(skill, queries.get(db.session, skill.parent_id) if skill.parent_id else None)
    elif form.validate():
        try:
            return _save(form, skill)
        except Invalid as error:
            db.session.rollback()
            put_error(form, error)
    return render_template("skills/edit.html", form=form, skill=skill), 400 if form.faults else 200


@blueprint.post("/<int:skill_id>/retire")
@guards.requires(EDIT)
def retire(skill_id: int) -> ResponseReturnValue:
    """Offer a tag for choice no more."""
    skill = queries.get(db.session, skill_id)
    tree.retire(db.session, skill, actor=guards.actor(), now=clock.now())
    db.session.commit()
    flash(gettext("“%(name)s” is out of use. It can be brought back.", name=tree.label(skill)), "success")
    return redirect(url_for(".show", skill_id=skill_id))


@blueprint.post("/<int:skill_id>/bring-back")
@guards.requires(EDIT)
def bring_back(skill_id: int) -> ResponseReturnValue:
    """Offer a retired tag again."""
    skill = queries.get(db.session, skill_id)
    tree.bring_back(db.session, skill, actor=guards.actor(), now=clock.now())
    db.session.commit()
    flash(gettext("“%(name)s” is back.", name=tree.label(skill)), "success")
    return redirect(url_for(".show", skill_id=skill_id))


@blueprint.route("/<int:skill_id>/merge", methods=["GET", "POST"])
@guards.requires(EDIT)
def merge(skill_id: int) -> ResponseReturnValue:
    """Let another skill take the place of a tag."""
    skill = queries.get(db.session, skill_id)
    form = MergeForm()
    if form.validate_on_submit():
        try:
            into = choosing.chosen(db.session, form.into.data, "into")
            if into is not None:
                tree.merge(db.session, skill, into, actor=guards.actor(), now=clock.now())
                db.session.commit()
                flash(gettext("“%(name)s” is merged.", name=tree.label(skill)), "success")
                return redirect(url_for(".show", skill_id=into.id))
        except Invalid as error:
            db.session.rollback()
            put_error(form, error)
    held = holders.counts(db.session, [skill.id]).get(skill.id, 0)
    status = 400 if form.faults else 200
    return render_template("skills/merge.html", form=form, skill=skill, held=held), status


def _parent(form: SkillForm) -> Skill | None:
    own = service.own_tree(db.session)
    return choosing.chosen(db.session, form.parent.data, "parent", taxonomy_id=own.id)


def _save(form: SkillForm, skill: Skill) -> ResponseReturnValue:
    version = version_seen(form)
    try:
        tree.change(
            db.session,
            skill,
            name_zh=form.name_zh.data,
            name_en=form.name_en.data,
            code=form.code.data,
            parent=_parent(form),
            version=version,
            actor=guards.actor(),
            now=clock.now(),
        )
        db.session.commit()
    except Stale:
        db.session.rollback()
        names = ("name_zh", "name_en", "code")
        theirs = {str(wording.FIELDS[name]): getattr(skill, name) or "" for name in names}
        mine = {str(wording.FIELDS[name]): form[name].data or "" for name in names}
        return stale_page(theirs, mine, back=url_for(".edit", skill_id=skill.id))
    flash(gettext("“%(name)s” is saved.", name=wording.skill_name(skill)), "success")
    return redirect(url_for(".show", skill_id=skill.id))


BOTH = ["GET", "POST"]
blueprint.add_url_rule("/to-be-placed", view_func=placing.waiting, methods=["GET"])
blueprint.add_url_rule("/<int:skill_id>/place", view_func=placing.place, methods=BOTH)
blueprint.add_url_rule("/import", view_func=importing.import_file, methods=BOTH)
blueprint.add_url_rule("/shipped/<slug>", view_func=importing.load_shipped, methods=["POST"])
