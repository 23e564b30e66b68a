"""Pages of a panel's meeting: moving it, attendance, votes, marks, closing, documents."""

import io
import re
from datetime import timedelta

import openpyxl
import pytest
import sqlalchemy as sa
from docx import Document
from pypdf import PdfReader

from expertpool.availability import rooms
from expertpool.availability import service as availability
from expertpool.availability.models import RoomCommitment
from expertpool.availability.rooms import RoomFacts
from expertpool.conflicts.policy import Certainty, Handling, Rule
from expertpool.exchange.documents import fonts
from expertpool.ledger.models import LedgerEntry
from expertpool.panels import confirmation
from expertpool.panels.closing_models import Conclusion, Evaluation, PanelClosing, SeatAttendance
from expertpool.panels.conclusions import Ballots
from expertpool.panels.models import PanelState, SeatState
from tests.builders.closing import conclude, make_met, note
from tests.builders.organisations import make_organisation
from tests.builders.panels import ACTOR, Scene, make_item, propose
from tests.conftest import NOW


@pytest.fixture
def scene(database):
    made = Scene(database)
    database.commit()
    return made


@pytest.fixture
def organiser(as_role):
    return as_role("organiser")


@pytest.fixture
def ahead(database, scene):
    """A confirmed panel whose meeting is still to come, a year from now."""
    panel = make_met(database, scene)
    panel.starts, panel.ends = NOW + timedelta(days=400), NOW + timedelta(days=400, hours=3)
    database.commit()
    return panel


@pytest.fixture
def panel(database, scene):
    """A confirmed panel of seven that met yesterday for three hours."""
    panel = make_met(database, scene)
    panel.starts, panel.ends = NOW - timedelta(days=1), NOW - timedelta(hours=21)
    database.commit()
    return panel


def text_of(page, status=200):
    assert page.status_code == status, page.text[:3000]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.text))


def everybody(panel, absent=()):
    seats = confirmation.holders(panel)
    return {f"seat-{seat.id}": "absent" if place in absent else "present" for place, seat in enumerate(seats)}


def vote(panel, approve, oppose=0, abstain=0, **fields):
    return {
        "how": "meeting",
        "approve": approve,
        "oppose": oppose,
        "abstain": abstain,
        "text": "同意通过审查。",
        "version": 0,
        **fields,
    }


def test_an_organiser_walks_from_attendance_to_a_closed_panel(database, panel, organiser):
    base = f"/panels/{panel.id}"
    shown = text_of(organiser.get(base))
    assert "It is not noted yet who came." in shown
    assert "Conclusions are missing: 1." in text_of(organiser.get(f"{base}/close"))

    first = organiser.post(f"{base}/attendance", data=everybody(panel, absent={6}))
    assert first.location == f"{base}/conclusions", first.text
    chinese = organiser.get(first.location, headers={"Accept-Language": "zh-CN"})
    assert "须有 4 票同意。</p>" in chinese.text
    agenda = text_of(organiser.get(first.location))
    assert "When all who are present vote: needs 4 of 6 present." in agenda
    assert "Not recorded yet." in agenda
    item = panel.items[0]
    form = organiser.get(f"{base}/conclusions/{item.id}")
    assert "needs 4 of 6 present" in text_of(form)

    second = organiser.post(f"{base}/conclusions/{item.id}", data=vote(panel, 3, 3))
    assert second.location == f"{base}/conclusions", second.text
    assert "Not passed" in text_of(organiser.get(second.location))
    known = database.scalars(sa.select(Conclusion)).one()
    organiser.post(f"{base}/conclusions/{item.id}", data=vote(panel, 4, 2, version=known.version))
    agenda = text_of(organiser.get(second.location))
    assert "for 4 of 6 present, at least 2/3 needs 4" in agenda
    assert "Passed" in agenda

    seat = confirmation.holders(panel)[0]
    marks = {f"competence-{seat.id}": 5, f"diligence-{seat.id}": 4, f"impartiality-{seat.id}": 5}
    third = organiser.post(f"{base}/evaluations", data=marks)
    assert third.location == f"{base}/close", third.text
    assert "1 of 7 members is evaluated" in text_of(organiser.get(third.location))

    last = organiser.post(f"{base}/close", data={"minutes": "请修改后报批。"})
    assert last.location == base, last.text
    assert panel.state is PanelState.CLOSED
    credited = database.scalars(sa.select(LedgerEntry.minutes)).all()
    assert credited == [180] * 6
    shown = text_of(organiser.get(base))
    assert "6 of 7 members took part." in shown
    assert "请修改后报批。" in shown
    for path in ("attendance", "conclusions", f"conclusions/{item.id}", "close"):
        assert organiser.get(f"{base}/{path}").location == base
    assert "This panel is closed: attendance and conclusions stay as they are." in text_of(
        organiser.get(base)
    )
    assert organiser.get(f"{base}/move").status_code == 404


