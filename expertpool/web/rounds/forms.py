"""Forms of rounds."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    Field,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
)
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from expertpool.panels.round_models import LockKind, PanelsOf, RoundMode, ScoredBy
from expertpool.web.items.choosing import ItemsForm
from expertpool.web.kit.forms import Form
from expertpool.web.rounds.wording import KINDS, MODES, SCORED_BY


def _number(label: str, least: int, most: int, default: int, description: str = "") -> Field:
    checks = [InputRequired(_l("Give a number.")), NumberRange(least, most)]
    return IntegerField(label, checks, default=default, description=description)


class RoundForm(ItemsForm):
    """Which items, how many reviewers and items each, and how they are chosen."""

    title = StringField(_l("Title"), [DataRequired(_l("Give the round a title.")), Length(max=300)])
    owner = SelectField(_l("Convening office"), coerce=int)
    preset = SelectField(_l("Preset of rules"), coerce=int)

    unreviewed = BooleanField(_l("Leave out items that a panel has already"), default=True)

    per_item = _number(_l("Reviewers of each item"), 1, 50, 3)
    alternates = _number(
        _l("Alternates of each item"),
        0,
        10,
        3,
        description=_l("Asked in order when a reviewer declines; fewer where fewer suit"),
    )
    least = _number(_l("Items of one reviewer, at least"), 0, 1000, 0)
    most = _number(_l("Items of one reviewer, at most"), 1, 1000, 6)
    per_employer = IntegerField(
        _l("Reviewers of one employer on an item, at most"),
        [Optional(), NumberRange(1, 50)],
        description=_l("Empty: as the preset says"),
    )
    per_region = IntegerField(
        _l("Reviewers of one region on an item, at most"),
        [Optional(), NumberRange(1, 50)],
        description=_l("Empty: no such limit"),
    )
    scored_by = RadioField(
        _l("What people are scored by"),
        choices=list(SCORED_BY.items()),
        default=ScoredBy.SKILLS.value,
        description=_l(
            "Texts are the titles and abstracts of the items, what people wrote of themselves, and the items"
            " that they led or contributed to. They are read on this server; nothing is sent elsewhere."
        ),
    )
    skilled_only = BooleanField(
        _l("Only people who hold a skill of the item, or a wider one, review it"), default=True
    )
    mode = RadioField(
        _l("How reviewers are chosen"), choices=list(MODES.items()), default=RoundMode.BEST.value
    )
    quality = IntegerField(
        _l("Share of the best total to keep, in percent"),
        [Optional(), NumberRange(50, 100)],
        default=90,
        description=_l("By chance only: the less, the harder to foresee"),
    )


class PairForm(Form):
    """What is decided about an item and a person."""

    person = StringField(
        _l("Reviewer"),
        [DataRequired(_l("Name somebody.")), Length(max=120)],
        description=_l("Name or number"),
    )
    kind = RadioField(
        _l("What is decided"),
        [InputRequired(_l("Choose one."))],
        choices=[*((kind.value, text) for kind, text in KINDS.items()), ("none", _l("the system decides"))],
        default=LockKind.LOCK.value,
    )
    reason = StringField(
        _l("Reason"),
        [Optional(), Length(max=300)],
        description=_l("Kept on file, read by auditors"),
    )


class ConfirmRoundForm(Form):
    """What becomes one panel, and a person's word that the names were looked at."""

    panels_of = RadioField(
        _l("What becomes one panel"), [InputRequired(_l("Choose one."))], default=PanelsOf.ITEM.value
    )
    understood = BooleanField(
        _l("I looked at the reviewers; these panels are to be made."),
        [DataRequired(_l("Say that you looked at the reviewers."))],
    )
