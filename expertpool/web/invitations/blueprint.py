"""The blueprint of all pages of invitations."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("invitations", __name__)

PAIR = ("GET", "POST")
