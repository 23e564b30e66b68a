"""Forms of imports."""

from __future__ import annotations

from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import RadioField
from wtforms.validators import InputRequired

from expertpool.exchange.limits import Limits
from expertpool.web.kit.forms import Form


class UploadForm(Form):
    """A file to be read."""

    file = FileField(_l("File"), [FileRequired(_l("Choose a file."))])

    def limits(self) -> str:
        """Return how large a file may be."""
        limits = Limits()
        text: str = gettext(
            "Spreadsheet (.xlsx) or CSV, at most %(megabytes)s MB. 20,000 rows take about half a minute.",
            megabytes=limits.size // 1_000_000,
        )
        return text


class ApplyForm(Form):
    """What becomes of the rows that can't come in."""

    bad = RadioField(_l("Rows that can't come in"), [InputRequired(_l("Choose what becomes of them."))])

    def offer(self, refused: int, good: int) -> None:
        """Say how many rows each choice means; without refused rows nothing is asked."""
        if not refused:
            del self.bad
            return
        self.bad.choices = [
            (
                "skip",
                ngettext(
                    "Leave out %(num)s row and bring in %(good)s",
                    "Leave out %(num)s rows and bring in %(good)s",
                    refused,
                    good=good,
                ),
            ),
            ("stop", gettext("All or nothing: bring in no row until all are right")),
        ]
