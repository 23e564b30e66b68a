"""Change, copy, retire and bring back presets."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.audit.service import record
from expertpool.errors import N_, Invalid, NotFound, Stale
from expertpool.events import Actor
from expertpool.panels import presets_service
from expertpool.panels.models import PresetVersion
from expertpool.panels.preset import GENERAL
from expertpool.panels.preset_events import PresetBroughtBack, PresetRetired
from expertpool.panels.presets_queries import kinds_by_slug

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def change(
    session: Session, body: Mapping[str, Any], *, read: int, actor: Actor, now: datetime
) -> PresetVersion:
    """Make a new version of the preset that `body` names.

    `read` is the number of the version that the actor saw: raises `Stale` when there is a newer one, and
    `Invalid` at the dotted path of a wrong key.
    """
    locked = sa.select(PresetVersion).where(PresetVersion.slug == body["slug"], PresetVersion.is_current)
    before = session.scalar(locked.with_for_update())
    if before is None or before.number != read:
        raise Stale(N_("Somebody else made a newer version of this preset. Look at it again."))
    if before.retired_at is not None:
        raise Invalid(N_("This preset is retired. Bring it back before you change it."))
    return presets_service.revise(session, body, actor=actor, now=now)


def copy(
    session: Session,
    source: PresetVersion,
    slug: str,
    title: Mapping[str, str],
    *,
    actor: Actor,
    now: datetime,
) -> PresetVersion:
    """Start a preset of its own from the rules of `source`; `title` has the keys `zh` and `en`."""
    slug = slug.strip()
    if not SLUG.fullmatch(slug) or len(slug) > 60:
        raise Invalid(
            N_("Give 1 to 60 small Latin letters, digits and hyphens, such as city-standards."), field="slug"
        )
    if presets_service.find_current(session, slug) is not None:
        raise Invalid(N_("There is a preset %(slug)s already."), field="slug", slug=slug)
    body = {**source.body, "slug": slug, "title": dict(title)}
    return presets_service.revise(session, body, actor=actor, now=now)


def retire(session: Session, slug: str, *, actor: Actor, now: datetime) -> PresetVersion:
    """Offer a preset to new panels no more; panels that have it keep it. Retiring twice changes nothing."""
    version = presets_service.current(session, slug)
    if version.retired_at is not None:
        return version
    if slug == GENERAL:
        raise Invalid(N_("This preset stays: it stands in wherever no other is chosen."))
    kinds = kinds_by_slug(session).get(slug)
    if kinds:
        raise Invalid(
            N_("Panels on items of %(kinds)s start from it. Choose another preset for them first."),
            kinds=", ".join(kinds),
        )
    version.retired_at = now
    session.flush()
    record(session, PresetRetired(version.id, slug=slug), actor=actor, now=now)
    return version


def bring_back(session: Session, slug: str, *, actor: Actor, now: datetime) -> PresetVersion:
    """Offer a retired preset again."""
    version = presets_service.current(session, slug)
    if version.retired_at is not None:
        version.retired_at = None
        session.flush()
        record(session, PresetBroughtBack(version.id, slug=slug), actor=actor, now=now)
    return version


def choose_default(session: Session, kind: str, slug: str | None, *, actor: Actor, now: datetime) -> None:
    """Have panels on items of `kind` start from `slug`, which must not be retired; None: as shipped."""
    if slug is not None:
        version = presets_service.find_current(session, slug)
        if version is None or version.retired_at is not None:
            raise NotFound(N_("There is no preset %(slug)s, or it is retired."), slug=slug)
    if len(kind.strip()) > 60:
        raise Invalid(N_("Give at most 60 characters."), field="kind")
    presets_service.choose_default(session, kind, slug, actor=actor, now=now)
