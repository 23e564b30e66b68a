from __future__ import annotations

import os
from pathlib import Path

import pytest

from expertpool.exchange import exporting, service, tables, writing
from expertpool.exchange.columns import Kind
from tests.builders.files import make_csv


@pytest.fixture
def planned(session, now):
    """Plan an import of rows (CSV) or bytes."""

    def plan(kind, content, *, filename="f.csv", mapping=None, decisions=None):
        content = content if isinstance(content, bytes) else make_csv(content)
        table = tables.parse(Kind(kind), content, filename, mapping=mapping or {}, today=now.date())
        return service.plan(session, table, decisions)

    return plan


@pytest.fixture
def imported(session, planned, actor, now):
    """Import rows (CSV) or bytes; bad rows are left out."""

    def run(kind, content, **options):
        plan = planned(kind, content, **options)
        service.carry_out(session, plan, sha256="0" * 64, actor=actor, now=now)
        session.flush()
        session.expire_all()
        return plan

    return run


@pytest.fixture
def exported(session, actor, now):
    """Export a kind as the bytes of a file."""

    def run(kind, filename="f.csv", where=None):
        table = exporting.export(session, Kind(kind), where=where, actor=actor, now=now)
        return writing.as_file(filename, table.labels, table.rows, title=kind)

    return run


@pytest.fixture(scope="session")
def pool_folder() -> Path:
    """The folder of an office's real files; they are not part of this repository."""
    shared = os.environ.get(
        "EXPERTPOOL_SHARED_DATA", str(Path(__file__).parents[3].parent / "shared" / "data")
    )
    folder = Path(shared) / "pool"
    if not folder.is_dir():
        pytest.skip(f"no pool files in {folder}: set EXPERTPOOL_SHARED_DATA")
    return folder
