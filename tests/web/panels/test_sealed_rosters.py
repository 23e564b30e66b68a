"""A sealed roster shows on no page to anybody but its keepers; then it opens, by time or by two people."""

import json
import re
from dataclasses import replace
from datetime import timedelta

import pytest
from werkzeug.routing import IntegerConverter

from expertpool import clock
from expertpool.accounts.models import User
from expertpool.draws import record as draws
from expertpool.errors import Invalid
from expertpool.events import Actor
from expertpool.invitations import answering, campaigns, declaring, inviting
from expertpool.invitations.models import Channel, DeclineReason, Invitation, InvitationState
from expertpool.outbox.models import Attempt, Message, MessageState
from expertpool.panels import (
    closing,
    confirmation,
    draw_fixing,
    draw_queries,
    drawing,
    evaluations,
    presets_service,
    runs,
    sealing,
)
from expertpool.panels.attendance import Noted
from expertpool.panels.closing_models import Attendance
from expertpool.panels.conclusions import Ballots
from expertpool.panels.draw_plan import Seats
from expertpool.panels.evaluations import Marks
from expertpool.people.models import EmailAddress
from tests.architecture.test_routes import written
from tests.builders.closing import conclude
from tests.builders.invitations import DECIDED
from tests.builders.lots import HOUR, LOTTERY, wish
from tests.builders.panels import Scene, make_actor, propose
from tests.conftest import NOW

UNTIL = NOW + timedelta(days=30)
MET = NOW + timedelta(days=12)
LOOKED = r"<li>(?:(?!</li>).)*An auditor looked at(?:(?!</li>).)*</li>"
CHANGES = re.compile(rf'nonce="[^"]*"|<input[^>]*name="csrf_token"[^>]*>|{LOOKED}')
POOL = re.compile(r"/(people|relations|organisations|conflicts|skills)\b|/panels/\d+/proposals")
"""Pages on which people of the pool stand whoever sits: what they say may not change."""
APART = {"ops.measured", "security.two_factor_token_validation"}
"""Figures of the machine, which change by themselves; and a page that signs out who opens it."""


@pytest.fixture
def at(monkeypatch):
    """Set the clock of the pages."""

    def set_to(moment):
        monkeypatch.setattr(clock, "now", lambda: moment)

    set_to(NOW)
    return set_to


class Tender:
    """A panel sealed by two keepers, with a draw that waits; everybody on its list will be asked to sit.

    Another panel meets on the same day, and has a proposal. An expert without the skill is asked nothing.
    """

    def __init__(self, database, keeper, second):
        self.database, self.keeper = database, keeper
        self.scene = Scene(database, people=8)
        for person in self.scene.people:
            person.addresses = [EmailAddress(address=f"{person.number.lower()}@mail.example", position=0)]
        self.panel = self.scene.panel(seats=5, slots=1, title="电梯改造评标")
        self.other = self.scene.panel(seats=3, slots=1, title="轴承审查")
        propose(database, self.other)
        sealing.seal(database, self.panel, UNTIL, database.get_one(User, second), actor=keeper, now=NOW)
        self.draw = draw_fixing.commit(database, self.panel, wish(Seats("全体", 5, 3)), actor=keeper, now=NOW)
        database.commit()

    def hold(self):
        """Draw, confirm, invite; one declines, an alternate is asked in their place, the others come."""
        database, keeper, later = self.database, self.keeper, NOW + HOUR
        drawing.witness(database, self.draw, actor=make_actor(database, "监督人"), now=later)
        drawing.draw(database, self.draw, [LOTTERY], actor=keeper, now=later)
        run = runs.latest(database, self.panel)
        confirmation.confirm(database, self.panel, run, actor=keeper, now=later)
        campaign = campaigns.prepare(database, panel=self.panel, **DECIDED, actor=keeper, now=later)
        first, *rest = inviting.invite_all(database, campaign, actor=keeper, now=later)
        facts = {"by": Channel.MAIL, "actor": keeper, "now": later}
        answering.decline(database, first, DeclineReason.BUSY_THEN, "出差", **facts)
        for each in rest:
            answering.accept(database, each, declaring.NOTHING, **facts)
        database.commit()

    def close(self):
        """Meet, mark a member, close: hours are credited, and everybody has served once more."""
        database, panel, facts = self.database, self.panel, {"actor": self.keeper, "now": MET}
        for each in database.query(Invitation).filter_by(state=InvitationState.SENT):
            answering.accept(
                database, each, declaring.NOTHING, by=Channel.MAIL, **facts | {"now": NOW + HOUR}
            )
        sheet = {seat.id: Noted(Attendance.PRESENT, None) for seat in confirmation.holders(panel)}
        closing.note_attendance(database, panel, sheet, **facts)
        conclude(database, panel, Ballots(5, 0, 0), actor=self.keeper, now=MET)
        evaluations.evaluate(database, confirmation.holders(panel)[0], Marks(5, 5, 5, "好"), **facts)
        closing.close(database, panel, minutes="", **facts)
        database.commit()

    @property
    def secrets(self):
        """Names, numbers and addresses of everybody whom a seat was ever given."""
        people = self.scene.people
        return {text for each in people for text in (each.name, each.number, each.addresses[0].address)}

    def values(self):
        """Return for each part of an address the objects by which it could tell."""
        person = self.scene.people[0]
        return {
            "panel_id": [self.panel.id, self.other.id],
            "number": [1],
            "person_id": [person.id],
            "organisation_id": [person.employments[0].organisation_id],
            "item_id": [self.scene.item.id],
            "skill_id": [self.scene.skill.id],
            "invitation_id": [1],
            "seat_id": [1],
            "user_id": [self.keeper.user_id],
            "code": [self.draw.code],
            "name": ["roster.xlsx"],
            "slug": ["enterprise-standard-filing"],
            "kind": ["panels"],
        }


