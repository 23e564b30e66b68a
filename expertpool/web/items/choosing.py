"""The part of a form that chooses many items: by conditions, or by their numbers."""

from __future__ import annotations

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import DateField, SelectField, StringField, TextAreaField
from wtforms.validators import Optional

from expertpool.errors import N_, Invalid
from expertpool.extensions import db
from expertpool.items import choosing, queries
from expertpool.web.kit.forms import Form


class ItemsForm(Form):
    """Conditions of items; `templates/items/_choosing.html` draws them."""

    text = StringField(_l("Words"), [Optional()], description=_l("In number, title or applicant"))
    kind = SelectField(_l("Kind"), [Optional()])
    since = DateField(_l("Dated from"), [Optional()])
    until = DateField(_l("Dated until"), [Optional()])
    skill = StringField(_l("Skill"), [Optional()], description=_l("Its code; what lies below it counts too"))
    numbers = TextAreaField(
        _l("Numbers of items"),
        [Optional()],
        description=_l("One a line. If there are any, the conditions above don't count."),
    )

    def offer_kinds(self) -> None:
        """Let the kinds of items that there are be chosen."""
        kinds = [(kind, kind) for kind in queries.kinds(db.session)]
        self.kind.choices = [("", gettext("Every kind")), *kinds]

    def numbers_given(self) -> frozenset[str]:
        """Return the numbers; raises Invalid for what nobody knows."""
        return choosing.numbers_in(db.session, self.numbers.data or "")

    def wanted(self) -> queries.Wanted:
        """Return the conditions; raises Invalid for what nobody knows, and for days the wrong way round."""
        if self.since.data and self.until.data and self.until.data < self.since.data:
            raise Invalid(N_("The last day lies before the first."), field="until")
        return queries.Wanted(
            text=self.text.data or "",
            kind=self.kind.data or None,
            skill_ids=choosing.skills_below(db.session, self.skill.data or ""),
            since=self.since.data,
            until=self.until.data,
        )
