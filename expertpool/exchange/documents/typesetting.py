"""Set a document of `templates/documents` as PDF."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import typst

from expertpool.exchange.documents import fonts

TEMPLATES = Path(__file__).parents[3] / "templates" / "documents"


def pdf(template: str, data: dict[str, Any], *, locale: str) -> bytes:
    """Return `templates/documents/<template>.typ` set with `data` (JSON) in the language `locale`.

    Raises `Invalid` when the server has no Chinese font.
    """
    known, family = fonts.chosen()
    inputs = {"data": json.dumps(data, ensure_ascii=False), "font": family, "lang": locale[:2]}
    made: bytes = typst.compile(
        str(TEMPLATES / f"{template}.typ"), root=str(TEMPLATES), font_paths=known, sys_inputs=inputs
    )
    return made
