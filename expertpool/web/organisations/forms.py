"""Forms of organisations."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session
from wtforms import BooleanField, DateField, HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional

from expertpool.organisations.facts import OrganisationFacts
from expertpool.organisations.models import Organisation, OrganisationKind
from expertpool.web.kit.forms import Form
from expertpool.web.organisations import choosing
from expertpool.web.organisations.wording import FIELDS, KINDS


class OrganisationForm(Form):
    """The facts of one organisation."""

    name = StringField(FIELDS["name"], [DataRequired(_l("Give its name.")), Length(max=200)])
    keep_name = BooleanField(_l("If I change the name, keep the old one as a former name"))
    code = StringField(
        FIELDS["code"],
        [Optional(), Length(max=60)],
        description=_l("Unified social credit code, or the office's own."),
    )
    name_en = StringField(FIELDS["name_en"], [Optional(), Length(max=200)])
    kind = SelectField(FIELDS["kind"], choices=[(kind.value, word) for kind, word in KINDS.items()])
    parent = StringField(
        FIELDS["parent_id"],
        [Optional()],
        description=_l("Name or code of the organisation above, if there is one."),
    )
    region = StringField(FIELDS["region"], [Optional(), Length(max=80)])
    aliases = TextAreaField(FIELDS["aliases"], [Optional()], description=_l("One a line."))
    former_names = TextAreaField(FIELDS["former_names"], [Optional()], description=_l("One a line."))
    mail_domains = TextAreaField(
        FIELDS["mail_domains"],
        [Optional()],
        description=_l("One a line, such as example.org. Leave out domains that everybody may use."),
    )
    version = HiddenField()

    def fill(self, session: Session, organisation: Organisation, facts: OrganisationFacts) -> None:
        """Show the present facts."""
        for name in ("name", "code", "name_en", "region"):
            self[name].data = getattr(facts, name)
        self.kind.data = facts.kind.value
        self.parent.data = choosing.text_of(session, organisation.parent)
        for name in ("aliases", "former_names", "mail_domains"):
            self[name].data = "\n".join(getattr(facts, name))
        self.version.data = str(organisation.version)

    def facts(self, session: Session, before: OrganisationFacts | None = None) -> OrganisationFacts:
        """Return what was typed; raises `Invalid` at the field `parent`."""
        parent = choosing.chosen(session, self.parent.data, "parent")
        former = lines(self.former_names.data)
        if before is not None and self.keep_name.data:
            former = (*former, before.name)
        return OrganisationFacts(
            name=self.name.data or "",
            code=self.code.data,
            name_en=self.name_en.data,
            kind=OrganisationKind(self.kind.data),
            region=self.region.data,
            parent_id=parent.id if parent else None,
            aliases=lines(self.aliases.data),
            former_names=former,
            mail_domains=lines(self.mail_domains.data),
            extra=before.extra if before else {},
        )


class AllianceForm(Form):
    """Membership of one alliance."""

    alliance = StringField(_l("Alliance"), [DataRequired(_l("Give its name.")), Length(max=200)])
    since = DateField(_l("Member since"), [Optional()])
    until = DateField(_l("Until"), [Optional()], description=_l("Leave dates empty that you do not know."))


class MergeForm(Form):
    """Which organisation a duplicate is merged into."""

    into = StringField(
        _l("Merge into"),
        [DataRequired(_l("Give a name or code."))],
        description=_l("Name or code of the record that stays."),
    )


def lines(text: str | None) -> tuple[str, ...]:
    """Return the lines of a text that hold something."""
    return tuple(line.strip() for line in (text or "").splitlines() if line.strip())
