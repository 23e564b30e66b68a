"""Make affinity lists for tests, and do a worker's work in the test's own transaction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.affinity import lists, scoring
from expertpool.affinity.models import AffinityItem, AffinityList, AffinityPlace
from expertpool.items.models import Item
from expertpool.organisations.models import Organisation
from tests.builders.panels import ACTOR
from tests.conftest import NOW


def list_of_text(session: Session, office: Organisation, title: str, **options: Any) -> AffinityList:
    """Ask who is near to a text."""
    values = {"actor": ACTOR, "now": NOW} | options
    return lists.ask_about_text(session, title=title, owner_id=office.id, **values)


def list_of_items(
    session: Session, office: Organisation, items: Sequence[Item], **options: Any
) -> AffinityList:
    """Ask who is near to items."""
    values = {"title": "待审项目", "actor": ACTOR, "now": NOW} | options
    ids = [item.id for item in items]
    return lists.ask_about_items(session, item_ids=ids, owner_id=office.id, **values)


def worked_out(session: Session, list_: AffinityList) -> AffinityList:
    """Work a list out."""
    held = scoring.claim(session, now=NOW)
    assert held is not None
    assert held.run_id == list_.id
    scoring.work_out(session, held, now=NOW)
    session.refresh(list_)
    return list_


def named(session: Session, list_: AffinityList) -> list[tuple[int | None, int]]:
    """Return item and person of each place of a list, in order."""
    query = (
        sa.select(AffinityItem.item_id, AffinityPlace.person_id)
        .join(AffinityPlace, AffinityPlace.about_id == AffinityItem.id)
        .where(AffinityItem.list_id == list_.id)
        .order_by(AffinityItem.id, AffinityPlace.position)
    )
    return [(item, person) for item, person in session.execute(query)]
