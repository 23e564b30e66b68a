"""Organisations, their names, and the alliances they belong to."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from expertpool.database import Base, Key, Numbered, Versioned, choice, foreign_key
from expertpool.organisations.reading import LONGEST, pinyin_key


class OrganisationKind(StrEnum):
    """What an organisation is; `department` belongs to its parent."""

    COMPANY = "company"
    UNIVERSITY = "university"
    INSTITUTE = "institute"
    LABORATORY = "laboratory"
    ASSOCIATION = "association"
    AUTHORITY = "authority"
    DEPARTMENT = "department"
    OTHER = "other"


class Organisation(Numbered, Versioned, Base):
    """One legal entity or department, known by its official name."""

    __tablename__ = "organisations"

    code: Mapped[str | None] = mapped_column(sa.String(60), unique=True)
    """Unified social credit code or the office's own."""
    name: Mapped[str] = mapped_column(sa.String(200))
    name_key: Mapped[str] = mapped_column(sa.String(200), index=True)
    """The name as compared: see `conflicts.names`."""
    name_pinyin: Mapped[str] = mapped_column(sa.String(LONGEST), index=True, server_default="")
    """The name as sorted; follows the name."""
    name_en: Mapped[str | None] = mapped_column(sa.String(200))
    name_en_key: Mapped[str | None] = mapped_column(sa.String(200), index=True)
    kind: Mapped[OrganisationKind] = mapped_column(choice(OrganisationKind), default=OrganisationKind.OTHER)
    region: Mapped[str | None] = mapped_column(sa.String(80), index=True)
    parent_id: Mapped[int | None] = foreign_key("organisations.id")
    mail_domains: Mapped[list[Any]] = mapped_column(default=list)
    extra: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Columns of imported files that have no place of their own: header -> text."""
    created_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]
    merged_into_id: Mapped[int | None] = foreign_key("organisations.id")
    """Set on a duplicate that was merged; it is retired, and its names and code lead to the other."""

    parent: Mapped[Organisation | None] = relationship(
        remote_side="Organisation.id", foreign_keys=lambda: [Organisation.parent_id]
    )
    names: Mapped[list[OrganisationName]] = relationship(
        back_populates="organisation", cascade="all, delete-orphan", order_by="OrganisationName.id"
    )

    __table_args__ = (sa.CheckConstraint("parent_id IS NULL OR parent_id <> id", name="not_own_parent"),)

    @validates("name")
    def _sort(self, _key: str, name: str) -> str:
        self.name_pinyin = pinyin_key(name)
        return name


class NameKind(StrEnum):
    """Why an organisation goes by another name."""

    ALIAS = "alias"
    FORMER = "former"


class OrganisationName(Numbered, Base):
    """Another name that an organisation goes or went by."""

    __tablename__ = "organisation_names"

    organisation_id: Mapped[int] = foreign_key("organisations.id", ondelete="CASCADE")
    name: Mapped[str] = mapped_column(sa.String(200))
    name_key: Mapped[str] = mapped_column(sa.String(200), index=True)
    kind: Mapped[NameKind] = mapped_column(choice(NameKind), default=NameKind.ALIAS)

    organisation: Mapped[Organisation] = relationship(back_populates="names")

    __table_args__ = (sa.UniqueConstraint("organisation_id", "name_key"),)


class Alliance(Numbered, Base):
    """A standing union of independent organisations, such as an industry standards alliance."""

    __tablename__ = "alliances"

    name: Mapped[str] = mapped_column(sa.String(200), unique=True)


class AllianceMember(Numbered, Base):
    """An organisation's membership of an alliance; missing dates mean unknown."""

    __tablename__ = "alliance_members"

    alliance_id: Mapped[int] = foreign_key("alliances.id", ondelete="CASCADE")
    organisation_id: Mapped[int] = foreign_key("organisations.id", ondelete="CASCADE")
    since: Mapped[date | None]
    until: Mapped[date | None]

    alliance: Mapped[Alliance] = relationship()

    __table_args__ = (
        sa.UniqueConstraint("alliance_id", "organisation_id"),
        sa.CheckConstraint("until IS NULL OR since IS NULL OR since <= until", name="ordered"),
    )


class MergedOrganisationRow(Numbered, Base):
    """Journal of a merge: a row that moved to the other organisation, so that it can return."""

    __tablename__ = "merged_organisation_rows"

    organisation_id: Mapped[int] = foreign_key("organisations.id", ondelete="CASCADE")
    """The duplicate."""
    table_name: Mapped[str] = mapped_column(sa.String(60))
    row_id: Mapped[int] = mapped_column(Key)
    column_name: Mapped[str | None] = mapped_column(sa.String(60))
    """The column that moved; None for a row that the merge added."""
