"""Alembic's environment: one linear history for SQLite and PostgreSQL.

`expertpool migrate` hands in a locked connection. Developers cut a migration with
`alembic -c migrations/alembic.ini revision --autogenerate -m "..."`: it needs the database of the
settings at the newest migration, and writes the rooms' own DDL (triggers, search indexes) into the
first one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import sqlalchemy as sa
from alembic import context
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
    """Append the rooms' own DDL to the first migration."""
    for script in directives:
        if migration.get_current_revision() is None:
            script.upgrade_ops.ops.append(RunOwnDdl(own_ddl.statements))
            script.downgrade_ops.ops.append(RunOwnDdl(own_ddl.removals))


def configure(connection: sa.Connection) -> None:
    """Tell Alembic how to compare and write on this connection."""
    context.configure(
        connection=connection,
        target_metadata=own_ddl.import_models(),
        render_as_batch=True,
        compare_type=True,
        include_object=include_object,
        render_item=render_item,
        process_revision_directives=add_own_ddl,
        transactional_ddl=True,
    )


def run() -> None:
    """Run on the connection that was handed in, or on the database of the settings."""
    given = context.config.attributes.get("connection")
    if given is not None:
        configure(given)
        context.run_migrations()
        return
    import config

    with sa.create_engine(config.load().database_url).begin() as connection:
        configure(connection)
        context.run_migrations()


run()
