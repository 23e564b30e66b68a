"""Users, their passkeys, their sign-ins and the links mailed to them."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from flask_security import UserMixin, WebAuthnMixin
from sqlalchemy.ext.mutable import MutableList
from sqlalchemy.orm import Mapped, mapped_column, relationship

from expertpool.database import Base, Json, Numbered, choice, foreign_key


class User(Numbered, Base, UserMixin):
    """Somebody who can sign in. The columns after `active` carry the names that Flask-Security asks for."""

    __tablename__ = "users"

    email: Mapped[str] = mapped_column(sa.String(254), unique=True)
    """Lower case: see `service.normal_email`."""
    name: Mapped[str] = mapped_column(sa.String(120))
    locale: Mapped[str | None] = mapped_column(sa.String(20))
    timezone: Mapped[str | None] = mapped_column(sa.String(60))
    created_at: Mapped[datetime]
    active: Mapped[bool] = mapped_column(default=True)
    password: Mapped[str | None] = mapped_column(sa.String(255))
    """Argon2 hash; None until the user has set one."""
    fs_uniquifier: Mapped[str] = mapped_column(sa.String(64), unique=True)
    """What a session names; a new value ends every session of the user."""
    confirmed_at: Mapped[datetime | None]
    """When the user proved to read mail at `email`."""
    tf_primary_method: Mapped[str | None] = mapped_column(sa.String(20))
    tf_totp_secret: Mapped[str | None] = mapped_column(sa.String(500))
    """Encrypted with the data keys."""
    totp_counter: Mapped[int | None] = mapped_column(sa.BigInteger)
    """Time step of the last accepted code, so that no code works twice."""
    mf_recovery_codes: Mapped[list[Any] | None] = mapped_column(MutableList.as_mutable(Json.copy()))
    fs_webauthn_user_handle: Mapped[str | None] = mapped_column(sa.String(64), unique=True)  # type: ignore[assignment]

    webauthn: Mapped[list[Passkey]] = relationship(  # type: ignore[assignment]
        back_populates="user", cascade="all, delete-orphan", order_by="Passkey.id"
    )

    roles = ()  # type: ignore[assignment]
    """Asked for by the library; roles are granted in `access`."""

    __table_args__ = (
        sa.CheckConstraint("email = lower(email)", name="email_lower"),
        sa.Index("ix_users_name", "name", "id"),
    )


class Passkey(Numbered, Base, WebAuthnMixin):
    """A passkey of a user."""

    __tablename__ = "passkeys"

    user_id: Mapped[int] = foreign_key("users.id", ondelete="CASCADE")
    name: Mapped[str] = mapped_column(sa.String(64))
    credential_id: Mapped[bytes] = mapped_column(sa.LargeBinary(1024), unique=True)
    public_key: Mapped[bytes] = mapped_column(sa.LargeBinary)
    sign_count: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    transports: Mapped[list[Any] | None] = mapped_column(Json)
    backup_state: Mapped[bool]
    device_type: Mapped[str] = mapped_column(sa.String(64))
    extensions: Mapped[str | None] = mapped_column(sa.String(255))
    lastuse_datetime: Mapped[datetime]
    usage: Mapped[str] = mapped_column(sa.String(20))
    created_at: Mapped[datetime] = mapped_column(server_default=sa.func.now())

    user: Mapped[User] = relationship(back_populates="webauthn")

    __table_args__ = (sa.UniqueConstraint("user_id", "name"),)


class SignIn(Numbered, Base):
    """One browser session of a user."""

    __tablename__ = "sign_ins"

    user_id: Mapped[int] = foreign_key("users.id", ondelete="CASCADE")
    key_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    """SHA-256 of the key kept in the session cookie."""
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    address: Mapped[str | None] = mapped_column(sa.String(64))
    device: Mapped[str] = mapped_column(sa.String(200))


class Purpose(StrEnum):
    """What a mailed link is for."""

    INVITE = "invite"
    CONFIRM = "confirm"
    RESET = "reset"
    SIGN_IN = "sign-in"


class Link(Numbered, Base):
    """A link mailed to a user. Its token stands in the mail alone; here is only its hash."""

    __tablename__ = "account_links"

    user_id: Mapped[int] = foreign_key("users.id", ondelete="CASCADE")
    purpose: Mapped[Purpose] = mapped_column(choice(Purpose))
    email: Mapped[str] = mapped_column(sa.String(254))
    """Where it was sent; a confirmation makes it the user's address."""
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]

    user: Mapped[User] = relationship()
