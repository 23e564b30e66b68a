"""What an organiser does with affinity lists: ask for one, call it off, ask again, throw it away."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool import leases
from expertpool.affinity.events import AffinityCancelled, AffinityRemoved, AffinityRequested
from expertpool.affinity.models import AffinityItem, AffinityList, AffinityPlace, AffinitySkill
from expertpool.audit.service import record
from expertpool.database import insert_rows
from expertpool.errors import N_, Invalid
from expertpool.events import Actor
from expertpool.items import choosing
from expertpool.leases import RunState
from expertpool.organisations.models import Organisation

MOST_EXPERTS, USUAL_EXPERTS = 100, 20
LONGEST_TITLE, LONGEST_ABSTRACT = 300, 20_000
"""Characters."""


def ask_about_text(
    session: Session,
    *,
    title: str,
    abstract: str = "",
    skill_ids: Iterable[int] = (),
    owner_id: int,
    experts: int = USUAL_EXPERTS,
    actor: Actor,
    now: datetime,
) -> AffinityList:
    """Ask who is near to a text. Raises Invalid at the field that does not fit."""
    abstract = abstract.strip()
    if len(abstract) > LONGEST_ABSTRACT:
        raise Invalid(
            N_("Give a text of at most %(most)s characters."), field="abstract", most=LONGEST_ABSTRACT
        )
    made = _queued(session, title, owner_id, experts, actor, now)
    made.is_text, made.abstract = True, abstract or None
    session.add(made)
    session.flush()
    session.add_all(AffinitySkill(list_id=made.id, skill_id=each) for each in sorted(set(skill_ids)))
    session.add(AffinityItem(list_id=made.id))
    session.flush()
    _told(session, made, 1, actor, now)
    return made


def ask_about_items(
    session: Session,
    *,
    title: str,
    item_ids: Sequence[int],
    owner_id: int,
    experts: int = USUAL_EXPERTS,
    actor: Actor,
    now: datetime,
) -> AffinityList:
    """Ask who is near to each of these items. Raises Invalid at the field that does not fit."""
    made = _queued(session, title, owner_id, experts, actor, now)
    wanted = choosing.in_use(session, item_ids)
    session.add(made)
    session.flush()
    insert_rows(session, AffinityItem, ({"list_id": made.id, "item_id": each} for each in wanted))
    _told(session, made, len(wanted), actor, now)
    return made


def ask_again(session: Session, list_: AffinityList, *, actor: Actor, now: datetime) -> None:
    """Queue a list that failed or was called off once more."""
    again = session.execute(
        sa.update(AffinityList)
        .where(AffinityList.id == list_.id, AffinityList.state.in_((RunState.FAILED, RunState.CANCELLED)))
        .values(state=RunState.QUEUED, stage=None, attempts=0, scored=0, error=None, finished_at=None)
        .returning(AffinityList.id)
        .execution_options(synchronize_session=False)
    ).first()
    session.refresh(list_)
    if again is None:
        raise Invalid(N_("This list is worked out, or being worked out."))
    _told(session, list_, _size(session, list_), actor, now)


def call_off(session: Session, list_: AffinityList, *, actor: Actor, now: datetime) -> None:
    """Stop a list; what was worked out of it so far goes."""
    if not leases.call_off(session, list_, now=now):
        raise Invalid(N_("This list is over already."))
    forget(session, list_.id)
    record(session, AffinityCancelled(list_.id, number=list_.number), actor=actor, now=now)


def remove(session: Session, list_: AffinityList, *, actor: Actor, now: datetime) -> None:
    """Throw a list away, also while a worker is at it."""
    event = AffinityRemoved(list_.id, number=list_.number, owner_id=list_.owner_id, title=list_.title)
    session.execute(sa.delete(AffinityList).where(AffinityList.id == list_.id))
    session.expunge(list_)
    record(session, event, actor=actor, now=now)


def forget(session: Session, list_id: int) -> None:
    """Delete whom a list names."""
    of_list = sa.select(AffinityItem.id).where(AffinityItem.list_id == list_id)
    session.execute(sa.delete(AffinityPlace).where(AffinityPlace.about_id.in_(of_list)))


def _queued(
    session: Session, title: str, owner_id: int, experts: int, actor: Actor, now: datetime
) -> AffinityList:
    title = " ".join(title.split())
    if not 1 <= len(title) <= LONGEST_TITLE:
        raise Invalid(N_("Give a title of at most %(most)s characters."), field="title", most=LONGEST_TITLE)
    if not 1 <= experts <= MOST_EXPERTS:
        raise Invalid(
            N_("Give a number from %(least)s to %(most)s."), field="experts", least=1, most=MOST_EXPERTS
        )
    office = session.get(Organisation, owner_id)
    if office is None or office.retired_at is not None:
        raise Invalid(N_("There is no such office."), field="owner")
    return AffinityList(
        title=title,
        is_text=False,
        owner_id=office.id,
        experts=experts,
        scored=0,
        state=RunState.QUEUED,
        attempts=0,
        requested_by_id=actor.user_id,
        requested_at=now,
    )


def _size(session: Session, list_: AffinityList) -> int:
    query = sa.select(sa.func.count(AffinityItem.id)).where(AffinityItem.list_id == list_.id)
    return session.scalar(query) or 0


def _told(session: Session, list_: AffinityList, items: int, actor: Actor, now: datetime) -> None:
    event = AffinityRequested(
        list_.id, number=list_.number, owner_id=list_.owner_id, items=items, experts=list_.experts
    )
    record(session, event, actor=actor, now=now)
