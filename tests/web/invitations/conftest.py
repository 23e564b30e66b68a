"""A confirmed panel of five with two alternates, whose invitations are out; the clock stands still."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from expertpool import clock
from expertpool.invitations import campaigns, inviting, links
from expertpool.invitations.models import Campaign, Invitation, OnVacancy
from expertpool.outbox.models import Message
from expertpool.panels import confirmation
from expertpool.panels.models import Panel, Seat, SeatRole
from expertpool.people.models import EmailAddress
from tests.builders.panels import Scene, make_actor, propose
from tests.conftest import NOW


@pytest.fixture(autouse=True)
def still_clock(monkeypatch):
    """The pages' clock shows the tests' moment."""
    monkeypatch.setattr(clock, "now", lambda: NOW)
    return monkeypatch


@dataclass
class Invited:
    """A panel, its campaign, and gestures on both."""

    session: Session
    scene: Scene
    panel: Panel
    campaign: Campaign
    actor: object

    def seats(self, role: SeatRole = SeatRole.MEMBER) -> list[Seat]:
        self.session.expire_all()
        found = [
            seat
            for seat in self.panel.seats
            if (seat.role is SeatRole.ALTERNATE) == (role is SeatRole.ALTERNATE)
        ]
        return sorted(found, key=lambda seat: seat.position)

    def invite(self) -> list[Invitation]:
        found = inviting.invite_all(self.session, self.campaign, actor=self.actor, now=NOW)
        self.session.commit()
        return found

    def mails(self, kind: str) -> list[Message]:
        self.session.expire_all()
        query = sa.select(Message).where(Message.kind == f"invitations/{kind}").order_by(Message.id)
        return list(self.session.scalars(query))

    def link(self, invitation: Invitation) -> str:
        """Return the path of a fresh link."""
        path = links.PATH + links.mint(self.session, invitation, now=NOW)
        self.session.commit()
        return path

    def enter(self, client: FlaskClient, invitation: Invitation) -> TestResponse:
        """Follow a link of the invitation, and return the page that it leads to."""
        client.get(self.link(invitation))
        return client.get("/invitation")


@pytest.fixture
def invited(database):
    scene = Scene(database)
    for person in scene.people:
        person.addresses = [EmailAddress(address=f"{person.number.lower()}@expert.example", position=0)]
    panel = scene.panel(slots=1, place="二会议室")
    actor = make_actor(database)
    run = propose(database, panel)
    confirmation.confirm(database, panel, run, actor=actor, now=NOW)
    campaign = campaigns.prepare(
        database,
        panel=panel,
        text_zh="请您参加。",
        text_en="Please come.",
        fee="800 元",
        contact="周岚 0371-0000000",
        answer_hours=72,
        reminder_hours=[24],
        on_vacancy=OnVacancy.OFFER,
        actor=actor,
        now=NOW,
    )
    database.commit()
    return Invited(database, scene, panel, campaign, actor)
