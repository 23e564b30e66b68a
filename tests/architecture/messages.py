"""Collects every message that a person may read, from Python and from templates."""

from __future__ import annotations

import re
from pathlib import Path

from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir

ROOT = Path(__file__).parents[2]
KEYWORDS = {**DEFAULT_KEYWORDS, "N_": None, "_l": None, "lazy_gettext": None, "lazy_ngettext": (1, 2)}
PYTHON = [("**.py", "python")]
TEMPLATES = [("**.html", "jinja2"), ("**.txt", "jinja2"), ("**.typ", "jinja2")]
PLACE = re.compile(r"%\((\w+)\)[sd]|%%")


def used() -> dict[object, str]:
    """Return every message id used in the product (a text, or singular and plural) and one place of it."""
    found: dict[object, str] = {}
    for folder, methods in ((ROOT / "expertpool", PYTHON), (ROOT / "templates", TEMPLATES)):
        for name, line, message, _comments, _context in extract_from_dir(
            folder, method_map=methods, keywords=KEYWORDS, options_map={"**": {"newstyle_gettext": "true"}}
        ):
            found.setdefault(message, f"{folder.name}/{name}:{line}")
    return found


def places(text: str) -> set[str]:
    """Return the names of the places of a message that values fill."""
    return {match.group(1) for match in PLACE.finditer(text) if match.group(1)}
