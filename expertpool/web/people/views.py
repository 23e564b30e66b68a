"""Pages of people: the list, one person, a new person, changed facts."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_timezone, gettext, to_utc

from expertpool import clock
from expertpool.errors import Invalid, Stale
from expertpool.extensions import db
from expertpool.people import contacts, employments, holdings, listing, queries, service
from expertpool.people.facts import FIELDS as FACTS
from expertpool.people.facts import PersonFacts, facts_of, listed
from expertpool.people.models import Grade, Person
from expertpool.skills import queries as skills
from expertpool.skills.names import skill_key
from expertpool.web.kit import guards
from expertpool.web.kit.errors import stale_page
from expertpool.web.kit.forms import put_error
from expertpool.web.kit.pagination import SIZE, Page, sorting
from expertpool.web.people import account, asking, joining, parts, service_record, wording
from expertpool.web.people.blueprint import EDIT, VIEW, acting, blueprint, done, person_of, skills_named
from expertpool.web.people.forms import FactsForm, NewPersonForm
from expertpool.web.people.page import person_page, words

PAIR = ["GET", "POST"]
EXPORT = "/people/export"


@blueprint.get("/")
@guards.requires(VIEW)
def index() -> ResponseReturnValue:
    """The list, narrowed by what the address asks for."""
    asked = asking.conditions()
    overview = listing.overview(db.session, asked)
    held = listing.most_held(db.session, asked, overview.total) if overview.total else []
    said = asking.Words(db.session, asked, held)
    order = sorting((*listing.SORTED, "best"), default="best" if asked.q else "name")
    page = _page(asked, order, overview.total)
    ids = [person.id for person in page.rows]
    return render_template(
        "people/index.html",
        asked=asked,
        page=page,
        order=order,
        pool=listing.pool_size(db.session),
        tags=asking.tags(asked, said),
        facets=asking.facets(asked, overview, held, said),
        ways_out=[] if overview.total else asking.ways_out(db.session, asked, said),
        employers=listing.employers(db.session, ids),
        served=service_record.panels_since(db.session, ids, _new_year(), now=clock.now()),
        matching=_matching(asked, page),
        export=_export_address(),
        **words(),
    )


@blueprint.get("/<int:person_id>")
@guards.requires(VIEW)
def show(person_id: int) -> ResponseReturnValue:
    """One person with all that is known."""
    guards.record_look("person", person_id)
    return person_page(person_of(person_id))


@blueprint.post("/<int:person_id>/phone")
@guards.requires(EDIT)
def reveal_phone(person_id: int) -> ResponseReturnValue:
    """The person's page with the whole phone number; the look is recorded."""
    person = person_of(person_id)
    phone = contacts.reveal_phone(db.session, person, **acting())
    db.session.commit()
    return person_page(person, phone=phone)


@blueprint.route("/new", methods=PAIR)
@guards.requires(EDIT)
def create() -> ResponseReturnValue:
    """Enter a person; who may be the same is shown first. `?name=` and `?organisation=` begin the form."""
    form = NewPersonForm(data={name: request.args.get(name) for name in ("name", "organisation")})
    alike: Any = []
    if form.validate_on_submit():
        addresses = tuple((form.addresses.data or "").split())
        if not form.confirmed.data:
            alike = queries.possibly_same(db.session, form.name.data or "", addresses)
        try:
            if not alike:
                person = _created(form, addresses)
                return done(
                    person,
                    gettext("%(name)s is in the pool as %(number)s.", name=person.name, number=person.number),
                )
        except Invalid as error:
            db.session.rollback()
            put_error(form, error)
    status = 400 if form.faults or alike else 200
    return render_template("people/new.html", form=form, alike=alike, **words()), status


@blueprint.route("/<int:person_id>/edit", methods=PAIR)
@guards.requires(EDIT)
def edit(person_id: int) -> ResponseReturnValue:
    """Change the facts of a person."""
    person = person_of(person_id)
    service.require_whole(person)
    form = FactsForm()
    if not form.is_submitted():
        form.fill(facts_of(person), person.version)
    elif form.validate():
        facts = form.facts()
        try:
            service.change(db.session, person, facts, version=form.seen_version, **acting())
            return done(person, gettext("%(name)s is saved.", name=person.name))
        except Invalid as error:
            db.session.rollback()
            put_error(form, error)
        except Stale:
            db.session.rollback()
            person = person_of(person_id)
            back = url_for(".edit", person_id=person_id)
            return stale_page(_worded(facts_of(person)), _worded(facts), back=back)
    return render_template("people/edit.html", form=form, person=person), 400 if form.faults else 200


def _created(form: NewPersonForm, addresses: tuple[str, ...]) -> Person:
    person = service.create(
        db.session, form.facts(), number=form.number.data, grade=Grade(form.grade.data), **acting()
    )
    contacts.set_addresses(db.session, person, addresses, **acting())
    contacts.set_phone(db.session, person, form.phone.data, **acting())
    if (form.organisation.data or "").strip():
        work = employments.Work(form.organisation.data or "", form.position.data, is_current=True)
        employments.add_employment(db.session, person, work, source=service.BY_OFFICE, **acting())
    if list(listed(form.skills.data)):
        holdings.add_skills(
            db.session, person, skills_named(form.skills.data), source=service.BY_OFFICE, **acting()
        )
    return person


def _page(asked: listing.Conditions, order: Any, total: int) -> Page:
    pages = max(1, -(-total // SIZE))
    number = min(max(1, request.args.get("page", 1, type=int)), pages)
    by = listing.ordered(asked, order.key, descending=order.descending)
    rows = listing.rows(db.session, asked, by, limit=SIZE, offset=(number - 1) * SIZE) if total else []
    return Page(rows=rows, number=number, total=total, size=SIZE)


def _matching(asked: listing.Conditions, page: Page) -> frozenset[int]:
    """Return the skills for which people of the page are listed: asked for, or found by the text."""
    wanted = skills.expand(db.session, asked.skills) if asked.skills else {}
    text = skill_key(asked.q)
    shown = {row.skill_id: row.skill for person in page.rows for row in person.skills}
    found = {
        number
        for number, skill in shown.items()
        if text and any(text in skill_key(name or "") for name in (skill.name_zh, skill.name_en, skill.code))
    }
    return frozenset(found.union(*wanted.values()))


def _new_year() -> datetime:
    year = clock.now().astimezone(get_timezone()).year
    start: datetime = to_utc(datetime(year, 1, 1)).replace(tzinfo=UTC)  # noqa: DTZ001  (the reader's zone)
    return start


def _export_address() -> str | None:
    """Return where this list can be had as a spreadsheet, for those who may."""
    if not guards.may("people.export"):
        return None
    asked: dict[str, Any] = request.args.to_dict(flat=False)
    return url_for("exchange.export", **asked | {"listed": 1})


def _worded(facts: PersonFacts) -> dict[str, Any]:
    """Return facts by the labels of the form."""
    shown = {name: getattr(facts, name) or "" for name in FACTS}
    shown["gender"] = wording.GENDERS.get(facts.gender, "") if facts.gender else ""
    shown["interest_party"] = wording.PARTIES.get(facts.interest_party, "") if facts.interest_party else ""
    shown["languages"] = ", ".join(facts.languages)
    return {str(wording.FIELDS[name]): str(value) for name, value in shown.items()}


for rule, view, methods in (*parts.ROUTES, *joining.ROUTES, *account.ROUTES):
    blueprint.add_url_rule(rule, view_func=view, methods=list(methods))
