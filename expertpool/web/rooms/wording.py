"""Words for rooms: their fields and what happened to them."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

FIELDS = {
    "owner_id": _l("Office"),
    "name": _l("Room"),
    "address": _l("Where it is"),
    "capacity": _l("Chairs"),
    "equipment": _l("Equipment"),
}

SENTENCES = {
    "room.room-created": _l("Room %(called)s was entered"),
    "room.room-changed": _l("Room %(called)s was changed"),
    "room.room-retired": _l("Room %(called)s was retired"),
}
