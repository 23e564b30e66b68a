"""Skills for the tests of people."""

from expertpool.people.names import name_key
from expertpool.skills.models import Skill, Taxonomy


def make_skill(session, code, name_zh, name_en=None, parent=None):
    """Make a skill under `parent`, in one taxonomy of the tests."""
    taxonomy = session.query(Taxonomy).filter_by(slug="test").one_or_none()
    if taxonomy is None:
        taxonomy = Taxonomy(slug="test", name_zh="测试分类", name_en="Test classification")
    skill = Skill(
        taxonomy=taxonomy, code=code, name_zh=name_zh, name_en=name_en, name_key=name_key(name_zh), path=""
    )
    session.add(skill)
    session.flush()
    skill.parent_id = parent.id if parent else None
    skill.path = f"{parent.path if parent else '/'}{skill.id}/"
    session.flush()
    return skill
