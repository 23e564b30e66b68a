"""All pages of panels."""

from expertpool.web.panels import decisions, listing, proposals, wizard
from expertpool.web.panels.blueprint import blueprint

__all__ = ["blueprint", "decisions", "listing", "proposals", "wizard"]