def test_a_panel_that_met_waits_to_be_recorded(panel, organiser):
    today = organiser.get("/")
    assert f"{panel.title} has met: record who came and what was decided" in text_of(today)
    assert f'href="/panels/{panel.id}/attendance"' in today.text
    assert "Record the meeting" in text_of(organiser.get("/panels/"))


def test_a_panel_that_is_to_meet_does_not(ahead, organiser):
    assert "has met" not in text_of(organiser.get("/"))
    assert "Record the meeting" not in text_of(organiser.get("/panels/"))


def test_whoever_is_not_noted_is_named_at_the_field(database, panel, organiser):
    sent = everybody(panel)
    seat = confirmation.holders(panel)[2]
    del sent[f"seat-{seat.id}"]
    page = organiser.post(f"/panels/{panel.id}/attendance", data=sent)
    assert f"Say whether {seat.person.name} came." in text_of(page, 400)
    assert f'href="#seat-{seat.id}"' in page.text
    assert database.scalars(sa.select(SeatAttendance)).all() == []


@pytest.mark.parametrize("minutes", ["-1", "14401", "x", "9" * 30])
def test_wrong_minutes_are_told_at_the_field(database, panel, organiser, minutes):
    seat = confirmation.holders(panel)[2]
    page = organiser.post(
        f"/panels/{panel.id}/attendance", data=everybody(panel) | {f"minutes-{seat.id}": minutes}
    )
    assert page.status_code == 400
    assert f'id="minutes-{seat.id}-error"' in page.text
    assert database.scalars(sa.select(SeatAttendance)).all() == []


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"approve": 8}, "approve"),
        ({"approve": ""}, "approve"),
        ({"approve": "x"}, "approve"),
        ({"approve": -1}, "approve"),
        ({"approve": "9" * 30}, "approve"),
        ({"text": " "}, "text"),
        ({"text": "x" * 10_001}, "text"),
        ({"how": "none"}, "no_vote_reason"),
        ({"how": "letter"}, "how"),
        ({"recused": ["99999"]}, "recused"),
    ],
)
def test_a_wrong_vote_is_told_at_the_field(database, panel, organiser, fields, field):
    organiser.post(f"/panels/{panel.id}/attendance", data=everybody(panel))
    path = f"/panels/{panel.id}/conclusions/{panel.items[0].id}"
    page = organiser.post(path, data=vote(panel, 5, 2) | fields)
    assert page.status_code == 400
    assert f'href="#{field}"' in page.text
    assert database.scalars(sa.select(Conclusion)).all() == []


def test_who_leaves_the_room_is_ticked_from_the_findings(database, scene, panel, organiser):
    seat = confirmation.holders(panel)[0]
    seat.findings = [
        {
            "person": seat.person_id,
            "item": scene.item.id,
            "rule": Rule.COMPETITOR.value,
            "handling": Handling.LEAVE_ROOM.value,
            "certainty": Certainty.CERTAIN.value,
            "evidence": [],
            "waiver": None,
        }
    ]
    organiser.post(f"/panels/{panel.id}/attendance", data=everybody(panel))
    path = f"/panels/{panel.id}/conclusions/{panel.items[0].id}"
    page = organiser.get(path)
    assert f"By the findings: {seat.person.name}." in text_of(page)
    assert re.search(rf'value="{seat.id}" checked', page.text)
    assert "needs 4 of 6 present" in text_of(page)
    refused = organiser.post(path, data=vote(panel, 5, 1))
    assert 'href="#recusal_reason"' in refused.text
    accepted = organiser.post(path, data=vote(panel, 5, 1, recused=[seat.id]))
    assert accepted.status_code == 302
    assert database.scalars(sa.select(Conclusion)).one().recused_ids == [seat.id]


