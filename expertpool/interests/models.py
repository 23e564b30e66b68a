"""Relations between people, and between people and organisations."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from expertpool.database import Base, Numbered, Versioned, choice, foreign_key
from expertpool.organisations.models import Organisation
from expertpool.people.models import Person


class RelationKind(StrEnum):
    """`person` is the KIND of `other`: advisor means that `person` advised `other`."""

    SPOUSE = "spouse"
    KIN = "kin"
    ADVISOR = "advisor"
    STUDENT = "student"
    COAUTHOR = "coauthor"
    COLLABORATOR = "collaborator"
    SHAREHOLDER = "shareholder"
    CONSULTANT = "consultant"
    EMPLOYER = "employer"
    COMPETITOR = "competitor"
    DECLARED = "declared"


class Relation(Numbered, Versioned, Base):
    """A dated tie of a person to another person, to an organisation, or to something known as text only."""

    __tablename__ = "relations"

    person_id: Mapped[int] = foreign_key("people.id")
    kind: Mapped[RelationKind] = mapped_column(choice(RelationKind))
    other_person_id: Mapped[int | None] = foreign_key("people.id")
    organisation_id: Mapped[int | None] = foreign_key("organisations.id")
    other_text: Mapped[str | None] = mapped_column(sa.String(200))
    """What the source said; for unresolved others the only evidence."""
    other_is_organisation: Mapped[bool] = mapped_column(default=False)
    since: Mapped[date | None]
    until: Mapped[date | None]
    source: Mapped[str] = mapped_column(sa.String(200))
    created_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship(foreign_keys="Relation.person_id")
    other_person: Mapped[Person | None] = relationship(foreign_keys="Relation.other_person_id")
    organisation: Mapped[Organisation | None] = relationship()

    __table_args__ = (
        sa.CheckConstraint("until IS NULL OR since IS NULL OR since <= until", name="ordered"),
        sa.CheckConstraint("other_person_id IS NULL OR organisation_id IS NULL", name="one_other"),
        sa.CheckConstraint(
            "other_person_id IS NOT NULL OR organisation_id IS NOT NULL OR other_text IS NOT NULL",
            name="some_other",
        ),
        sa.CheckConstraint("other_person_id IS NULL OR other_person_id <> person_id", name="not_self"),
    )
