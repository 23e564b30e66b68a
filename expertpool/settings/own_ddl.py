"""The statements that rooms add to the schema beside tables: triggers, search indexes, exclusions.

Rooms attach them to `after_create` of their tables (`<room>/ddl.py`); here they are collected for
the migrations.
"""

from __future__ import annotations

import functools
import re
from importlib import import_module
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.schema import ExecutableDDLElement

from expertpool.database import Base

ROOMS = Path(__file__).parent.parent
DIALECTS = ("sqlite", "postgresql")


def import_models() -> sa.MetaData:
    """Import the models and the DDL of every room; return the whole metadata."""
    for name in ("*models", "ddl"):
        for path in sorted(ROOMS.glob(f"*/{name}.py")):
            import_module(f"expertpool.{path.parent.name}.{path.stem}")
    return Base.metadata


def statements(dialect: str) -> list[str]:
    """Return the rooms' own statements on `dialect`, in the order in which `create_all` runs them."""
    metadata = import_models()
    found: list[str] = []

    def execute(element: Any, *_args: Any, **_kwargs: Any) -> None:
        if not _is_standard(element):
            text = (
                str(element.compile(dialect=engine.dialect)) if hasattr(element, "compile") else str(element)
            )
            found.append(text.strip())

    url = {"sqlite": "sqlite://", "postgresql": "postgresql+psycopg://"}[dialect]
    engine = sa.create_mock_engine(url, execute)
    metadata.create_all(engine, checkfirst=False)
    return found


def removals(dialect: str) -> list[str]:
    """Return the statements that take away what dropping the models' tables leaves behind."""
    tables = [f'DROP TABLE IF EXISTS "{name}"' for name in sorted(created("TABLE", dialect))]
    functions = sorted(created("FUNCTION", dialect))
    return tables + [f'DROP FUNCTION IF EXISTS "{name}" CASCADE' for name in functions]


@functools.cache
def created(kind: str, *dialects: str) -> frozenset[str]:
    """Return the names that the rooms' own statements create: `kind` is TABLE, INDEX or FUNCTION."""
    pattern = re.compile(
        rf'CREATE\s+(?:OR\s+REPLACE\s+|VIRTUAL\s+|UNIQUE\s+)?{kind}\s+(?:IF\s+NOT\s+EXISTS\s+)?"?(\w+)',
        re.IGNORECASE,
    )
    texts = (text for dialect in dialects or DIALECTS for text in statements(dialect))
    return frozenset(name for text in texts for name in pattern.findall(text))


def _is_standard(element: Any) -> bool:
    """Tell whether SQLAlchemy itself makes the statement, so that Alembic knows it too."""
    return isinstance(element, ExecutableDDLElement) and not isinstance(element, sa.DDL)
