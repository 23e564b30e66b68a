"""Turn what was typed into the form of an item into facts, with errors at their fields."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from expertpool.errors import N_, Invalid
from expertpool.events import Actor
from expertpool.items.facts import Applicant, ItemFacts, Party
from expertpool.items.models import Item, ItemRole, Stage
from expertpool.items.naming import Named, people_of
from expertpool.organisations.service import resolve as organisations
from expertpool.people.models import Person
from expertpool.skills import service as skills
from expertpool.web.items.forms import PEOPLE, ItemForm
from expertpool.web.organisations.forms import lines


def facts(session: Session, form: ItemForm, before: Item | None, *, actor: Actor, now: datetime) -> ItemFacts:
    """Return the facts of the form; raises `Invalid` naming the field. Unknown skills become tags."""
    known = {row.organisation_text: row.organisation_id for row in before.applicants} if before else {}
    texts = lines(form.applicants.data)
    ids = organisations(session, texts)
    return ItemFacts(
        title=form.title.data or "",
        number=form.number.data or (before.number if before else None),
        abstract=form.abstract.data,
        kind=form.kind.data,
        stage=Stage(form.stage.data),
        dated=form.dated.data,
        applicants=tuple(Applicant(text, ids.get(text) or known.get(text)) for text in texts),
        people=_people(session, form),
        skill_ids=_skills(session, lines(form.skills.data), actor=actor, now=now),
        extra=before.extra if before else {},
    )


def _skills(session: Session, texts: tuple[str, ...], *, actor: Actor, now: datetime) -> tuple[int, ...]:
    found = skills.resolve(session, texts)
    unknown = [text for text in texts if text not in found]
    found |= skills.tag(session, unknown, actor=actor, now=now) if unknown else {}
    return tuple(found[text] for text in texts)


def _people(session: Session, form: ItemForm) -> tuple[Party, ...]:
    parties: list[Party] = []
    for field, role in PEOPLE.items():
        split = [line.partition("|") for line in lines(form[field].data)]
        try:
            named = people_of(session, [text for text, _, _ in split])
        except Invalid as error:
            raise Invalid(error.sentence.message, field=field, **error.sentence.params) from error
        if not form.keep_names.data:
            _refuse_namesakes(session, named, field)
        for text, _, reason in split:
            if text in named:
                parties.append(_party(role, named[text], reason))
    return tuple(parties)


def _party(role: ItemRole, named: Named, reason: str) -> Party:
    kept = reason if role == ItemRole.EXCLUDED else ""
    return Party(role, named.name, named.address, named.person_id, kept.strip() or None)


def _refuse_namesakes(session: Session, named: dict[str, Named], field: str) -> None:
    """Raise `Invalid` with the people of the pool that a name alone may mean."""
    ids = {number for each in named.values() for number in each.namesakes}
    if not ids:
        return
    query = sa.select(Person).where(Person.id.in_(ids)).options(selectinload(Person.employments))
    people = {person.id: person for person in session.scalars(query)}
    texts = [
        f"{each.name}: {'; '.join(_described(people[number]) for number in each.namesakes)}"
        for each in named.values()
        if each.namesakes
    ]
    raise Invalid(
        N_("People of the pool have these names. Write their numbers, or tick “Keep names”: %(people)s."),
        field=field,
        people="; ".join(texts),
    )


def _described(person: Person) -> str:
    employer = next((row.organisation_text for row in person.employments if row.is_current), "")
    return f"{person.number} {person.name}{f' ({employer})' if employer else ''}"
