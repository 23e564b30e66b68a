"""Minutes of a panel: who came, what was decided by which vote, room for signatures and the seal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from expertpool.conflicts.findings import Finding
from expertpool.errors import N_, Sentence
from expertpool.exchange.documents.language import Language
from expertpool.exchange.documents.panel_facts import PanelFacts, read_facts
from expertpool.exchange.documents.typesetting import pdf
from expertpool.interests import wording as interests
from expertpool.panels import attendance, closing, conclusions, declared, voting
from expertpool.panels.closing_models import Conclusion
from expertpool.panels.closing_wording import NO_VOTE, OUTCOMES, compared
from expertpool.panels.models import Panel, PanelItem, SeatRole


def read_minutes(session: Session, panel: Panel, locale: str, zone: ZoneInfo) -> dict[str, Any]:
    """Return all that the minutes say, in one language; a panel that is not closed yet has a draft."""
    say = Language(locale, zone)
    facts = read_facts(session, panel, say)
    concluded = conclusions.of_panel(session, panel)
    closed = closing.closing_of(session, panel)
    chair = [facts.name(seat) for seat in facts.holders if seat.role is SeatRole.CHAIR]
    return {
        "heading": say(N_("Minutes of the meeting")),
        "subject": panel.title,
        "draft": "" if closed else say(N_("Draft: the panel is not closed yet")),
        "facts": [*facts.heading(), *([[say(N_("Chair")), chair[0]]] if chair else [])],
        "members": _members(facts),
        "declared": _declared(facts, declared.findings(session, panel)),
        "items": [
            _item(facts, item, concluded.get(item.id if item else None), number)
            for number, item in enumerate(conclusions.agenda(panel), 1)
        ],
        "remarks_heading": say(N_("Further")),
        "remarks": closed.minutes if closed else "",
        "signatures_heading": say(N_("Signatures of those present")),
        "signatures": [facts.name(seat) for seat in facts.holders if _came(facts, seat.id)],
        "seal": say(N_("Seal of the convening office")),
        "date": say(N_("Date")),
        "labels": say.words(
            conclusion=N_("Conclusion"), recused=N_("Left the room"), vote=N_("How it was voted")
        ),
    }


def write_minutes(data: dict[str, Any], *, locale: str) -> bytes:
    """Return what `read_minutes` read as a PDF, A4."""
    return pdf("minutes", data, locale=locale)


def _members(facts: PanelFacts) -> dict[str, Any]:
    say = facts.say
    columns = (
        N_("No."),
        N_("Name"),
        N_("Part in the panel"),
        N_("Employer"),
        N_("Professional title"),
        N_("Attendance"),
    )
    rows = []
    for number, seat in enumerate(facts.holders, 1):
        card = facts.cards[seat.person_id]
        rows.append([str(number), card.name, facts.role(seat), card.employer, card.title, facts.came(seat)])
    came = sum(_came(facts, seat.id) for seat in facts.holders)
    lead = say(N_("%(came)s of %(members)s members took part."), came=came, members=len(facts.holders))
    return {
        "heading": say(N_("Members")),
        "lead": lead if facts.noted else "",
        "columns": [say(each) for each in columns],
        "rows": rows,
    }


def _came(facts: PanelFacts, seat_id: int) -> bool:
    row = facts.noted.get(seat_id)
    return row is not None and row.attendance in attendance.CAME


def _declared(facts: PanelFacts, findings: Mapping[int, list[Finding]]) -> dict[str, Any]:
    """Return what is declared before all: rules that touch members, and waivers."""
    say = facts.say
    titles = {each.item_id: each.item.title for each in facts.panel.items}
    rows = []
    for seat in facts.holders:
        for finding in findings[seat.id]:
            about = titles.get(finding.item, "") if isinstance(finding.item, int) else ""
            rule = say(interests.rule_name(finding.rule))
            rows.append([facts.name(seat), rule, about, _handled(say, finding)])
    columns = (N_("Name"), N_("Rule"), N_("Item"), N_("Handling"))
    return {
        "heading": say(N_("Conflicts of interest that were declared")),
        "columns": [say(each) for each in columns],
        "rows": rows,
        "none": say(N_("None.")),
    }


def _handled(say: Language, finding: Finding) -> str:
    if finding.waiver is None:
        return say(interests.handling_name(finding))
    return say(
        N_("Waived by %(name)s on %(day)s: %(reason)s"),
        name=finding.waiver.granted_by,
        day=finding.waiver.granted_on.isoformat(),
        reason=finding.waiver.reason,
    )


def _item(facts: PanelFacts, item: PanelItem | None, row: Conclusion | None, number: int) -> dict[str, Any]:
    say = facts.say
    names = {seat.id: facts.name(seat) for seat in facts.panel.seats}
    title = f"{item.item.number} {item.item.title}" if item else say(N_("The meeting as a whole"))
    away = [names[id_] for id_ in row.recused_ids if id_ in names] if row else []
    if row and row.recusal_reason:
        away.append(f"({row.recusal_reason})")
    return {
        "title": f"{number}. {title}",
        "applicants": say.listed(each.organisation_text for each in item.item.applicants) if item else "",
        "applicants_label": say(N_("Applicants")),
        "vote": _vote(say, row),
        "outcome": _outcome(say, row),
        "recused": say.listed(away),
        "text": row.text if row else say(N_("Not recorded yet.")),
    }


def _vote(say: Language, row: Conclusion | None) -> str:
    if row is None:
        return ""
    verdict = voting.of_plain(row.rule)
    if verdict is None:
        return say(Sentence(NO_VOTE)) + (f": {row.no_vote_reason}" if row.no_vote_reason else "")
    counted = say(
        N_("For %(approve)s, against %(oppose)s, abstained %(abstain)s."),
        approve=row.approve,
        oppose=row.oppose,
        abstain=row.abstain,
    )
    return f"{counted} {say(N_('; ')).join(say(compared(each)) for each in verdict.checks)}"


def _outcome(say: Language, row: Conclusion | None) -> str:
    verdict = voting.of_plain(row.rule) if row else None
    return say(OUTCOMES[verdict.outcome]) if verdict else ""