def addresses(app, values, role):
    """Return every address that answers GET to a role, once for each object, and some with conditions."""
    found, urls = set(), app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        line = written()[rule.endpoint]
        admitted = line.admits(role) if role else line.who == "everybody"
        if "GET" not in rule.methods or not admitted or rule.endpoint in APART:
            continue
        chosen = [{}]
        for name, converter in rule._converters.items():
            spare = [line.values.get(name, 999999 if isinstance(converter, IntegerConverter) else "x")]
            options = spare if name in line.values else values.get(name, spare)
            chosen = [each | {name: converter.to_python(str(one))} for each in chosen for one in options]
        found |= {urls.build(rule.endpoint, each, "GET") for each in chosen}
    panel, other = values["panel_id"]
    more = {
        f"/admin/audit?subject_kind=panel&subject_id={panel}",
        "/admin/audit?event=panel.draw-made",
        "/admin/audit?event=invitation.",
        "/settings/messages?state=waiting",
        "/panels/?state=confirmed&state=draft&state=closed&state=cancelled",
        f"/conflicts/items/{values['item_id'][0]}?panel={panel}",
        f"/panels/{other}/proposals/1?group=busy&who={values['person_id'][0]}",
    }
    return sorted(found | (more if role in ("administrator", "organiser", "auditor") else set()))


def read(client, paths):
    """Return the texts behind addresses, without what is new in each answer."""
    found = {}
    for path in paths:
        answer = client.get(path)
        assert answer.status_code < 500, path
        lines = CHANGES.sub("", answer.get_data().decode("utf-8", "replace")).splitlines()
        found[path] = "\n".join(line for line in lines if line.strip())
    return found


def leaks(before, after, secrets):
    """Return which pages tell a secret that they did not tell before, or read otherwise where they did."""
    found = {}
    for path, text in after.items():
        told = {each for each in secrets if each in text}
        if told - {each for each in secrets if each in before.get(path, "")}:
            found[path] = told
        elif told and text != before[path]:
            found[path] = [line for line in text.splitlines() if line not in before[path].splitlines()]
    return found


@pytest.fixture
def keeper(as_role):
    return as_role("organiser")


@pytest.fixture
def tender(database, keeper, as_role, at):
    return Tender(database, Actor(keeper.user_id, "organiser"), as_role("organiser").user_id)


@pytest.fixture
def readers(app, as_role, client, tender):
    roles = ("administrator", "organiser", "auditor", "trainee", "expert")
    return {role: as_role(role) for role in roles} | {None: client}


