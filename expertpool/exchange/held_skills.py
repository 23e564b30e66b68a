"""How exported files call skills: those of published taxonomies by code, tags of the own tree by name."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.skills.models import OWN, Skill, Taxonomy


class SkillNames:
    """Names and codes of all skills in use."""

    def __init__(self, session: Session) -> None:
        query = sa.select(Skill.id, Skill.code, Skill.name_zh, Skill.name_en, Taxonomy.slug).join(
            Taxonomy, Taxonomy.id == Skill.taxonomy_id
        )
        self._skills = {row.id: row for row in session.execute(query)}

    def split(self, ids: list[int]) -> tuple[list[str], list[str]]:
        """Return names and codes, in the order of `ids`."""
        names: list[str] = []
        codes: list[str] = []
        for skill in (self._skills[skill_id] for skill_id in ids):
            if skill.code and skill.slug != OWN:
                codes.append(f"{skill.slug.upper()}:{skill.code}")
            else:
                names.append(skill.name_zh or skill.name_en)
        return names, codes
