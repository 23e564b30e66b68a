"""Forms of draws. Rows of strata and sources that are left empty don't count."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import DateTimeLocalField, IntegerField, SelectField, StringField
from wtforms.validators import DataRequired, Length, NumberRange, Optional

from expertpool import clock
from expertpool.draws import entropy
from expertpool.draws.announcing import Source
from expertpool.draws.record import Report
from expertpool.errors import N_, Invalid
from expertpool.panels.draw_plan import Occasion, Seats, Wish
from expertpool.panels.models import Panel
from expertpool.web.kit.dates import zone_name
from expertpool.web.kit.forms import Form
from expertpool.web.panels.wording import skill_name

STRATA, SOURCES = range(4), range(4)
MOST = 200
LETTERS, SIZE = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ", 20
"""Of secrets that are proposed: without figures and letters that look alike, 100 bits."""


class VoidForm(Form):
    """Why a draw is void."""

    reason = StringField(_l("Reason"), [DataRequired(_l("Give a reason.")), Length(min=3, max=300)])


class VerifyForm(Form):
    """Somebody's record."""

    record = FileField(_l("Record of a draw (JSON)"), [FileRequired(_l("Choose a file."))])
    commitment = StringField(
        _l("Published SHA-256"),
        [Optional(), Length(max=100)],
        description=_l("If you know the hash that was published before the draw"),
    )


class _SetUp(Form):
    reason = StringField(
        _l("Why there is a further draw"), [Optional(), Length(max=300)], description=_l("Stays visible")
    )
    at_most = IntegerField(
        _l("At most so many of one employer, alternates included"), [Optional(), NumberRange(1, MOST)]
    )
    open_by = DateTimeLocalField(
        _l("Secrets are opened by"),
        [Optional()],
        description=_l(
            "Empty: the draw has no secrets. Give both sides a quarter of an hour to seal them first"
        ),
    )


def set_up_form(panel: Panel) -> Form:
    """Return the form of a draw with its rows: `label-0`, `skill-0`, ..., `source-0`, `at-0` and so on."""
    skills = [(0, _l("any")), *((each.skill_id, skill_name(each.skill)) for each in panel.skills)]
    fields: dict[str, object] = {}
    for row in STRATA:
        fields |= {
            f"label-{row}": StringField(_l("Name of the stratum"), [Optional(), Length(max=60)]),
            f"skill-{row}": SelectField(_l("Skill"), choices=skills, coerce=int, default=0),
            f"region-{row}": StringField(_l("Region"), [Optional(), Length(max=60)]),
            f"seats-{row}": IntegerField(_l("Seats"), [Optional(), NumberRange(0, MOST)]),
            f"alternates-{row}": IntegerField(_l("Alternates"), [Optional(), NumberRange(0, MOST)]),
        }
    for row in SOURCES:
        fields |= {
            f"source-{row}": StringField(_l("Source"), [Optional(), Length(max=120)]),
            f"at-{row}": DateTimeLocalField(_l("Reports at"), [Optional()]),
            f"range-{row}": StringField(_l("Range"), [Optional(), Length(max=60)]),
        }
    made: Form = type("SetUpForm", (_SetUp,), fields)()
    return made


def fill(form: Form, panel: Panel) -> None:
    """Offer a stratum for each skill that the panel asks for, and one for the other seats."""
    left, rows = panel.seat_count, list(panel.skills)[: len(STRATA) - 1]
    for row, each in enumerate(rows):
        seats = min(each.seats, left)
        left -= seats
        name = skill_name(each.skill)[:60]
        _put(form, row, label=name, skill=each.skill_id, seats=seats, alternates=0)
    if left:
        _put(form, len(rows), label=str(_l("Everybody")), seats=left, alternates=panel.alternate_count)
    form["at_most"].data = 1


def _put(form: Form, row: int, **values: object) -> None:
    for name, value in values.items():
        form[f"{name}-{row}"].data = value


def wish_of(form: Form) -> Wish:
    """Return what was typed; raises Invalid at the field of a row that lacks something."""
    strata = tuple(_seats(form, row) for row in STRATA if form[f"label-{row}"].data)
    occasions = tuple(_occasion(form, row) for row in SOURCES if form[f"source-{row}"].data)
    return Wish(strata, occasions, form["at_most"].data, _moment(form["open_by"].data))


def _seats(form: Form, row: int) -> Seats:
    return Seats(
        label=form[f"label-{row}"].data.strip(),
        seats=form[f"seats-{row}"].data or 0,
        alternates=form[f"alternates-{row}"].data or 0,
        skill_id=form[f"skill-{row}"].data or None,
        region=(form[f"region-{row}"].data or "").strip(),
    )


def _occasion(form: Form, row: int) -> Occasion:
    at = _moment(form[f"at-{row}"].data)
    if at is None:
        raise Invalid(N_("Give a date and a time."), field=f"at-{row}")
    if at <= clock.now():
        raise Invalid(N_("Give a moment to come."), field=f"at-{row}")
    return Occasion(form[f"source-{row}"].data.strip(), at, _range(form, row))


def _range(form: Form, row: int) -> str:
    typed = (form[f"range-{row}"].data or "").strip()
    try:
        if typed:
            entropy.parse_range(typed)
    except Invalid as error:
        error.field = f"range-{row}"
        raise
    return typed


def _moment(typed: datetime | None) -> datetime | None:
    return typed.replace(tzinfo=ZoneInfo(zone_name())) if typed else None


def reports_form(sources: Sequence[Source]) -> Form:
    """Return a form with a field `value-0` for each public source."""
    needed = [DataRequired(_l("Enter what the source reported.")), Length(max=200)]
    fields = {f"value-{row}": StringField(each.description, needed) for row, each in enumerate(sources)}
    made: Form = type("ReportsForm", (Form,), fields)()
    return made


def reports_of(form: Form, sources: Sequence[Source]) -> list[Report]:
    """Return what was typed; commas stand for spaces."""
    return [
        Report(" ".join(re.sub("[,，、]", " ", form[f"value-{row}"].data).split()))
        for row in range(len(sources))
    ]


class SecretForm(Form):
    """A secret with its salt: to seal, or to open again. Blanks, dashes and small letters don't matter."""

    secret = StringField(
        _l("Secret"),
        [DataRequired(_l("Enter the secret and its salt.")), Length(max=200)],
        filters=[lambda text: re.sub(r"[\s,，、-]", "", text or "").upper()],
    )
    salt = StringField(
        _l("Salt"),
        [DataRequired(_l("Enter the secret and its salt.")), Length(max=100)],
        filters=[lambda text: re.sub(r"[\s-]", "", text or "").lower()],
    )

    @property
    def report(self) -> Report:
        """What was typed."""
        return Report(self.secret.data or "", self.salt.data or "")

    def propose(self) -> None:
        """Fill in a secret and a salt that nobody knows."""
        self.secret.data = "".join(secrets.choice(LETTERS) for _ in range(SIZE))
        self.salt.data = secrets.token_hex(16)


class SealForm(Form):
    """The seal of a secret that its owner keeps."""

    seal = StringField(
        _l("Seal"),
        [DataRequired(_l("A seal is 64 hexadecimal digits.")), Length(max=100)],
        description=_l("SHA-256 of salt and secret, joined: 64 digits from 0 to f"),
        filters=[lambda text: re.sub(r"\s", "", text or "").lower()],
    )
