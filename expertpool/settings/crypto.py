"""Data keys: encrypt personal fields, find them by blind index, recognise the keys of a backup.

The first key encrypts, every key decrypts. To rotate, put a new key in front and keep the old ones
behind it, restart, run `expertpool keys rotate`, and take the old ones away. Data keys are apart from the
key that signs sessions.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from expertpool.errors import N_, Misconfigured


class Keyring:
    """The data keys of one service, newest first (Fernet keys: 32 bytes in URL-safe base64)."""

    def __init__(self, keys: Sequence[str]) -> None:
        self._newest = Fernet(keys[0])
        self._fernet = MultiFernet([Fernet(key) for key in keys])
        self._index_keys = [_derived(key, b"blind index") for key in keys]
        self._signing_keys = [_derived(key, b"signature") for key in keys]
        self.fingerprints = tuple(_derived(key, b"fingerprint").hex()[:16] for key in keys)
        """Recognise each key without telling it: 16 hexadecimal digits each."""

    def seal(self, text: str) -> str:
        """Return `text` encrypted and authenticated with the newest key."""
        return self._fernet.encrypt(text.encode()).decode()

    def unseal(self, sealed: str) -> str:
        """Return the text of `sealed`; raises `Misconfigured` when no key opens it."""
        try:
            return self._fernet.decrypt(sealed.encode()).decode()
        except InvalidToken:
            raise Misconfigured(
                N_("A personal value needs a key that EXPERTPOOL_DATA_KEYS lacks. Add the old key.")
            ) from None

    def reseal(self, sealed: str) -> str:
        """Return `sealed` encrypted with the newest key; the same text when it is already."""
        return sealed if self._is_newest(sealed) else self.seal(self.unseal(sealed))

    def _is_newest(self, sealed: str) -> bool:
        try:
            self._newest.decrypt(sealed.encode())
        except InvalidToken:
            return False
        return True

    def blind_index(self, value: str) -> str:
        """Return the HMAC-SHA256 under which `value` (normalised by the caller) is stored: 64 hex digits."""
        return self.blind_indexes(value)[0]

    def blind_indexes(self, value: str) -> tuple[str, ...]:
        """Return the index of `value` under every key, newest first: search for any of them."""
        return tuple(hmac.new(key, value.encode(), hashlib.sha256).hexdigest() for key in self._index_keys)

    def sign(self, data: bytes) -> str:
        """Return a signature of `data` by the newest key: its fingerprint and an HMAC-SHA256."""
        return f"{self.fingerprints[0]}:{hmac.new(self._signing_keys[0], data, hashlib.sha256).hexdigest()}"

    def signed(self, data: bytes, signature: str) -> bool:
        """Tell whether one of the keys made `signature` for exactly this `data`."""
        fingerprint, _, given = signature.partition(":")
        if fingerprint not in self.fingerprints:
            return False
        key = self._signing_keys[self.fingerprints.index(fingerprint)]
        return hmac.compare_digest(hmac.new(key, data, hashlib.sha256).hexdigest(), given)


_current: Keyring | None = None


def use(keys: Sequence[str]) -> None:
    """Make `keys` the data keys of this process."""
    global _current
    _current = Keyring(keys)


def keyring() -> Keyring:
    """Return the data keys of this process; raises `Misconfigured` before `use`."""
    if _current is None:
        raise Misconfigured(N_("No data keys are set. Set EXPERTPOOL_DATA_KEYS."))
    return _current


def _derived(key: str, purpose: bytes) -> bytes:
    return hmac.new(base64.urlsafe_b64decode(key), b"expertpool " + purpose, hashlib.sha256).digest()
