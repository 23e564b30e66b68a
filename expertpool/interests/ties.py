"""Relations and declarations, as the conflict engine sees them."""

from __future__ import annotations

from collections import defaultdict

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from expertpool.conflicts import facts
from expertpool.database import plain_rows
from expertpool.interests.models import Relation, RelationKind
from expertpool.items.models import Item
from expertpool.organisations.models import Organisation
from expertpool.people.models import Person


def relations_of(session: Session, *conditions: sa.ColumnElement[bool]) -> dict[int, list[facts.Relation]]:
    """Return relations by either of their people, each as seen from that person.

    Somebody or something that nobody identified is known by the text of the source.
    """
    person, other = aliased(Person), aliased(Person)
    query = (
        sa.select(
            Relation.person_id,
            person.name,
            Relation.kind,
            Relation.other_person_id,
            other.name,
            Relation.organisation_id,
            sa.func.coalesce(Organisation.name, Relation.other_text),
            Relation.other_is_organisation,
            Relation.since,
            Relation.until,
            Relation.source,
        )
        .join(person, person.id == Relation.person_id)
        .outerjoin(other, other.id == Relation.other_person_id)
        .outerjoin(Organisation, Organisation.id == Relation.organisation_id)
        .where(Relation.retired_at.is_(None), *conditions)
        .order_by(Relation.id)
    )
    found: dict[int, list[facts.Relation]] = defaultdict(list)
    for owner, name, kind, other_id, other_name, org_id, text, is_org, *rest in plain_rows(session, query):
        seen = facts.RelationKind(kind.value)
        ref: facts.Ref = facts.PersonRef(other_id, other_name or text or "")
        if org_id is not None or is_org:
            ref = facts.OrganisationRef(org_id, text or "")
        found[owner].append(facts.Relation(seen, ref, *rest))
        if other_id is not None:
            back = facts.Relation(facts.inverse(seen), facts.PersonRef(owner, name), *rest)
            found[other_id].append(back)
    return found


def declarations_of(
    session: Session, *conditions: sa.ColumnElement[bool]
) -> dict[int, list[facts.Declaration]]:
    """Return declared interests whose text names an item by number or title."""
    query = (
        sa.select(Relation.person_id, Item.id, Relation.since, Relation.until, Relation.source)
        .join(Item, sa.or_(Item.number == Relation.other_text, Item.title == Relation.other_text))
        .where(
            Relation.kind == RelationKind.DECLARED,
            Relation.retired_at.is_(None),
            Relation.other_person_id.is_(None),
            Relation.organisation_id.is_(None),
            *conditions,
        )
    )
    found: dict[int, list[facts.Declaration]] = defaultdict(list)
    for owner, item, since, until, source in session.execute(query):
        found[owner].append(facts.Declaration(item, since=since, until=until, source=source))
    return found