def test_no_page_tells_who_sits_until_the_roster_opens(app, tender, keeper, readers, at):
    at(NOW + 2 * HOUR)  # the meeting still lies ahead in everybody's diary, whatever follows below
    secrets = tender.secrets
    paths = {role: addresses(app, tender.values(), role) for role in readers}
    pool = {role: [path for path in some if POOL.match(path)] for role, some in paths.items()}
    before = {role: read(each, pool[role]) for role, each in readers.items()}
    tender.hold()
    tender.close()
    after = {role: read(each, paths[role]) for role, each in readers.items()}
    found = {role: leaks(before[role], after[role], secrets) for role in readers}
    assert {role: told for role, told in found.items() if told} == {}
    assert all(person.name in before["organiser"]["/people/"] for person in tender.scene.people)
    assert "Sealed until" in after["organiser"]["/panels/"]
    base, draw = f"/panels/{tender.panel.id}", f"/draws/{tender.draw.code}"
    names = {seat.person.name for seat in confirmation.holders(tender.panel)}
    assert {name for name in names if name in keeper.get(base).text} == names
    person = f"/people/{tender.scene.people[0].id}"
    due = {
        "organiser": {base, f"{base}/draws/1", f"{base}/draws/1/record.json", person, "/people/"},
        "auditor": {base, "/admin/audit"},
        "administrator": {"/admin/audit", "/settings/messages"},
        None: {draw, f"{draw}/record.json"},
    }
    at(UNTIL)
    shown = {role: leaks(before[role], read(readers[role], pages), secrets) for role, pages in due.items()}
    assert {role: set(told) for role, told in shown.items()} == due


def test_mail_that_could_not_be_sent_is_told_to_the_keepers_alone(database, tender, keeper, as_role, at):
    tender.hold()
    at(NOW + 2 * HOUR)
    topic = f"panel {tender.panel.id}"
    first, other = database.query(Message).filter_by(about=topic).order_by(Message.id).limit(2)
    other.about = "panel 999999"
    for each in (first, other):
        each.state, each.settled_at = MessageState.DEAD, NOW
        database.add(Attempt(message_id=each.id, at=NOW, error="550 no such mailbox"))
    database.commit()
    base, who = f"/panels/{tender.panel.id}", first.recipient
    told = f"{tender.panel.title}: 1 message could not be sent"
    assert told in keeper.get("/").text
    page = keeper.get(base).text
    assert "Only the keepers of the roster see them" in page
    assert "550 no such mailbox" in page
    administrator, organiser = as_role("administrator"), as_role("organiser")
    assert "1 message could not be sent" in administrator.get("/").text
    for reader in (administrator, organiser, as_role("auditor")):
        assert [path for path in ("/", base) if told in (text := reader.get(path).text) or who in text] == []
    assert organiser.post(f"{base}/messages/{first.id}/retry").status_code == 403
    assert keeper.post(f"{base}/messages/{other.id}/retry").status_code == 404
    assert keeper.post(f"{base}/messages/{first.id}/retry").location == base
    database.refresh(first)
    assert first.state is MessageState.WAITING
    assert told not in keeper.get("/").text
    first.state = MessageState.DEAD
    database.commit()
    at(UNTIL)
    assert "Only the keepers" not in keeper.get(base).text
    assert "2 messages could not be sent" in administrator.get("/").text


def test_an_organiser_asks_and_a_supervisor_agrees_to_open_it_early(database, tender, as_role, at):
    tender.hold()
    at(NOW + 2 * HOUR)
    other, auditor = as_role("organiser"), as_role("auditor")
    base = f"/panels/{tender.panel.id}"
    assert other.get(f"{base}/papers/roster.xlsx").status_code == 403
    assert auditor.post(f"{base}/opening/agree").status_code == 302  # nobody asked: nothing opens
    assert other.post(f"{base}/opening", data={"reason": "急"}).status_code == 400
    assert other.post(f"{base}/opening", data={"reason": "投标人投诉，须核对回避"}).status_code == 302
    assert "you ask, and a supervisor agrees" in other.get(f"{base}/opening").text
    assert "A supervisor decides" in other.get(base).text
    assert other.post(f"{base}/opening/agree").status_code == 403
    asked = auditor.get(base).text
    assert "投标人投诉，须核对回避" in asked
    assert "Agree, open the roster" in asked
    auditor.post(f"{base}/opening/refuse")
    assert "An early opening was refused" in other.get(base).text
    other.post(f"{base}/opening", data={"reason": "法院调取名单"})
    auditor.post(f"{base}/opening/agree")
    told = other.get(base).text
    assert "The roster was opened early" in told
    assert "法院调取名单" in told
    names = {seat.person.name for seat in confirmation.holders(tender.panel)}
    assert {name for name in names if name in told} == names
    trail = auditor.get(f"/admin/audit?subject_kind=panel&subject_id={tender.panel.id}").text
    assert "<code>panel.roster-opened</code>" in trail
    sent = database.query(Message.kind, Message.recipient).filter(Message.kind == "panels/opened").all()
    members = {seat.person.addresses[0].address for seat in confirmation.holders(tender.panel)}
    assert members < {row.recipient for row in sent}
    assert len(sent) == len(members) + 4  # two keepers, the asker, the supervisor


