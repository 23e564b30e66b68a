"""The house's floors: pure rooms stay pure even at run time."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PURE = [
    name
    for name in ("conflicts", "matching", "draws", "timetabling", "text")
    if (ROOT / "expertpool" / name).is_dir()
]


@pytest.mark.parametrize("room", PURE)
def test_a_pure_room_loads_neither_flask_nor_a_database(room):
    modules = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for path in sorted((ROOT / "expertpool" / room).rglob("*.py"))
        if path.name not in ("__init__.py", "__main__.py")
    ]
    code = (
        f"import importlib, sys\nfor name in {modules!r}: importlib.import_module(name)\n"
        "print(sorted({'flask', 'sqlalchemy', 'wtforms'} & set(sys.modules)))"
    )
    seen = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert seen.stdout.strip() == "[]"


def test_every_room_says_what_it_is_for():
    silent = [
        path.parent.name
        for path in sorted((ROOT / "expertpool").glob("*/__init__.py"))
        if not path.read_text(encoding="utf-8").startswith('"""')
    ]
    assert silent == []


def test_only_the_room_of_calendars_knows_icalendar():
    knows = {
        path.relative_to(ROOT / "expertpool").parts[0]
        for path in (ROOT / "expertpool").rglob("*.py")
        if re.search(r"^\s*(from|import) icalendar\b", path.read_text(encoding="utf-8"), re.M)
    }
    assert knows == {"calendars"}
