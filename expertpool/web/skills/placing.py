"""Pages that give tags their place."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from expertpool import clock
from expertpool.errors import N_, Invalid
from expertpool.extensions import db
from expertpool.skills import queries, service, suggesting, tree
from expertpool.skills.models import Skill
from expertpool.web.kit import guards
from expertpool.web.kit.forms import put_error
from expertpool.web.kit.pagination import paginate
from expertpool.web.skills import choosing, holders
from expertpool.web.skills.forms import PlaceForm


@guards.requires("skills.edit")
def waiting() -> ResponseReturnValue:
    """Tags that came in as text, each with skills that they may mean."""
    page = paginate(db.session, queries.to_be_placed(), size=20)
    suggestions = suggesting.suggest(db.session, page.rows)
    near = [each.skill for found in suggestions.values() for each in found]
    return render_template(
        "skills/waiting.html",
        page=page,
        suggestions=suggestions,
        held=holders.counts(db.session, [row.id for row in page.rows]),
        lines=queries.lines(db.session, near),
    )


@guards.requires("skills.edit")
def place(skill_id: int) -> ResponseReturnValue:
    """Place one tag; a suggestion's button sends `same_as` alone."""
    skill = queries.get(db.session, skill_id)
    form = PlaceForm()
    if form.is_submitted():
        try:
            same_as = request.form.get("same_as", type=int)
            if same_as is not None:
                tree.place(
                    db.session,
                    skill,
                    same_as=queries.get(db.session, same_as),
                    actor=guards.actor(),
                    now=clock.now(),
                )
            elif form.validate():
                _place(form, skill)
            if not form.errors:
                db.session.commit()
                flash(gettext("“%(name)s” is placed.", name=tree.label(skill)), "success")
                return redirect(url_for(".waiting"))
        except Invalid as error:
            db.session.rollback()
            put_error(form, error)
    return render_template(
        "skills/place.html",
        form=form,
        skill=skill,
        held=holders.counts(db.session, [skill.id]).get(skill.id, 0),
        suggestions=suggesting.suggest(db.session, [skill], at_most=5)[skill.id],
    ), 400 if form.faults else 200


def _place(form: PlaceForm, skill: Skill) -> None:
    how, text = form.how.data, form.target.data
    actor, now = guards.actor(), clock.now()
    if how == "top":
        tree.place(db.session, skill, actor=actor, now=now)
        return
    own = service.own_tree(db.session).id if how in ("below", "merge") else None
    target = choosing.chosen(db.session, text, "target", taxonomy_id=own)
    if target is None:
        raise Invalid(N_("Say which one."), field="target")
    if how == "merge":
        tree.merge(db.session, skill, target, actor=actor, now=now)
    elif how == "below":
        tree.place(db.session, skill, below=target, actor=actor, now=now)
    else:
        tree.place(db.session, skill, same_as=target, actor=actor, now=now)
