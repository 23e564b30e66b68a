"""Moments as people of each language write them, in the reader's time zone.

| filter | Chinese | English |
|---|---|---|
| `moment` | 12 月 3 日 周四 09:00 | Thu 3 Dec 09:00 |
| `stamp` (tables) | 12-03 周四 09:00 | Thu 3 Dec 09:00 |
| `day` | 12 月 3 日 | 3 Dec |
| `span` | 12 月 3 日 周四 09:00–12:00 | Thu 3 Dec 09:00–12:00 |

A year that is not this one is named.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from babel.dates import get_timezone_name
from flask_babel import format_date, format_datetime, get_locale, get_timezone
from markupsafe import Markup, escape

from expertpool import clock
from expertpool.web.kit.locale import language

PATTERNS = {
    ("zh_Hans", "moment"): "M 月 d 日 EEE HH:mm",
    ("zh_Hans", "moment", "year"): "y 年 M 月 d 日 EEE HH:mm",
    ("zh_Hans", "stamp"): "MM-dd EEE HH:mm",
    ("zh_Hans", "stamp", "year"): "y-MM-dd EEE HH:mm",
    ("zh_Hans", "day"): "M 月 d 日",
    ("zh_Hans", "day", "year"): "y 年 M 月 d 日",
    ("zh_Hans", "weekday"): "M 月 d 日 EEE",
    ("zh_Hans", "weekday", "year"): "y 年 M 月 d 日 EEE",
    ("en", "moment"): "EEE d MMM HH:mm",
    ("en", "moment", "year"): "EEE d MMM y HH:mm",
    ("en", "stamp"): "EEE d MMM HH:mm",
    ("en", "stamp", "year"): "d MMM y HH:mm",
    ("en", "day"): "d MMM",
    ("en", "day", "year"): "d MMM y",
    ("en", "weekday"): "EEE d MMM",
    ("en", "weekday", "year"): "EEE d MMM y",
}


def moment(value: datetime | None) -> str:
    """Return a moment for sentences; an absent one is an empty text."""
    return _text(value, "moment")


def stamp(value: datetime | None) -> str:
    """Return a moment for tables."""
    return _text(value, "stamp")


def day(value: date | datetime | None) -> str:
    """Return the day of a date, or of a moment in the reader's zone."""
    return _text(value, "day")


def weekday(value: date | datetime | None) -> str:
    """Return the day with its day of the week."""
    return _text(value, "weekday")


def span(start: datetime, end: datetime) -> str:
    """Return two moments; the day of the second is named only when it is another."""
    here = ZoneInfo(zone_name())
    if start.astimezone(here).date() != end.astimezone(here).date():
        return f"{moment(start)} – {moment(end)}"
    return f"{moment(start)}–{format_datetime(end, 'HH:mm')}"


def timed(value: date | datetime | None, style: str = "moment") -> Markup:
    """Return `value` inside a `<time>` element, written by the filter named `style`."""
    if value is None:
        return Markup("")
    iso = (
        value.astimezone(UTC).isoformat(timespec="seconds")
        if isinstance(value, datetime)
        else value.isoformat()
    )
    return Markup('<time datetime="{}">{}</time>').format(escape(iso), _text(value, style))


def zone_name() -> str:
    """Return the name of the reader's time zone, such as `Asia/Shanghai`."""
    return str(get_timezone())


def zone_label() -> str:
    """Return what people call the reader's time zone: `China Standard Time`."""
    return str(get_timezone_name(get_timezone(), locale=get_locale(), zone_variant="standard"))


def offset_label() -> str:
    """Return the reader's present offset from UTC, such as `UTC+8` or `UTC+5:30`."""
    offset = clock.now().astimezone(ZoneInfo(zone_name())).utcoffset()
    minutes = int(offset.total_seconds()) // 60 if offset else 0
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'-' if minutes < 0 else '+'}{hours}{f':{rest:02}' if rest else ''}"


FILTERS = {"moment": moment, "stamp": stamp, "day": day, "weekday": weekday, "timed": timed}


def _text(value: date | datetime | None, style: str) -> str:
    if value is None:
        return ""
    here = ZoneInfo(zone_name())
    local = value.astimezone(here) if isinstance(value, datetime) else value
    named = () if local.year == clock.now().astimezone(here).year else ("year",)
    pattern = PATTERNS[language(), style, *named]
    if isinstance(value, datetime):
        return str(format_datetime(value, pattern))
    return str(format_date(value, pattern))
