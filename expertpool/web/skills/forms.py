"""Forms of skills and classifications."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import HiddenField, RadioField, StringField
from wtforms.validators import DataRequired, Length, Optional

from expertpool.skills.models import Skill
from expertpool.web.kit.forms import Form
from expertpool.web.skills import choosing
from expertpool.web.skills.wording import FIELDS


class SkillForm(Form):
    """Names, code and place of one tag of the office's own tree."""

    name_zh = StringField(FIELDS["name_zh"], [Optional(), Length(max=200)])
    name_en = StringField(FIELDS["name_en"], [Optional(), Length(max=300)])
    code = StringField(FIELDS["code"], [Optional(), Length(max=60)])
    parent = StringField(
        FIELDS["parent_id"],
        [Optional()],
        description=_l("Name or code of a tag of the office's own tree. Empty: at the top."),
    )
    version = HiddenField()

    def fill(self, skill: Skill, parent: Skill | None) -> None:
        """Show the present values."""
        self.name_zh.data, self.name_en.data, self.code.data = skill.name_zh, skill.name_en, skill.code
        self.parent.data = choosing.text_of(parent)
        self.version.data = str(skill.version)


class PlaceForm(Form):
    """Where a tag belongs."""

    how = RadioField(
        _l("This tag"),
        choices=[
            ("same", _l("means the same as a skill of a classification")),
            ("below", _l("stands in the office's own tree, below another tag")),
            ("top", _l("stands at the top of the office's own tree")),
            ("merge", _l("is another spelling of a tag of the own tree: merge them")),
        ],
        default="same",
    )
    target = StringField(
        _l("Which one"), [Optional()], description=_l("Name or code. Not needed at the top of the tree.")
    )


class MergeForm(Form):
    """Which skill a tag is merged into."""

    into = StringField(
        _l("Merge into"), [DataRequired(_l("Give a name or code."))], description=_l("Name or code.")
    )


class ImportForm(Form):
    """A classification from a file."""

    file = FileField(
        _l("File"),
        [FileRequired(_l("Choose a file."))],
        description=_l("Spreadsheet or CSV with the columns code, name_zh, name_en, parent."),
    )
    slug = StringField(
        _l("Prefix of its codes"),
        [DataRequired(_l("Give a prefix.")), Length(max=40)],
        description=_l("Small letters and digits: gbt4754 makes codes GBT4754:C3451."),
    )
    name_zh = StringField(_l("Chinese name"), [DataRequired(_l("Give its name.")), Length(max=120)])
    name_en = StringField(_l("English name"), [DataRequired(_l("Give its name.")), Length(max=120)])
    edition = StringField(_l("Edition"), [Optional(), Length(max=40)])
    source = StringField(
        _l("Source"),
        [Optional(), Length(max=300)],
        description=_l("Where the file came from, and under which licence."),
    )
