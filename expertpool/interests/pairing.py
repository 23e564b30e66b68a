"""The dossiers by which two people of one pool may be a conflict: their relations to people."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy.orm import Session

from expertpool.conflicts import facts, pairs
from expertpool.conflicts.names import person_key
from expertpool.conflicts.policy import Policy
from expertpool.interests.models import Relation, RelationKind
from expertpool.interests.suspects import Names
from expertpool.interests.ties import relations_of


def related_people(session: Session, policy: Policy, names: Names) -> Iterator[facts.Person]:
    """Yield everybody whom a relation of a kind that the policy asks of pairs may mean, by id.

    The dossiers hold names and these relations, nothing else.
    """
    kinds = [RelationKind(kind.value) for kind, rule in pairs.RULES.items() if rule in policy.pairs]
    relations = relations_of(
        session,
        Relation.kind.in_(kinds),
        Relation.organisation_id.is_(None),
        Relation.other_is_organisation.is_(False),
    )
    told = (each.other for found in relations.values() for each in found if each.other.id is None)
    meant = {*relations, *names.of({person_key(other.name) for other in told})}
    for id_, name, name_en in names.rows:
        if id_ in meant:
            other_names = (name_en,) if name_en else ()
            yield facts.Person(id_, name, other_names, relations=tuple(relations.get(id_, ())))