def test_no_vote_was_held(database, panel, organiser):
    organiser.post(f"/panels/{panel.id}/attendance", data=everybody(panel))
    path = f"/panels/{panel.id}/conclusions/{panel.items[0].id}"
    organiser.post(path, data=vote(panel, "", "", "", how="none", no_vote_reason="材料不全"))
    assert database.scalars(sa.select(Conclusion)).one().passed is None
    shown = text_of(organiser.get(f"/panels/{panel.id}/conclusions"))
    assert "No vote was held" in shown
    assert "材料不全" in shown
    assert re.search(r'value="none" checked', organiser.get(path).text)


def test_a_stale_conclusion_is_refused(database, panel, organiser):
    organiser.post(f"/panels/{panel.id}/attendance", data=everybody(panel))
    path = f"/panels/{panel.id}/conclusions/{panel.items[0].id}"
    organiser.post(path, data=vote(panel, 5, 2))
    assert organiser.post(path, data=vote(panel, 7)).status_code == 409
    assert database.scalars(sa.select(Conclusion)).one().approve == 5


@pytest.mark.parametrize("name", ["competence", "diligence", "impartiality"])
def test_marks_are_given_all_or_none(database, panel, organiser, name):
    organiser.post(f"/panels/{panel.id}/attendance", data=everybody(panel))
    first, second = confirmation.holders(panel)[:2]
    whole = {f"{mark}-{first.id}": 3 for mark in ("competence", "diligence", "impartiality")}
    page = organiser.post(f"/panels/{panel.id}/evaluations", data={**whole, f"{name}-{second.id}": 3})
    assert "Give all three marks, or none." in text_of(page, 400)
    assert database.scalars(sa.select(Evaluation)).all() == []


def test_a_meeting_that_has_not_begun_is_not_recorded(ahead, organiser):
    page = organiser.post(f"/panels/{ahead.id}/attendance", data=everybody(ahead))
    assert "The meeting has not begun yet." in text_of(page, 400)


PATHS = ("attendance", "conclusions", "conclusions/{item}", "evaluations", "close", "move")


@pytest.mark.parametrize("path", PATHS)
def test_drafts_and_foreign_panels_have_no_meeting(database, scene, panel, as_role, organiser, path):
    draft = scene.panel()
    database.commit()
    assert organiser.get(f"/panels/{draft.id}/{path.format(item=draft.items[0].id)}").status_code == 404
    elsewhere = make_organisation(database, "别处")
    database.commit()
    stranger = as_role("organiser", organisation_id=elsewhere.id)
    path = f"/panels/{panel.id}/{path.format(item=panel.items[0].id)}"
    assert stranger.get(path).status_code == 404
    assert stranger.post(path, data=everybody(panel)).status_code in (404, 405)


def test_an_item_of_another_panel_is_not_concluded_here(database, scene, panel, organiser):
    other = scene.panel()
    database.commit()
    organiser.post(f"/panels/{panel.id}/attendance", data=everybody(panel))
    for item in (other.items[0].id, 0, 10**12):
        path = f"/panels/{panel.id}/conclusions/{item}"
        assert organiser.post(path, data=vote(panel, 5)).status_code == 404


