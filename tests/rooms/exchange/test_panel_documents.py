"""Minutes, rosters and sign-in sheets, read back from the files that are handed out."""

import io
import zipfile
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from docx import Document
from pypdf import PdfReader

from expertpool.conflicts.policy import Certainty, Handling, Rule
from expertpool.exchange.documents.minutes import read_minutes, write_minutes
from expertpool.exchange.documents.rosters import read_roster, read_sign_in, write_pdf, write_xlsx
from expertpool.exchange.documents.word import write_docx
from expertpool.panels import closing, confirmation, presets_service
from expertpool.panels.conclusions import Ballots
from tests.builders.closing import AFTER, conclude, make_met, note
from tests.builders.panels import ACTOR, Scene

ZONE = ZoneInfo("Asia/Shanghai")
NASTY = '#image("x") *a* $x$ =1+1 <b>&\n@ref'


@pytest.fixture
def scene(session):
    return Scene(session)


@pytest.fixture
def panel(session, scene):
    """A closed panel of seven: one absent, one who left the room, five of five for it."""
    panel = make_met(session, scene)
    seats = confirmation.holders(panel)
    seats[0].findings = [
        {
            "person": seats[0].person_id,
            "item": scene.item.id,
            "rule": Rule.COMPETITOR.value,
            "handling": Handling.LEAVE_ROOM.value,
            "certainty": Certainty.CERTAIN.value,
            "evidence": [],
            "waiver": None,
        }
    ]
    session.flush()
    note(session, panel, absent={6})
    conclude(session, panel, Ballots(4, 1, 0), recused={seats[0].id})
    closing.close(session, panel, "请按会议意见修改。", actor=ACTOR, now=AFTER)
    return panel


def pdf_text(made: bytes) -> str:
    return "".join("".join(page.extract_text() for page in PdfReader(io.BytesIO(made)).pages).split())


