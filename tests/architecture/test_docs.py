"""The documents name what there is: links lead somewhere, no setting, command, job or column is left out."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote

import click
import pytest

from expertpool.access.permissions import PERMISSIONS
from expertpool.cli import cli
from expertpool.exchange.columns import COLUMNS
from expertpool.jobs import scheduler
from expertpool.panels.overrides import CHECKS

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
LINK = re.compile(r"\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.M)
MOST_OF_A_PICTURE, MOST_OF_ALL_PICTURES = 200_000, 4_000_000


def text(*names: str) -> str:
    return "\n".join((ROOT / "docs" / name).read_text(encoding="utf-8") for name in names)


def anchors(document: Path) -> set[str]:
    """The anchors of a document's headings, as the hosting sites of repositories make them."""
    headings = HEADING.findall(document.read_text(encoding="utf-8"))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def commands(group: click.Group, *path: str) -> list[str]:
    """Every command that does something, with its path: `audit verify`."""
    context = click.Context(group)
    found = []
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if not isinstance(command, click.Group) or command.invoke_without_command:
            found.append(" ".join((*path, name)))
        if isinstance(command, click.Group):
            found += commands(command, *path, name)
    return found


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_relative_link_and_picture_exists(document: Path) -> None:
    broken = []
    for link in LINK.findall(document.read_text(encoding="utf-8")):
        name, _, anchor = unquote(link).partition("#")
        target = (document.parent / name).resolve() if name else document
        if ":" in link.split("/")[0]:
            continue
        if not target.exists() or (anchor and anchor not in anchors(target)):
            broken.append(link)
    assert broken == []


def test_every_setting_is_explained() -> None:
    source = (ROOT / "config.py").read_text(encoding="utf-8")
    names = set(re.findall(r"""(?:get|_one_of|_number|_secret|_folder|fault)\(\s*"([A-Z_]+)",?""", source))
    table = re.findall(r"^\| `EXPERTPOOL_([A-Z_]+)` \|", text("operations.md"), flags=re.M)
    assert {"INSTANCE", "DATABASE_URL", "METRICS_TOKEN", "LIMITS_URL"} <= names
    assert sorted(table) == sorted(names | {"CONFIG"})


def test_every_command_and_option_is_in_the_reference() -> None:
    reference = text("reference.md")
    missing = [name for name in commands(cli) if f"`expertpool {name}" not in reference]
    assert missing == []


def test_every_job_is_explained() -> None:
    operations = text("operations.md")
    missing = [job.name for job in scheduler.discover() if f"| `{job.name}` |" not in operations]
    assert missing == []


def test_every_column_and_synonym_is_in_the_reference() -> None:
    rows = set(text("reference.md").splitlines())
    wanted = {
        f"| {column.chinese}{' (must be there)' if column.required else ''} | `{column.field}` "
        f"| {', '.join(column.synonyms)} |"
        for columns in COLUMNS.values()
        for column in columns
    }
    assert wanted - rows == set()


def test_every_permission_stands_with_its_roles() -> None:
    rows = set(text("reference.md").splitlines())
    head = next(row for row in rows if row.startswith("| permission |"))
    roles = [cell.strip() for cell in head.strip("|").split("|")][1:]
    held = {str(role): names for role, names in PERMISSIONS.items()}
    assert sorted(roles) == sorted(held)
    for permission in set().union(*held.values()):
        cells = " | ".join("yes" if permission in held[role] else "" for role in roles)
        assert f"| `{permission}` | {cells} |" in rows


def test_every_rule_of_one_panel_is_in_the_reference() -> None:
    reference = text("reference.md")
    assert [name for name in CHECKS if f"| `{name}` |" not in reference] == []


def test_pictures_are_small_and_each_is_shown() -> None:
    pictures = sorted((ROOT / "docs" / "pictures").glob("*.png"))
    sizes = {path.name: path.stat().st_size for path in pictures}
    shown = "".join(document.read_text(encoding="utf-8") for document in DOCUMENTS)
    assert [name for name, size in sizes.items() if size > MOST_OF_A_PICTURE] == []
    assert sum(sizes.values()) <= MOST_OF_ALL_PICTURES
    assert [name for name in sizes if f"pictures/{name})" not in shown] == []
