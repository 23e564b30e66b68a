"""What messages keep encrypted."""

from __future__ import annotations

from expertpool.outbox.models import Message
from expertpool.settings.resealing import plainly

PLACES = (plainly(Message, "sealed_snapshot"),)
