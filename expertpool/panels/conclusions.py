"""What a panel concluded on each item of its agenda, by which vote."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.audit.service import record
from expertpool.errors import N_, Invalid, Stale
from expertpool.events import Actor
from expertpool.panels import attendance, declared, presets_service, voting
from expertpool.panels.closing_models import Conclusion
from expertpool.panels.confirmation import holders
from expertpool.panels.events import ConclusionRecorded
from expertpool.panels.holding import hold
from expertpool.panels.models import Panel, PanelItem
from expertpool.panels.preset_parts import Decision
from expertpool.panels.voting import Outcome, Vote

LONGEST_TEXT, LONGEST_REASON, LEAST_REASON = 10_000, 300, 3


@dataclass(frozen=True)
class Ballots:
    """Votes as they were counted. `replies` is given for a vote by letter: letters that came back."""

    approve: int
    oppose: int
    abstain: int
    replies: int | None = None


@dataclass(frozen=True)
class Heads:
    """Who may vote on an item: holders of seats without those who left the room."""

    members: int
    present: int
    recused: int


def agenda(panel: Panel) -> Sequence[PanelItem | None]:
    """Return on what the panel concludes: each of its items; None, the meeting as a whole, without any."""
    return panel.items or [None]


def decision_of(panel: Panel) -> Decision:
    """Return the pass rule of the panel's preset."""
    return presets_service.rules(panel.preset).decision


def heads(session: Session, panel: Panel, recused: Collection[int]) -> Heads:
    """Return who may vote when the holders of the seats `recused` leave the room."""
    seats = {seat.id for seat in holders(panel)}
    noted = attendance.of_panel(session, panel)
    came = {id_ for id_ in seats if id_ in noted and noted[id_].attendance in attendance.CAME}
    away = seats & set(recused)
    return Heads(len(seats - away), len(came - away), len(away))


def conclude(
    session: Session,
    panel: Panel,
    item: PanelItem | None,
    *,
    text: str,
    ballots: Ballots | None,
    no_vote_reason: str = "",
    recused: Collection[int],
    recusal_reason: str = "",
    version: int | None = None,
    actor: Actor,
    now: datetime,
) -> Conclusion:
    """Write down a vote and its conclusion on an item, or correct them; the pass rule gives the outcome.

    `recused` are the seats whose holders left the room; others than the findings name need a reason. No
    ballots where the rule asks for a vote need one too. Raises Invalid at the field, and Stale when the
    conclusion is no longer of `version`.
    """
    hold(session, panel.id)
    attendance.only_met(panel, now)
    if not attendance.is_whole(session, panel):
        raise Invalid(N_("Note first who came: votes are counted of those."))
    known = of_panel(session, panel).get(item.id if item else None)
    if version is not None and version != (known.version if known else 0):
        raise Stale(N_("Somebody else has recorded this conclusion since you opened it."))
    row = known or Conclusion(panel_id=panel.id, panel_item_id=item.id if item else None)
    row.text = _text(text)
    row.recused_ids = sorted(recused)
    row.recusal_reason = _recusal_reason(session, panel, item, recused, recusal_reason)
    row.no_vote_reason = _no_vote_reason(panel, ballots, no_vote_reason)
    row.recorded_by_id, row.recorded_at = actor.user_id, now
    _count(panel, row, ballots, heads(session, panel, recused))
    session.add(row)
    session.flush()
    record(session, _recorded(panel, row), actor=actor, now=now)
    session.flush()
    return row


def recount(session: Session, panel: Panel, *, actor: Actor, now: datetime) -> None:
    """Compare recorded votes again after it changed who came; raises Invalid when there are too many."""
    for row in of_panel(session, panel).values():
        counted = heads(session, panel, row.recused_ids)
        if (row.members, row.present) != (counted.members, counted.present):
            ballots = Ballots(row.approve, row.oppose, row.abstain, row.replies)
            _count(panel, row, None if row.passed is None else ballots, counted)
            session.flush()
            record(session, _recorded(panel, row), actor=actor, now=now)


