"""The list of organisations, a record, and what changes it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from expertpool import clock
from expertpool.audit import queries as audit
from expertpool.errors import N_, Invalid, Stale
from expertpool.extensions import db
from expertpool.items import queries as items
from expertpool.items.models import Item
from expertpool.organisations import policy, queries, searching, service
from expertpool.organisations.facts import OrganisationFacts, facts_of
from expertpool.organisations.models import Organisation, OrganisationKind
from expertpool.web.kit import guards, trail
from expertpool.web.kit.errors import stale_page
from expertpool.web.kit.forms import put_error, version_seen
from expertpool.web.kit.pagination import here, paginate, sorting
from expertpool.web.organisations import employees, joining
from expertpool.web.organisations.forms import OrganisationForm
from expertpool.web.organisations.objects import EDIT, editable
from expertpool.web.organisations.wording import FIELDS, KINDS, SENTENCES, WEIGHTS

blueprint = Blueprint("organisations", __name__, url_prefix="/organisations")


@blueprint.get("/")
@guards.requires("organisations.view")
def index() -> ResponseReturnValue:
    """All organisations, narrowed by `?q= kind= region= alliance= retired=`."""
    wanted = _wanted()
    order = sorting(("name", "code", "region"), default="name")
    columns = {"name": Organisation.name_pinyin, "code": Organisation.code, "region": Organisation.region}
    page = paginate(db.session, searching.search(wanted).order_by(*order.order(columns, Organisation.id)))
    return render_template(
        "organisations/index.html",
        page=page,
        order=order,
        wanted=wanted,
        employed=employees.counts(db.session, [row.id for row in page.rows]),
        all=searching.count(db.session, searching.Wanted()),
        groups=_groups(wanted),
        conditions=_conditions(wanted),
        kinds=KINDS,
    )


@blueprint.get("/<int:organisation_id>")
@guards.requires("organisations.view")
def show(organisation_id: int) -> ResponseReturnValue:
    """One organisation with all that is known of it."""
    organisation = queries.get(db.session, organisation_id)
    entries = audit.trail(db.session, "organisation", organisation.id, now=clock.now(), limit=20).entries
    applied = items.Wanted(organisation_id=organisation.id)
    return render_template(
        "organisations/show.html",
        organisation=organisation,
        facts=facts_of(organisation),
        above=list(reversed(queries.ancestors(db.session, organisation.id))),
        below=queries.children(db.session, organisation.id),
        memberships=queries.memberships(db.session, organisation.id),
        duplicates=queries.merged_into(db.session, organisation.id),
        into=_into(organisation),
        people={
            now: (
                employees.of(db.session, organisation.id, now=now),
                employees.count(db.session, organisation.id, now=now),
            )
            for now in (True, False)
        },
        items=db.session.scalars(items.search(applied).order_by(Item.dated.desc(), Item.id).limit(20)).all(),
        item_count=items.count(db.session, applied),
        lines=trail.lines(entries, SENTENCES, {**FIELDS, **WEIGHTS}),
        kinds=KINDS,
        may_edit=guards.may(EDIT) and policy.may_edit(guards.grants().scope(EDIT), organisation),
    )


@blueprint.route("/new", methods=["GET", "POST"])
@guards.requires(EDIT)
def create() -> ResponseReturnValue:
    """Enter an organisation."""
    form = OrganisationForm()
    if form.validate_on_submit():
        try:
            facts = form.facts(db.session)
            _require_entering(facts)
            made = service.create(db.session, facts, actor=guards.actor(), now=clock.now())
            db.session.commit()
        except Invalid as error:
            db.session.rollback()
            put_error(form, error)
        else:
            flash(gettext("%(name)s is entered.", name=made.name), "success")
            return redirect(url_for(".show", organisation_id=made.id))
    return render_template("organisations/new.html", form=form), 400 if form.errors or form.faults else 200


@blueprint.route("/<int:organisation_id>/edit", methods=["GET", "POST"])
@guards.requires(EDIT)
def edit(organisation_id: int) -> ResponseReturnValue:
    """Change the facts of an organisation."""
    organisation = editable(organisation_id)
    before = facts_of(organisation)
    form = OrganisationForm()
    if not form.is_submitted():
        form.fill(db.session, organisation, before)
    elif form.validate():
        try:
            return _save(form, organisation, before)
        except Invalid as error:
            db.session.rollback()
            put_error(form, error)
    status = 400 if form.faults else 200
    return render_template("organisations/edit.html", form=form, organisation=organisation), status


@blueprint.post("/<int:organisation_id>/retire")
@guards.requires(EDIT)
def retire(organisation_id: int) -> ResponseReturnValue:
    """Offer an organisation for choice no more."""
    organisation = editable(organisation_id)
    service.retire(db.session, organisation, actor=guards.actor(), now=clock.now())
    db.session.commit()
    flash(gettext("%(name)s is out of use. It can be brought back.", name=organisation.name), "success")
    return redirect(url_for(".show", organisation_id=organisation_id))


@blueprint.post("/<int:organisation_id>/bring-back")
@guards.requires(EDIT)
def bring_back(organisation_id: int) -> ResponseReturnValue:
    """Offer a retired organisation again."""
    organisation = editable(organisation_id)
    service.bring_back(db.session, organisation, actor=guards.actor(), now=clock.now())
    db.session.commit()
    flash(gettext("%(name)s is back.", name=organisation.name), "success")
    return redirect(url_for(".show", organisation_id=organisation_id))


def _require_entering(facts: OrganisationFacts) -> None:
    if not policy.may_enter(guards.grants().scope(EDIT), facts.parent_id):
        raise Invalid(
            N_("Your role reaches only a part of the office: name an organisation of it."), field="parent"
        )


def _save(
    form: OrganisationForm, organisation: Organisation, before: OrganisationFacts
) -> ResponseReturnValue:
    facts = form.facts(db.session, before)
    if facts.parent_id != before.parent_id:
        _require_entering(facts)
    version = version_seen(form)
    try:
        service.change(
            db.session, organisation, facts, version=version, actor=guards.actor(), now=clock.now()
        )
        db.session.commit()
    except Stale:
        db.session.rollback()
        back = url_for(".edit", organisation_id=organisation.id)
        return stale_page(_worded(facts_of(organisation)), _worded(facts), back=back)
    flash(gettext("%(name)s is saved.", name=organisation.name), "success")
    return redirect(url_for(".show", organisation_id=organisation.id))


def _worded(facts: OrganisationFacts) -> dict[str, Any]:
    """Return facts by the labels of the form."""
    shown = {name: getattr(facts, name) for name in FIELDS if name not in ("extra", "parent_id")}
    parent = db.session.get(Organisation, facts.parent_id) if facts.parent_id else None
    shown |= {"kind": KINDS[facts.kind], "parent_id": parent.name if parent else None}
    return {
        str(FIELDS[name]): trail.shown(list(v) if isinstance(v, tuple) else v) for name, v in shown.items()
    }


def _into(organisation: Organisation) -> Organisation | None:
    number = organisation.merged_into_id
    return queries.get(db.session, number) if number is not None else None


def _wanted() -> searching.Wanted:
    kind = request.args.get("kind", "")
    return searching.Wanted(
        text=request.args.get("q", "").strip()[:200],
        kind=OrganisationKind(kind) if kind in set(OrganisationKind) else None,
        region=request.args.get("region") or None,
        alliance_id=request.args.get("alliance", type=int),
        retired=request.args.get("retired") == "1",
    )


def _groups(wanted: searching.Wanted) -> list[tuple[str, list[tuple[Any, int, str, bool]]]]:
    """Return what the list can be narrowed by, each with its count and its address."""

    def rows(name: str, values: Any, chosen: Any) -> list[tuple[Any, int, str, bool]]:
        return [
            (label, count, here(**{name: None if value == chosen else value, "page": None}), value == chosen)
            for value, label, count in values
        ]

    kinds = searching.counts(db.session, wanted, Organisation.kind)
    regions = searching.counts(db.session, wanted, Organisation.region)
    return [
        (gettext("Kind"), rows("kind", [(kind.value, KINDS[kind], n) for kind, n in kinds], wanted.kind)),
        (gettext("Region"), rows("region", [(each, each, n) for each, n in regions], wanted.region)),
        (
            gettext("Alliance"),
            rows("alliance", searching.alliances(db.session, wanted), wanted.alliance_id),
        ),
    ]


def _conditions(wanted: searching.Wanted) -> list[tuple[str, str]]:
    """Return the chosen conditions in words, each with the address of the list without it."""
    chosen = []
    if wanted.text:
        chosen.append((gettext("Text: %(text)s", text=wanted.text), here(q=None, page=None)))
    if wanted.kind:
        chosen.append((gettext("Kind: %(kind)s", kind=KINDS[wanted.kind]), here(kind=None, page=None)))
    if wanted.region:
        chosen.append((gettext("Region: %(region)s", region=wanted.region), here(region=None, page=None)))
    if wanted.alliance_id:
        names = {number: name for number, name, _ in searching.alliances(db.session, wanted, at_most=1000)}
        name = names.get(wanted.alliance_id, wanted.alliance_id)
        chosen.append((gettext("Alliance: %(name)s", name=name), here(alliance=None, page=None)))
    if wanted.retired:
        chosen.append((gettext("Out of use"), here(retired=None, page=None)))
    return chosen


PAIR = ["GET", "POST"]
blueprint.add_url_rule("/<int:organisation_id>/merge", view_func=joining.merge, methods=PAIR)
blueprint.add_url_rule("/<int:organisation_id>/undo-merge", view_func=joining.undo_merge, methods=["POST"])
blueprint.add_url_rule("/<int:organisation_id>/alliances", view_func=joining.memberships, methods=PAIR)
blueprint.add_url_rule(
    "/<int:organisation_id>/alliances/<int:member_id>/remove", view_func=joining.leave, methods=["POST"]
)
