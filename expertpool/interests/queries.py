"""Findings on people and pairs, and the relations of one person."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from expertpool.conflicts import engine, facts
from expertpool.conflicts.asking import Asking
from expertpool.conflicts.findings import Finding, PairFinding, TooManyExcluded
from expertpool.conflicts.policy import Policy
from expertpool.interests.dossiers import people_facts
from expertpool.interests.earlier import EarlierReview
from expertpool.interests.item_sides import item_side
from expertpool.interests.models import Relation, RelationKind
from expertpool.interests.pairing import related_people
from expertpool.interests.suspects import Names, suspects
from expertpool.matching.memory import uncollected
from expertpool.organisations.models import Organisation
from expertpool.people.models import Person


@dataclass(frozen=True, slots=True)
class Answer:
    """What a check of some items says about people, and about the items themselves."""

    findings: list[Finding]
    items: list[TooManyExcluded]


@uncollected()
def findings_for_items(
    session: Session,
    item_ids: Collection[int],
    policy: Policy,
    on: date,
    *,
    person_ids: Collection[int] | None = None,
    earlier: Iterable[EarlierReview] = (),
    waivers: Iterable[facts.Waiver] = (),
    names: Names | None = None,
) -> Answer:
    """Check everyone in the pool, or those named, against the items, for a meeting on the day `on`.

    `earlier` are panel services before this one, without those of the panel that is being formed.
    `names`, if they were read already, are those of everybody.
    Findings come by person id, then in the order of the items, then of the rules.
    """
    earlier = list(earlier)
    side = item_side(session, item_ids, waivers=waivers, earlier=earlier)
    asking = Asking(side, policy, on)
    if person_ids is None:
        person_ids = suspects(session, asking, names=names or Names(session), earlier=earlier)
    people = people_facts(session, person_ids, earlier=earlier)
    return Answer(engine.check_asked(asking, people), engine.check_items(side, policy))


def pair_findings(
    session: Session, person_ids: Collection[int], policy: Policy, on: date
) -> list[PairFinding]:
    """Check the people of one panel pairwise."""
    return engine.pairs(people_facts(session, person_ids), policy, on)


def pair_findings_of_pool(
    session: Session, policy: Policy, on: date, *, names: Names | None = None
) -> list[PairFinding]:
    """Check everybody in the pool pairwise, whatever their status."""
    if not policy.pairs:
        return []
    return engine.pairs(related_people(session, policy, names or Names(session)), policy, on)


@dataclass(frozen=True, slots=True)
class RelationRow:
    """One relation on file, for a page."""

    id: int
    person_id: int
    person_name: str
    kind: RelationKind
    other_person_id: int | None
    organisation_id: int | None
    other_name: str
    since: date | None
    until: date | None
    source: str
    is_retired: bool


def relations_of(session: Session, person_id: int, *, with_retired: bool = False) -> list[RelationRow]:
    """Return the relations that name a person on either side, latest first."""
    person, other = aliased(Person), aliased(Person)
    query = (
        sa.select(
            Relation.id,
            Relation.person_id,
            person.name,
            Relation.kind,
            Relation.other_person_id,
            Relation.organisation_id,
            sa.func.coalesce(other.name, Organisation.name, Relation.other_text),
            Relation.since,
            Relation.until,
            Relation.source,
            Relation.retired_at.is_not(None),
        )
        .join(person, person.id == Relation.person_id)
        .outerjoin(other, other.id == Relation.other_person_id)
        .outerjoin(Organisation, Organisation.id == Relation.organisation_id)
        .where(sa.or_(Relation.person_id == person_id, Relation.other_person_id == person_id))
        .order_by(Relation.id.desc())
    )
    if not with_retired:
        query = query.where(Relation.retired_at.is_(None))
    return [RelationRow(*row) for row in session.execute(query)]
