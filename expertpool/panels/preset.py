"""Presets: the rules of one kind of panel, as data with citations. See docs and `presets/*.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date
from enum import StrEnum
from fractions import Fraction
from functools import cache
from importlib import resources
from typing import Any

from expertpool.conflicts.policy import PairRule, Policy, Rule, Treatment
from expertpool.errors import N_, Invalid
from expertpool.panels.preset_parts import (
    PAST_ONLY,
    TIMED,
    Ballot,
    Basis,
    Cap,
    Confidence,
    ConflictRule,
    Decision,
    DecisionKind,
    Denominator,
    Draw,
    DrawMode,
    Quota,
    QuotaBy,
    Retention,
    RosterSecrecy,
    Secrecy,
    Size,
    Text,
    Threshold,
    Undated,
    read_conflict,
)
from expertpool.panels.preset_reading import Table

__all__ = [
    "DEFAULTS",
    "GENERAL",
    "KINDS",
    "Ballot",
    "Basis",
    "Cap",
    "Confidence",
    "ConflictRule",
    "Decision",
    "DecisionKind",
    "Denominator",
    "Draw",
    "DrawMode",
    "Preset",
    "Quota",
    "QuotaBy",
    "Retention",
    "RosterSecrecy",
    "Secrecy",
    "Size",
    "Text",
    "Threshold",
    "Undated",
    "default_slug",
    "from_body",
    "load_shipped",
    "shipped",
    "to_body",
]

GENERAL = "general-review"
KINDS = (
    ("企业标准", "enterprise standard", "enterprise-standard-filing"),
    ("科技项目", "science project", "science-project-review"),
    ("地方标准", "local standard", "standards-review-meeting"),
    ("团体标准", "association standard", "standards-review-meeting"),
)
"""Kinds of items that come with a preset: the Chinese name, the English name, the slug of the preset."""
DEFAULTS = {name: slug for chinese, english, slug in KINDS for name in (chinese, english)}
"""Slug of the preset that a kind of item is reviewed by; other kinds by `GENERAL`."""


def default_slug(item_kind: str | None) -> str:
    """Return the slug of the preset for a kind of item, as the office calls it."""
    return DEFAULTS.get((item_kind or "").strip().casefold(), GENERAL)


@dataclass(frozen=True)
class Preset:
    """All rules of one kind of panel."""

    slug: str
    title: Text
    description: Text
    size: Size
    quotas: tuple[Quota, ...]
    reviews_per_year: Cap | None
    """Reviews of one person in a calendar year."""
    committees_at_once: Cap | None
    excluded_names: Cap | None
    """Unsuitable reviewers that an applicant may name for one item."""
    undated: Undated
    conflicts: Mapping[Rule, ConflictRule]
    pairs: Mapping[PairRule, ConflictRule]
    decision: Decision
    draw: Draw
    secrecy: RosterSecrecy
    retention: Retention

    def on(self, day: date) -> Preset:
        """Return the preset without the quotas, caps and conflict rules that are not in force on this day."""

        def kept(cap: Cap | None) -> Cap | None:
            return cap if cap and cap.basis.in_force(day) else None

        return replace(
            self,
            quotas=tuple(each for each in self.quotas if each.basis.in_force(day)),
            reviews_per_year=kept(self.reviews_per_year),
            committees_at_once=kept(self.committees_at_once),
            excluded_names=kept(self.excluded_names),
            conflicts={rule: each for rule, each in self.conflicts.items() if each.basis.in_force(day)},
            pairs={rule: each for rule, each in self.pairs.items() if each.basis.in_force(day)},
        )

    @property
    def policy(self) -> Policy:
        """The part that the conflict engine reads."""
        return Policy(
            rules={rule: entry.treatment for rule, entry in self.conflicts.items()},
            pairs={rule: entry.treatment for rule, entry in self.pairs.items()},
            undated_expire=self.undated is Undated.EXPIRES,
            excluded_names_at_most=self.excluded_names.at_most if self.excluded_names else None,
        )


def from_body(body: Mapping[str, Any]) -> Preset:
    """Read and check a preset's body. Raises `Invalid` whose field is the dotted path of the wrong key."""
    table = Table(body)

    def cap(name: str) -> Cap | None:
        found = table.table_or_none(name)
        return Cap.read(found) if found else None

    preset = Preset(
        slug=table.text("slug", longest=60),
        title=Text.read(table.table("title")),
        description=Text.read(table.table("description")),
        size=Size.read(table.table("size")),
        quotas=tuple(Quota.read(entry) for entry in table.tables("quotas")),
        reviews_per_year=cap("reviews_per_year"),
        committees_at_once=cap("committees_at_once"),
        excluded_names=cap("excluded_names"),
        undated=table.choice("undated", Undated),
        conflicts=_read_conflicts(table.table("conflicts")),
        pairs=_read_pairs(table.table("pairs")),
        decision=Decision.read(table.table("decision")),
        draw=Draw.read(table.table("draw")),
        secrecy=RosterSecrecy.read(table.table("secrecy")),
        retention=Retention.read(table.table("retention")),
    )
    table.done()
    return preset


def _read_conflicts(table: Table) -> dict[Rule, ConflictRule]:
    found = {
        rule: read_conflict(table.table(rule), timed=rule in TIMED, past_only=rule in PAST_ONLY)
        for rule in Rule
        if table.table_or_none(rule)
    }
    table.done()
    return found


def _read_pairs(table: Table) -> dict[PairRule, ConflictRule]:
    found = {
        rule: read_conflict(table.table(rule), timed=True, past_only=False)
        for rule in PairRule
        if table.table_or_none(rule)
    }
    table.done()
    return found


def to_body(preset: Preset) -> dict[str, Any]:
    """Return the body that `from_body` reads: plain JSON, absent values left out."""
    body: dict[str, Any] = _plain(preset)
    return body


def _plain(value: Any) -> Any:
    """Return a value as JSON holds it. A basis and a treatment stand flat in their rule."""
    if is_dataclass(value):
        plain: dict[str, Any] = {}
        for field in fields(value):
            inner = getattr(value, field.name)
            if isinstance(inner, Basis | Treatment):
                plain |= _plain(inner)
            elif inner is not None and not (field.name == "within_months" and inner == 0):
                plain[field.name] = _plain(inner)
        return plain
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, tuple):
        return [_plain(inner) for inner in value]
    if isinstance(value, Fraction):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    return value.value if isinstance(value, StrEnum) else value


@cache
def load_shipped() -> Mapping[str, Preset]:
    """Return the presets that ship, by slug; a file with `based_on` starts as a copy of that preset."""
    folder = resources.files("expertpool.panels") / "presets"
    bodies = {
        path.name.removesuffix(".toml"): tomllib.loads(path.read_text("utf-8"))
        for path in sorted(folder.iterdir(), key=lambda path: path.name)
        if path.name.endswith(".toml")
    }
    return {slug: from_body({"slug": slug, **_whole(body, bodies)}) for slug, body in bodies.items()}


def shipped(slug: str) -> Preset:
    """Return one preset that ships. Raises `Invalid` naming those that there are."""
    presets = load_shipped()
    if slug not in presets:
        names = ", ".join(presets)
        raise Invalid(
            N_("There is no preset %(slug)s; there are %(names)s."), field="preset", slug=slug, names=names
        )
    return presets[slug]


def _whole(body: dict[str, Any], bodies: dict[str, dict[str, Any]]) -> dict[str, Any]:
    base = body.get("based_on")
    own = {key: value for key, value in body.items() if key != "based_on"}
    return {**_whole(bodies[base], bodies), **own} if base else own
