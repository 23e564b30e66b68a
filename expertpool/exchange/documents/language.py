"""Words, days and times of documents in the language they are printed in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from babel import dates

from expertpool import translations
from expertpool.errors import N_, Sentence

DAYS = {"zh_Hans": "y 年 M 月 d 日", "en": "d MMMM y"}
MOMENTS = {"zh_Hans": "y 年 M 月 d 日 EEEE HH:mm", "en": "EEEE d MMMM y, HH:mm"}


@dataclass(frozen=True)
class Language:
    """One language of documents, and the office's time zone."""

    locale: str
    zone: ZoneInfo

    def __call__(self, message: str | Sentence, **params: object) -> str:
        """Return an English message, or a sentence, in this language."""
        sentence = message if isinstance(message, Sentence) else Sentence(message, params)
        return sentence.translated(translations.gettext_of(self.locale))

    def words(self, **messages: str) -> dict[str, str]:
        """Return messages by the names that a template knows them by."""
        return {name: self(message) for name, message in messages.items()}

    def listed(self, texts: Iterable[str]) -> str:
        """Return texts as a list within a sentence."""
        return self(N_(", ")).join(texts)

    def day(self, value: date | datetime) -> str:
        """Return a day in full; of a moment, the day in the office's zone."""
        local = value.astimezone(self.zone).date() if isinstance(value, datetime) else value
        return dates.format_date(local, DAYS[self.locale], locale=self.locale)

    def span(self, starts: datetime, ends: datetime) -> str:
        """Return a time from when to when; the second day only when it is another."""
        first, last = starts.astimezone(self.zone), ends.astimezone(self.zone)
        if first.date() != last.date():
            return f"{self._moment(first)} – {self._moment(last)}"
        return f"{self._moment(first)}–{last:%H:%M}"

    def _moment(self, value: datetime) -> str:
        return dates.format_datetime(value, MOMENTS[self.locale], tzinfo=self.zone, locale=self.locale)
