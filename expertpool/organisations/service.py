"""Verbs that enter, change and retire organisations."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.audit.service import record, record_all
from expertpool.conflicts.names import organisation_key
from expertpool.database import batches
from expertpool.errors import N_, Invalid, Stale
from expertpool.events import Actor
from expertpool.organisations import queries
from expertpool.organisations.events import (
    OrganisationBroughtBack,
    OrganisationChanged,
    OrganisationCreated,
    OrganisationRetired,
)
from expertpool.organisations.facts import OrganisationFacts, facts_of, tidied
from expertpool.organisations.models import NameKind, Organisation, OrganisationKind, OrganisationName
from expertpool.organisations.resolving import resolve

__all__ = ["bring_back", "change", "create", "create_many", "resolve", "retire"]


def create(session: Session, facts: OrganisationFacts, *, actor: Actor, now: datetime) -> Organisation:
    """Enter one organisation; raises `Invalid` naming the field."""
    return create_many(session, [facts], actor=actor, now=now)[0]


def create_many(
    session: Session, several: Sequence[OrganisationFacts], *, actor: Actor, now: datetime
) -> list[Organisation]:
    """Enter organisations, in few statements; raises `Invalid` for the first that breaks a rule."""
    checked = [tidied(facts) for facts in several]
    _refuse_repeated_codes(checked)
    _refuse_taken(session, checked, but=None)
    created = [_fill(Organisation(created_at=now), facts) for facts in checked]
    session.add_all(created)
    session.flush()
    happened = [OrganisationCreated(each.id, organisation=each.name, code=each.code) for each in created]
    record_all(session, happened, actor=actor, now=now)
    session.flush()
    return created


def change(
    session: Session,
    organisation: Organisation,
    facts: OrganisationFacts,
    *,
    version: int | None = None,
    actor: Actor,
    now: datetime,
) -> bool:
    """Give `organisation` the facts of a form or file; return whether that changed anything.

    `version` is the one that the editor saw; raises `Stale` when it is no longer the present one.
    """
    if version is not None and version != organisation.version:
        raise Stale(N_("Somebody else has changed this organisation since you opened it."))
    before, after = facts_of(organisation), tidied(facts)
    changes = _differences(before, after)
    if not changes:
        return False
    _refuse_taken(session, [after], but=organisation.id)
    if after.parent_id != before.parent_id and after.parent_id is not None:
        _refuse_cycle(session, organisation, after.parent_id)
    _fill(organisation, after)
    session.flush()
    event = OrganisationChanged(organisation.id, organisation=organisation.name, changes=changes)
    record(session, event, actor=actor, now=now)
    session.flush()
    return True


def retire(session: Session, organisation: Organisation, *, actor: Actor, now: datetime) -> None:
    """Offer `organisation` for choice no more; its history stays."""
    if organisation.retired_at is None:
        organisation.retired_at = now
        record(
            session,
            OrganisationRetired(organisation.id, organisation=organisation.name),
            actor=actor,
            now=now,
        )
        session.flush()


def bring_back(session: Session, organisation: Organisation, *, actor: Actor, now: datetime) -> None:
    """Offer a retired organisation again; one that was merged comes back by undoing the merge."""
    if organisation.merged_into_id is not None:
        raise Invalid(N_("“%(name)s” was merged. Undo the merge instead."), name=organisation.name)
    if organisation.retired_at is not None:
        organisation.retired_at = None
        event = OrganisationBroughtBack(organisation.id, organisation=organisation.name)
        record(session, event, actor=actor, now=now)
        session.flush()


def _fill(organisation: Organisation, facts: OrganisationFacts) -> Organisation:
    """Write `facts` into `organisation`, and keys for what is compared."""
    for name in ("name", "code", "name_en", "kind", "region", "parent_id"):
        setattr(organisation, name, getattr(facts, name))
    organisation.name_key = organisation_key(facts.name)
    organisation.name_en_key = organisation_key(facts.name_en) if facts.name_en else None
    organisation.mail_domains = list(facts.mail_domains)
    organisation.extra = dict(facts.extra)
    _name(organisation, {NameKind.ALIAS: facts.aliases, NameKind.FORMER: facts.former_names})
    return organisation


def _name(organisation: Organisation, wanted: dict[NameKind, tuple[str, ...]]) -> None:
    """Let the other names of `organisation` be those of `wanted`, keeping the rows that stay."""
    kinds = {organisation_key(name): (name, kind) for kind, names in wanted.items() for name in names}
    kept = [row for row in organisation.names if row.name_key in kinds]
    for row in kept:
        row.name, row.kind = kinds.pop(row.name_key)
    added = [OrganisationName(name=name, name_key=key, kind=kind) for key, (name, kind) in kinds.items()]
    organisation.names = kept + added


def _differences(before: OrganisationFacts, after: OrganisationFacts) -> dict[str, list[Any]]:
    names = [field.name for field in dataclasses.fields(OrganisationFacts)]
    return {
        name: [getattr(before, name), getattr(after, name)]
        for name in names
        if getattr(before, name) != getattr(after, name)
    }


def _refuse_repeated_codes(several: Sequence[OrganisationFacts]) -> None:
    for code, count in Counter(facts.code for facts in several if facts.code).items():
        if count > 1:
            raise Invalid(N_("Code “%(code)s” stands for two organisations."), field="code", code=code)


def _refuse_taken(session: Session, several: Sequence[OrganisationFacts], *, but: int | None) -> None:
    """Raise `Invalid` when a code, or an official name beside the same parent, is another's."""
    others = Organisation.id.is_distinct_from(but)
    codes: dict[str | None, str] = {}
    names: dict[str, list[Organisation]] = {}
    for some in batches({facts.code for facts in several if facts.code}):
        query = sa.select(Organisation).where(Organisation.code.in_(some), others)
        codes.update((found.code, found.name) for found in session.scalars(query))
    for some in batches({organisation_key(facts.name) for facts in several}):
        for found in session.scalars(sa.select(Organisation).where(Organisation.name_key.in_(some), others)):
            names.setdefault(found.name_key, []).append(found)
    for facts in several:
        if facts.code in codes:
            raise Invalid(
                N_("Code “%(code)s” belongs to %(name)s."),
                field="code",
                code=facts.code,
                name=codes[facts.code],
            )
        for other in names.get(organisation_key(facts.name), []):
            _refuse_namesake(facts, other)


def _refuse_namesake(facts: OrganisationFacts, other: Organisation) -> None:
    """Raise `Invalid` when `other` has the same name, unless they are departments of different bodies."""
    departments = OrganisationKind.DEPARTMENT in (facts.kind, other.kind)
    if departments and facts.parent_id != other.parent_id:
        return
    raise Invalid(
        N_("%(name)s is there already, with code %(code)s.")
        if other.code
        else N_("%(name)s is there already."),
        field="name",
        name=other.name,
        code=other.code,
    )


def _refuse_cycle(session: Session, organisation: Organisation, parent_id: int) -> None:
    if parent_id in queries.descendants(session, [organisation.id]):
        parent = queries.get(session, parent_id)
        raise Invalid(
            N_("%(parent)s belongs to %(name)s itself, so it cannot stand above it."),
            field="parent",
            parent=parent.name,
            name=organisation.name,
        )
