"""Secrets of draws as they are kept: salt and secret, encrypted; the record of a draw tells them."""

from __future__ import annotations

from expertpool.draws.record import Report
from expertpool.panels.draw_models import Draw, Secret
from expertpool.settings.crypto import keyring
from expertpool.settings.resealing import plainly

PLACES = (plainly(Draw, "secret_sealed"), plainly(Secret, "secret_sealed"))
"""What is encrypted anew when data keys rotate."""


def keep(salt: str, secret: str) -> str:
    """Return what is stored of a secret."""
    return keyring().seal(f"{salt} {secret}")


def told(sealed: str) -> Report:
    """Return what a stored secret reports as a source."""
    salt, secret = keyring().unseal(sealed).split()
    return Report(secret, salt)
