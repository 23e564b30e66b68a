"""Verbs of skills that other rooms call: find them by text, and make tags of what is not known yet."""

from __future__ import annotations

from expertpool.skills.resolving import resolve
from expertpool.skills.tagging import own_tree, tag

__all__ = ["own_tree", "resolve", "tag"]
