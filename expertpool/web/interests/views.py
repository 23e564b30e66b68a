"""Relations of one person: all that are on file, a new one, corrected, retired."""

from __future__ import annotations

import dataclasses
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from expertpool import clock
from expertpool.audit import queries as audit
from expertpool.errors import N_, Invalid, NotFound
from expertpool.extensions import db
from expertpool.interests import queries, service
from expertpool.interests.models import Relation, RelationKind
from expertpool.items import naming
from expertpool.organisations.models import Organisation
from expertpool.organisations.resolving import resolve
from expertpool.people import queries as people
from expertpool.people.models import Person
from expertpool.web.interests import wording
from expertpool.web.interests.forms import ORGANISATION, DatesForm, RelationForm, RetireForm
from expertpool.web.kit import guards, trail
from expertpool.web.kit.errors import stale_page
from expertpool.web.kit.forms import put_error

blueprint = Blueprint("interests", __name__, url_prefix="/relations")


@blueprint.get("/people/<int:person_id>")
@guards.requires("people.view")
def of_person(person_id: int) -> ResponseReturnValue:
    """All relations that name a person on either side, also those that no longer count."""
    person = people.get(db.session, person_id)
    guards.record_look("person", person.id)
    rows = queries.relations_of(db.session, person.id, with_retired=True)
    words = {row.id: wording.whole(row.kind, row.person_name, row.other_name) for row in rows}
    return render_template(
        "interests/of_person.html", person=person, rows=rows, words=words, lines=_lines(words)
    )


@blueprint.route("/people/<int:person_id>/new", methods=["GET", "POST"])
@guards.requires("interests.edit")
def create(person_id: int) -> ResponseReturnValue:
    """Record a relation of a person."""
    person, form = people.get(db.session, person_id), RelationForm()
    form.kind.choices = wording.kind_choices(person.name)
    if form.validate_on_submit():
        try:
            _add(person, form)
            db.session.commit()
        except Invalid as error:
            db.session.rollback()
            put_error(form, error)
        else:
            flash(gettext("The relation of %(name)s is on file.", name=person.name), "success")
            return redirect(url_for(".of_person", person_id=person_id))
    return render_template("interests/new.html", form=form, person=person), 400 if form.faults else 200


@blueprint.route("/<int:relation_id>/edit", methods=["GET", "POST"])
@guards.requires("interests.edit")
def edit(relation_id: int) -> ResponseReturnValue:
    """Correct the dates and the source of a relation."""
    relation = _found(relation_id)
    form = DatesForm() if request.method == "POST" else DatesForm(formdata=None, obj=relation)
    if form.validate_on_submit():
        if form.version.data != str(relation.version):
            return _stale(relation, form)
        values: dict[str, Any] = {"since": form.since.data, "until": form.until.data}
        values["source"] = form.source.data or ""
        try:
            service.change_relation(db.session, relation, **values, actor=guards.actor(), now=clock.now())
            db.session.commit()
        except Invalid as error:
            db.session.rollback()
            put_error(form, error)
        else:
            flash(gettext("The relation is saved."), "success")
            return redirect(url_for(".of_person", person_id=relation.person_id))
    return _relation_page(relation, form, RetireForm(formdata=None)), 400 if form.faults else 200


@blueprint.post("/<int:relation_id>/retire")
@guards.requires("interests.edit")
def retire(relation_id: int) -> ResponseReturnValue:
    """Take a relation out of all checks; it stays on file."""
    relation, form = _found(relation_id), RetireForm()
    if form.validate_on_submit():
        service.retire_relation(
            db.session, relation, reason=form.reason.data or "", actor=guards.actor(), now=clock.now()
        )
        db.session.commit()
        flash(gettext("The relation no longer counts; it stays on file."), "success")
        return redirect(url_for(".of_person", person_id=relation.person_id))
    return _relation_page(relation, DatesForm(formdata=None, obj=relation), form), 400


def _add(person: Person, form: RelationForm) -> None:
    text, kind = " ".join((form.other.data or "").split()), RelationKind(form.kind.data)
    is_organisation = form.other_kind.data == ORGANISATION
    other = _organisation(text) if is_organisation else _person(text, kind)
    service.add_relation(
        db.session,
        person,
        kind,
        other,
        text_is_organisation=is_organisation,
        since=form.since.data,
        until=form.until.data,
        source=form.source.data or "",
        actor=guards.actor(),
        now=clock.now(),
    )


def _organisation(text: str) -> Organisation | str:
    """Return the organisation of ours that `text` names, else the text."""
    number = resolve(db.session, [text]).get(text)
    return (db.session.get(Organisation, number) if number else None) or text


def _person(text: str, kind: RelationKind) -> Person | str:
    """Return whom a number or an address names; a name that people of the pool have asks which of them."""
    try:
        named = naming.people_of(db.session, [text]).get(text)
    except Invalid as error:
        raise Invalid(error.sentence.message, field="other", **error.sentence.params) from error
    if named and named.person_id:
        return people.get(db.session, named.person_id)
    if named and named.namesakes and kind is not RelationKind.DECLARED:
        known = [db.session.get_one(Person, number) for number in named.namesakes]
        raise Invalid(
            N_("People of the pool have this name. Write the number of the one meant: %(people)s."),
            field="other",
            people="; ".join(f"{each.number} {each.name}" for each in known),
        )
    return text


def _found(relation_id: int) -> Relation:
    relation = db.session.get(Relation, relation_id)
    if relation is None:
        raise NotFound(N_("There is no such relation."))
    return relation


def _relation_page(relation: Relation, form: DatesForm, retiring: RetireForm) -> str:
    return render_template(
        "interests/edit.html",
        relation=relation,
        form=form,
        retiring=retiring,
        words=wording.whole(relation.kind, relation.person.name, _other(relation)),
        other=_other(relation),
    )


def _lines(words: dict[int, str]) -> list[trail.Line]:
    """Return what happened to relations, each line beginning with the relation in words."""
    entries = audit.trail_of_many(db.session, "relation", words.keys(), now=clock.now())
    lines = trail.lines(entries, wording.SENTENCES, wording.FIELDS)
    return [
        dataclasses.replace(
            line, text=gettext("%(title)s: %(value)s", title=words[entry.subject_id], value=line.text)
        )
        for entry, line in zip(entries, lines, strict=True)
    ]


def _other(relation: Relation) -> str:
    named = relation.other_person or relation.organisation
    return named.name if named else relation.other_text or ""


def _stale(relation: Relation, form: DatesForm) -> ResponseReturnValue:
    fields = {name: str(form[name].label.text) for name in ("since", "until", "source")}
    saved = {label: getattr(relation, name) or "" for name, label in fields.items()}
    mine = {label: form[name].data or "" for name, label in fields.items()}
    return stale_page(saved, mine, back=url_for(".edit", relation_id=relation.id))
