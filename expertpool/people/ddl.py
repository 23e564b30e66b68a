"""The search index: a table of tokens for each database, which `create_all` can't express."""

from __future__ import annotations

from sqlalchemy import DDL, event

from expertpool.people.models import Person

SQLITE = (
    """CREATE VIRTUAL TABLE person_search USING fts5(
names, tokens, detail=column, columnsize=0,
tokenize="unicode61 remove_diacritics 0 categories 'L* M* N* P* S* C*'")""",
)
POSTGRESQL = (
    """CREATE TABLE person_search (
person_id BIGINT PRIMARY KEY REFERENCES people (id) ON DELETE CASCADE,
names TSVECTOR NOT NULL,
tokens TSVECTOR NOT NULL)""",
    "CREATE INDEX ix_person_search_names ON person_search USING gin (names)",
    "CREATE INDEX ix_person_search_tokens ON person_search USING gin (tokens)",
)

for dialect, statements in (("sqlite", SQLITE), ("postgresql", POSTGRESQL)):
    for statement in statements:
        ddl = DDL(statement).execute_if(dialect=dialect)  # type: ignore[no-untyped-call]
        event.listen(Person.__table__, "after_create", ddl)
