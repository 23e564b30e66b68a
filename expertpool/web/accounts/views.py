"""Pages of one's own account."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from expertpool.web.kit import guards

blueprint = Blueprint("accounts", __name__)


@blueprint.get("/account")
@guards.signed_in
def account() -> ResponseReturnValue:
    """The signed-in user's own account."""
    return render_template("accounts/account.html", user=guards.user())
