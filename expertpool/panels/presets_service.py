"""Presets in the database: shipped ones are seeded, the office adds versions; old panels keep theirs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.audit.service import record
from expertpool.errors import N_, Invalid, NotFound
from expertpool.events import SYSTEM, Actor
from expertpool.panels import preset as presets
from expertpool.panels.events import DefaultPresetChosen, PresetPublished
from expertpool.panels.models import ItemKindPreset, PresetVersion


def ensure_shipped(session: Session, *, now: datetime) -> list[PresetVersion]:
    """Add the shipped presets that this database has never had; return them. Safe to repeat."""
    known = set(session.scalars(sa.select(PresetVersion.slug)))
    return [
        _publish(session, preset, "shipped", actor=SYSTEM, now=now)
        for slug, preset in presets.load_shipped().items()
        if slug not in known
    ]


def revise(session: Session, body: Mapping[str, Any], *, actor: Actor, now: datetime) -> PresetVersion:
    """Make a new version of the preset that `body` names (a new slug is a new preset).

    Raises Invalid whose field is the dotted path of the wrong key. The same rules again change nothing.
    """
    preset = presets.from_body(body)
    before = find_current(session, preset.slug)
    if before is not None and before.body == presets.to_body(preset):
        return before
    return _publish(session, preset, "office", actor=actor, now=now)


def find_current(session: Session, slug: str) -> PresetVersion | None:
    """Return the version of a preset that new panels get, or None."""
    return session.scalar(
        sa.select(PresetVersion).where(PresetVersion.slug == slug, PresetVersion.is_current)
    )


def current(session: Session, slug: str) -> PresetVersion:
    """Return the version of a preset that new panels get; NotFound names those there are."""
    found = find_current(session, slug)
    if found is None:
        names = ", ".join(each.slug for each in all_current(session))
        raise NotFound(N_("There is no preset %(slug)s; there are %(names)s."), slug=slug, names=names)
    return found


def all_current(session: Session) -> Sequence[PresetVersion]:
    """Return the versions that new panels may choose from, by slug."""
    return session.scalars(
        sa.select(PresetVersion)
        .where(PresetVersion.is_current, PresetVersion.retired_at.is_(None))
        .order_by(PresetVersion.slug)
    ).all()


def default_for(session: Session, item_kinds: Sequence[str | None]) -> PresetVersion:
    """Return the preset for items of these kinds; see `default_slug`."""
    slug = default_slug(session, item_kinds)
    return find_current(session, slug) or current(session, presets.GENERAL)


def default_slug(session: Session, item_kinds: Sequence[str | None]) -> str:
    """Return the slug for items of these kinds: the office's choice, else the shipped one.

    When the kinds ask for different presets, the general one.
    """
    chosen = dict(session.execute(sa.select(ItemKindPreset.kind, ItemKindPreset.slug)).all())
    slugs = {chosen.get(_key(kind)) or presets.default_slug(kind) for kind in item_kinds}
    return slugs.pop() if len(slugs) == 1 else presets.GENERAL


def choose_default(session: Session, kind: str, slug: str | None, *, actor: Actor, now: datetime) -> None:
    """Have panels on items of `kind` start from the preset `slug`; None: from the shipped one again."""
    key = _key(kind)
    if not key:
        raise Invalid(N_("Name the kind of item."), field="kind")
    existing = session.scalar(sa.select(ItemKindPreset).where(ItemKindPreset.kind == key))
    subject = current(session, slug or presets.default_slug(kind))
    if existing is not None and slug is None:
        session.delete(existing)
    elif existing is not None and slug is not None:
        existing.slug = slug
    elif slug is not None:
        session.add(ItemKindPreset(kind=key, slug=slug))
    session.flush()
    record(session, DefaultPresetChosen(subject.id, kind=key, slug=slug), actor=actor, now=now)


def rules(version: PresetVersion) -> presets.Preset:
    """Return the rules of a stored version."""
    return presets.from_body(version.body)


def _publish(
    session: Session, preset: presets.Preset, origin: str, *, actor: Actor, now: datetime
) -> PresetVersion:
    before = find_current(session, preset.slug)
    number = session.scalar(
        sa.select(sa.func.max(PresetVersion.number)).where(PresetVersion.slug == preset.slug)
    )
    if before is not None:
        before.is_current = False
        session.flush()
    version = PresetVersion(
        slug=preset.slug,
        number=(number or 0) + 1,
        title_zh=preset.title.zh[:120],
        title_en=preset.title.en[:120],
        body=presets.to_body(preset),
        is_current=True,
        created_at=now,
    )
    session.add(version)
    session.flush()
    event = PresetPublished(version.id, slug=version.slug, number=version.number, origin=origin)
    record(session, event, actor=actor, now=now)
    return version


def _key(kind: str | None) -> str:
    return (kind or "").strip().casefold()
