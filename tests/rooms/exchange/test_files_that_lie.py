import zipfile
from io import BytesIO

import pytest

from expertpool.errors import Invalid
from expertpool.exchange.limits import Limits
from expertpool.exchange.reading import read
from tests.builders.files import make_csv, make_xlsx

SOUND = make_xlsx([["姓名", "邮箱"], ["周岚", "zhou@mail.example"]])


def rezipped(replace):
    """Return the sound workbook with some of its parts replaced."""
    target = BytesIO()
    with zipfile.ZipFile(BytesIO(SOUND)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, replace.get(name, old.read(name)))
    return target.getvalue()


def sheet(cells):
    return (
        '<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        f"<sheetData>{cells}</sheetData></worksheet>"
    )


SHEET = "xl/worksheets/sheet1.xml"
FORMULA = sheet('<row r="1"><c r="A1" t="str"><f>B1&amp;C1</f><v></v></c></row>')
FAR = sheet('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "empty"),
        (b"  \r\n ", "empty"),
        ("\ufeff\n".encode(), "empty"),
        (make_xlsx([[]]), "empty"),
        (SOUND[: len(SOUND) // 2], "damaged or cut short"),
        (b"PK\x03\x04 no archive at all", "damaged or cut short"),
        (rezipped({SHEET: b"<worksheet><sheetData><row"}), "damaged or cut short"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "damaged or cut short"),
        (b"<html><body><table><tr><td>x</td></tr></table></body></html>", "web page"),
        (b"\xef\xbb\xbf<!DOCTYPE html><table></table>", "web page"),
        (b"%PDF-1.7 \xe2\xe3", "not a spreadsheet"),
        (b"\x89PNG\r\n\x1a\n", "not a spreadsheet"),
        (b"a,b\n1,\0\n", "not a spreadsheet"),
        (b"\xff\xff\x80\x81,\xfe", "characters"),
        ('姓名,邮箱\n"周岚,a\n吴越,b\n'.encode(), "row 2"),
        (rezipped({SHEET: FORMULA}), "A1 holds a formula"),
        (rezipped({SHEET: FAR}), "1048576 rows"),
    ],
)
def test_a_file_that_is_no_table_is_refused_in_a_sentence(content, says):
    with pytest.raises(Invalid, match=says):
        read(content)


def test_a_text_document_or_any_archive_is_not_taken_for_a_spreadsheet():
    for name, says in (("word/document.xml", "text document"), ("photo.jpg", "archive")):
        target = BytesIO()
        with zipfile.ZipFile(target, "w") as archive:
            archive.writestr(name, "x")
        with pytest.raises(Invalid, match=says):
            read(target.getvalue())


def test_a_bomb_is_refused_before_it_is_unpacked_and_when_its_directory_lies():
    bomb = rezipped({SHEET: b" " * 3_000_000})
    assert len(bomb) < 20_000
    with pytest.raises(Invalid, match="larger than 1 MB"):
        read(bomb, Limits(unpacked=1_000_000))
    small = len(b" " * 3_000_000).to_bytes(4, "little"), (10).to_bytes(4, "little")
    with pytest.raises(Invalid, match=r"larger than 1 MB|damaged"):
        read(bomb.replace(*small), Limits(unpacked=1_000_000))


def test_a_shared_text_shown_by_many_cells_counts_each_time():
    shown = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(1, 400))
    text = "x" * 30_000
    shared = (
        '<?xml version="1.0"?><sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        f"<si><t>{text}</t></si></sst>"
    )
    content = rezipped({SHEET: sheet(shown).encode(), "xl/sharedStrings.xml": shared.encode()})
    with pytest.raises(Invalid, match="larger than"):
        read(content, Limits(unpacked=10_000_000))
    assert len(read(content)[0].rows) == 399


def test_limits_of_size_cells_and_time():
    many = make_csv([["a"] * 10] * 1000)
    with pytest.raises(Invalid, match="larger than 0 MB"):
        read(many, Limits(size=100))
    with pytest.raises(Invalid, match="more than 99 cells"):
        read(many, Limits(cells=99))
    with pytest.raises(Invalid, match="longer than"):
        read(SOUND, Limits(seconds=-1))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_csv_is_read_in_any_customary_encoding(encoding):
    rows = read(make_csv([["姓名", "单位"], ["周岚", "青原大学"]], encoding))[0].rows
    assert [row.cells for row in rows] == [("姓名", "单位"), ("周岚", "青原大学")]


def test_what_a_file_is_decides_its_content_not_its_name():
    assert read(SOUND)[0].rows[1].cells == ("周岚", "zhou@mail.example")


def test_merged_cells_count_for_each_row_and_wide_rows_are_marked():
    content = make_xlsx(
        [["一、先进制造", "", ""], ["周岚", "青原大学", "x"], ["吴越", "", "y"]],
        merges=[(0, 0, 0, 2), (1, 1, 2, 1)],
    )
    rows = read(content)[0].rows
    assert [(row.cells[1], row.wide) for row in rows] == [
        ("", True),
        ("青原大学", False),
        ("青原大学", False),
    ]
