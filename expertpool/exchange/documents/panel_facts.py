"""What documents about one panel say of it, in the language of the document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from expertpool.errors import N_
from expertpool.exchange.documents.language import Language
from expertpool.panels import attendance, confirmation, presets_service, queries, wording
from expertpool.panels.closing_models import SeatAttendance
from expertpool.panels.closing_wording import ATTENDANCES
from expertpool.panels.models import Panel, PanelState, Seat
from expertpool.panels.preset_parts import Secrecy
from expertpool.panels.queries import Card

SECRECY = {
    Secrecy.MEETING: N_("To be kept secret until the meeting"),
    Secrecy.RESULT: N_("To be kept secret until the result is published"),
}


@dataclass(frozen=True)
class PanelFacts:
    """A panel with the people who hold its seats."""

    panel: Panel
    say: Language
    holders: list[Seat]
    cards: Mapping[int, Card]
    noted: Mapping[int, SeatAttendance]

    def heading(self) -> list[list[str]]:
        """Return what stands on top of every document, as pairs of label and value."""
        panel, say = self.panel, self.say
        preset = panel.preset
        time = say.span(panel.starts, panel.ends) if panel.starts and panel.ends else say(N_("no date yet"))
        pairs = [
            [say(N_("Number")), panel.number],
            [say(N_("Convening office")), panel.owner.name],
            [say(N_("Kind")), preset.title_zh if say.locale == "zh_Hans" else preset.title_en],
            [say(N_("Time")), time],
            [say(N_("Place")), panel.place or ""],
        ]
        return [pair for pair in pairs if pair[1]]

    def name(self, seat: Seat) -> str:
        """Return the name of who holds a seat."""
        return self.cards[seat.person_id].name

    def role(self, seat: Seat) -> str:
        """Return what somebody does on the panel."""
        return self.say(wording.ROLES[seat.role])

    def came(self, seat: Seat) -> str:
        """Return whether somebody came; nothing while it is not noted."""
        row = self.noted.get(seat.id)
        return self.say(ATTENDANCES[row.attendance]) if row else ""

    def secrecy(self) -> str:
        """Return until when the roster is secret; nothing when it is not, or the meeting is over."""
        until = presets_service.rules(self.panel.preset).secrecy.until
        over = until is Secrecy.MEETING and self.panel.state is PanelState.CLOSED
        return self.say(SECRECY[until]) if until in SECRECY and not over else ""


def read_facts(session: Session, panel: Panel, say: Language) -> PanelFacts:
    """Return a panel with its people, in a fixed number of queries."""
    return PanelFacts(
        panel=panel,
        say=say,
        holders=confirmation.holders(panel),
        cards=queries.cards(session, [seat.person_id for seat in panel.seats]),
        noted=attendance.of_panel(session, panel),
    )
