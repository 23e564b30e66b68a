"""Find organisations by what files and people call them."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.conflicts.names import organisation_key
from expertpool.database import batches
from expertpool.organisations.models import NameKind, Organisation, OrganisationName

Standing = tuple[bool, int]
"""How good a match is, smaller is better: retired or not, then official, English, alias, former name."""


_STANDS_FOR = sa.func.coalesce(Organisation.merged_into_id, Organisation.id)
_RETIRED = sa.and_(Organisation.retired_at.is_not(None), Organisation.merged_into_id.is_(None))


def resolve(session: Session, texts: Iterable[str]) -> dict[str, int]:
    """Return the ids of the organisations that `texts` name; what names none, or several alike, is left out.

    A text is a code or any name, compared by `conflicts.names.organisation_key`. An official name goes
    before an English one, that before an alias, that before a former name; all before retired ones.
    """
    keys = {text: organisation_key(text) for text in texts if text and text.strip()}
    codes = _codes(session, {text.strip() for text in keys})
    named = _names(session, {key for key in keys.values() if key})
    found = {text: codes.get(text.strip()) or named.get(key) for text, key in keys.items()}
    return {text: number for text, number in found.items() if number is not None}


def _codes(session: Session, codes: set[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for some in batches(codes):
        query = sa.select(Organisation.code, _STANDS_FOR).where(Organisation.code.in_(some))
        found.update((code, number) for code, number in session.execute(query) if code)
    return found


def _names(session: Session, keys: set[str]) -> dict[str, int]:
    best: dict[str, tuple[Standing, set[int]]] = {}
    for some in batches(keys):
        for key, number, rank, retired in session.execute(_matches(some)):
            standing = (bool(retired), rank)
            known = best.get(key)
            if known is None or standing < known[0]:
                best[key] = (standing, {number})
            elif standing == known[0]:
                known[1].add(number)
    return {key: next(iter(ids)) for key, (_, ids) in best.items() if len(ids) == 1}


def _matches(keys: list[str]) -> sa.CompoundSelect[str, int, int, bool]:
    """Select key, organisation id, rank and whether retired, of every name with one of `keys`."""
    rank = sa.case((OrganisationName.kind == NameKind.ALIAS, 2), else_=3)
    return sa.union_all(
        sa.select(Organisation.name_key, _STANDS_FOR, sa.literal(0), _RETIRED).where(
            Organisation.name_key.in_(keys)
        ),
        sa.select(Organisation.name_en_key, _STANDS_FOR, sa.literal(1), _RETIRED).where(
            Organisation.name_en_key.in_(keys)
        ),
        sa.select(OrganisationName.name_key, _STANDS_FOR, rank, _RETIRED)
        .join(Organisation, Organisation.id == OrganisationName.organisation_id)
        .where(OrganisationName.name_key.in_(keys)),
    )
