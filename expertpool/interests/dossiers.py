"""Turn rows into the facts of the conflict engine: few queries for the whole pool, columns, no objects."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from expertpool.conflicts import facts
from expertpool.conflicts.names import person_key
from expertpool.interests.models import Relation, RelationKind
from expertpool.items.models import Item, ItemApplicant, ItemPerson, ItemRole, ItemSkill
from expertpool.organisations.models import (
    Alliance,
    AllianceMember,
    Organisation,
    OrganisationKind,
    OrganisationName,
)
from expertpool.people.models import EmailAddress, Employment, Person

ROLES = {ItemRole.LEADER: facts.Role.LEADS, ItemRole.CONTRIBUTOR: facts.Role.CONTRIBUTES}
ROUND_COLUMNS = ("批次", "轮次", "round")
"""Imported columns that name the round an item was handed in for."""


@dataclass(frozen=True, slots=True)
class EarlierReview:
    """A person sat on a panel that judged an item. Panels stand above this room and hand these in."""

    person_id: int
    item_id: int
    on: date | None


def organisation_facts(session: Session) -> dict[facts.Id, facts.Organisation]:
    """Return all organisations with their names, parents, alliances and mail domains."""
    other_names: dict[int, list[str]] = defaultdict(list)
    for owner, name in session.execute(sa.select(OrganisationName.organisation_id, OrganisationName.name)):
        other_names[owner].append(name)
    alliances = _memberships(session)
    rows = session.execute(
        sa.select(
            Organisation.id,
            Organisation.name,
            Organisation.name_en,
            Organisation.parent_id,
            Organisation.kind,
            Organisation.mail_domains,
        ).order_by(Organisation.id)
    )
    return {
        row.id: facts.Organisation(
            id=row.id,
            name=row.name,
            other_names=(*filter(None, [row.name_en]), *other_names.get(row.id, ())),
            parent=row.parent_id,
            is_department=row.kind is OrganisationKind.DEPARTMENT,
            is_authority=row.kind is OrganisationKind.AUTHORITY,
            alliances=tuple(alliances.get(row.id, ())),
            mail_domains=tuple(row.mail_domains or ()),
        )
        for row in rows
    }


def _memberships(session: Session) -> dict[int, list[facts.AllianceMembership]]:
    found: dict[int, list[facts.AllianceMembership]] = defaultdict(list)
    rows = session.execute(
        sa.select(
            AllianceMember.organisation_id,
            Alliance.id,
            Alliance.name,
            AllianceMember.since,
            AllianceMember.until,
        ).join(Alliance, Alliance.id == AllianceMember.alliance_id)
    )
    for owner, alliance, name, since, until in rows:
        found[owner].append(facts.AllianceMembership(alliance, name, since, until))
    return found


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
    skills = _item_skills(session, item_ids)
    items = tuple(
        facts.Item(
            id=id_,
            title=rows[id_].title,
            applicants=tuple(applicants.get(id_, ())),
            leaders=tuple(people.get((id_, ItemRole.LEADER), ())),
            contributors=tuple(people.get((id_, ItemRole.CONTRIBUTOR), ())),
            excluded=tuple(people.get((id_, ItemRole.EXCLUDED), ())),
            round=_round_of(rows[id_]),
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


def _item_skills(session: Session, item_ids: Collection[int] | None) -> dict[int, frozenset[facts.Id]]:
    query = sa.select(ItemSkill.item_id, ItemSkill.skill_id)
    if item_ids is not None:
        query = query.where(ItemSkill.item_id.in_(item_ids))
    found: dict[int, set[facts.Id]] = defaultdict(set)
    for item, skill in session.execute(query):
        found[item].add(skill)
    return {item: frozenset(held) for item, held in found.items()}


def _round_of(row: Any) -> str | None:
    """Return the item's round: as imported, else its kind and date."""
    for column in ROUND_COLUMNS:
        if (row.extra or {}).get(column):
            return str(row.extra[column])
    return f"{row.kind or ''}@{row.dated.isoformat()}" if row.dated else None


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
    works = _works(session, matches, ItemPerson.name)
    for name, found in works.items():
        yield facts.Person(None, name, works=tuple(found))


def people_facts(
    session: Session, person_ids: Collection[int] | None = None, *, earlier: Iterable[EarlierReview] = ()
) -> Iterator[facts.Person]:
    """Yield the dossiers of everyone who was not merged away, or of those named, by id."""
    wanted = _Wanted(person_ids)
    addresses = _grouped(session, wanted.of(EmailAddress.person_id), EmailAddress.address)
    employments = _employments(session, wanted)
    relations = _relations(session, wanted)
    works = _works(session, wanted.of(ItemPerson.person_id), ItemPerson.person_id)
    reviews, received = _reviews(session, earlier)
    declarations = _declarations(session, wanted)
    nothing: tuple[Any, ...] = ()
    query = sa.select(Person.id, Person.name, Person.name_en).where(
        Person.merged_into_id.is_(None), wanted.of(Person.id)
    )
    for id_, name, name_en in session.execute(query.order_by(Person.id)):
        yield facts.Person(
            id=id_,
            name=name,
            other_names=(name_en,) if name_en else nothing,
            emails=tuple(addresses.get(id_, nothing)),
            employments=tuple(employments.get(id_, nothing)),
            relations=tuple(relations.get(id_, nothing)),
            works=tuple(works.get(id_, nothing)),
            reviews=tuple(reviews.get(id_, nothing)),
            received_reviews=tuple(received.get(id_, nothing)),
            declarations=tuple(declarations.get(id_, nothing)),
        )


