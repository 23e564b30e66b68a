"""What somebody is invited to, a panel or a cohort, and whether the reader may act on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import url_for

from expertpool.errors import N_, NotFound
from expertpool.extensions import db
from expertpool.invitations import campaigns
from expertpool.invitations.models import Campaign, Invitation
from expertpool.panels.models import Panel
from expertpool.training.models import Cohort
from expertpool.web.invitations import telling
from expertpool.web.invitations.telling import Told
from expertpool.web.kit import guards
from expertpool.web.panels import blueprint as panels

SEND = "invitations.send"
PANELS, COHORTS = "panels", "cohorts"


@dataclass(frozen=True)
class Purpose:
    """A panel or a cohort: exactly one of the two."""

    panel: Panel | None = None
    cohort: Cohort | None = None

    @property
    def kind(self) -> str:
        """First part of the addresses of its pages."""
        return PANELS if self.panel else COHORTS

    @property
    def id(self) -> int:
        found = self.panel or self.cohort
        assert found is not None
        return found.id

    @property
    def number(self) -> str:
        found = self.panel or self.cohort
        assert found is not None
        return found.number

    @property
    def of(self) -> dict[str, Any]:
        """The keywords by which the room's verbs take it."""
        return {"panel": self.panel} if self.panel else {"cohort": self.cohort}

    @property
    def url(self) -> str:
        """The page that shows who was asked."""
        if self.panel:
            return url_for("panels.show", panel_id=self.panel.id)
        return url_for("invitations.cohort", cohort_id=self.id)

    def told(self) -> Told:
        """Return what invitations to it tell."""
        if self.panel:
            return telling.of_panel(db.session, self.panel)
        assert self.cohort is not None
        return telling.of_cohort(db.session, self.cohort)

    def campaign(self) -> Campaign | None:
        """Return what was decided about its invitations, if anything was."""
        found = campaigns.of_panel if self.panel else campaigns.of_cohort
        return found(db.session, self.id)

    def prepared(self) -> Campaign:
        """Return what was decided; NotFound before that."""
        campaign = self.campaign()
        if campaign is None:
            raise NotFound(N_("The text of these invitations was not written yet."))
        return campaign


def acted_on(kind: str, number: int) -> Purpose:
    """Return the panel or cohort if the reader may invite to it."""
    if kind == PANELS:
        return Purpose(panel=panels.acted_on(number, SEND))
    cohort = db.session.get(Cohort, number)
    if cohort is None or not guards.grants().covers(SEND, cohort.course.owner_id):
        raise NotFound(N_("There is no such cohort, or it is not yours to see."))
    return Purpose(cohort=cohort)


def of_invitation(invitation: Invitation) -> Purpose:
    """Return what an invitation is for, if the reader may act on it."""
    campaign = invitation.campaign
    if campaign.panel_id is not None:
        return acted_on(PANELS, campaign.panel_id)
    assert campaign.cohort_id is not None
    return acted_on(COHORTS, campaign.cohort_id)
