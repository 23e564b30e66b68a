"""All pages of panels."""

from expertpool.web.panels import alerts, decisions, listing, proposals, wizard
from expertpool.web.panels.blueprint import blueprint

__all__ = ["alerts", "blueprint", "decisions", "listing", "proposals", "wizard"]
