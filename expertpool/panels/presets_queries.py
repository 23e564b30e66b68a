"""Reads of presets: the list, the versions of one, and which kind of item starts from which."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.errors import N_, NotFound
from expertpool.items import queries as items
from expertpool.panels.models import ItemKindPreset, Panel, PresetVersion
from expertpool.panels.preset import DEFAULTS, GENERAL, KINDS


def latest(session: Session) -> Sequence[PresetVersion]:
    """Return the newest version of every preset, retired ones last."""
    return session.scalars(
        sa.select(PresetVersion)
        .where(PresetVersion.is_current)
        .order_by(PresetVersion.retired_at.is_not(None), PresetVersion.slug)
    ).all()


def panel_counts(session: Session) -> dict[int, int]:
    """Return how many panels have each version, by its id."""
    rows = session.execute(sa.select(Panel.preset_id, sa.func.count()).group_by(Panel.preset_id))
    return {row[0]: row[1] for row in rows}


def panel_counts_by_slug(session: Session) -> dict[str, int]:
    """Return how many panels have any version of each preset."""
    rows = session.execute(
        sa.select(PresetVersion.slug, sa.func.count())
        .join(Panel, Panel.preset_id == PresetVersion.id)
        .group_by(PresetVersion.slug)
    )
    return {row[0]: row[1] for row in rows}


def versions(session: Session, slug: str) -> Sequence[PresetVersion]:
    """Return the versions of a preset, newest first; NotFound when there are none."""
    found = session.scalars(
        sa.select(PresetVersion).where(PresetVersion.slug == slug).order_by(PresetVersion.number.desc())
    ).all()
    if not found:
        raise NotFound(N_("There is no such preset."))
    return found


@dataclass(frozen=True)
class KindDefault:
    """The preset that panels on items of a kind start from; `is_chosen` by the office, else as shipped."""

    kind: str
    slug: str
    is_chosen: bool


def kind_defaults(session: Session) -> list[KindDefault]:
    """Return the default of each kind of item in use, shipped or chosen, by name of the kind.

    A shipped kind has the names that the office uses, else its Chinese one.
    """
    chosen = _chosen(session)
    own = {kind.casefold(): kind for kind in (*chosen, *items.kinds(session)) if kind}
    shipped = {chinese: chinese for chinese, english, _ in KINDS if not own.keys() & {chinese, english}}
    names = shipped | own
    return [
        KindDefault(name, chosen.get(key) or DEFAULTS.get(key, GENERAL), key in chosen)
        for key, name in sorted(names.items())
    ]


def kinds_by_slug(session: Session) -> Mapping[str, list[str]]:
    """Return the kinds of items that start from each preset by a choice or as shipped."""
    found: dict[str, list[str]] = defaultdict(list)
    for kind, slug in sorted({**DEFAULTS, **_chosen(session)}.items()):
        found[slug].append(kind)
    return found


def _chosen(session: Session) -> dict[str, str]:
    rows = session.execute(sa.select(ItemKindPreset.kind, ItemKindPreset.slug))
    return {row[0]: row[1] for row in rows}
