"""Choose many items at once: by conditions or by their numbers, for a round or an affinity list."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.database import batches
from expertpool.errors import N_, Invalid
from expertpool.items import queries
from expertpool.items.models import Item
from expertpool.skills import queries as skills
from expertpool.skills.models import Skill

MOST = 10_000
TOO_MANY = N_("At most %(most)s items are taken at once.")


def numbers_in(session: Session, text: str) -> frozenset[str]:
    """Return the numbers of items, one a line. Raises Invalid (`numbers`) for too many or an unknown one."""
    numbers = frozenset(line.strip() for line in text.splitlines() if line.strip())
    if len(numbers) > MOST:
        raise Invalid(TOO_MANY, field="numbers", most=MOST)
    known = set(session.scalars(sa.select(Item.number).where(Item.number.in_(numbers))))
    unknown = sorted(numbers - known)
    if unknown:
        raise Invalid(N_("There is no item %(number)s."), field="numbers", number=unknown[0])
    return numbers


def skills_below(session: Session, code: str) -> frozenset[int] | None:
    """Return the skills with a code and all below them; None for no code. Raises Invalid (`skill`)."""
    code = code.strip()
    if not code:
        return None
    found = session.scalars(sa.select(Skill.id).where(Skill.code == code)).all()
    if not found:
        raise Invalid(N_("There is no skill with the code %(code)s."), field="skill", code=code)
    return frozenset().union(*skills.expand(session, found).values())


def candidates(wanted: queries.Wanted, numbers: Collection[str]) -> sa.Select[int]:
    """Return the ids of the items in use that meet the conditions, or (if any is given) have the numbers."""
    if numbers:
        query = sa.select(Item.id).where(Item.number.in_(numbers), Item.retired_at.is_(None))
    else:
        query = queries.search(wanted).options().with_only_columns(Item.id)
    return query.order_by(Item.number)


def in_use(session: Session, item_ids: Sequence[int]) -> list[int]:
    """Return the items, in their order, once each. Raises Invalid (`text`): none, too many, one is gone."""
    wanted = list(dict.fromkeys(item_ids))
    if not wanted:
        raise Invalid(N_("No item meets these conditions."), field="text")
    if len(wanted) > MOST:
        raise Invalid(TOO_MANY, field="text", most=MOST)
    there: set[int] = set()
    for some in batches(wanted):
        query = sa.select(Item.id).where(Item.id.in_(some), Item.retired_at.is_(None))
        there.update(session.scalars(query))
    if len(there) < len(wanted):
        raise Invalid(N_("One of these items does not exist any more."), field="text")
    return wanted
