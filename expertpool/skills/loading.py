"""Load published classifications from files, again and again if need be."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.audit.service import record
from expertpool.database import Base, batches
from expertpool.errors import N_, Invalid
from expertpool.events import Actor
from expertpool.skills.events import TaxonomyLoaded
from expertpool.skills.models import OWN, Skill, Taxonomy
from expertpool.skills.names import skill_key
from expertpool.skills.nodes import Node, read_nodes

DATA = Path(__file__).parent / "data"
SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
FIELDS = ("id", "code", "name_zh", "name_en", "name_key", "parent_id", "path", "retired_at")


@dataclass(frozen=True)
class Edition:
    """What a classification is called; `slug` is the prefix of its codes, `ICS:25.040`."""

    slug: str
    name_zh: str
    name_en: str
    edition: str | None = None
    source: str | None = None


@dataclass(frozen=True)
class Loaded:
    """What loading did: nodes added, changed (also those that came back), retired, left as they were."""

    added: int
    changed: int
    retired: int
    same: int


SHIPPED = {
    "ics": (
        "ics.csv",
        Edition(
            "ics",
            "国际标准分类法（ICS）",
            "International Classification for Standards (ICS)",
            None,
            "metanorma/isoics 214d9eb, BSD-2-Clause, © 2018 Ribose Inc.",
        ),
    ),
    "nsfc": (
        "nsfc-2019.csv",
        Edition(
            "nsfc",
            "国家自然科学基金申请代码",
            "NSFC application codes",
            "2019",
            "AMinerOpen/TaxoExt 99b9068, MIT",
        ),
    ),
}
"""Classifications that come with the product: slug -> file and edition."""


def load_shipped(session: Session, slug: str, *, actor: Actor, now: datetime) -> Loaded:
    """Load one of `SHIPPED`."""
    name, edition = SHIPPED[slug]
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        nodes = read_nodes(enumerate(csv.reader(file), 1))
    return load(session, edition, nodes, actor=actor, now=now)


def load(session: Session, edition: Edition, nodes: Sequence[Node], *, actor: Actor, now: datetime) -> Loaded:
    """Let the classification `edition.slug` have exactly `nodes`: add, change, bring back and retire by code.

    Skills keep their ids, so that people and items keep theirs; an empty name keeps the known one.
    Loading the same again changes nothing.
    """
    taxonomy = _taxonomy(session, edition)
    before = _stored(session, taxonomy.id)
    fresh = [node for node in nodes if node.code not in before]
    ids = {code: row["id"] for code, row in before.items()} | _insert(session, taxonomy.id, fresh)
    after = {node.code: _row(node, ids, before.get(node.code)) for node in nodes}
    _fill_paths(nodes, after)
    changed = [row for code, row in after.items() if row != before.get(code)]
    gone = [row["id"] for code, row in before.items() if code not in after and row["retired_at"] is None]
    _write(session, changed, gone, now)
    done = Loaded(len(fresh), len(changed) - len(fresh), len(gone), len(nodes) - len(changed))
    if changed or gone:
        event = TaxonomyLoaded(
            taxonomy.id, slug=edition.slug, added=done.added, changed=done.changed, retired=done.retired
        )
        record(session, event, actor=actor, now=now)
    session.flush()
    session.expire_all()
    return done


def _taxonomy(session: Session, edition: Edition) -> Taxonomy:
    if edition.slug == OWN or not SLUG.fullmatch(edition.slug):
        raise Invalid(
            N_("“%(slug)s” cannot stand before codes. Use small letters and digits, such as gbt4754."),
            field="slug",
            slug=edition.slug,
        )
    taxonomy = session.scalar(sa.select(Taxonomy).where(Taxonomy.slug == edition.slug))
    if taxonomy is None:
        taxonomy = Taxonomy(slug=edition.slug)
        session.add(taxonomy)
    taxonomy.name_zh, taxonomy.name_en = edition.name_zh, edition.name_en
    taxonomy.edition, taxonomy.source = edition.edition, edition.source
    session.flush()
    return taxonomy


def _stored(session: Session, taxonomy_id: int) -> dict[str, dict[str, Any]]:
    """Return the rows of a classification by code."""
    query = sa.select(*(getattr(Skill, name) for name in FIELDS)).where(Skill.taxonomy_id == taxonomy_id)
    return {row["code"]: dict(row) for row in session.execute(query).mappings()}


def _insert(session: Session, taxonomy_id: int, nodes: Sequence[Node]) -> dict[str, int]:
    """Add bare rows for `nodes` and return their ids by code."""
    rows = [
        {"taxonomy_id": taxonomy_id, "code": node.code, "name_en": node.code, "name_key": "", "path": ""}
        for node in nodes
    ]
    if not rows:
        return {}
    inserted = session.execute(sa.insert(Skill).returning(Skill.code, Skill.id), rows)
    return {code: number for code, number in inserted if code}


def _row(node: Node, ids: dict[str, int], before: dict[str, Any] | None) -> dict[str, Any]:
    name_zh = node.name_zh or (before or {}).get("name_zh")
    name_en = node.name_en or (before or {}).get("name_en")
    return {
        "id": ids[node.code],
        "code": node.code,
        "name_zh": name_zh,
        "name_en": name_en,
        "name_key": skill_key(name_zh or name_en or ""),
        "parent_id": ids[node.parent] if node.parent else None,
        "path": "",
        "retired_at": None,
    }


def _fill_paths(nodes: Sequence[Node], rows: dict[str, dict[str, Any]]) -> None:
    """Give each row its path, `/12/345/`, whatever the order of the nodes."""
    parents = {node.code: node.parent for node in nodes}
    for node in nodes:
        line: list[str] = []
        code: str | None = node.code
        while code is not None:
            line.append(str(rows[code]["id"]))
            code = parents[code]
        rows[node.code]["path"] = f"/{'/'.join(reversed(line))}/"


def _write(session: Session, changed: list[dict[str, Any]], gone: list[int], now: datetime) -> None:
    """Write rows by id, and retire those that are gone."""
    table = Base.metadata.tables[Skill.__tablename__]
    if changed:
        values: dict[str, Any] = {name: sa.bindparam(f"new_{name}") for name in FIELDS if name != "id"}
        statement = sa.update(table).where(table.c.id == sa.bindparam("new_id")).values(values)
        session.execute(statement, [{f"new_{name}": row[name] for name in FIELDS} for row in changed])
    for some in batches(gone):
        session.execute(sa.update(table).where(table.c.id.in_(some)).values(retired_at=now))
