"""All pages of panels."""

from expertpool.web.panels import (
    alerts,
    concluding,
    decisions,
    listing,
    meeting,
    moving,
    papers,
    proposals,
    sealing,
    summary,
    undelivered,
    wizard,
)
from expertpool.web.panels.blueprint import blueprint

__all__ = [
    "alerts",
    "blueprint",
    "concluding",
    "decisions",
    "listing",
    "meeting",
    "moving",
    "papers",
    "proposals",
    "sealing",
    "summary",
    "undelivered",
    "wizard",
]
