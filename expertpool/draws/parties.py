"""Secrets as sources, for rooms without a public one: each party seals a secret, later all are opened.

A seal is SHA-256 of salt and secret. Two parties alone can't draw fairly if one may stop half-way (Cleve,
STOC 1986): who opens last knows the result before opening. Here it never helps: the announcement must name a
public closing source, such as dice, that happens after the time to open. Who then withholds a secret is named
in the record, the seal itself stands in for the secret, and the closing numbers, which nobody knew when
deciding to withhold, decide as evenly as before.
"""

from __future__ import annotations

import hashlib
import re

from expertpool.errors import N_, Invalid

SALT = re.compile(r"[0-9a-f]{32}")
SECRET = re.compile(r"[0-9A-Z]{1,64}")
SEAL = re.compile(r"[0-9a-f]{64}")


def seal(salt: str, secret: str) -> str:
    """Return the seal to announce, in lower-case hexadecimal.

    `salt` is 16 random bytes in lower-case hexadecimal, `secret` up to 64 letters A to Z and digits.
    """
    if not SALT.fullmatch(salt):
        raise Invalid(N_("A salt is 32 hexadecimal digits."), field="salt")
    if not SECRET.fullmatch(secret):
        raise Invalid(N_("A secret is 1 to 64 letters A to Z and digits."), field="secret")
    return hashlib.sha256((salt + secret).encode("ascii")).hexdigest()


def opened(party: str, sealed: str, salt: str, secret: str) -> str:
    """Return what an opened secret reports as a source; raises Invalid unless it fits the seal."""
    if seal(salt, secret) != sealed:
        raise Invalid(N_("The secret of %(party)s does not fit its seal."), party=party)
    return secret + salt.upper()


def withheld(sealed: str) -> str:
    """Return what stands in, as a source, for a secret that was not opened in time."""
    return sealed.upper()
