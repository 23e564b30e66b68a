"""Users, with the columns that Flask-Security keeps.

The library stores naive UTC in its date columns, so these are plain DateTime, not `UTCDateTime`.
"""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from flask_security.models.sqla import FsModels, FsRoleMixin, FsUserMixin, FsWebAuthnMixin
from sqlalchemy.orm import Mapped, mapped_column

from expertpool.database import Base, Key

FsModels.set_db_info(
    base_model=Base, user_table_name="users", role_table_name="security_roles", webauthn_table_name="passkeys"
)


class Role(Base, FsRoleMixin):
    """Required by the library and left empty: roles are granted in `access`."""

    __tablename__ = "security_roles"

    update_datetime: Mapped[datetime] = mapped_column(sa.DateTime, server_default=sa.func.now())


class User(Base, FsUserMixin):
    """Somebody who can sign in."""

    __tablename__ = "users"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(120), default="")
    locale: Mapped[str | None] = mapped_column(sa.String(20))
    timezone: Mapped[str | None] = mapped_column(sa.String(60))
    confirmed_at: Mapped[datetime | None] = mapped_column(sa.DateTime)
    last_login_at: Mapped[datetime | None] = mapped_column(sa.DateTime)
    current_login_at: Mapped[datetime | None] = mapped_column(sa.DateTime)
    create_datetime: Mapped[datetime] = mapped_column(sa.DateTime, server_default=sa.func.now())
    update_datetime: Mapped[datetime] = mapped_column(
        sa.DateTime, server_default=sa.func.now(), onupdate=sa.func.now()
    )


class WebAuthn(Base, FsWebAuthnMixin):
    """A passkey of a user (the library looks the class up by this name)."""

    __tablename__ = "passkeys"

    create_datetime: Mapped[datetime] = mapped_column(sa.DateTime, server_default=sa.func.now())
    lastuse_datetime: Mapped[datetime] = mapped_column(sa.DateTime)
