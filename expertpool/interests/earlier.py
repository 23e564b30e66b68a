"""Earlier reviews, given and received, as the conflict engine sees them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.conflicts import facts
from expertpool.interests.works import ROLES
from expertpool.items.models import Item, ItemPerson
from expertpool.people.models import Person


@dataclass(frozen=True, slots=True)
class EarlierReview:
    """A person sat on a panel that judged an item. Panels stand above this room and hand these in."""

    person_id: int
    item_id: int
    on: date | None


def reviews_of(
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
