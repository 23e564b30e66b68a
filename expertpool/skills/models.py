"""Taxonomies and their skills."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from expertpool.database import Base, Numbered, Versioned, foreign_key

OWN = "own"
"""Slug of the office's own tree, where unresolved skills become tags."""


class Taxonomy(Numbered, Base):
    """A classification: ICS, GB/T 4754-2017, or the office's own tree."""

    __tablename__ = "taxonomies"

    slug: Mapped[str] = mapped_column(sa.String(40), unique=True)
    """Prefix of codes in files: `ICS:25.040` has slug `ics`."""
    name_zh: Mapped[str] = mapped_column(sa.String(120))
    name_en: Mapped[str] = mapped_column(sa.String(120))
    edition: Mapped[str | None] = mapped_column(sa.String(40))
    source: Mapped[str | None] = mapped_column(sa.String(300))
    """Where the data came from and under which licence."""


class Skill(Numbered, Versioned, Base):
    """One node of a taxonomy."""

    __tablename__ = "skills"

    taxonomy_id: Mapped[int] = foreign_key("taxonomies.id", index=False)
    code: Mapped[str | None] = mapped_column(sa.String(60))
    name_zh: Mapped[str | None] = mapped_column(sa.String(200))
    name_en: Mapped[str | None] = mapped_column(sa.String(300))
    name_key: Mapped[str] = mapped_column(sa.String(300), index=True)
    """The name as compared: NFKC, lower case, no white space; the Chinese one where there is one."""
    parent_id: Mapped[int | None] = foreign_key("skills.id")
    path: Mapped[str] = mapped_column(sa.String(400), index=True)
    """Ids from the root to this node, `/12/345/`: descendants of a node share its prefix."""
    same_as_id: Mapped[int | None] = foreign_key("skills.id")
    """A tag of the office's own tree that means the same as a node of a published taxonomy."""
    to_be_placed: Mapped[bool] = mapped_column(default=False)
    retired_at: Mapped[datetime | None]

    taxonomy: Mapped[Taxonomy] = relationship()

    __table_args__ = (
        sa.UniqueConstraint("taxonomy_id", "code"),
        sa.CheckConstraint("name_zh IS NOT NULL OR name_en IS NOT NULL", name="named"),
    )
