"""The form of a preset: one field for each key of its body, named by the key's dotted path.

A refused body names the wrong key; so each error finds its field.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from functools import lru_cache
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, Length, Optional

from expertpool.conflicts.policy import Handling, PairRule, Rule
from expertpool.interests.wording import HANDLINGS
from expertpool.panels.preset import (
    Confidence,
    DecisionKind,
    Denominator,
    DrawMode,
    QuotaBy,
    Secrecy,
    Undated,
)
from expertpool.panels.preset_parts import TIMED
from expertpool.web.kit.forms import Form
from expertpool.web.presets.wording import (
    CONFIDENCES,
    DECISIONS,
    DENOMINATORS,
    DRAWS,
    FIELDS,
    PARTS,
    QUOTAS,
    SECRECIES,
    UNDATED,
)

CAPS = ("reviews_per_year", "committees_at_once", "excluded_names")
BALLOTS = ("ballot", "by_letter")
THRESHOLDS = ("turnout", "approve", "oppose")
BASIS = ("citation", "confidence", "effective_from", "effective_to")

Fields = dict[str, Any]


class CopyForm(Form):
    """A preset of its own, started from another's rules."""

    slug = StringField(
        _l("Short name"),
        [DataRequired(_l("Give a short name.")), Length(max=60)],
        description=_l("Small Latin letters, digits and hyphens, such as city-standards. It never changes."),
    )
    title_zh = StringField(_l("Title in Chinese"), [DataRequired(_l("Give a title.")), Length(max=120)])
    title_en = StringField(_l("Title in English"), [DataRequired(_l("Give a title.")), Length(max=120)])


class DefaultForm(Form):
    """The preset that items of a kind start from."""

    kind = StringField(
        _l("Kind of item"),
        [DataRequired(_l("Name the kind of item.")), Length(max=60)],
        description=_l("As the office calls it."),
    )
    slug = SelectField(_l("Preset"))


@lru_cache(maxsize=50)
def form_class(quotas: int) -> type[Form]:
    """Return the form of a preset with so many rows of shares."""
    fields: Fields = {"read": HiddenField(), **_texts(), **_size(), **_others()}
    for position in range(1, quotas + 1):
        fields |= _quota(f"quotas.{position}")
    for cap in CAPS:
        fields |= {f"{cap}.at_most": _number("at_most"), **_basis(cap)}
    for rule in Rule:
        fields |= _conflict(f"conflicts.{rule}", timed=rule in TIMED)
    for pair in PairRule:
        fields |= _conflict(f"pairs.{pair}", timed=True)
    return type("PresetForm", (Form,), fields)


def _texts() -> Fields:
    fields: Fields = {}
    for name, field, longest in (("title", StringField, 120), ("description", TextAreaField, 2000)):
        for language in ("zh", "en"):
            label = _l("%(what)s %(language)s", what=PARTS[name], language=FIELDS[language])
            fields[f"{name}.{language}"] = field(
                label, [DataRequired(_l("Give a text.")), Length(max=longest)]
            )
    return fields


def _size() -> Fields:
    numbers = ("minimum", "maximum", "minimum_when_large", "vice_chairs_at_most")
    fields: Fields = {f"size.{name}": _number(name, optional=name != "minimum") for name in numbers}
    return {**fields, "size.odd": BooleanField(FIELDS["odd"]), **_basis("size")}


def _others() -> Fields:
    fields: Fields = {
        "undated": _select(PARTS["undated"], Undated, UNDATED),
        "decision.kind": _select(FIELDS["kind"], DecisionKind, DECISIONS),
        "draw.mode": _select(FIELDS["mode"], DrawMode, DRAWS),
        "draw.working_days_before_at_most": _number("working_days_before_at_most"),
        "draw.mail_reviewers_at_least": _number("mail_reviewers_at_least"),
        "secrecy.until": _select(FIELDS["until"], Secrecy, SECRECIES),
        "secrecy.sealed": BooleanField(FIELDS["sealed"]),
        "retention.years": _number("years", optional=False),
    }
    for name in ("abstentions_count", "recused_count", "silence_agrees"):
        fields[f"decision.{name}"] = BooleanField(FIELDS[name])
    for ballot in BALLOTS:
        for threshold in THRESHOLDS:
            path = f"decision.{ballot}.{threshold}"
            fields[f"{path}.share"] = _share("share")
            fields[f"{path}.of"] = _select(
                FIELDS["of"], Denominator, DENOMINATORS, default=Denominator.PRESENT.value
            )
    for part in ("decision", "draw", "secrecy", "retention"):
        fields |= _basis(part)
    return fields


def _quota(path: str) -> Fields:
    return {
        f"{path}.by": _select(FIELDS["by"], QuotaBy, QUOTAS, none=_l("not used")),
        f"{path}.values": StringField(FIELDS["values"], [Optional(), Length(max=300)]),
        f"{path}.at_least": _number("at_least"),
        f"{path}.at_most": _number("at_most"),
        f"{path}.at_least_share": _share("at_least_share"),
        f"{path}.at_most_share": _share("at_most_share"),
        **_basis(path),
    }


def _conflict(path: str, *, timed: bool) -> Fields:
    words = {handling: _l(HANDLINGS[handling]) for handling in Handling}
    fields: Fields = {
        f"{path}.handling": _select(FIELDS["handling"], Handling, words, none=_l("The rule is not asked"))
    }
    if timed:
        fields[f"{path}.within_months"] = IntegerField(FIELDS["within_months"], [Optional()])
        fields[f"{path}.never_expires"] = BooleanField(FIELDS["never_expires"])
    return {**fields, **_basis(path)}


def _basis(path: str) -> Fields:
    return {
        f"{path}.citation": StringField(FIELDS["citation"], [Length(max=500)]),
        f"{path}.confidence": _select(
            FIELDS["confidence"], CONFIDENCES, CONFIDENCES, default=Confidence.MEMORY.value
        ),
        f"{path}.effective_from": DateField(FIELDS["effective_from"], [Optional()]),
        f"{path}.effective_to": DateField(FIELDS["effective_to"], [Optional()]),
    }


def _number(name: str, *, optional: bool = True) -> Any:
    needed = [Optional()] if optional else [DataRequired(_l("Give a whole number."))]
    return IntegerField(FIELDS[name], needed)


def _share(name: str) -> Any:
    return StringField(FIELDS[name], [Optional(), Length(max=20)])


def _select(label: Any, values: Iterable[StrEnum], words: Any, *, none: Any = None, default: str = "") -> Any:
    choices = [(value.value, words[value]) for value in values]
    return SelectField(label, choices=[("", none), *choices] if none else choices, default=default)