def docx_text(made: bytes) -> str:
    document = Document(io.BytesIO(made))
    texts = [each.text for each in document.paragraphs]
    texts += [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "".join("".join(texts).split())


def names(panel):
    return [seat.person.name for seat in confirmation.holders(panel)]


@pytest.mark.parametrize("kind", ["pdf", "docx"])
def test_minutes_say_who_came_and_what_was_decided(session, panel, scene, kind):
    data = read_minutes(session, panel, "zh_Hans", ZONE)
    text = pdf_text(write_minutes(data, locale="zh_Hans")) if kind == "pdf" else docx_text(write_docx(data))
    for part in (
        panel.number,
        panel.title,
        scene.office.name,
        "2026年12月3日星期四10:00–13:00",
        "应到成员7人，实到6人。",
        scene.item.number + scene.item.title,
        scene.applicant.name,
        "同意4票，反对1票，弃权0票。",
        "到会5人，同意4（不少于2/3，即4）",
        "通过",
        "同意通过审查。",
        "请按会议意见修改。",
        "召集单位盖章",
        *names(panel),
    ):
        assert part in text
    assert "草稿" not in text


def test_english_minutes_hold_no_chinese_but_that_of_the_facts(session, panel):
    data = read_minutes(session, panel, "en", ZONE)
    text = pdf_text(write_minutes(data, locale="en"))
    for part in (
        "Minutes",
        "6of7memberstookpart.",
        "For4,against1,abstained0.",
        "for4of5present,atleast2/3needs4",
        "Passed",
        "Thursday3December2026,10:00–13:00",
    ):
        assert part in text
    assert not any(word in text for word in ("纪要", "实到", "盖章"))


def test_who_left_the_room_is_named_and_absentees_do_not_sign(session, panel):
    data = read_minutes(session, panel, "zh_Hans", ZONE)
    everybody = names(panel)
    assert data["items"][0]["recused"] == everybody[0]
    assert data["signatures"] == everybody[:6]
    assert data["declared"]["rows"] == [[everybody[0], "竞争", "角接触球轴承", "离场"]]


def test_minutes_of_a_panel_that_is_not_closed_are_a_draft(session, scene):
    panel = make_met(session, scene)
    data = read_minutes(session, panel, "zh_Hans", ZONE)
    text = pdf_text(write_minutes(data, locale="zh_Hans"))
    assert "草稿：评审组尚未结束" in text
    assert "尚未记录。" in text
    assert data["signatures"] == []


def test_why_no_vote_was_held_is_told(session, scene):
    panel = make_met(session, scene)
    note(session, panel)
    conclude(session, panel, None, no_vote_reason="材料不全，择期再议")
    vote = read_minutes(session, panel, "zh_Hans", ZONE)["items"][0]["vote"]
    assert vote == "未表决: 材料不全，择期再议"


def test_the_roster_is_a_spreadsheet_that_prints(session, panel, scene):
    made = write_xlsx(read_roster(session, panel, "zh_Hans", ZONE))
    sheet = openpyxl.load_workbook(io.BytesIO(made)).active
    rows = [[cell.value or "" for cell in row] for row in sheet.iter_rows()]
    top = next(at for at, row in enumerate(rows) if row[0] == "序号")
    assert rows[top] == ["序号", "姓名", "组内职务", "工作单位", "职称", "状态", "出席情况", "签名"]
    seats = confirmation.holders(panel)
    assert [row[:3] for row in rows[top + 1 : top + 8]] == [
        [str(place), seat.person.name, "组长" if seat.role == "chair" else "成员"]
        for place, seat in enumerate(seats, 1)
    ]
    assert [row[6] for row in rows[top + 1 : top + 8]] == ["到会"] * 6 + ["缺席"]
    assert [row[2] for row in rows[top + 8 : top + 10]] == ["候补", "候补"]
    assert "召集单位盖章" in {value for row in rows for value in row}
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage, "one page wide, as many as it takes high"
    assert sheet.page_setup.fitToHeight == 0
    assert sheet.print_title_rows == f"${top + 1}:${top + 1}"


def test_rosters_and_sign_in_sheets_are_printed(session, panel):
    roster = pdf_text(write_pdf(read_roster(session, panel, "zh_Hans", ZONE), locale="zh_Hans"))
    sheet = pdf_text(write_pdf(read_sign_in(session, panel, "en", ZONE), locale="en"))
    alternates = [seat.person.name for seat in panel.seats if seat.role == "alternate"]
    for name in names(panel):
        assert name in roster
        assert name in sheet
    assert alternates
    assert all(name in roster for name in alternates)
    assert not any(name in sheet for name in alternates)
    assert "Signature" in sheet


def test_who_left_their_seat_is_not_printed(session, scene):
    panel = make_met(session, scene)
    left = confirmation.holders(panel)[2]
    left.state = "declined"
    left.person.name = "已经谢绝的人"
    session.flush()
    for data in (read_roster, read_sign_in, read_minutes):
        assert "已经谢绝的人" not in str(data(session, panel, "zh_Hans", ZONE))


def test_a_secret_roster_says_so(session, scene):
    secret = presets_service.current(session, "bid-evaluation")
    panel = make_met(session, scene)
    panel.preset = secret
    data = read_roster(session, panel, "zh_Hans", ZONE)
    assert data["secrecy"] == "本名单在结果公布前保密"
    assert data["secrecy"] in pdf_text(write_pdf(data, locale="zh_Hans"))


def test_texts_of_people_print_as_they_are(session, scene):
    panel = make_met(session, scene)
    panel.title = NASTY
    confirmation.holders(panel)[0].person.name = NASTY
    session.flush()
    note(session, panel)
    conclude(session, panel, Ballots(7, 0, 0), text=NASTY + "\x1f")
    wanted = "".join(NASTY.split())
    minutes = read_minutes(session, panel, "zh_Hans", ZONE)
    assert pdf_text(write_minutes(minutes, locale="zh_Hans")).count(wanted) >= 4
    assert docx_text(write_docx(minutes)).count(wanted) >= 4
    roster = read_roster(session, panel, "zh_Hans", ZONE)
    assert wanted in pdf_text(write_pdf(roster, locale="zh_Hans"))
    made = write_xlsx(roster)
    cells = [cell for row in openpyxl.load_workbook(io.BytesIO(made)).active.iter_rows() for cell in row]
    assert NASTY in {cell.value for cell in cells}
    assert {cell.data_type for cell in cells} <= {"s", "n"}, "no cell is a formula"
    assert not any("externalLink" in name for name in zipfile.ZipFile(io.BytesIO(made)).namelist())


def test_a_large_panel_breaks_between_rows_and_repeats_its_head(session, panel):
    data = read_roster(session, panel, "zh_Hans", ZONE)
    data["rows"] = data["rows"] * 12
    pages = PdfReader(io.BytesIO(write_pdf(data, locale="zh_Hans"))).pages
    assert len(pages) > 2
    assert all("序号" in page.extract_text() for page in pages[:-1])
