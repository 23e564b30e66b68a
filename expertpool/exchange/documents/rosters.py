"""Rosters and sign-in sheets of a panel, as PDF and as a spreadsheet that prints on A4."""

from __future__ import annotations

from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

import xlsxwriter
from sqlalchemy.orm import Session

from expertpool.errors import N_
from expertpool.exchange.documents.language import Language
from expertpool.exchange.documents.panel_facts import PanelFacts, read_facts
from expertpool.exchange.documents.typesetting import pdf
from expertpool.panels import wording
from expertpool.panels.models import Panel, Seat
from expertpool.panels.seating import alternates

WIDTHS = {"narrow": 7, "short": 13, "long": 30, "sign": 20}
"""Widths of a spreadsheet's columns, in characters."""
A4 = 9
"""XlsxWriter's number of the paper."""


def read_roster(session: Session, panel: Panel, locale: str, zone: ZoneInfo) -> dict[str, Any]:
    """Return who sits and who stands by, with a column for signatures."""
    facts = read_facts(session, panel, Language(locale, zone))
    seats = [*facts.holders, *alternates(panel)]
    columns = [
        [N_("No."), "narrow"],
        [N_("Name"), "short"],
        [N_("Part in the panel"), "short"],
        [N_("Employer"), "long"],
        [N_("Professional title"), "short"],
        [N_("State"), "short"],
        [N_("Attendance"), "short"],
        [N_("Signature"), "sign"],
    ]
    rows = [
        [*_person(facts, number, seat), facts.say(wording.SEATS[seat.state]), facts.came(seat), ""]
        for number, seat in enumerate(seats, 1)
    ]
    return _sheet(facts, N_("Roster of members"), columns, rows)


def read_sign_in(session: Session, panel: Panel, locale: str, zone: ZoneInfo) -> dict[str, Any]:
    """Return the sheet that members sign when they come."""
    facts = read_facts(session, panel, Language(locale, zone))
    columns = [
        [N_("No."), "narrow"],
        [N_("Name"), "short"],
        [N_("Part in the panel"), "short"],
        [N_("Employer"), "long"],
        [N_("Professional title"), "short"],
        [N_("Time of arrival"), "short"],
        [N_("Signature"), "sign"],
    ]
    rows = [[*_person(facts, number, seat), "", ""] for number, seat in enumerate(facts.holders, 1)]
    return _sheet(facts, N_("Sign-in sheet"), columns, rows)


def write_pdf(data: dict[str, Any], *, locale: str) -> bytes:
    """Return a roster or sign-in sheet as PDF, A4 landscape, its head on every page."""
    return pdf("roster", data, locale=locale)


def write_xlsx(data: dict[str, Any]) -> bytes:
    """Return a roster as .xlsx that prints on A4 landscape, one page wide, its head on every page."""
    target = BytesIO()
    book = xlsxwriter.Workbook(target, {"strings_to_formulas": False, "strings_to_urls": False})
    _fill(book, data)
    book.close()
    return target.getvalue()


def _person(facts: PanelFacts, number: int, seat: Seat) -> list[str]:
    card = facts.cards[seat.person_id]
    return [str(number), card.name, facts.role(seat), card.employer, card.title]


def _sheet(
    facts: PanelFacts, heading: str, columns: list[list[str]], rows: list[list[str]]
) -> dict[str, Any]:
    say = facts.say
    return {
        "heading": say(heading),
        "subject": facts.panel.title,
        "facts": facts.heading(),
        "secrecy": facts.secrecy(),
        "columns": [{"label": say(label), "width": width} for label, width in columns],
        "rows": rows,
        "signed": say(N_("Signed for the office")),
        "date": say(N_("Date")),
        "seal": say(N_("Seal of the convening office")),
    }


def _fill(book: Any, data: dict[str, Any]) -> None:
    columns = data["columns"]
    last = len(columns) - 1
    sheet = book.add_worksheet(data["heading"][:31])
    title = book.add_format({"bold": True, "font_size": 16, "align": "center", "valign": "vcenter"})
    plain = book.add_format({"num_format": "@", "valign": "vcenter"})
    head = book.add_format({"bold": True, "border": 1, "align": "center", "valign": "vcenter"})
    cell = book.add_format({"num_format": "@", "border": 1, "valign": "vcenter", "text_wrap": True})
    seal = book.add_format({"border": 3, "align": "center", "valign": "vcenter", "font_color": "#666666"})

    sheet.merge_range(0, 0, 0, last, f"{data['subject']} {data['heading']}", title)
    sheet.set_row(0, 32)
    row = 1
    for text in [*(f"{label}: {value}" for label, value in data["facts"]), data["secrecy"]]:
        if text:
            sheet.merge_range(row, 0, row, last, text, plain)
            row += 1
    for place, column in enumerate(columns):
        sheet.set_column(place, place, WIDTHS[column["width"]])
        sheet.write_string(row, place, column["label"], head)
    top = row
    for values in data["rows"]:
        row += 1
        sheet.set_row(row, 27)
        for place, text in enumerate(values):
            sheet.write_string(row, place, text, cell)
    row += 2
    sheet.write_string(row, 0, f"{data['signed']}: ", plain)
    sheet.write_string(row + 2, 0, f"{data['date']}: ", plain)
    sheet.merge_range(row, last - 1, row + 5, last, data["seal"], seal)

    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(top)
    sheet.print_area(0, 0, row + 5, last)
    sheet.set_footer(f"&C{data['facts'][0][1]}  &P / &N")
