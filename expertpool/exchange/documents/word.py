"""Minutes as a Word document, to be edited and circulated."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from io import BytesIO
from typing import Any

from docx import Document
from docx.document import Document as Docx
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

FACE, FACE_EN = "宋体", "Times New Roman"
"""Names of faces that word processors replace where they are absent; no font is inside the file."""
ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
"""Characters that no XML may hold."""


def write_docx(data: dict[str, Any]) -> bytes:
    """Return what `minutes.read_minutes` read as .docx, A4."""
    document = _blank()
    _paragraph(document, data["subject"], size=18, bold=True, centred=True)
    _paragraph(document, data["heading"], size=14, centred=True)
    if data["draft"]:
        _paragraph(document, data["draft"], centred=True)
    _pairs(document, data["facts"])
    members = data["members"]
    document.add_heading(_clean(members["heading"]), 2)
    if members["lead"]:
        _paragraph(document, members["lead"])
    _table(document, members["columns"], members["rows"])
    declared = data["declared"]
    document.add_heading(_clean(declared["heading"]), 2)
    if declared["rows"]:
        _table(document, declared["columns"], declared["rows"])
    else:
        _paragraph(document, declared["none"])
    for item in data["items"]:
        _item(document, item, data["labels"])
    if data["remarks"]:
        document.add_heading(_clean(data["remarks_heading"]), 2)
        _paragraph(document, data["remarks"])
    _signatures(document, data)
    target = BytesIO()
    document.save(target)
    return target.getvalue()


def _blank() -> Docx:
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(25)
    for name in ("Normal", "Heading 2"):
        style = document.styles[name]
        style.font.name = FACE_EN
        style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), FACE)
    document.styles["Normal"].font.size = Pt(11)
    document.core_properties.author = ""
    return document


def _paragraph(
    document: Docx, text: str, *, size: int | None = None, bold: bool = False, centred: bool = False
) -> None:
    paragraph = document.add_paragraph()
    run = paragraph.add_run(_clean(text))
    run.bold = bold
    if size:
        run.font.size = Pt(size)
    if centred:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER


def _pairs(document: Docx, pairs: Iterable[Sequence[str]]) -> None:
    for label, value in pairs:
        paragraph = document.add_paragraph()
        paragraph.paragraph_format.space_after = Pt(2)
        paragraph.add_run(f"{_clean(label)}  ").bold = True
        paragraph.add_run(_clean(value))


def _table(document: Docx, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    table = document.add_table(rows=1, cols=len(columns), style="Table Grid")
    for cell, text in zip(table.rows[0].cells, columns, strict=True):
        cell.paragraphs[0].add_run(_clean(text)).bold = True
    for values in rows:
        for cell, text in zip(table.add_row().cells, values, strict=True):
            cell.text = _clean(text)


def _item(document: Docx, item: dict[str, str], labels: dict[str, str]) -> None:
    document.add_heading(_clean(item["title"]), 2)
    pairs = [
        (item["applicants_label"], item["applicants"]),
        (labels["recused"], item["recused"]),
        (labels["vote"], item["vote"]),
    ]
    _pairs(document, [pair for pair in pairs if pair[1]])
    paragraph = document.add_paragraph()
    paragraph.add_run(f"{labels['conclusion']}  ").bold = True
    if item["outcome"]:
        paragraph.add_run(f"[{item['outcome']}]").bold = True
    _paragraph(document, item["text"])


def _signatures(document: Docx, data: dict[str, Any]) -> None:
    document.add_heading(_clean(data["signatures_heading"]), 2)
    names = data["signatures"]
    rows = [[f"{name}\n\n" for name in names[start : start + 3]] for start in range(0, len(names), 3)]
    table = document.add_table(rows=0, cols=3, style="Table Grid")
    for values in rows:
        for cell, text in zip(table.add_row().cells, values, strict=False):
            cell.text = _clean(text)
    _paragraph(document, "")
    _paragraph(document, f"{data['seal']}: ")
    _paragraph(document, f"{data['date']}: ")


def _clean(text: str) -> str:
    return ILLEGAL.sub("", text)
