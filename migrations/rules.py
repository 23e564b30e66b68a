"""How Alembic compares the database with the models, and how it writes a migration."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic.autogenerate import renderers
from alembic.autogenerate.api import AutogenContext
from alembic.operations import MigrateOperation

from expertpool.settings import own_ddl


class RunOwnDdl(MigrateOperation):
    """Run the rooms' own statements of the database's dialect."""

    def __init__(self, statements: Callable[[str], list[str]]) -> None:
        self.statements = statements


@renderers.dispatch_for(RunOwnDdl)
def render_own_ddl(autogen: AutogenContext, operation: RunOwnDdl) -> list[str]:
    """Write the statements of each dialect into the migration."""
    lines = ["own = {"]
    for dialect in own_ddl.DIALECTS:
        lines.append(f"    {dialect!r}: [")
        lines += [f"        {statement!r}," for statement in operation.statements(dialect)]
        lines.append("    ],")
    run = "for statement in own[op.get_bind().dialect.name]: op.get_bind().exec_driver_sql(statement)"
    return [*lines, "}", run]


def include_object(item: Any, name: str | None, kind: str, reflected: bool, compared: Any) -> bool:
    """Leave to the rooms' own DDL what it creates, with the shadow tables of search indexes."""
    if not reflected or compared is not None:
        return True
    table = str(name if kind == "table" else item.table.name)
    tables, indexes = own_ddl.created("TABLE"), own_ddl.created("INDEX")
    shadows = any(table == each or table.startswith(f"{each}_") for each in tables)
    return not shadows and not (kind == "index" and name in indexes)


def render_item(kind: str, item: Any, autogen: AutogenContext) -> str | bool:
    """Render a type of ours or of an extension as the plain type that it is stored as."""
    if kind == "type" and isinstance(item, sa.types.TypeDecorator):
        return f"sa.{item.impl_instance!r}"
    if kind == "type" and isinstance(item, sa.JSON):
        autogen.imports.add("from sqlalchemy.dialects import postgresql")
        return "sa.JSON().with_variant(postgresql.JSONB(), 'postgresql')"
    return False


def add_own_ddl(migration: Any, revision: Any, directives: Iterable[Any]) -> None:
    """Append the rooms' own DDL that no earlier migration runs; the first one also takes it away."""
    for script in directives:
        if any(new_statements(dialect) for dialect in own_ddl.DIALECTS):
            script.upgrade_ops.ops.append(RunOwnDdl(new_statements))
        if migration.get_current_revision() is None:
            script.downgrade_ops.ops.insert(0, RunOwnDdl(own_ddl.removals))


def new_statements(dialect: str) -> list[str]:
    """Return the rooms' own statements that no migration runs yet."""
    versions = Path(__file__).parent / "versions"
    known = {
        statement
        for path in versions.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(statement := node.value, str)
    }
    return [each for each in own_ddl.statements(dialect) if each not in known]
