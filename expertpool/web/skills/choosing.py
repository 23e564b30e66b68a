"""Choose a skill by typing: works without script, and lists what a text may mean."""

from __future__ import annotations

import re

from sqlalchemy.orm import Session

from expertpool.errors import N_, Invalid
from expertpool.skills import queries
from expertpool.skills.models import Skill
from expertpool.skills.service import resolve
from expertpool.web.skills.wording import skill_code, skill_name

_MARK = re.compile(r".*#(\d{1,15})\s*")


def chosen(session: Session, text: str | None, field: str, *, taxonomy_id: int | None = None) -> Skill | None:
    """Return the skill that `text` names by code, name or `#id`; None for an empty text.

    With `taxonomy_id` only skills of that classification do. Raises `Invalid` at `field` with those that
    the text may mean.
    """
    text = (text or "").strip()
    if not text:
        return None
    mark = _MARK.fullmatch(text)
    number = int(mark[1]) if mark else resolve(session, [text]).get(text)
    found = session.get(Skill, number) if number is not None else None
    if found is not None and taxonomy_id in (None, found.taxonomy_id):
        return found
    near = session.scalars(queries.search(text, taxonomy_id=taxonomy_id).limit(5)).all()
    if near:
        raise Invalid(
            N_("“%(text)s” may mean: %(names)s. Write the code, or the number with its #."),
            field=field,
            text=text,
            names="; ".join(map(described, near)),
        )
    raise Invalid(N_("No skill is called “%(text)s”."), field=field, text=text)


def described(skill: Skill) -> str:
    """Return code or number, and name, to tell skills of one name apart."""
    return f"{skill_code(skill) or f'#{skill.id}'} {skill_name(skill)}"


def text_of(skill: Skill | None) -> str:
    """Return a text that chooses `skill` again."""
    if skill is None:
        return ""
    return skill_code(skill) or f"{skill_name(skill)} #{skill.id}"
