"""Lists of organisations, narrowed by conditions."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from expertpool.conflicts.names import organisation_key
from expertpool.organisations.models import (
    Alliance,
    AllianceMember,
    Organisation,
    OrganisationKind,
    OrganisationName,
)


@dataclass(frozen=True)
class Wanted:
    """Conditions of a list of organisations; None means any."""

    text: str = ""
    kind: OrganisationKind | None = None
    region: str | None = None
    alliance_id: int | None = None
    retired: bool = False


def search(wanted: Wanted) -> sa.Select[Organisation]:
    """Select the organisations that meet `wanted`, with their parents; the caller gives the order."""
    return sa.select(Organisation).where(*_conditions(wanted)).options(joinedload(Organisation.parent))


def counts(session: Session, wanted: Wanted, column: Any, *, at_most: int = 12) -> list[tuple[Any, int]]:
    """Return how many meet `wanted` with each value of `column`, most first, whatever `wanted` asks of it."""
    dropped: dict[str, Any] = {column.key: None}
    free = dataclasses.replace(wanted, **dropped)
    number = sa.func.count()
    query = (
        sa.select(column, number)
        .where(*_conditions(free), column.is_not(None))
        .group_by(column)
        .order_by(number.desc(), column)
        .limit(at_most)
    )
    return [(value, count) for value, count in session.execute(query)]


def alliances(session: Session, wanted: Wanted, *, at_most: int = 12) -> Sequence[sa.Row[int, str, int]]:
    """Return id, name and number of members that meet `wanted`, most first."""
    free = dataclasses.replace(wanted, alliance_id=None)
    number = sa.func.count()
    query = (
        sa.select(Alliance.id, Alliance.name, number)
        .join(AllianceMember, AllianceMember.alliance_id == Alliance.id)
        .join(Organisation, Organisation.id == AllianceMember.organisation_id)
        .where(*_conditions(free))
        .group_by(Alliance.id, Alliance.name)
        .order_by(number.desc(), Alliance.name)
        .limit(at_most)
    )
    return session.execute(query).all()


def count(session: Session, wanted: Wanted) -> int:
    """Return how many organisations meet `wanted`."""
    return session.scalar(sa.select(sa.func.count(Organisation.id)).where(*_conditions(wanted))) or 0


def named_like(session: Session, text: str, *, at_most: int = 5) -> Sequence[Organisation]:
    """Return organisations that `text` may mean, those with exactly that name first."""
    key = organisation_key(text)
    query = (
        search(Wanted(text=text))
        .order_by(Organisation.name_key != key, sa.func.length(Organisation.name), Organisation.id)
        .limit(at_most)
    )
    return session.scalars(query).all() if key else []


def _conditions(wanted: Wanted) -> list[sa.ColumnElement[bool]]:
    conditions: list[sa.ColumnElement[bool]] = [
        Organisation.retired_at.is_not(None) if wanted.retired else Organisation.retired_at.is_(None)
    ]
    if key := organisation_key(wanted.text):
        conditions.append(_called(key, wanted.text.strip()))
    if wanted.kind is not None:
        conditions.append(Organisation.kind == wanted.kind)
    if wanted.region is not None:
        conditions.append(Organisation.region == wanted.region)
    if wanted.alliance_id is not None:
        members = sa.select(AllianceMember.organisation_id).where(
            AllianceMember.alliance_id == wanted.alliance_id
        )
        conditions.append(Organisation.id.in_(members))
    return conditions


def _called(key: str, code: str) -> sa.ColumnElement[bool]:
    """Return whether some name contains `key`, or the code begins with `code`."""
    other = sa.select(OrganisationName.organisation_id).where(
        OrganisationName.name_key.contains(key, autoescape=True)
    )
    return sa.or_(
        Organisation.name_key.contains(key, autoescape=True),
        Organisation.name_en_key.contains(key, autoescape=True),
        Organisation.code.istartswith(code, autoescape=True),
        Organisation.id.in_(other),
    )
