"""Forms of affinity lists: about a text, and about items of the database."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from expertpool.affinity.lists import LONGEST_ABSTRACT, LONGEST_TITLE, MOST_EXPERTS, USUAL_EXPERTS
from expertpool.web.items.choosing import ItemsForm
from expertpool.web.kit.forms import Form


class AskForm(Form):
    """What both ask."""

    experts = IntegerField(
        _l("Experts to name for each"),
        [InputRequired(_l("Give a number.")), NumberRange(1, MOST_EXPERTS)],
        default=USUAL_EXPERTS,
        description=_l("From 1 to 100, the nearest first"),
    )
    owner = SelectField(_l("Asking office"), coerce=int, description=_l("Its people see the list"))


class AskAboutTextForm(AskForm):
    """A text with its title and, if they are known, its skills."""

    title = StringField(
        _l("Title of the text"), [DataRequired(_l("Give the text a title.")), Length(max=LONGEST_TITLE)]
    )
    abstract = TextAreaField(
        _l("Abstract, or the text itself"),
        [Optional(), Length(max=LONGEST_ABSTRACT)],
        description=_l("The more it says, the surer the answer: a page is better than a line"),
    )
    skills = StringField(
        _l("Skills"),
        [Optional(), Length(max=1000)],
        description=_l("Codes or names with commas between; what people have of them counts too"),
    )


class AskAboutItemsForm(ItemsForm, AskForm):
    """Items by conditions or numbers."""

    title = StringField(
        _l("Title of the list"), [DataRequired(_l("Give the list a title.")), Length(max=LONGEST_TITLE)]
    )
