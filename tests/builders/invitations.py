"""Make panels whose members can be invited, for tests."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from expertpool.availability import service as availability
from expertpool.events import Actor
from expertpool.invitations import campaigns, inviting
from expertpool.invitations.models import Campaign, Invitation, OnVacancy
from expertpool.organisations.models import Organisation
from expertpool.panels.confirmation import holders
from expertpool.panels.models import PanelState, Seat, SeatRole, SeatState
from expertpool.people.models import EmailAddress, Employment
from expertpool.people.names import name_key
from tests.builders.panels import Scene, days, make_actor
from tests.conftest import NOW

LATER = NOW + timedelta(hours=1)
DECIDED: dict[str, Any] = {
    "text_zh": "诚邀您参加评审。",
    "text_en": "Please come.",
    "fee": "800 元",
    "contact": "周岚 0371-0000000",
    "answer_hours": 72,
    "reminder_hours": [24, 48],
    "on_vacancy": OnVacancy.INVITE,
}


class Invited:
    """A confirmed panel of five with alternates, all with mail addresses, and its campaign."""

    def __init__(
        self,
        session: Session,
        scene: Scene | None = None,
        *,
        seats: int = 5,
        alternates: int = 2,
        slot: int | None = 0,
        first: int = 0,
        people: list[Any] | None = None,
        actor: Actor | None = None,
        **decided: Any,
    ) -> None:
        self.session = session
        self.scene = scene or Scene(session)
        self.actor = actor or make_actor(session)
        self.panel = self.scene.panel(seats=seats)
        self.panel.alternate_count = alternates
        if slot is not None:
            time = days(slot + 1)[slot]
            self.panel.starts, self.panel.ends = time.starts, time.ends
        self.panel.state = PanelState.CONFIRMED
        self.panel.created_by_id = self.actor.user_id
        chosen = people or self.scene.people[first : first + seats + alternates]
        self.panel.seats = [
            Seat(
                person=person,
                role=_role(number, seats),
                state=SeatState.PROPOSED,
                position=number + 1,
                created_at=NOW,
            )
            for number, person in enumerate(chosen)
        ]
        for person in chosen:
            if not person.addresses:
                person.addresses = [EmailAddress(address=f"{person.number.lower()}@mail.example", position=0)]
        session.flush()
        if self.panel.starts and self.panel.ends:
            booked = {seat.person_id: seat.id for seat in holders(self.panel)}
            availability.book(session, booked, self.panel.starts, self.panel.ends, source_kind="seat")
        self.campaign: Campaign = campaigns.prepare(
            session, panel=self.panel, **(DECIDED | decided), actor=self.actor, now=NOW
        )

    def invite(self, now: datetime = NOW) -> list[Invitation]:
        """Invite all members."""
        return inviting.invite_all(self.session, self.campaign, actor=self.actor, now=now)

    @property
    def members(self) -> list[Seat]:
        """Everybody who holds or held a chair, by chair."""
        return [seat for seat in self.panel.seats if seat.role is not SeatRole.ALTERNATE]

    @property
    def alternates(self) -> list[Seat]:
        return [seat for seat in self.panel.seats if seat.role is SeatRole.ALTERNATE]

    def hire(self, seat: Seat, employer: Organisation) -> None:
        """Have the person of a seat work for another employer."""
        person = seat.person
        for each in person.employments:
            each.is_current = False
        self.session.flush()
        person.employments.append(
            Employment(
                organisation=employer,
                organisation_text=employer.name,
                organisation_key=name_key(employer.name),
                is_current=True,
                source="测试",
            )
        )
        self.session.flush()


def by_mail(invitation: Invitation) -> Actor:
    """Return the invited person, who followed the link in the mail."""
    return Actor(user_id=None, label=invitation.person.name, via="mail")


def _role(number: int, seats: int) -> SeatRole:
    if number >= seats:
        return SeatRole.ALTERNATE
    return SeatRole.MEMBER if number else SeatRole.CHAIR
