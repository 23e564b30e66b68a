"""Verbs on the skills that a person holds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from expertpool.events import Actor
from expertpool.people.events import SkillsChanged
from expertpool.people.models import Person, PersonSkill
from expertpool.people.service import require_whole, save
from expertpool.skills.models import Skill


def add_skills(
    session: Session, person: Person, skills: Iterable[Skill], *, source: str, actor: Actor, now: datetime
) -> list[Skill]:
    """Add skills to those that `person` holds; return the ones that are new."""
    require_whole(person)
    held = {row.skill_id for row in person.skills}
    new = list({skill.id: skill for skill in skills if skill.id not in held}.values())
    person.skills += [PersonSkill(skill=skill, skill_id=skill.id, source=source[:120]) for skill in new]
    _save(session, person, added=new, removed=(), actor=actor, now=now)
    return new


def remove_skills(
    session: Session, person: Person, skill_ids: Iterable[int], *, actor: Actor, now: datetime
) -> list[Skill]:
    """Take skills from those that `person` holds; return them."""
    require_whole(person)
    wanted = set(skill_ids)
    rows = [row for row in person.skills if row.skill_id in wanted]
    for row in rows:
        person.skills.remove(row)
    gone = [row.skill for row in rows]
    _save(session, person, added=(), removed=gone, actor=actor, now=now)
    return gone


def _save(
    session: Session,
    person: Person,
    *,
    added: Sequence[Skill],
    removed: Sequence[Skill],
    actor: Actor,
    now: datetime,
) -> None:
    if not added and not removed:
        return
    event = SkillsChanged(
        person.id,
        added=tuple(skill.id for skill in added),
        removed=tuple(skill.id for skill in removed),
        added_names=tuple(map(_name, added)),
        removed_names=tuple(map(_name, removed)),
    )
    save(session, person, event, actor=actor, now=now)


def _name(skill: Skill) -> str:
    return " ".join(filter(None, [skill.code, skill.name_zh or skill.name_en]))
