"""Selection by hash as in RFC 3797, section 4, with MD5 (as the RFC) or SHA-256 in its place."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from expertpool.errors import N_, Invalid

LIMIT = 65_536
"""How many values one key gives: the counter has two bytes."""


class Hash(StrEnum):
    """The hash that derives values from the key."""

    MD5 = "md5"
    SHA256 = "sha256"


@dataclass(frozen=True, slots=True)
class Value:
    """The derived value number `index`, from 0; `digest` is in upper-case hexadecimal, as in the RFC."""

    index: int
    digest: str

    def remainder(self, divisor: int) -> int:
        """Return the digest, as one big-endian whole number, modulo `divisor`."""
        return int(self.digest, 16) % divisor


def value(key: str, index: int, hash: Hash = Hash.MD5) -> Value:
    """Return the derived value: hash of counter, key, counter; the counter in two bytes, big-endian."""
    counter = index.to_bytes(2, "big")
    digest = hashlib.new(hash.value, counter + key.encode("ascii") + counter, usedforsecurity=False)
    return Value(index, digest.hexdigest().upper())


def values(key: str, hash: Hash = Hash.MD5) -> Iterator[Value]:
    """Yield the derived values of `key`; raises Invalid after `LIMIT` of them."""
    for index in range(LIMIT):
        yield value(key, index, hash)
    raise Invalid(N_("One key can draw %(limit)s people at most."), limit=LIMIT)


def select(size: int, count: int, key: str, hash: Hash = Hash.MD5) -> tuple[int, ...]:
    """Return `count` numbers of a list of `size`, counted from 1, in the order selected.

    Each derived value, modulo how many remain, plus one is a place among those that remain.
    """
    if not 0 <= count <= size:
        raise Invalid(N_("%(count)s can't be picked out of %(size)s."), count=count, size=size)
    remaining = list(range(1, size + 1))
    stream = values(key, hash)
    return tuple(remaining.pop(next(stream).remainder(len(remaining))) for _ in range(count))
