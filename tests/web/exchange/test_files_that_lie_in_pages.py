import io
import zipfile

import pytest
import sqlalchemy as sa
import xlsxwriter

from expertpool.exchange.models import ImportBatch
from tests.builders.files import make_xlsx

ROWS = [["姓名"], ["周岚"]]


def formulas():
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target)
    book.add_worksheet().write_column(0, 0, ["姓名"])
    book.close()
    whole, changed = zipfile.ZipFile(target), io.BytesIO()
    with zipfile.ZipFile(changed, "w") as archive:
        for name in whole.namelist():
            part = whole.read(name)
            cell = b'</row><row r="2"><c r="A2"><f>1+1</f></c></row></sheetData>'
            archive.writestr(name, part.replace(b"</row></sheetData>", cell))
    return changed.getvalue()


def bomb():
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part:
            for _ in range(410):
                part.write(b" " * 1_000_000)
    return target.getvalue()


@pytest.mark.parametrize(
    ("content", "name", "problem"),
    [
        (b"", "a.xlsx", "This file is empty."),
        (make_xlsx(ROWS)[:-400], "a.xlsx", "damaged or cut short"),
        (b"%PDF-1.7 x", "a.xlsx", "This is not a spreadsheet."),
        (b"<html><table><tr><td>x</td></tr></table></html>", "a.xls", "This is a web page"),
        (b"x\0y", "a.csv", "This is not a spreadsheet."),
        ('姓名\n"周岚'.encode(), "a.csv", "a quotation mark is open"),
        (formulas(), "a.xlsx", "Cell A2 holds a formula that was never calculated."),
        (bomb(), "a.xlsx", "Unpacked, this file is larger than 400 MB."),
    ],
    ids=["empty", "cut", "pdf", "html", "binary", "quote", "formula", "bomb"],
)
def test_it_is_refused_at_the_field(organiser, upload, database, content, name, problem):
    answer = upload(organiser, content, name=name)
    assert answer.status_code == 400
    before, _, after = answer.text.partition('id="file-error"')
    assert problem in after.partition("</div>")[0]
    assert 'href="#file"' in before
    assert database.scalar(sa.select(sa.func.count(ImportBatch.id))) == 0


def test_no_file_at_all_is_refused_at_the_field(organiser):
    answer = organiser.post("/import/", data={})
    assert answer.status_code == 400
    assert "Choose a file." in answer.text


def test_a_request_that_is_too_large_is_refused_before_it_is_read(app, organiser, upload, monkeypatch):
    monkeypatch.setitem(app.config, "MAX_CONTENT_LENGTH", 1024 * 1024)
    answer = upload(organiser, b"x" * 1_200_000)
    assert answer.status_code == 413
    assert "The file is too large" in answer.text
    assert "at most 1 MB" in answer.text
