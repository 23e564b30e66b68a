"""Read organisations."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session, contains_eager

from expertpool.errors import N_, NotFound
from expertpool.organisations.models import Alliance, AllianceMember, Organisation, OrganisationKind


def get(session: Session, organisation_id: int) -> Organisation:
    """Return an organisation, or raise `NotFound`."""
    found = session.get(Organisation, organisation_id)
    if found is None:
        raise NotFound(N_("There is no such organisation."))
    return found


def by_ids(session: Session, ids: Iterable[int]) -> dict[int, Organisation]:
    """Return the organisations with `ids`."""
    query = sa.select(Organisation).where(Organisation.id.in_(set(ids)))
    return {found.id: found for found in session.scalars(query)}


def descendants(session: Session, ids: Iterable[int]) -> frozenset[int]:
    """Return `ids` and the ids of all organisations and departments below them."""
    tree = sa.select(Organisation.id).where(Organisation.id.in_(set(ids))).cte(recursive=True)
    tree = tree.union(sa.select(Organisation.id).join(tree, Organisation.parent_id == tree.c.id))
    return frozenset(session.scalars(sa.select(tree.c.id)))


def ancestors(session: Session, organisation_id: int) -> Sequence[Organisation]:
    """Return what `organisation_id` belongs to: its parent, then that one's parent, up to the root."""
    start = sa.select(Organisation.parent_id.label("id"), sa.literal(1).label("depth")).where(
        Organisation.id == organisation_id
    )
    chain = start.cte(recursive=True)
    chain = chain.union_all(
        sa.select(Organisation.parent_id, chain.c.depth + 1).join(chain, Organisation.id == chain.c.id)
    )
    query = sa.select(Organisation).join(chain, Organisation.id == chain.c.id).order_by(chain.c.depth)
    return session.scalars(query).all()


def children(session: Session, organisation_id: int) -> Sequence[Organisation]:
    """Return what belongs to an organisation directly, departments last."""
    query = (
        sa.select(Organisation)
        .where(Organisation.parent_id == organisation_id, Organisation.retired_at.is_(None))
        .order_by(Organisation.kind == OrganisationKind.DEPARTMENT, Organisation.name_pinyin, Organisation.id)
    )
    return session.scalars(query).all()


def memberships(session: Session, organisation_id: int) -> Sequence[AllianceMember]:
    """Return the alliances that an organisation is or was a member of, by name."""
    query = (
        sa.select(AllianceMember)
        .join(AllianceMember.alliance)
        .where(AllianceMember.organisation_id == organisation_id)
        .options(contains_eager(AllianceMember.alliance))
        .order_by(Alliance.name)
    )
    return session.scalars(query).all()


def merged_into(session: Session, organisation_id: int) -> Sequence[Organisation]:
    """Return the duplicates that were merged into an organisation."""
    query = sa.select(Organisation).where(Organisation.merged_into_id == organisation_id)
    return session.scalars(query.order_by(Organisation.id)).all()


def alliance_names(session: Session) -> Sequence[str]:
    """Return the names of all alliances."""
    return session.scalars(sa.select(Alliance.name).order_by(Alliance.name)).all()
