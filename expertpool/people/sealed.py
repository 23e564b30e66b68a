"""What is kept of people encrypted: phone numbers, also in the journal of merges."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from expertpool.people.merging import SEALED
from expertpool.people.models import MergedRow, Person
from expertpool.people.phones import blind_index
from expertpool.settings.crypto import keyring
from expertpool.settings.resealing import Place


def _person(sealed: str, _row: sa.RowMapping) -> dict[str, Any]:
    number = keyring().unseal(sealed)
    return {"phone_sealed": keyring().reseal(sealed), "phone_index": blind_index(number)}


def _journal(values: dict[str, Any], _row: sa.RowMapping) -> dict[str, Any]:
    return {"old_value": {name: value and keyring().reseal(value) for name, value in values.items()}}


PLACES = (
    Place(Person, "phone_sealed", _person, reads=("phone_index",)),
    Place(MergedRow, "old_value", _journal, where=MergedRow.column_name == SEALED),
)
