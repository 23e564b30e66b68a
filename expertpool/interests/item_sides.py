"""What stands behind the items of one panel, as the conflict engine sees it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.conflicts import facts
from expertpool.conflicts.names import person_key
from expertpool.interests.bodies import organisation_facts
from expertpool.interests.dossiers import people_facts
from expertpool.interests.earlier import EarlierReview
from expertpool.interests.works import item_skills, round_of, works_of
from expertpool.items.models import Item, ItemApplicant, ItemPerson, ItemRole
from expertpool.people.models import EmailAddress


def item_side(
    session: Session,
    item_ids: Collection[int],
    *,
    waivers: Iterable[facts.Waiver] = (),
    earlier: Iterable[EarlierReview] = (),
) -> facts.ItemSide:
    """Return the items in the order given, their organisations, and the dossiers of their people."""
    rows = {
        row.id: row
        for row in session.execute(
            sa.select(Item.id, Item.title, Item.kind, Item.dated, Item.extra).where(Item.id.in_(item_ids))
        )
    }
    applicants = _applicants(session, item_ids)
    people = _item_people(session, item_ids)
    skills = item_skills(session, item_ids)
    items = tuple(
        facts.Item(
            id=id_,
            title=rows[id_].title,
            applicants=tuple(applicants.get(id_, ())),
            leaders=tuple(people.get((id_, ItemRole.LEADER), ())),
            contributors=tuple(people.get((id_, ItemRole.CONTRIBUTOR), ())),
            excluded=tuple(people.get((id_, ItemRole.EXCLUDED), ())),
            round=round_of(rows[id_]),
            kind=rows[id_].kind,
            skills=skills.get(id_, frozenset()),
        )
        for id_ in item_ids
        if id_ in rows
    )
    return facts.ItemSide(
        items=items,
        organisations=organisation_facts(session),
        people=(*_known_people(session, items, earlier), *_named_people(session, items)),
        waivers=tuple(waivers),
    )


def _applicants(session: Session, item_ids: Collection[int]) -> dict[int, list[facts.Ref]]:
    found: dict[int, list[facts.Ref]] = defaultdict(list)
    rows = session.execute(
        sa.select(ItemApplicant.item_id, ItemApplicant.organisation_id, ItemApplicant.organisation_text)
        .where(ItemApplicant.item_id.in_(item_ids))
        .order_by(ItemApplicant.id)
    )
    for item, organisation, text in rows:
        found[item].append(facts.OrganisationRef(organisation, text))
        if organisation is None:
            found[item].append(facts.PersonRef(None, text))
    return found


def _item_people(
    session: Session, item_ids: Collection[int]
) -> dict[tuple[int, ItemRole], list[facts.PersonRef]]:
    found: dict[tuple[int, ItemRole], list[facts.PersonRef]] = defaultdict(list)
    rows = session.execute(
        sa.select(
            ItemPerson.item_id, ItemPerson.role, ItemPerson.person_id, ItemPerson.name, ItemPerson.address
        )
        .where(ItemPerson.item_id.in_(item_ids))
        .order_by(ItemPerson.id)
    )
    for item, role, person, name, address in rows:
        found[item, role].append(facts.PersonRef(person, name, address))
    return found


def _known_people(
    session: Session, items: tuple[facts.Item, ...], earlier: Iterable[EarlierReview]
) -> Iterator[facts.Person]:
    refs = [ref for item in items for ref in (*item.leaders, *item.contributors)]
    ids = {ref.id for ref in refs if isinstance(ref.id, int)}
    addresses = {ref.email for ref in refs if ref.id is None and ref.email}
    if addresses:
        query = sa.select(EmailAddress.person_id).where(EmailAddress.address.in_(addresses))
        ids |= set(session.scalars(query))
    return people_facts(session, ids, earlier=earlier) if ids else iter(())


def _named_people(session: Session, items: tuple[facts.Item, ...]) -> Iterator[facts.Person]:
    """Yield what is known of the items' people who are only names: the other items that name them."""
    names = {
        person_key(ref.name): ref.name
        for item in items
        for ref in (*item.leaders, *item.contributors)
        if ref.id is None and ref.name
    }
    if not names:
        return
    spellings = set(names.values())
    matches = sa.and_(
        ItemPerson.person_id.is_(None),
        sa.or_(ItemPerson.name_key.in_(names), ItemPerson.name.in_(spellings)),
    )
    works = works_of(session, matches, ItemPerson.name)
    for name, found in works.items():
        yield facts.Person(None, name, works=tuple(found))
