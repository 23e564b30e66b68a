"""The Chinese font that PDF documents are set in: the configured one, else a free one of the system."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import typst

from expertpool.errors import N_, Invalid

FAMILIES = (
    "Noto Serif CJK SC",
    "Source Han Serif SC",
    "Noto Serif SC",
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "Noto Sans SC",
    "WenQuanYi Zen Hei",
    "WenQuanYi Micro Hei",
)
"""Free families that hold simplified Chinese, the best suited for documents first."""

_path: Path | None = None


def use(path: Path | None) -> None:
    """Look for fonts in this file or folder before those of the system."""
    global _path
    _path = path


def chosen() -> tuple[typst.Fonts, str]:
    """Return fonts for the typesetter, and the family to set text in.

    Raises `Invalid` that says how to install a font when there is none for Chinese.
    """
    fonts, family = _found(_path)
    if family is None:
        raise Invalid(
            N_(
                "There is no Chinese font for PDF documents on the server. Install one, for instance with "
                "“apt-get install fonts-noto-cjk”, or name its file by EXPERTPOOL_FONT_PATH."
            )
        )
    return fonts, family


@lru_cache(maxsize=4)
def _found(path: Path | None) -> tuple[typst.Fonts, str | None]:
    if path is not None:
        folder = path.parent if path.is_file() else path
        fonts = typst.Fonts(include_system_fonts=False, font_paths=[str(folder)])
        own = [
            each.family for each in fonts.fonts() if each.path and (path.is_dir() or Path(each.path) == path)
        ]
        family = next((name for name in FAMILIES if name in own), own[0] if own else None)
        return fonts, family
    fonts = typst.Fonts()
    known = set(fonts.families())
    return fonts, next((name for name in FAMILIES if name in known), None)