def test_a_seal_is_set_and_prolonged_by_keepers_alone(database, keeper, as_role, at):
    scene, second, third = Scene(database), as_role("organiser"), as_role("organiser")
    panel = scene.panel(seats=5, slots=1)
    base = f"/panels/{panel.id}"
    assert "2027-01" in keeper.get(f"{base}/seal").text or "2026-12" in keeper.get(f"{base}/seal").text
    sent = {"until": "2026-12-20T09:00", "second": second.user_id}
    assert keeper.post(f"{base}/seal", data=sent | {"until": "2026-11-01T09:00"}).status_code == 400
    assert keeper.post(f"{base}/seal", data=sent | {"second": 999}).status_code == 400
    assert keeper.post(f"{base}/seal", data=sent).location == base
    assert "You are one of them" in second.get(base).text
    assert third.get(f"{base}/seal").status_code == 403
    shorter = keeper.post(f"{base}/seal", data=sent | {"until": "2026-12-19T09:00"})
    assert "Opening earlier takes a supervisor" in shorter.text
    longer = {"until": "2026-12-21T09:00", "second": third.user_id}
    assert keeper.post(f"{base}/seal", data=longer).status_code == 302
    assert (second.get(f"{base}/proposals").status_code, third.get(f"{base}/proposals").status_code) == (
        403,
        200,
    )


def test_a_tender_is_drawn_and_that_only_once_it_is_sealed(database, keeper, as_role, at):
    scene, second = Scene(database), as_role("organiser")
    preset = presets_service.current(database, "bid-evaluation")
    panel = scene.panel(seats=3, preset=preset)
    with pytest.raises(Invalid, match="seal it first"):
        draw_fixing.commit(database, panel, wish(), actor=make_actor(database), now=NOW)
    assert "seal it first" in keeper.get(f"/panels/{panel.id}/draws").text
    assert "seal it first" in keeper.get(f"/panels/{panel.id}/draws/new").text
    run = propose(database, panel)
    with pytest.raises(Invalid, match="seal it first"):
        confirmation.confirm(database, panel, run, actor=make_actor(database), now=NOW)
    assert keeper.post(
        f"/panels/{panel.id}/seal", data={"until": "2026-12-20T09:00", "second": second.user_id}
    )
    with pytest.raises(Invalid, match="drawn by lot"):
        confirmation.confirm(database, panel, run, actor=make_actor(database), now=NOW)


def test_the_draw_of_a_sealed_roster_cannot_be_worked_out_from_its_public_sources(database, tender):
    tender.hold()
    record = json.loads(tender.draw.record)
    guessed = draws.make(
        draws.Inputs(
            replace(
                draw_queries.announcement_of(tender.draw), sources=draw_queries.asked_sources(tender.draw)
            ),
            record["committed_at"],
            (LOTTERY,),
        )
    )
    assert draws.verify(record) == []
    assert record["withheld"] == []
    assert [each["digest"] for each in guessed.data["steps"]] != [each["digest"] for each in record["steps"]]


def test_a_roster_that_is_known_is_not_sealed(database, keeper, as_role, at):
    scene, second = Scene(database), as_role("organiser").user_id
    drawn = scene.panel(seats=3)
    draw_fixing.commit(database, drawn, wish(), actor=make_actor(database), now=NOW)
    seated = scene.panel(seats=5)
    confirmation.confirm(database, seated, propose(database, seated), actor=make_actor(database), now=NOW)
    sent = {"until": "2026-12-20T09:00", "second": second}
    assert "A draw was fixed in the open" in keeper.post(f"/panels/{drawn.id}/seal", data=sent).text
    assert "sealed before it is confirmed" in keeper.post(f"/panels/{seated.id}/seal", data=sent).text
