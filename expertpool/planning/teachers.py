"""What an office has agreed with teachers about their lessons: how many a week, and when rather not."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from expertpool.audit.service import record
from expertpool.database import batches
from expertpool.errors import N_, Invalid, Stale
from expertpool.events import Actor
from expertpool.organisations.models import Organisation
from expertpool.people.models import Person
from expertpool.people.service import require_whole
from expertpool.planning.events import TeacherTermsChanged
from expertpool.planning.models import TeacherTerms
from expertpool.planning.wishes import HALF_DAYS
from expertpool.training import checks


@dataclass(frozen=True)
class Terms:
    """The editable facts: minutes a week at most (None: as the timetable says), half-days rather not."""

    week_minutes: int | None = None
    unwished: tuple[str, ...] = ()


def terms_of(session: Session, owner_id: int, person_ids: Collection[int]) -> Mapping[int, Terms]:
    """Return what an office has agreed with these people, by person; nothing for most."""
    found: dict[int, Terms] = {}
    for some in batches(person_ids):
        query = sa.select(TeacherTerms).where(
            TeacherTerms.owner_id == owner_id, TeacherTerms.person_id.in_(some)
        )
        for each in session.scalars(query):
            found[each.person_id] = Terms(each.week_minutes, tuple(each.unwished))
    return found


def set_terms(
    session: Session, owner: Organisation, person: Person, terms: Terms, *, actor: Actor, now: datetime
) -> bool:
    """Note what was agreed; return whether that changed anything. Raises `Invalid` naming the field."""
    require_whole(person)
    wanted = _tidied(terms)
    query = sa.select(TeacherTerms).where(
        TeacherTerms.owner_id == owner.id, TeacherTerms.person_id == person.id
    )
    kept = session.scalar(query.with_for_update())
    before = Terms(kept.week_minutes, tuple(kept.unwished)) if kept else Terms()
    if before == wanted:
        return False
    values: dict[str, Any] = {"week_minutes": wanted.week_minutes, "unwished": list(wanted.unwished)}
    if kept is None:
        try:
            with session.begin_nested():
                session.add(TeacherTerms(owner_id=owner.id, person_id=person.id, **values))
        except IntegrityError as error:
            raise Stale(N_("Somebody else has noted something about this teacher meanwhile.")) from error
    else:
        kept.week_minutes, kept.unwished = values["week_minutes"], values["unwished"]
    session.flush()
    event = TeacherTermsChanged(person.id, owner_id=owner.id, changes=_changes(before, wanted))
    record(session, event, actor=actor, now=now)
    session.flush()
    return True


def _tidied(terms: Terms) -> Terms:
    if terms.week_minutes is not None:
        checks.within(terms.week_minutes, "week_minutes", 10, 7 * 24 * 60)
    if set(terms.unwished) - set(HALF_DAYS):
        raise Invalid(N_("There is no such half-day."), field="unwished")
    unwished = tuple(each for each in HALF_DAYS if each in terms.unwished)
    if len(unwished) == len(HALF_DAYS):
        raise Invalid(N_("Leave at least one half-day."), field="unwished")
    return Terms(terms.week_minutes, unwished)


def _changes(before: Terms, after: Terms) -> dict[str, list[Any]]:
    old = {"week_minutes": before.week_minutes, "unwished": list(before.unwished)}
    new = {"week_minutes": after.week_minutes, "unwished": list(after.unwished)}
    return {name: [old[name], new[name]] for name in new if old[name] != new[name]}
