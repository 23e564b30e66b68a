"""What a text and a list of skills are counted as."""

import pytest

from expertpool.text.skills import is_code, skill_terms
from expertpool.text.words import terms


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", {}),
        ("，。！ ...", {}),
        ("the of and", {}),
        ("数控机床", {"数": 1, "控": 1, "机": 1, "床": 1, "数控": 1, "控机": 1, "机床": 1}),
        ("的和", {}),
        ("Machine tools", {"machin": 1, "tool": 1, "machin tool": 1}),
        ("tool, TOOLS; Ｔｏｏｌ", {"tool": 3, "tool tool": 2}),
        ("safety of machines", {"safeti": 1, "machin": 1}),
        ("safety\nmachines", {"safeti": 1, "machin": 1}),
        ("C++ and C#", {"c++": 1, "c#": 1}),
        ("5G基站", {"5g": 1, "基": 1, "站": 1, "基站": 1}),
        ("用BERT分词", {"用": 1, "bert": 1, "分": 1, "词": 1, "分词": 1}),
    ],
)
def test_terms(text, expected):
    assert terms(text) == expected


def test_skills_share_the_levels_above_them():
    assert skill_terms(["ICS:25.040.20"]) == {"ICS:25": 1, "ICS:25.040": 1, "ICS:25.040.20": 1}
    assert skill_terms(["GBT4754:C33"]) == {"GBT4754:C3": 1, "GBT4754:C33": 1}
    assert skill_terms(["数据安全", " 数据安全 "]) == terms("数据安全")
    assert skill_terms([]) == {}


def test_a_code_stands_after_its_taxonomy():
    assert [is_code(text) for text in ("ICS:25.040", "NSFC:F0201", "数据安全", "note: this", "C++")] == [
        *(True, True, False, False, False)
    ]
