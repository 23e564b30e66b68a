"""Secrets of authenticator apps: encrypted by passlib, in its own form, with the same data keys."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from passlib.totp import TOTP, AppWallet  # type: ignore[import-untyped]

from expertpool.accounts.models import User
from expertpool.settings.resealing import Place


def tagged(keys: Sequence[str]) -> dict[str, str]:
    """Return the data keys by the tags under which passlib knows them, newest first."""
    return {hashlib.sha256(key.encode()).hexdigest()[:8]: key for key in keys}


def place(keys: Sequence[str]) -> Place:
    """Return where the secrets are, to be sealed with the first of `keys`."""
    tags = tagged(keys)
    newest = next(iter(tags))
    apps = TOTP.using(wallet=AppWallet(tags, default_tag=newest))

    def renewed(secret: str, _row: sa.RowMapping) -> dict[str, Any]:
        app = apps.from_source(secret)
        return {"tf_totp_secret": app.to_json(encrypt=True) if app.changed else secret}

    return Place(User, "tf_totp_secret", renewed)
