"""Nodes of a classification as a file gives them, checked before they are loaded."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from expertpool.errors import N_, Invalid
from expertpool.skills.names import skill_key

HEADERS = {
    "code": ("code", "代码", "编码"),
    "name_zh": ("name_zh", "中文名称", "名称", "name"),
    "name_en": ("name_en", "英文名称"),
    "parent": ("parent", "上级代码", "上级", "父代码"),
}


@dataclass(frozen=True)
class Node:
    """One row: a code, a name in Chinese or English or both, and the code of the node above."""

    code: str
    name_zh: str | None
    name_en: str | None
    parent: str | None
    row: int
    """As a spreadsheet counts, from 1."""


def read_nodes(rows: Iterable[tuple[int, Sequence[object]]]) -> list[Node]:
    """Return the nodes of a sheet, whose first row that is not empty names the columns.

    `rows` are pairs of row number and cells. Raises `Invalid` naming the row.
    """
    filled = [(number, [_text(cell) for cell in cells]) for number, cells in rows]
    filled = [(number, cells) for number, cells in filled if any(cells)]
    columns = _columns(filled[0][1] if filled else [])
    nodes = [_node(number, cells, columns) for number, cells in filled[1:]]
    if not nodes:
        raise Invalid(N_("This file has no rows."))
    _check(nodes)
    return nodes


def _columns(headers: list[str]) -> dict[str, int]:
    keys = [skill_key(header) for header in headers]
    columns = {
        name: keys.index(known)
        for name, names in HEADERS.items()
        for known in reversed(names)
        if known in keys
    }
    if "code" not in columns or not {"name_zh", "name_en"} & columns.keys():
        raise Invalid(
            N_("The first row must name the columns code, parent, name_zh or name_en; it is: %(headers)s."),
            headers=", ".join(headers) or "–",
        )
    return columns


def _node(number: int, cells: list[str], columns: dict[str, int]) -> Node:
    values = {name: cells[index] if index < len(cells) else "" for name, index in columns.items()}
    node = Node(
        values["code"],
        values.get("name_zh") or None,
        values.get("name_en") or None,
        values.get("parent") or None,
        number,
    )
    if not node.code or len(node.code) > 60:
        raise Invalid(N_("Row %(row)s has no code of 1 to 60 characters."), row=number)
    if not (node.name_zh or node.name_en):
        raise Invalid(N_("Row %(row)s, %(code)s, has no name."), row=number, code=node.code)
    if len(node.name_zh or "") > 200 or len(node.name_en or "") > 300:
        raise Invalid(N_("Row %(row)s, %(code)s, has too long a name."), row=number, code=node.code)
    return node


def _check(nodes: list[Node]) -> None:
    """Raise `Invalid` for a code that stands twice, a parent that is not there, or a circle."""
    known: dict[str, Node] = {}
    for node in nodes:
        if node.code in known:
            raise Invalid(
                N_("Code %(code)s stands in row %(first)s and again in row %(row)s."),
                code=node.code,
                first=known[node.code].row,
                row=node.row,
            )
        known[node.code] = node
    for node in nodes:
        _check_line(node, known)


def _check_line(node: Node, known: dict[str, Node]) -> None:
    """Raise `Invalid` unless the parents of `node` lead to a root."""
    seen = {node.code}
    above = node
    while above.parent is not None:
        if above.parent not in known:
            raise Invalid(
                N_("Row %(row)s: there is no %(parent)s for %(code)s to stand below."),
                row=above.row,
                parent=above.parent,
                code=above.code,
            )
        if above.parent in seen:
            raise Invalid(N_("Row %(row)s: %(code)s stands below itself."), row=node.row, code=node.code)
        seen.add(above.parent)
        above = known[above.parent]


def _text(cell: object) -> str:
    """Return a cell as text; spreadsheets hold 110 as the number 110.0."""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return " ".join(str(cell).split())
