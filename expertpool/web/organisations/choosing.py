"""Choose an organisation by typing: works without script, and lists what a text may mean."""

from __future__ import annotations

import re

from sqlalchemy.orm import Session

from expertpool.errors import N_, Invalid
from expertpool.organisations import searching
from expertpool.organisations.models import Organisation
from expertpool.organisations.service import resolve

_MARK = re.compile(r".*#(\d{1,15})\s*")


def chosen(session: Session, text: str | None, field: str) -> Organisation | None:
    """Return the organisation that `text` names by code, name or `#id`; None for an empty text.

    Raises `Invalid` at `field` with those that the text may mean.
    """
    if not (text or "").strip():
        return None
    mark = _MARK.fullmatch(text or "")
    number = int(mark[1]) if mark else resolve(session, [text or ""]).get(text or "")
    found = session.get(Organisation, number) if number is not None else None
    if found is not None:
        return found
    near = searching.named_like(session, text or "")
    if near:
        raise Invalid(
            N_("“%(text)s” may mean: %(names)s. Write the code, or the number with its #."),
            field=field,
            text=text,
            names="; ".join(map(described, near)),
        )
    raise Invalid(N_("No organisation is called “%(text)s”."), field=field, text=text)


def described(organisation: Organisation) -> str:
    """Return code or number, name and parent, to tell organisations of one name apart."""
    parent = f" ({organisation.parent.name})" if organisation.parent else ""
    return f"{organisation.code or f'#{organisation.id}'} {organisation.name}{parent}"


def text_of(session: Session, organisation: Organisation | None) -> str:
    """Return a text that chooses `organisation` again."""
    if organisation is None:
        return ""
    plain = resolve(session, [organisation.name]).get(organisation.name) == organisation.id
    return organisation.name if plain else f"{organisation.name} #{organisation.id}"
