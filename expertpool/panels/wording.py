"""Sentences for the codes of the panel engine; the doors translate them and name their subjects."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from expertpool.errors import N_, Sentence
from expertpool.panels.models import ChoiceMode, PanelState, RunState, SeatRole, SeatState

PARTS: dict[str, str] = {
    "skill": N_("Skills"),
    "experience": N_("Experience"),
    "rotation": N_("Rotation"),
    "balance": N_("Balance"),
}

STATES: dict[PanelState, str] = {
    PanelState.DRAFT: N_("Draft"),
    PanelState.CONFIRMED: N_("Confirmed"),
    PanelState.CLOSED: N_("Closed"),
    PanelState.CANCELLED: N_("Cancelled"),
}

SEATS: dict[SeatState, str] = {
    SeatState.PROPOSED: N_("Proposed"),
    SeatState.INVITED: N_("Invited"),
    SeatState.ACCEPTED: N_("Accepted"),
    SeatState.DECLINED: N_("Declined"),
    SeatState.EXPIRED: N_("Expired"),
    SeatState.WITHDRAWN: N_("Withdrawn"),
}

ROLES: dict[SeatRole, str] = {
    SeatRole.CHAIR: N_("Chair"),
    SeatRole.MEMBER: N_("Member"),
    SeatRole.ALTERNATE: N_("Alternate"),
}

MODES: dict[ChoiceMode, str] = {
    ChoiceMode.BEST: N_("The best suited first"),
    ChoiceMode.RANDOM: N_("By chance, weighted by score"),
}

RUNS: dict[RunState, str] = {
    RunState.QUEUED: N_("Waiting"),
    RunState.RUNNING: N_("Being worked out"),
    RunState.DONE: N_("Answered"),
    RunState.FAILED: N_("Failed"),
    RunState.CANCELLED: N_("Called off"),
}

FAILURES: dict[str, str] = {
    "lost": N_("The worker was lost three times. Ask again; if it happens again, tell the administrator."),
    "lock": N_("Somebody who is locked does not take part any more. Unlock them and ask again."),
    "unexpected": N_("Something unexpected went wrong; it was logged. Ask again, or tell the administrator."),
}

EASINGS: dict[str, str] = {
    "seats": N_("%(from)s seats become %(to)s"),
    "size_min": N_("At least %(from)s members become at least %(to)s"),
    "odd": N_("An even number of members is allowed"),
    "chair": N_("Nobody needs to take the chair"),
    "max_per_organisation": N_("From one employer at most %(to)s instead of %(from)s"),
    "max_per_region": N_("From one region at most %(to)s instead of %(from)s"),
    "max_share_of_one_party": N_("Of one interest party at most %(to)s instead of %(from)s"),
    "min_share": N_("%(subject)s at least %(to)s instead of %(from)s"),
    "min_regions": N_("At least %(to)s regions instead of %(from)s"),
    "max_load": N_("Fewer than %(to)s reviews a year instead of %(from)s"),
    "skill": N_("“%(subject)s” on %(to)s seats instead of %(from)s"),
    "lock": N_("%(subject)s is no longer locked"),
    "availability": N_("The date is left open (%(short)s people are not free on %(subject)s)"),
}

CHECKS: dict[str, str] = {
    "size_min": N_("Members %(is)s, at least %(asked)s"),
    "odd": N_("Odd number, %(is)s"),
    "max_per_organisation": N_("Of one employer %(is)s, at most %(asked)s"),
    "max_per_region": N_("Of one region %(is)s, at most %(asked)s"),
    "max_share_of_one_party": N_("Of one interest party %(is)s, at most %(asked)s"),
    "min_share": N_("%(subject)s %(is)s, at least %(asked)s"),
    "min_regions": N_("Regions %(is)s, at least %(asked)s"),
    "max_load": N_("Reviews this year %(is)s, fewer than %(asked)s"),
    "skill": N_("%(subject)s %(is)s, at least %(asked)s"),
}

VIOLATIONS: dict[str, str] = {
    "seats": N_("The number of members is not the one asked for."),
    "size_min": N_("There are fewer members than the preset asks for."),
    "odd": N_("The number of members is even."),
    "barred": N_("%(subject)s is barred by a conflict of interest."),
    "exclude": N_("%(subject)s was excluded."),
    "availability": N_("%(subject)s is not free at that time."),
    "max_load": N_("%(subject)s has no review left this year."),
    "round_load": N_("%(subject)s has as many items of this round as one reviewer may have."),
    "lock": N_("%(subject)s is locked, but not on the list."),
    "apart": N_("%(subject)s may not sit together."),
    "skill": N_("Too few members hold “%(subject)s”."),
    "chair": N_("Nobody can take the chair."),
    "max_per_organisation": N_("Too many members come from one employer."),
    "max_per_region": N_("Too many members come from one region."),
    "min_regions": N_("The members come from too few regions."),
    "max_share_of_one_party": N_("Too many members stand for one interest party."),
    "min_share": N_("Too few members stand for: %(subject)s."),
    "gone": N_("%(subject)s does not take part any more."),
}

PARTIES: dict[str, str] = {
    "producer": N_("Producers"),
    "user": N_("Users"),
    "research": N_("Research"),
    "testing": N_("Testing bodies"),
    "authority": N_("Authorities"),
    "public": N_("Public interest"),
    "technical": N_("Technical experts"),
    "economic": N_("Economic experts"),
}


def easing(values: Mapping[str, Any], subject: str) -> Sentence:
    """Return what easing a rule means; `subject` is the name of what the rule is about."""
    places = {"from": values["from"], "to": values["to"], "short": values["short"], "subject": subject}
    return Sentence(EASINGS[values["rule"]], places)


def check(values: Mapping[str, Any], subject: str) -> Sentence:
    """Return a rule with the figures that meet it or don't."""
    return Sentence(
        CHECKS[values["rule"]], {"is": values["is"], "asked": values["asked"], "subject": subject}
    )


def violation(rule: str, subject: str) -> Sentence:
    """Return what is wrong with a panel."""
    return Sentence(VIOLATIONS[rule], {"subject": subject})


def why(part: str, member: Mapping[str, Any], skills: str) -> Sentence:
    """Return what one part of a member's score rests on; `skills` are the names of those held."""
    if part == "skill":
        return Sentence(N_("Holds %(skills)s"), {"skills": skills}) if skills else Sentence(NO_SKILL)
    if part == "experience":
        return Sentence(
            N_("Earlier panels and items in these skills: %(count)s"), {"count": member["experience"]}
        )
    if part == "rotation":
        return Sentence(N_("Reviews in the last 12 months: %(count)s"), {"count": member["recent"]})
    party = Sentence(PARTIES[member["party"]]) if member["party"] else Sentence(UNKNOWN)
    return Sentence(
        N_("Region %(region)s, interest party: %(party)s"),
        {"region": member["region"] or Sentence(UNKNOWN), "party": party},
    )


NO_SKILL = N_("Holds none of the wanted skills")
UNKNOWN = N_("unknown")
