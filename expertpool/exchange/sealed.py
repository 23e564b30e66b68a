"""What imports keep encrypted: staged rows, and rows that wait for people."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from expertpool.exchange.models import ImportRow, WaitingRow
from expertpool.settings.crypto import keyring
from expertpool.settings.resealing import Place, plainly


def _waiting(sealed: str, row: sa.RowMapping) -> dict[str, Any]:
    content = keyring().unseal(sealed)
    index = keyring().blind_index(f"{row['kind'].value} {content}")
    return {"sealed": keyring().reseal(sealed), "fingerprint": index}


PLACES = (
    plainly(ImportRow, "sealed"),
    Place(WaitingRow, "sealed", _waiting, reads=("kind", "fingerprint")),
)
