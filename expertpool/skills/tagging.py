"""Turn texts that name no known skill into tags of the office's own tree."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.audit.service import record
from expertpool.errors import N_, Invalid
from expertpool.events import Actor
from expertpool.skills.events import SkillsTagged
from expertpool.skills.models import OWN, Skill, Taxonomy
from expertpool.skills.names import skill_key
from expertpool.skills.resolving import own_tags

LONGEST = 200


def own_tree(session: Session) -> Taxonomy:
    """Return the office's own tree, made when first asked for."""
    tree = session.scalar(sa.select(Taxonomy).where(Taxonomy.slug == OWN))
    if tree is None:
        tree = Taxonomy(slug=OWN, name_zh="本单位专业树", name_en="The office's own tree")
        session.add(tree)
        session.flush()
    return tree


def tag(session: Session, texts: Iterable[str], *, actor: Actor, now: datetime) -> dict[str, int]:
    """Return the ids of tags of the own tree named by `texts`; those not there yet are made, to be placed.

    Spellings with one key share one tag. Raises `Invalid` for a text that is empty or too long.
    """
    names = {text: _checked(text) for text in texts}
    keys = {text: skill_key(name) for text, name in names.items()}
    known = own_tags(session, set(keys.values()))
    fresh = {key: names[text] for text, key in keys.items() if key not in known}
    if fresh:
        known |= _make(session, fresh, actor=actor, now=now)
    return {text: known[key] for text, key in keys.items()}


def _make(session: Session, names: dict[str, str], *, actor: Actor, now: datetime) -> dict[str, int]:
    tree = own_tree(session)
    tags = [
        Skill(taxonomy_id=tree.id, name_key=key, path="", to_be_placed=True, **names_of(name))
        for key, name in names.items()
    ]
    session.add_all(tags)
    session.flush()
    session.execute(
        sa.update(Skill)
        .where(Skill.taxonomy_id == tree.id, Skill.path == "")
        .values(path=sa.literal("/").concat(sa.cast(Skill.id, sa.String)).concat("/"))
        .execution_options(synchronize_session=False)
    )
    for tag_ in tags:
        session.expire(tag_, ["path"])
    record(session, SkillsTagged(tree.id, names=list(names.values())), actor=actor, now=now)
    session.flush()
    return {tag_.name_key: tag_.id for tag_ in tags}


def names_of(name: str) -> dict[str, str]:
    """Return `name` as the English one if it is all ASCII, else as the Chinese one."""
    return {"name_en" if name.isascii() else "name_zh": name}


def _checked(text: str) -> str:
    name = " ".join(text.split())
    if not name:
        raise Invalid(N_("A skill needs a name."), field="skills")
    if len(name) > LONGEST:
        raise Invalid(
            N_("“%(value)s” is longer than %(most)s characters."),
            field="skills",
            value=name[:40] + "…",
            most=LONGEST,
        )
    return name
