"""What commands share: settings, the application and a session, each made when first asked for."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Iterator
from typing import TYPE_CHECKING

import config
from expertpool.errors import N_, ExpertPoolError

if TYPE_CHECKING:
    from flask import Flask
    from sqlalchemy.orm import Session

    from expertpool.events import Actor


class NotMigrated(ExpertPoolError):
    """The database is not of this version."""


class Context:
    """`ctx.obj` of every command. Pass `settings` to use others than the environment's."""

    def __init__(self, settings: config.Settings | None = None) -> None:
        self.given = settings

    @functools.cached_property
    def settings(self) -> config.Settings:
        """The settings; raises `config.WrongSettings`."""
        return self.given or config.load()

    @property
    def actor(self) -> Actor:
        """Who the audit trail names for a command."""
        from expertpool.events import Actor

        return Actor(user_id=None, label="expertpool", via="cli")

    def app(self) -> Flask:
        """Return the application; nothing is pushed."""
        return self._app

    @functools.cached_property
    def _app(self) -> Flask:
        from expertpool.application import create_app

        return create_app(self.settings)

    def require_migrated(self) -> config.Settings:
        """Return the settings; raises `NotMigrated` when the database is not of this version."""
        import sqlalchemy as sa

        from expertpool.settings import migrations

        engine = sa.create_engine(self.settings.database_url, poolclass=sa.NullPool)
        if not migrations.is_current(engine):
            raise NotMigrated(N_("The database is not of this version. Run first: expertpool migrate"))
        return self.settings

    @contextlib.contextmanager
    def session(self) -> Iterator[Session]:
        """Give the session of an application context; commit at the end, roll back on an error.

        Raises `NotMigrated` when the database is not of this version.
        """
        from expertpool.extensions import db

        self.require_migrated()
        with self.app().app_context():
            try:
                yield db.session
                db.session.commit()
            except BaseException:
                db.session.rollback()
                raise
