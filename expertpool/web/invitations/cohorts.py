"""The teachers of a cohort, and where their invitations stand."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from expertpool.extensions import db
from expertpool.training.models import TeachingState
from expertpool.web.invitations import roster
from expertpool.web.invitations.blueprint import blueprint
from expertpool.web.invitations.purposes import COHORTS, SEND, acted_on
from expertpool.web.kit import guards
from expertpool.web.training.wording import TEACHINGS


@blueprint.get("/cohorts/<int:cohort_id>/invitations")
@guards.requires(SEND)
def cohort(cohort_id: int) -> ResponseReturnValue:
    """Who is to teach in a cohort, who was asked, and what they answered."""
    purpose = acted_on(COHORTS, cohort_id)
    assert purpose.cohort is not None
    lines = roster.of_cohort(db.session, purpose.cohort)
    return render_template(
        "invitations/cohort.html",
        purpose=purpose,
        told=purpose.told(),
        campaign=purpose.campaign(),
        lines=lines,
        not_invited=sum(line.teaching.state is TeachingState.PROPOSED for line in lines),
        states=TEACHINGS,
    )