class _Wanted:
    """Narrows a query to the people asked for; to all when none are named."""

    def __init__(self, person_ids: Collection[int] | None) -> None:
        self.ids = None if person_ids is None else sorted(set(person_ids))

    def of(self, column: Any) -> sa.ColumnElement[bool]:
        found: sa.ColumnElement[bool] = column.is_not(None) if self.ids is None else column.in_(self.ids)
        return found


def _grouped(session: Session, condition: sa.ColumnElement[bool], column: Any) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    query = sa.select(EmailAddress.person_id, column).where(condition).order_by(EmailAddress.id)
    for owner, value in session.execute(query):
        found[owner].append(value)
    return found


def _employments(session: Session, wanted: _Wanted) -> dict[int, list[facts.Employment]]:
    found: dict[int, list[facts.Employment]] = defaultdict(list)
    query = sa.select(
        Employment.person_id,
        Employment.organisation_id,
        Employment.organisation_text,
        Employment.since,
        Employment.until,
        Employment.source,
    ).where(wanted.of(Employment.person_id))
    for owner, organisation, text, since, until, source in session.execute(query.order_by(Employment.id)):
        ref = facts.OrganisationRef(organisation, text)
        found[owner].append(facts.Employment(ref, since, until, source))
    return found


def _relations(session: Session, wanted: _Wanted) -> dict[int, list[facts.Relation]]:
    """Return relations by either of their people, each as seen from that person."""
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
        .where(
            Relation.retired_at.is_(None),
            sa.or_(wanted.of(Relation.person_id), wanted.of(Relation.other_person_id)),
        )
        .order_by(Relation.id)
    )
    found: dict[int, list[facts.Relation]] = defaultdict(list)
    for owner, name, kind, other_id, other_name, org_id, text, is_org, *rest in session.execute(query):
        seen = facts.RelationKind(kind.value)
        ref: facts.Ref = facts.PersonRef(other_id, other_name or text or "")
        if org_id is not None or is_org:
            ref = facts.OrganisationRef(org_id, text or "")
        found[owner].append(facts.Relation(seen, ref, *rest))
        if other_id is not None:
            back = facts.Relation(facts.inverse(seen), facts.PersonRef(owner, name), *rest)
            found[other_id].append(back)
    return found


def _works(session: Session, condition: sa.ColumnElement[bool], owner: Any) -> dict[Any, list[facts.Work]]:
    query = (
        sa.select(owner, ItemPerson.role, Item.id, Item.title, Item.kind, Item.dated, Item.extra)
        .join(Item, Item.id == ItemPerson.item_id)
        .where(condition, ItemPerson.role.in_(list(ROLES)))
        .order_by(ItemPerson.id)
    )
    rows = session.execute(query).all()
    skills = _item_skills(session, None) if rows else {}
    found: dict[Any, list[facts.Work]] = defaultdict(list)
    for row in rows:
        found[row[0]].append(
            facts.Work(
                item=row.id,
                title=row.title,
                role=ROLES[row.role],
                since=row.dated,
                until=row.dated,
                round=_round_of(row),
                kind=row.kind,
                skills=skills.get(row.id, frozenset()),
            )
        )
    return found


def _declarations(session: Session, wanted: _Wanted) -> dict[int, list[facts.Declaration]]:
    """Return declared interests whose text names an item by number or title."""
    query = (
        sa.select(Relation.person_id, Item.id, Relation.since, Relation.until, Relation.source)
        .join(Item, sa.or_(Item.number == Relation.other_text, Item.title == Relation.other_text))
        .where(
            Relation.kind == RelationKind.DECLARED,
            Relation.retired_at.is_(None),
            Relation.other_person_id.is_(None),
            Relation.organisation_id.is_(None),
            wanted.of(Relation.person_id),
        )
    )
    found: dict[int, list[facts.Declaration]] = defaultdict(list)
    for owner, item, since, until, source in session.execute(query):
        found[owner].append(facts.Declaration(item, since=since, until=until, source=source))
    return found


def _reviews(
    session: Session, earlier: Iterable[EarlierReview]
) -> tuple[Mapping[int, list[facts.Review]], Mapping[int, list[facts.ReceivedReview]]]:
    """Return the reviews that people gave, and those that their items received."""
    given: dict[int, list[facts.Review]] = defaultdict(list)
    received: dict[int, list[facts.ReceivedReview]] = defaultdict(list)
    earlier = list(earlier)
    if not earlier:
        return given, received
    item_ids = {review.item_id for review in earlier}
    known = session.execute(sa.select(Item.id, Item.title).where(Item.id.in_(item_ids)))
    titles: dict[int, str] = {row.id: row.title for row in known}
    reviewers = {review.person_id for review in earlier}
    sitting = session.execute(sa.select(Person.id, Person.name).where(Person.id.in_(reviewers)))
    names: dict[int, str] = {row.id: row.name for row in sitting}
    owners: dict[int, set[int]] = defaultdict(set)
    behind = sa.select(ItemPerson.item_id, ItemPerson.person_id).where(
        ItemPerson.item_id.in_(item_ids), ItemPerson.person_id.is_not(None), ItemPerson.role.in_(list(ROLES))
    )
    for item, owner in session.execute(behind):
        if owner is not None:
            owners[item].add(owner)
    for review in earlier:
        title = titles.get(review.item_id, "")
        given[review.person_id].append(facts.Review(review.item_id, title, review.on))
        reviewer = facts.PersonRef(review.person_id, names.get(review.person_id, ""))
        for owner in owners[review.item_id]:
            received[owner].append(facts.ReceivedReview(reviewer, title, review.on))
    return given, received
