"""The blueprint of the settings; they are those of the whole office."""

from __future__ import annotations

from flask import Blueprint

from expertpool.web.kit import guards

blueprint = Blueprint("settings", __name__, url_prefix="/settings")
EDIT = "settings.edit"


@blueprint.before_request
def _whole_office() -> None:
    """Keep out those who administer a part of the office only; the guards of the views come first."""
    if guards.may(EDIT):
        guards.require_scope(EDIT, None)
