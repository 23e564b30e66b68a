"""Find people by any part of their names, number, employer and skills, the same on both databases.

The index row of a person is written by the verb that changes the person; `rebuild` makes all anew.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.organisations.models import Organisation
from expertpool.people import tokens
from expertpool.people.models import Employment, Person, PersonSkill
from expertpool.people.names import name_key
from expertpool.skills.models import Skill

CHUNK = 500
"""People indexed in one round; each round has a constant number of statements."""

BOUND = 400
"""Hits that are ranked; more would be slow, and nobody reads them."""

INSERT = {
    "sqlite": "INSERT INTO person_search (rowid, names, tokens) VALUES (:id, :names, :words)",
    "postgresql": "INSERT INTO person_search (person_id, names, tokens) VALUES (:id, "
    "array_to_tsvector(CAST(:names AS text[])), array_to_tsvector(CAST(:words AS text[])))",
}
KEY = {"sqlite": "rowid", "postgresql": "person_id"}


def index_people(session: Session, person_ids: Iterable[int]) -> None:
    """Write the index rows of these people anew; merged people get none."""
    session.flush()
    ids = sorted(set(person_ids))
    for start in range(0, len(ids), CHUNK):
        chunk = ids[start : start + CHUNK]
        key = KEY[_dialect(session)]
        delete = sa.text(f"DELETE FROM person_search WHERE {key} IN :ids")
        session.execute(delete.bindparams(sa.bindparam("ids", expanding=True)), {"ids": chunk})
        _insert(session, chunk)


def rebuild(session: Session, *, progress: Callable[[int], None] | None = None) -> int:
    """Write the whole index anew; return how many people it holds.

    `progress` is called with the count so far after each round.
    """
    session.flush()
    session.execute(sa.text("DELETE FROM person_search"))
    ids = session.scalars(
        sa.select(Person.id).where(Person.merged_into_id.is_(None)).order_by(Person.id)
    ).all()
    for start in range(0, len(ids), CHUNK):
        _insert(session, ids[start : start + CHUNK])
        if progress:
            progress(min(start + CHUNK, len(ids)))
    return len(ids)


def hits(session: Session, query: str, *, names_only: bool = False) -> sa.Select[int] | None:
    """Return a select of the ids of the people that hold every term of `query`.

    With `names_only`, only names and numbers count. None says that the query has no term.
    """
    terms = tokens.of_query(query)
    if not terms:
        return None
    make = _fts5 if _dialect(session) == "sqlite" else _tsquery
    return make(terms, names_only)


def find(session: Session, query: str, *, limit: int = 20) -> list[int]:
    """Return the ids of the best hits: names before other words, the same name first, then by pinyin."""
    found: list[int] = []
    for names_only in (True, False):
        ids = hits(session, query, names_only=names_only)
        if ids is not None and len(found) < limit:
            bounded = ids.order_by(sa.column("person_id")).limit(BOUND)
            ranked = sa.select(Person.id).where(Person.id.in_(bounded), Person.id.not_in(found))
            found += session.scalars(ranked.order_by(*closeness(query)).limit(limit - len(found)))
    return found


def closeness(query: str) -> tuple[Any, ...]:
    """Return the order of hits: the very name or number, names that begin so, the rest; by pinyin."""
    key = name_key(query)
    rank = sa.case(
        (sa.or_(Person.name_key == key, sa.func.lower(Person.number) == key), 0),
        (Person.name_key.startswith(key, autoescape=True), 1),
        else_=2,
    )
    return rank, Person.name_pinyin, Person.id


def _fts5(terms: Sequence[tokens.Term], names_only: bool) -> sa.Select[int]:
    words = " ".join(f'"{term.text}"{"*" if term.is_prefix else ""}' for term in terms)
    match = f"names : ({words})" if names_only else words
    table = sa.table("person_search", sa.column("rowid", sa.Integer))
    return (
        sa.select(table.c.rowid.label("person_id"))
        .select_from(table)
        .where(sa.text("person_search MATCH :match").bindparams(match=match))
    )


def _tsquery(terms: Sequence[tokens.Term], names_only: bool) -> sa.Select[int]:
    quoted = (term.text.replace("'", "''") for term in terms)
    match = " & ".join(
        f"'{text}'{':*' if term.is_prefix else ''}" for text, term in zip(quoted, terms, strict=True)
    )
    table = sa.table("person_search", sa.column("person_id", sa.BigInteger))
    column = "names" if names_only else "tokens"
    return sa.select(table.c.person_id).where(
        sa.text(f"person_search.{column} @@ CAST(:match AS tsquery)").bindparams(match=match)
    )


def _insert(session: Session, ids: Sequence[int]) -> None:
    dialect = _dialect(session)
    rows = [
        {"id": person_id, "names": _stored(names, dialect), "words": _stored(words, dialect)}
        for person_id, names, words in _documents(session, ids)
    ]
    if rows:
        session.execute(sa.text(INSERT[dialect]), rows)


def _stored(found: set[str], dialect: str) -> Any:
    return " ".join(sorted(found)) if dialect == "sqlite" else sorted(found)


def _documents(session: Session, ids: Sequence[int]) -> Iterator[tuple[int, set[str], set[str]]]:
    """Give id, tokens of the names, and all tokens of each person that is not merged."""
    texts: dict[int, list[str | None]] = defaultdict(list)
    for person_id, *found in session.execute(_employers(ids)):
        texts[person_id] += found
    for person_id, *found in session.execute(_skills(ids)):
        texts[person_id] += found
    names: dict[int, set[str]] = defaultdict(set)
    for person_id, number, name, name_en in session.execute(_names(ids)):
        names[person_id] |= tokens.of_name(name) | tokens.of_text(number, name_en)
    for person_id, own in names.items():
        yield person_id, own, own | tokens.of_text(*texts[person_id])


def _names(ids: Sequence[int]) -> sa.Select[int, str, str, str | None]:
    """Select whole people, and under their ids also the names of the records merged into them."""
    merged = sa.orm.aliased(Person)
    columns = (merged.number, merged.name, merged.name_en)
    whole = sa.select(Person.id, *columns).join(
        merged, sa.or_(merged.id == Person.id, merged.merged_into_id == Person.id)
    )
    return whole.where(Person.id.in_(ids), Person.merged_into_id.is_(None))


def _employers(ids: Sequence[int]) -> sa.Select[int, str, str | None, str | None]:
    return (
        sa.select(Employment.person_id, Employment.organisation_text, Organisation.name, Organisation.name_en)
        .outerjoin(Organisation, Organisation.id == Employment.organisation_id)
        .where(Employment.person_id.in_(ids), Employment.is_current)
    )


def _skills(ids: Sequence[int]) -> sa.Select[int, str | None, str | None, str | None]:
    return (
        sa.select(PersonSkill.person_id, Skill.code, Skill.name_zh, Skill.name_en)
        .join(Skill, Skill.id == PersonSkill.skill_id)
        .where(PersonSkill.person_id.in_(ids))
    )


def _dialect(session: Session) -> str:
    return session.get_bind().dialect.name
