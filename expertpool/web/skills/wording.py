"""Words for skills: their names in the reader's language, fields and events."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from expertpool.skills.loading import Edition
from expertpool.skills.models import OWN, Skill, Taxonomy
from expertpool.web.kit.locale import language

FIELDS = {
    "name_zh": _l("Chinese name"),
    "name_en": _l("English name"),
    "code": _l("Code no."),
    "parent_id": _l("Stands below"),
}

SENTENCES = {
    "taxonomy.taxonomy-loaded": _l("%(added)s skills added, %(changed)s changed, %(retired)s retired"),
    "taxonomy.skills-tagged": _l("Tags made, to be placed: %(names)s"),
    "skill.skill-created": _l("Made"),
    "skill.skill-changed": _l("Changed"),
    "skill.skill-placed": _l("Placed below: %(below)s; the same as: %(same_as)s"),
    "skill.skill-retired": _l("Out of use"),
    "skill.skill-brought-back": _l("Brought back"),
    "skill.skill-merged": _l("Merged into %(into_name)s"),
}


def skill_name(skill: Skill) -> str:
    """Return the name of a skill in the reader's language, else in the other."""
    first, second = skill.name_zh, skill.name_en
    return (second or first or "") if language() == "en" else (first or second or "")


def taxonomy_name(taxonomy: Taxonomy | Edition) -> str:
    """Return the name of a classification in the reader's language."""
    return taxonomy.name_en if language() == "en" else taxonomy.name_zh


def skill_code(skill: Skill) -> str:
    """Return the code of a skill with its prefix, `ICS:25.040`; nothing for a tag without one."""
    if not skill.code:
        return ""
    return skill.code if skill.taxonomy.slug == OWN else f"{skill.taxonomy.slug.upper()}:{skill.code}"
