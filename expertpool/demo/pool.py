"""The demo's pool, read from files as an office would hand them in."""

from __future__ import annotations

import csv
import dataclasses
import hashlib
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from expertpool.events import Actor
from expertpool.exchange import service as exchange
from expertpool.exchange import tables
from expertpool.exchange.columns import Kind
from expertpool.skills import loading
from expertpool.skills.nodes import read_nodes

DATA = Path(__file__).parent / "data"
ORDER = (Kind.ORGANISATIONS, Kind.EXPERTS, Kind.HISTORY, Kind.RELATIONS, Kind.ITEMS)


def load_skills(session: Session, *, actor: Actor, now: datetime) -> None:
    """Load the ICS, with Chinese names for the groups that the demo uses."""
    names = {row["code"]: row["name_zh"] for row in _rows("skill_names.csv")}
    name, edition = loading.SHIPPED["ics"]
    with (loading.DATA / name).open(encoding="utf-8", newline="") as file:
        nodes = read_nodes(enumerate(csv.reader(file), 1))
    named = [dataclasses.replace(node, name_zh=names.get(node.code, node.name_zh)) for node in nodes]
    loading.load(session, edition, named, actor=actor, now=now)


def load_files(session: Session, *, actor: Actor, now: datetime) -> None:
    """Import the five pool files."""
    for kind in ORDER:
        path = DATA / f"{kind.value}.csv"
        content = path.read_bytes()
        table = tables.parse(kind, content, path.name, mapping={}, today=now.date())
        plan = exchange.plan(session, table)
        if plan.refused:
            raise ValueError(f"{path.name}: {[str(fault) for fault in plan.refused[0].faults]}")
        exchange.carry_out(session, plan, sha256=hashlib.sha256(content).hexdigest(), actor=actor, now=now)


def _rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
