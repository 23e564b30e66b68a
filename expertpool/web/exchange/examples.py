"""An example of each of the five files. The people, organisations and projects are invented."""

from __future__ import annotations

from expertpool.exchange.columns import COLUMNS, Kind

ROWS: dict[Kind, list[dict[str, str]]] = {
    Kind.EXPERTS: [
        {
            "external_id": "S001",
            "name": "示例甲",
            "name_en": "Example One",
            "email": "one@example.org",
            "phone": "13800000000",
            "organisation": "示例大学",
            "title": "教授",
            "gender": "女",
            "birth": "1980-06",
            "region": "示例市",
            "languages": "中文；英文",
            "skills": "几何量计量；工业自动化",
            "interest_party": "科研",
            "grade": "专家",
            "status": "在库",
        },
        {
            "external_id": "S002",
            "name": "示例乙",
            "email": "two@example.org",
            "organisation": "示例仪器有限公司",
            "position": "总工程师",
            "skills": "数据安全",
            "interest_party": "生产方",
        },
    ],
    Kind.ORGANISATIONS: [
        {"code": "SL01", "name": "示例集团", "kind": "企业", "region": "示例市", "alliances": "示例产业联盟"},
        {
            "code": "SL02",
            "name": "示例仪器有限公司",
            "name_en": "Example Instruments Ltd.",
            "aliases": "示例仪器",
            "kind": "企业",
            "parent": "示例集团",
        },
    ],
    Kind.HISTORY: [
        {
            "external_id": "S001",
            "organisation": "示例大学",
            "position": "教授",
            "from": "2015-09",
            "to": "至今",
        },
        {
            "external_id": "two@example.org",
            "organisation": "示例集团",
            "position": "工程师",
            "from": "2008",
            "to": "2015-08",
        },
    ],
    Kind.RELATIONS: [
        {"person": "S001", "other": "示例乙<two@example.org>", "kind": "导师", "from": "2005", "to": "2008"},
        {"person": "S002", "other": "org:示例集团", "kind": "持股", "source": "本人申报"},
    ],
    Kind.ITEMS: [
        {
            "external_id": "SX-2026-001",
            "title": "示例仪器校准规范",
            "abstract": "规定示例仪器的校准方法。",
            "kind": "企业标准",
            "skills": "几何量计量",
            "applicants": "示例仪器有限公司",
            "leaders": "示例乙<two@example.org>",
            "date": "2026-11-02",
        },
        {"external_id": "SX-2026-002", "title": "示例数据安全要求", "applicants": "示例集团；示例大学"},
    ],
}


def table(kind: Kind, *, chinese: bool) -> tuple[list[str], list[list[str]]]:
    """Return header and rows of the example of a kind."""
    columns = COLUMNS[kind]
    labels = [column.chinese if chinese else column.field for column in columns]
    return labels, [[row.get(column.field, "") for column in columns] for row in ROWS[kind]]
