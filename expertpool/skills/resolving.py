"""Find skills by code and by name."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.database import batches
from expertpool.skills.models import OWN, Skill, Taxonomy
from expertpool.skills.names import skill_key, split_code

_STANDS_FOR = sa.case(
    (Skill.retired_at.is_not(None), sa.func.coalesce(Skill.same_as_id, Skill.id)), else_=Skill.id
)
"""A tag that was merged into another stands for that one."""

Standing = tuple[bool, int, int]
"""How good a match is, smaller is better: not of the office's own tree, taxonomy, depth."""


def resolve(session: Session, texts: Iterable[str], codes: Iterable[str] = ()) -> dict[str, int]:
    """Return the ids of the skills that `texts` (names or codes) and `codes` stand for; the rest is left out.

    A code is `ICS:25.040`, or bare when only one taxonomy has it. A name is Chinese or English. Of several
    skills with one name, the office's own goes first, then the taxonomies in the order in which they
    came, then the higher node; a name that two nodes of one level share stands for neither.
    """
    texts, codes = set(filter(None, texts)), set(filter(None, codes))
    found = by_code(session, texts | codes)
    named = _by_key(session, {skill_key(text) for text in texts - found.keys()} - {""})
    found.update((text, named[skill_key(text)]) for text in texts if skill_key(text) in named)
    return found


def by_code(session: Session, codes: Iterable[str]) -> dict[str, int]:
    """Return the ids of the skills with `codes`, as `ICS:25.040` or bare when only one taxonomy has it."""
    split = {text: split_code(text) for text in codes}
    rows: dict[str, list[tuple[str, int]]] = {}
    for some in batches({code for _, code in split.values() if code}):
        query = (
            sa.select(Skill.code, Taxonomy.slug, _STANDS_FOR)
            .join(Taxonomy, Taxonomy.id == Skill.taxonomy_id)
            .where(Skill.code.in_(some))
        )
        for code, slug, number in session.execute(query):
            rows.setdefault(code or "", []).append((slug, number))
    found = {}
    for text, (slug, code) in split.items():
        ids = {number for known, number in rows.get(code, []) if slug in (None, known)}
        if len(ids) == 1:
            found[text] = ids.pop()
    return found


def own_tags(session: Session, keys: Iterable[str]) -> dict[str, int]:
    """Return the ids of the tags of the office's own tree whose names have `keys`."""
    found: dict[str, int] = {}
    for some in batches(keys):
        query = (
            sa.select(Skill.name_key, _STANDS_FOR)
            .join(Taxonomy, Taxonomy.id == Skill.taxonomy_id)
            .where(Taxonomy.slug == OWN, Skill.name_key.in_(some))
            .order_by(Skill.retired_at.is_not(None).desc(), Skill.id.desc())
        )
        found.update((key, number) for key, number in session.execute(query))
    return found


def _by_key(session: Session, keys: set[str]) -> dict[str, int]:
    best: dict[str, tuple[Standing, set[int]]] = {}
    for some in batches(keys):
        for key, number, slug, taxonomy, path in session.execute(_named(some)):
            standing = (slug != OWN, taxonomy, path.count("/"))
            known = best.get(key)
            if known is None or standing < known[0]:
                best[key] = (standing, {number})
            elif standing == known[0]:
                known[1].add(number)
    single = {key: next(iter(ids)) for key, (_, ids) in best.items() if len(ids) == 1}
    return single | own_tags(session, keys)


def _named(keys: list[str]) -> sa.CompoundSelect[str, int, str, int, str]:
    """Select key, id, slug, taxonomy id and path of skills with one of `keys` as Chinese or English name."""
    english = sa.func.lower(sa.func.replace(Skill.name_en, " ", ""))
    selects = [
        sa.select(key, _STANDS_FOR, Taxonomy.slug, Taxonomy.id, Skill.path)
        .join(Taxonomy, Taxonomy.id == Skill.taxonomy_id)
        .where(key.in_(keys))
        for key in (Skill.name_key, english)
    ]
    return sa.union(*selects)
