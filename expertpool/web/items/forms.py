"""The form of an item. Lists are lines of text, so that it works without script."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional

from expertpool.items.models import Item, ItemRole
from expertpool.web.items.wording import FIELDS, ROLES, STAGES
from expertpool.web.kit.forms import Form
from expertpool.web.skills.wording import skill_code, skill_name

PERSON = _l("One a line: number, mail address, name, or name<address>. A name alone is only possible.")


class ItemForm(Form):
    """The facts of one item."""

    title = StringField(FIELDS["title"], [DataRequired(_l("Give a title.")), Length(max=300)])
    number = StringField(
        FIELDS["number"], [Optional(), Length(max=60)], description=_l("Empty: the next one is given.")
    )
    kind = StringField(
        FIELDS["kind"], [Optional(), Length(max=60)], description=_l("As the office calls it.")
    )
    stage = SelectField(FIELDS["stage"], choices=[(stage.value, word) for stage, word in STAGES.items()])
    dated = DateField(FIELDS["dated"], [Optional()])
    abstract = TextAreaField(FIELDS["abstract"], [Optional(), Length(max=20_000)])
    skills = TextAreaField(
        FIELDS["skill_ids"],
        [Optional()],
        description=_l("One a line: a code such as ICS:25.040, or a name. Unknown ones become tags."),
    )
    applicants = TextAreaField(
        FIELDS["applicants"], [Optional()], description=_l("One organisation a line: name or code.")
    )
    leaders = TextAreaField(_l("Leaders"), [Optional()], description=PERSON)
    contributors = TextAreaField(_l("Contributors"), [Optional()], description=PERSON)
    excluded = TextAreaField(
        ROLES[ItemRole.EXCLUDED],
        [Optional()],
        description=_l("One a line, as above; the applicant's reason may follow after a bar: name | reason."),
    )
    keep_names = BooleanField(_l("Keep names that stand alone as they are: nobody is decided by a name"))
    version = HiddenField()

    def fill(self, item: Item) -> None:
        """Show the present facts."""
        for name in ("title", "number", "kind", "dated", "abstract"):
            self[name].data = getattr(item, name)
        self.stage.data = item.stage.value
        self.skills.data = "\n".join(skill_code(row.skill) or skill_name(row.skill) for row in item.skills)
        self.applicants.data = "\n".join(row.organisation_text for row in item.applicants)
        for field, role in PEOPLE.items():
            rows = [row for row in item.people if row.role == role]
            self[field].data = "\n".join(_line(row) for row in rows)
        self.keep_names.data = True
        self.version.data = str(item.version)


PEOPLE = {
    "leaders": ItemRole.LEADER,
    "contributors": ItemRole.CONTRIBUTOR,
    "excluded": ItemRole.EXCLUDED,
}
"""Fields that hold people, and their roles."""


def _line(row: object) -> str:
    """Return a text that names the same person again."""
    person, name, address, reason = (getattr(row, key) for key in ("person", "name", "address", "reason"))
    text = f"{name}<{address}>" if address else person.number if person else name
    return f"{text} | {reason}" if reason else text