class TestMoving:
    def typed(self, panel, **fields):
        return {
            "version": panel.version,
            "starts": "2028-05-04T09:00",
            "ends": "2028-05-04T12:00",
            "room": 0,
            "place": "线上",
            **fields,
        }

    def look(self, organiser, panel, **fields):
        page = organiser.post(f"/panels/{panel.id}/move", data=self.typed(panel, **fields))
        looked = re.search(r'name="looked"[^>]*value="([^"]*)"', page.text)
        return page, {**self.typed(panel, **fields), "looked": looked.group(1) if looked else "", "move": "1"}

    def test_first_what_it_brings_then_the_move(self, database, ahead, organiser):
        seats = confirmation.holders(ahead)
        busy = seats[0].person
        starts = NOW.replace(year=2028, month=5, day=4, hour=0)
        availability.add_busy_time(
            database, busy, starts, starts + timedelta(days=1), reason=None, actor=ACTOR, now=NOW
        )
        seats[1].state = SeatState.PROPOSED
        database.commit()
        before = ahead.starts
        page, typed = self.look(organiser, ahead)
        shown = text_of(page)
        assert f"They say that they are not free then: {busy.name}" in shown
        by_phone = shown.split("to be told by you:")[1]
        assert seats[2].person.name in by_phone
        assert seats[1].person.name not in by_phone
        assert ahead.starts == before

        done = organiser.post(f"/panels/{ahead.id}/move", data=typed)
        assert done.location == f"/panels/{ahead.id}", done.text
        assert ahead.starts.isoformat() == "2028-05-04T01:00:00+00:00"
        assert ahead.place == "线上"

    def test_a_changed_time_is_looked_at_again_before_it_is_taken(self, ahead, organiser):
        before = ahead.starts
        _page, typed = self.look(organiser, ahead)
        page = organiser.post(f"/panels/{ahead.id}/move", data={**typed, "ends": "2028-05-04T13:00"})
        assert "What this brings" in text_of(page)
        assert ahead.starts == before

    def test_clashes_are_named_at_the_field(self, database, scene, ahead, organiser):
        facts = RoomFacts("三楼会议室", 20, "")
        room = rooms.create(database, facts, owner=scene.office, actor=ACTOR, now=NOW)
        starts = NOW.replace(year=2028, month=5, day=4, hour=1)
        ends = starts + timedelta(hours=3)
        availability.book_room(database, room, 7, starts, ends, source_kind="lesson")
        database.commit()
        _page, typed = self.look(organiser, ahead, room=room.id)
        page = organiser.post(f"/panels/{ahead.id}/move", data=typed)
        assert "三楼会议室 is booked at this time for a lesson." in text_of(page, 400)
        assert 'href="#room"' in page.text

        member = confirmation.holders(ahead)[0].person
        availability.book(database, {member.id: 7}, starts, ends, source_kind="lesson")
        database.commit()
        _page, typed = self.look(organiser, ahead)
        page = organiser.post(f"/panels/{ahead.id}/move", data=typed)
        assert member.name in text_of(page, 400)
        assert 'href="#starts"' in page.text

    def test_a_holiday_is_said(self, ahead, organiser):
        page, _typed = self.look(organiser, ahead, starts="2028-05-06T09:00", ends="2028-05-06T12:00")
        assert "2028-05-06" in text_of(page)

    @pytest.mark.parametrize(
        ("fields", "field"),
        [
            ({"starts": ""}, "starts"),
            ({"starts": "morgen"}, "starts"),
            ({"ends": "2028-05-04T08:00"}, "ends"),
            ({"starts": "2020-05-04T09:00", "ends": "2020-05-04T12:00"}, "starts"),
            ({"ends": "2028-07-04T12:00"}, "ends"),
            ({"room": 10**9}, "room"),
            ({"place": "x" * 201}, "place"),
        ],
    )
    def test_what_cannot_be_is_refused(self, ahead, organiser, fields, field):
        page = organiser.post(f"/panels/{ahead.id}/move", data=self.typed(ahead, **fields))
        assert page.status_code == 400
        assert f'href="#{field}"' in page.text

    def test_a_room_is_chosen_at_confirmation(self, database, scene, organiser):
        facts = RoomFacts("三楼会议室", 20, "")
        room = rooms.create(database, facts, owner=scene.office, actor=ACTOR, now=NOW)
        draft = scene.panel(slots=1)
        propose(database, draft)
        database.commit()
        path = f"/panels/{draft.id}/proposals/1/confirm"
        assert "三楼会议室" in text_of(organiser.get(path))
        done = organiser.post(path, data={"seen": "y", "room": room.id})
        assert done.location == f"/panels/{draft.id}", done.text
        assert (draft.room_id, draft.place) == (room.id, "三楼会议室")
        booked = database.scalars(sa.select(RoomCommitment)).one()
        assert (booked.room_id, booked.source_kind, booked.source_id) == (room.id, "panel", draft.id)


