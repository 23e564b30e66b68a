"""Sentences for attendance, votes and outcomes; pages and documents translate them."""

from __future__ import annotations

from expertpool.errors import N_, Sentence
from expertpool.panels.closing_models import Attendance
from expertpool.panels.preset_parts import Denominator
from expertpool.panels.voting import Check, Measure, Outcome

ATTENDANCES: dict[Attendance, str] = {
    Attendance.PRESENT: N_("Present"),
    Attendance.REMOTE: N_("From afar"),
    Attendance.ABSENT: N_("Absent"),
}

OUTCOMES: dict[Outcome, str] = {
    Outcome.PASSED: N_("Passed"),
    Outcome.NOT_PASSED: N_("Not passed"),
    Outcome.NOT_QUORATE: N_("Not quorate"),
}
NO_VOTE = N_("No vote was held")

TOTALS: dict[Denominator, str] = {
    Denominator.MEMBERS: N_("%(total)s members"),
    Denominator.PRESENT: N_("%(total)s present"),
    Denominator.CAST: N_("%(total)s votes cast"),
    Denominator.REPLIES: N_("%(total)s replies"),
}

COMPARED: dict[Measure, str] = {
    Measure.TURNOUT: N_("took part %(count)s of %(total)s, at least %(share)s needs %(bound)s"),
    Measure.APPROVE: N_("for %(count)s of %(total)s, at least %(share)s needs %(bound)s"),
    Measure.OPPOSE: N_("against %(count)s of %(total)s, at most %(share)s allows %(bound)s"),
}

BOUNDS: dict[Measure, str] = {
    Measure.TURNOUT: N_("%(bound)s of %(total)s must take part"),
    Measure.APPROVE: N_("needs %(bound)s of %(total)s"),
    Measure.OPPOSE: N_("at most %(bound)s of %(total)s"),
}


def compared(check: Check) -> Sentence:
    """Return one threshold with the heads that were compared with it."""
    return Sentence(
        COMPARED[check.measure],
        {"count": check.count, "total": _total(check), "share": check.share, "bound": check.bound},
    )


def bound(check: Check) -> Sentence:
    """Return how many heads one threshold asks for, or allows."""
    return Sentence(BOUNDS[check.measure], {"bound": check.bound, "total": _total(check)})


def _total(check: Check) -> Sentence:
    return Sentence(TOTALS[check.of], {"total": check.total})
