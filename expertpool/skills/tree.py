"""Verbs of the office's own tree: make, change, move, place, retire and merge tags."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.audit.service import record
from expertpool.database import Base, move_references, references_to
from expertpool.errors import N_, Invalid, Stale
from expertpool.events import Actor
from expertpool.skills.events import (
    SkillBroughtBack,
    SkillChanged,
    SkillCreated,
    SkillMerged,
    SkillPlaced,
    SkillRetired,
)
from expertpool.skills.models import OWN, Skill
from expertpool.skills.names import skill_key
from expertpool.skills.tagging import own_tree


def label(skill: Skill) -> str:
    """Return the name of a skill as the audit trail shows it."""
    return skill.name_zh or skill.name_en or ""


def create(
    session: Session,
    *,
    name_zh: str | None,
    name_en: str | None = None,
    code: str | None = None,
    parent: Skill | None = None,
    actor: Actor,
    now: datetime,
) -> Skill:
    """Make a tag below `parent`, or at the top of the tree; raises `Invalid` naming the field."""
    tree = own_tree(session)
    _refuse_foreign(parent)
    skill = Skill(taxonomy_id=tree.id, parent_id=parent.id if parent else None, path="", to_be_placed=False)
    with session.no_autoflush:
        _name(session, skill, name_zh, name_en, code)
    session.add(skill)
    session.flush()
    skill.path = f"{parent.path if parent else '/'}{skill.id}/"
    record(session, SkillCreated(skill.id, skill=label(skill)), actor=actor, now=now)
    session.flush()
    return skill


def change(
    session: Session,
    skill: Skill,
    *,
    name_zh: str | None,
    name_en: str | None,
    code: str | None,
    parent: Skill | None,
    version: int | None = None,
    actor: Actor,
    now: datetime,
) -> bool:
    """Rename a tag and move it, with all below it, under `parent` (None: the top); return whether it did."""
    if version is not None and version != skill.version:
        raise Stale(N_("Somebody else has changed this skill since you opened it."))
    _refuse_foreign(skill)
    before = (skill.name_zh, skill.name_en, skill.code, skill.parent_id)
    with session.no_autoflush:
        _name(session, skill, name_zh, name_en, code)
    _move(session, skill, parent)
    after = (skill.name_zh, skill.name_en, skill.code, skill.parent_id)
    names = ("name_zh", "name_en", "code", "parent_id")
    changes = {name: [old, new] for name, old, new in zip(names, before, after, strict=True) if old != new}
    if changes:
        session.flush()
        record(session, SkillChanged(skill.id, skill=label(skill), changes=changes), actor=actor, now=now)
        session.flush()
    return bool(changes)


def place(
    session: Session,
    skill: Skill,
    *,
    below: Skill | None = None,
    same_as: Skill | None = None,
    actor: Actor,
    now: datetime,
) -> None:
    """Give a tag its place: under a tag of the own tree (None: at the top), or as the same as another skill.

    A tag that is the same as a published skill counts for that skill and for all above it.
    """
    _refuse_foreign(skill)
    if same_as is not None and (same_as.id == skill.id or same_as.same_as_id is not None):
        raise Invalid(
            N_("“%(name)s” stands for another skill itself. Choose that one."),
            field="same_as",
            name=label(same_as),
        )
    _move(session, skill, below)
    skill.same_as_id = same_as.id if same_as else None
    skill.to_be_placed = False
    session.flush()
    event = SkillPlaced(
        skill.id,
        skill=label(skill),
        below=label(below) if below else None,
        same_as=label(same_as) if same_as else None,
    )
    record(session, event, actor=actor, now=now)
    session.flush()


def retire(session: Session, skill: Skill, *, actor: Actor, now: datetime) -> None:
    """Offer a tag, which has no others below it, for choice no more. Who holds it keeps it."""
    _refuse_foreign(skill)
    below = sa.select(Skill.id).where(Skill.parent_id == skill.id, Skill.retired_at.is_(None)).limit(1)
    if session.scalar(below) is not None:
        raise Invalid(
            N_("Other skills stand below “%(name)s”. Move or retire them first."), name=label(skill)
        )
    if skill.retired_at is None:
        skill.retired_at = now
        record(session, SkillRetired(skill.id, skill=label(skill)), actor=actor, now=now)
        session.flush()


def bring_back(session: Session, skill: Skill, *, actor: Actor, now: datetime) -> None:
    """Offer a retired tag again. One that was merged becomes a tag of its own, which nobody holds yet."""
    _refuse_foreign(skill)
    if skill.retired_at is not None:
        skill.retired_at, skill.same_as_id = None, None
        record(session, SkillBroughtBack(skill.id, skill=label(skill)), actor=actor, now=now)
        session.flush()


def merge(session: Session, skill: Skill, into: Skill, *, actor: Actor, now: datetime) -> dict[str, int]:
    """Let all who hold or want the tag `skill` have `into`, and what stands below it stand below that.

    The tag stays, retired, so that its text leads to the other. Return how many rows of what moved.
    """
    _refuse_foreign(skill)
    if into.id == skill.id or into.path.startswith(skill.path) or into.retired_at is not None:
        raise Invalid(N_("“%(name)s” cannot be merged into that."), field="into", name=label(skill))
    for child in session.scalars(sa.select(Skill).where(Skill.parent_id == skill.id)).all():
        _move(session, child, into if into.taxonomy_id == child.taxonomy_id else None)
    session.flush()
    moved: dict[str, int] = {}
    for column in references_to(Skill.__tablename__):
        if column.name != "parent_id" or column.table.name != Skill.__tablename__:
            ids, left = move_references(session, column, skill.id, into.id)
            session.execute(sa.delete(column.table).where(column.table.c.id.in_(left)))
            moved |= {str(column): len(ids)} if ids else {}
    session.expire_all()
    skill.retired_at, skill.same_as_id, skill.to_be_placed = now, into.id, False
    event = SkillMerged(skill.id, skill=label(skill), into_id=into.id, into_name=label(into), moved=moved)
    record(session, event, actor=actor, now=now)
    session.flush()
    return moved


def _name(session: Session, skill: Skill, name_zh: str | None, name_en: str | None, code: str | None) -> None:
    """Give `skill` its names and code; raises `Invalid` when there are none or another tag has them."""
    name_zh, name_en, code = (" ".join((text or "").split()) or None for text in (name_zh, name_en, code))
    if not (name_zh or name_en):
        raise Invalid(N_("A skill needs a name."), field="name_zh")
    key = skill_key(name_zh or name_en or "")
    others = sa.select(Skill).where(
        Skill.taxonomy_id == skill.taxonomy_id,
        Skill.id.is_distinct_from(skill.id),
        Skill.retired_at.is_(None),
    )
    if key != skill.name_key and session.scalar(others.where(Skill.name_key == key)) is not None:
        raise Invalid(
            N_("“%(name)s” is there already."),
            field="name_zh" if name_zh else "name_en",
            name=name_zh or name_en,
        )
    taken = sa.select(Skill).where(
        Skill.taxonomy_id == skill.taxonomy_id, Skill.id.is_distinct_from(skill.id), Skill.code == code
    )
    if code and code != skill.code and session.scalar(taken) is not None:
        raise Invalid(N_("Code %(code)s is taken."), field="code", code=code)
    skill.name_zh, skill.name_en, skill.code, skill.name_key = name_zh, name_en, code, key


def _move(session: Session, skill: Skill, parent: Skill | None) -> None:
    """Put `skill` and all below it under `parent`."""
    _refuse_foreign(parent)
    if parent is not None and parent.path.startswith(skill.path):
        raise Invalid(
            N_("“%(parent)s” stands below “%(name)s” itself."),
            field="parent",
            parent=label(parent),
            name=label(skill),
        )
    session.flush()
    old, new = skill.path, f"{parent.path if parent else '/'}{skill.id}/"
    skill.parent_id = parent.id if parent else None
    if old != new:
        table = Base.metadata.tables[Skill.__tablename__]
        rest = sa.func.substr(table.c.path, len(old) + 1)
        session.execute(
            sa.update(table).where(table.c.path.like(f"{old}%")).values(path=sa.literal(new).concat(rest))
        )
        session.flush()
        session.expire_all()


def _refuse_foreign(skill: Skill | None) -> None:
    """Raise `Invalid` unless `skill` is of the office's own tree."""
    if skill is not None and skill.taxonomy.slug != OWN:
        raise Invalid(
            N_("%(code)s belongs to a published classification, which only an import changes."),
            field="parent",
            code=skill.code or label(skill),
        )
