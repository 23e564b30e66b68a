"""Links to pages that a part of the application may not have."""

from __future__ import annotations

from typing import Any

from flask import current_app, url_for


def url_if(endpoint: str, **values: Any) -> str | None:
    """Return the address of `endpoint`, or None when the application has no such page."""
    return url_for(endpoint, **values) if endpoint in current_app.view_functions else None
