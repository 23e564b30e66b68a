"""A date of which only the year or the month may be known, as in the files that come in."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import Field
from wtforms.widgets import TextInput

from expertpool.exchange.dates import first_day, last_day, read_date
from expertpool.exchange.faults import Unreadable

HOW = _l("Year, month or day: 2019, 2019-06 or 2019-06-01.")


class PartialDateField(Field):
    """A day, or the first day of the month or year that was given; with `ends` the last one."""

    widget = TextInput()

    def __init__(
        self, label: Any = None, validators: Any = None, *, ends: bool = False, **options: Any
    ) -> None:
        options.setdefault("description", HOW)
        super().__init__(label, validators, **options)
        self.ends = ends

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return self.data.isoformat() if isinstance(self.data, date) else ""

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = None
        if not valuelist or not valuelist[0].strip():
            return
        try:
            text = read_date(valuelist[0], [])
        except Unreadable as error:
            parts = (error.problem, error.remedy)
            raise ValueError(" ".join(each.translated(gettext) for each in parts if each)) from error
        if text:
            self.data = last_day(text) if self.ends else first_day(text)
