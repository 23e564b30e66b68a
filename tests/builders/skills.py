"""Make skills and taxonomies for tests."""

from __future__ import annotations

from sqlalchemy.orm import Session

from expertpool.events import Actor
from expertpool.skills import service
from expertpool.skills.models import Skill, Taxonomy
from expertpool.skills.names import skill_key
from tests.conftest import NOW

ACTOR = Actor(user_id=None, label="测试者", via="cli")


def make_taxonomy(session: Session, slug: str = "ics", **names: str) -> Taxonomy:
    """Add an empty published classification."""
    taxonomy = Taxonomy(slug=slug, **{"name_zh": f"分类 {slug}", "name_en": slug.upper(), **names})
    session.add(taxonomy)
    session.flush()
    return taxonomy


def make_skill(
    session: Session,
    taxonomy: Taxonomy,
    code: str | None = None,
    name_zh: str | None = None,
    *,
    name_en: str | None = None,
    parent: Skill | None = None,
) -> Skill:
    """Add one node to a published classification."""
    skill = Skill(
        taxonomy_id=taxonomy.id,
        code=code,
        name_zh=name_zh,
        name_en=name_en,
        name_key=skill_key(name_zh or name_en or ""),
        parent_id=parent.id if parent else None,
        path="",
    )
    session.add(skill)
    session.flush()
    skill.path = f"{parent.path if parent else '/'}{skill.id}/"
    session.flush()
    return skill


def make_tag(session: Session, text: str) -> Skill:
    """Make a tag of the office's own tree, to be placed."""
    return session.get_one(Skill, service.tag(session, [text], actor=ACTOR, now=NOW)[text])