def of_panel(session: Session, panel: Panel) -> dict[int | None, Conclusion]:
    """Return what was concluded, by item of the agenda; None for the meeting as a whole."""
    query = sa.select(Conclusion).where(Conclusion.panel_id == panel.id).order_by(Conclusion.id)
    return {each.panel_item_id: each for each in session.scalars(query)}


def _count(panel: Panel, row: Conclusion, ballots: Ballots | None, counted: Heads) -> None:
    row.members, row.present = counted.members, counted.present
    row.approve, row.oppose, row.abstain, row.replies = 0, 0, 0, None
    row.rule, row.passed = {}, None
    if ballots is None:
        return
    decision = decision_of(panel)
    _check(decision, ballots, counted)
    row.approve, row.oppose, row.abstain = ballots.approve, ballots.oppose, ballots.abstain
    row.replies = ballots.replies
    vote = Vote(
        members=counted.members,
        present=counted.present,
        approve=ballots.approve,
        oppose=ballots.oppose,
        abstain=ballots.abstain,
        recused=counted.recused,
        replies=ballots.replies,
    )
    verdict = voting.judge(decision, vote)
    row.rule, row.passed = verdict.plain(), verdict.outcome is Outcome.PASSED


def _check(decision: Decision, ballots: Ballots, counted: Heads) -> None:
    if decision.ballot is None:
        raise Invalid(N_("The rules of this panel ask for no vote."), field="approve")
    for name in ("approve", "oppose", "abstain"):
        if getattr(ballots, name) < 0:
            raise Invalid(N_("Give a whole number, 0 or more."), field=name)
    votes = ballots.approve + ballots.oppose + ballots.abstain
    if ballots.replies is None:
        if votes > counted.present:
            raise Invalid(
                N_("These are %(votes)s votes, but %(most)s members were present and may vote."),
                field="approve",
                votes=votes,
                most=counted.present,
            )
        return
    if decision.by_letter is None:
        raise Invalid(N_("The rules of this panel know no vote by letter."), field="replies")
    if not 0 <= ballots.replies <= counted.members:
        raise Invalid(
            N_("%(members)s members may vote; there can't be %(replies)s replies."),
            field="replies",
            members=counted.members,
            replies=ballots.replies,
        )
    if votes > ballots.replies:
        raise Invalid(
            N_("These are %(votes)s votes, but only %(replies)s replies."),
            field="approve",
            votes=votes,
            replies=ballots.replies,
        )


def _text(text: str) -> str:
    text = text.strip()
    if not text:
        raise Invalid(N_("Write what was concluded."), field="text")
    if len(text) > LONGEST_TEXT:
        raise Invalid(N_("Longer than %(most)s characters."), field="text", most=LONGEST_TEXT)
    return text


def _recusal_reason(
    session: Session, panel: Panel, item: PanelItem | None, recused: Collection[int], reason: str
) -> str | None:
    strangers = set(recused) - {seat.id for seat in holders(panel)}
    if strangers:
        raise Invalid(N_("Only who holds a seat can leave the room."), field="recused")
    if set(recused) == declared.recused_from(session, panel, item):
        return None
    return _reason(reason, "recusal_reason")


def _no_vote_reason(panel: Panel, ballots: Ballots | None, reason: str) -> str | None:
    if ballots is not None or decision_of(panel).ballot is None:
        return None
    return _reason(reason, "no_vote_reason")


def _reason(reason: str, field: str) -> str:
    reason = " ".join(reason.split())
    if not LEAST_REASON <= len(reason) <= LONGEST_REASON:
        raise Invalid(N_("Give a reason of 3 to 300 characters: it is kept on file."), field=field)
    return reason


def _recorded(panel: Panel, row: Conclusion) -> ConclusionRecorded:
    return ConclusionRecorded(
        panel.id,
        conclusion_id=row.id,
        panel_item_id=row.panel_item_id,
        approve=row.approve,
        oppose=row.oppose,
        abstain=row.abstain,
        present=row.present,
        members=row.members,
        passed=row.passed,
    )