class TestPapers:
    def test_each_is_handed_out_in_the_readers_language_or_the_other(self, panel, organiser):
        base = f"/panels/{panel.id}/papers"
        pdf = organiser.get(f"{base}/minutes.pdf")
        assert pdf.mimetype == "application/pdf"
        assert f"{panel.number}-minutes.pdf" in pdf.headers["Content-Disposition"]
        assert "Minutes" in PdfReader(io.BytesIO(pdf.data)).pages[0].extract_text()
        word = organiser.get(f"{base}/minutes.docx?lang=zh_Hans")
        assert "会议纪要" in [each.text for each in Document(io.BytesIO(word.data)).paragraphs]
        book = openpyxl.load_workbook(io.BytesIO(organiser.get(f"{base}/roster.xlsx").data))
        assert book.sheetnames == ["Roster of members"]
        for name in ("roster.pdf", "sign-in.pdf"):
            assert organiser.get(f"{base}/{name}").data.startswith(b"%PDF")
        assert organiser.get(f"{base}/minutes.pdf?lang=xx").status_code == 200

    def test_drafts_and_foreign_panels_have_none(self, database, scene, panel, as_role, organiser):
        draft = scene.panel()
        elsewhere = make_organisation(database, "别处")
        database.commit()
        stranger = as_role("organiser", organisation_id=elsewhere.id)
        assert organiser.get(f"/panels/{draft.id}/papers/roster.pdf").status_code == 404
        assert organiser.get(f"/panels/{panel.id}/papers/other.pdf").status_code == 404
        assert stranger.get(f"/panels/{panel.id}/papers/roster.pdf").status_code == 404

    def test_no_font_is_told_with_its_remedy(self, panel, organiser, tmp_path):
        fonts.use(tmp_path)
        try:
            page = organiser.get(f"/panels/{panel.id}/papers/minutes.pdf", follow_redirects=True)
        finally:
            fonts.use(None)
        assert "apt-get install fonts-noto-cjk" in text_of(page)


def test_auditors_read_what_was_concluded_but_no_marks(database, panel, organiser, as_role):
    organiser.post(f"/panels/{panel.id}/attendance", data=everybody(panel))
    organiser.post(f"/panels/{panel.id}/conclusions/{panel.items[0].id}", data=vote(panel, 7))
    seat = confirmation.holders(panel)[0]
    marks = {f"{mark}-{seat.id}": 1 for mark in ("competence", "diligence", "impartiality")}
    organiser.post(f"/panels/{panel.id}/evaluations", data={**marks, f"remark-{seat.id}": "泄密的评语"})
    assert database.scalars(sa.select(Evaluation)).one().remark == "泄密的评语"
    auditor = as_role("auditor")
    page = text_of(auditor.get(f"/panels/{panel.id}"))
    assert "Passed" in page
    assert "泄密的评语" not in page
    assert auditor.get(f"/panels/{panel.id}/papers/minutes.pdf").status_code == 200
    assert auditor.get(f"/panels/{panel.id}/evaluations").status_code == 403


def test_nobody_marks_themselves(database, panel, organiser):
    seat = confirmation.holders(panel)[0]
    organiser.post(f"/panels/{panel.id}/attendance", data=everybody(panel))
    seat.person.user_id = organiser.user_id
    database.commit()
    page = organiser.get(f"/panels/{panel.id}/evaluations")
    assert f"competence-{seat.id}" not in page.text
    marks = {f"{mark}-{seat.id}": 5 for mark in ("competence", "diligence", "impartiality")}
    organiser.post(f"/panels/{panel.id}/evaluations", data=marks)
    assert database.scalars(sa.select(Evaluation)).all() == []


def test_closing_twice_credits_once(database, panel, organiser):
    organiser.post(f"/panels/{panel.id}/attendance", data=everybody(panel))
    organiser.post(f"/panels/{panel.id}/conclusions/{panel.items[0].id}", data=vote(panel, 7))
    first = organiser.post(f"/panels/{panel.id}/close", data={"minutes": ""})
    again = organiser.post(f"/panels/{panel.id}/close", data={"minutes": ""})
    assert [first.location, again.location] == [f"/panels/{panel.id}"] * 2
    assert len(database.scalars(sa.select(PanelClosing)).all()) == 1
    assert len(database.scalars(sa.select(LedgerEntry)).all()) == 7


@pytest.mark.parametrize("path", ["", "/attendance", "/conclusions", "/evaluations", "/close"])
def test_pages_ask_the_same_number_of_questions_for_large_panels(database, organiser, path):
    seen = []

    def count(*arguments):
        seen.append(arguments[2])

    def questions(seats, items):
        scene = Scene(database)
        ids = [scene.item.id, *(make_item(database, f"项目{number}").id for number in range(items - 1))]
        panel = make_met(database, scene, seats=seats, item_ids=ids)
        panel.starts, panel.ends = NOW - timedelta(days=1), NOW - timedelta(hours=21)
        note(database, panel)
        for item in range(items):
            conclude(database, panel, Ballots(seats, 0, 0), item=item)
        database.commit()
        assert organiser.get(f"/panels/{panel.id}{path}").status_code == 200
        seen.clear()
        organiser.get(f"/panels/{panel.id}{path}")
        return len(seen)

    sa.event.listen(sa.Engine, "before_cursor_execute", count)
    try:
        assert questions(5, 1) == questions(9, 4)
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", count)
