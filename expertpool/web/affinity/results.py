"""The lists of the reader's offices; one list: its progress, who is near to what and why, its files."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from io import BytesIO

from flask import flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from expertpool import clock
from expertpool.affinity import lists, queries, scoring
from expertpool.affinity.models import AffinityList
from expertpool.errors import N_, Invalid, NotFound
from expertpool.exchange import writing
from expertpool.extensions import db
from expertpool.leases import RunState
from expertpool.skills import queries as skills
from expertpool.skills.models import Skill
from expertpool.web.affinity import wording
from expertpool.web.affinity.blueprint import EDIT, VIEW, acted_on, blueprint, found, may_edit
from expertpool.web.kit import guards
from expertpool.web.kit.pagination import paginate
from expertpool.web.people import wording as of_people
from expertpool.web.skills.wording import skill_name

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
PLACES_ON_A_PAGE = 200


@blueprint.get("/")
@guards.requires(VIEW)
def index() -> ResponseReturnValue:
    """The lists of the reader's offices, newest first."""
    page = paginate(db.session, queries.listed(guards.grants()))
    sizes = queries.sizes(db.session, [each.id for each in page.rows])
    return render_template("affinity/index.html", page=page, sizes=sizes, words=wording)


@blueprint.get("/<int:list_id>")
@guards.requires(VIEW)
def show(list_id: int) -> ResponseReturnValue:
    """A list by `?q=`, some items on a page, or its progress while a worker has it."""
    list_ = found(list_id)
    size = queries.sizes(db.session, [list_.id]).get(list_.id, 0)
    shared = {"list": list_, "size": size, "words": wording, "may_edit": may_edit(list_)}
    if list_.state is not RunState.DONE:
        return render_template("affinity/progress.html", stages=scoring.STAGES, **shared)
    text = request.args.get("q", "")
    items_on_a_page = max(1, PLACES_ON_A_PAGE // list_.experts)
    page = paginate(db.session, queries.abouts(list_.id, text), size=items_on_a_page, scalars=False)
    nearest = queries.nearest(db.session, [row.id for row in page.rows])
    asked = queries.skill_ids(db.session, list_.id)
    common = {skill for people in nearest.values() for each in people for skill in each.skills}
    return render_template(
        "affinity/result.html",
        page=page,
        text=text,
        nearest=nearest,
        asked=asked,
        skills=skills.by_ids(db.session, {*asked, *common}),
        statuses=of_people,
        **shared,
    )


@blueprint.get("/<int:list_id>/state")
@guards.requires(VIEW)
def progress(list_id: int) -> ResponseReturnValue:
    """Where a list stands, for the script that waits on the progress page."""
    list_ = found(list_id)
    return {"state": list_.state.value, "waiting": list_.is_waiting}


@blueprint.post("/<int:list_id>/cancel")
@guards.requires(EDIT)
def cancel(list_id: int) -> ResponseReturnValue:
    """Call a list off."""
    return _done(list_id, lists.call_off)


@blueprint.post("/<int:list_id>/again")
@guards.requires(EDIT)
def ask_again(list_id: int) -> ResponseReturnValue:
    """Ask once more for a list that failed or was called off."""
    return _done(list_id, lists.ask_again)


def _done(list_id: int, verb: Callable[..., None]) -> ResponseReturnValue:
    """Do something to a list, or say why not, and lead back to it."""
    list_ = acted_on(list_id)
    try:
        verb(db.session, list_, actor=guards.actor(), now=clock.now())
        db.session.commit()
    except Invalid as error:
        db.session.rollback()
        flash(error.sentence.translated(gettext), "error")
    return redirect(url_for("affinity.show", list_id=list_id))


@blueprint.post("/<int:list_id>/remove")
@guards.requires(EDIT)
def remove(list_id: int) -> ResponseReturnValue:
    """Throw a list away."""
    list_ = acted_on(list_id)
    title = list_.title
    lists.remove(db.session, list_, actor=guards.actor(), now=clock.now())
    db.session.commit()
    flash(gettext("“%(title)s” is removed.", title=title), "success")
    return redirect(url_for("affinity.index"))


@blueprint.get("/<int:list_id>/scores.<extension>")
@guards.requires(VIEW)
def export(list_id: int, extension: str) -> ResponseReturnValue:
    """Hand out a list: as .csv what `expertpool assign --scores` reads, as .xlsx all that people read."""
    list_ = found(list_id)
    if extension not in TYPES or list_.state is not RunState.DONE:
        raise NotFound(N_("There is no such document of this list."))
    content = _csv(list_) if extension == "csv" else _xlsx(list_)
    name = f"affinity-{list_.number}.{extension}"
    return send_file(BytesIO(content), mimetype=TYPES[extension], as_attachment=True, download_name=name)


def _csv(list_: AffinityList) -> bytes:
    rows = queries.rows(db.session, list_)
    return writing.csv_rows((row.item, row.person, f"{row.score:.6f}") for row in rows)


def _xlsx(list_: AffinityList) -> bytes:
    labels = [
        gettext("Item number"),
        gettext("Title"),
        gettext("Rank"),
        gettext("Person number"),
        gettext("Name"),
        gettext("Employer"),
        gettext("Score"),
        gettext("Words in common"),
        gettext("Skills in common"),
    ]
    return writing.as_xlsx(labels, _lines(list_), title=gettext("Affinity list"))


def _lines(list_: AffinityList) -> Iterable[list[str]]:
    comma = gettext(", ")
    names: dict[int, Skill] = {}
    place, before = 0, ""
    for row in queries.rows(db.session, list_):
        place, before = (place + 1 if row.item == before else 1), row.item
        unnamed = set(row.skills) - names.keys()
        names.update(skills.by_ids(db.session, unnamed) if unnamed else {})
        yield [
            row.item,
            row.title,
            str(place),
            row.person,
            row.name,
            row.employer,
            f"{row.score:.4f}",
            comma.join(row.words),
            comma.join(skill_name(names[each]) for each in row.skills if each in names),
        ]
