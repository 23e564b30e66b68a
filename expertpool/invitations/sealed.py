"""What invitations keep encrypted."""

from __future__ import annotations

from expertpool.invitations.models import Suggestion
from expertpool.settings.resealing import plainly

PLACES = (plainly(Suggestion, "sealed"),)
