"""Languages and time zones: which one a reader gets, and how it is remembered."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from flask import current_app, request
from flask_babel import get_locale
from flask_login import current_user
from werkzeug.wrappers import Response

LANGUAGES = {"zh_Hans": "中文", "en": "English"}
"""Languages by the name they call themselves."""
COOKIE = "language"
THEMES = ("auto", "light", "dark")
THEME_COOKIE = "theme"
YEAR = 365 * 24 * 3600


def select_locale() -> str:
    """Return the reader's language: the user's choice, the cookie, what the browser asks for, the setting."""
    if not request:
        return default_locale()
    chosen = getattr(current_user, "locale", None) or request.cookies.get(COOKIE)
    if chosen in LANGUAGES:
        return str(chosen)
    asked = request.accept_languages.best_match(["zh-Hans", "zh-CN", "zh", "en"])
    if asked is None:
        return default_locale()
    return "en" if asked == "en" else "zh_Hans"


def select_timezone() -> str:
    """Return the reader's time zone: the user's choice, else the setting."""
    chosen = getattr(current_user, "timezone", None) if request else None
    default: str = current_app.config["BABEL_DEFAULT_TIMEZONE"]
    return chosen or default


def default_locale() -> str:
    """Return the language of the setting."""
    chosen: str = current_app.config["BABEL_DEFAULT_LOCALE"]
    return chosen


def language() -> str:
    """Return the language of this page: a key of `LANGUAGES`."""
    return str(get_locale() or default_locale())


def html_lang(locale: str) -> str:
    """Return the language tag of a locale: `zh_Hans` is `zh-Hans`."""
    return locale.replace("_", "-")


def theme() -> str:
    """Return the reader's colours: `auto` follows the system."""
    chosen = request.cookies.get(THEME_COOKIE, "auto")
    return chosen if chosen in THEMES else "auto"


def remember(response: Response, name: str, value: str) -> None:
    """Keep a harmless choice of the reader for a year."""
    secure = current_app.config["SESSION_COOKIE_SECURE"]
    response.set_cookie(name, value, max_age=YEAR, httponly=True, samesite="Lax", secure=secure)


def timezone_choices() -> list[tuple[str, str]]:
    """Return the zones a user may choose: (name, name as shown)."""
    regions = ("Asia/", "Europe/", "America/", "Australia/", "Africa/", "Pacific/")
    return [
        (zone, zone.replace("_", " ")) for zone in sorted(available_timezones()) if zone.startswith(regions)
    ]


def is_timezone(name: str) -> bool:
    """Return whether there is such a time zone."""
    try:
        ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        return False
    return True


def globals_for_templates() -> dict[str, Any]:
    """Return what layouts need to know about languages and colours."""
    return {"languages": LANGUAGES, "language": language, "html_lang": html_lang, "theme": theme}
