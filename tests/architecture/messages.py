"""Collects every message that a person may read, from Python and from templates."""

from __future__ import annotations

import functools
import json
import keyword
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import click
from babel.messages.extract import DEFAULT_KEYWORDS, extract, extract_from_dir

from expertpool.cli import LazyGroup, cli

ROOT = Path(__file__).parents[2]
KEYWORDS = {**DEFAULT_KEYWORDS, "N_": None, "_l": None, "lazy_gettext": None, "lazy_ngettext": (1, 2)}
PYTHON = [("**.py", "python")]
TEMPLATES = [("**.html", "jinja2"), ("**.txt", "jinja2"), ("**.typ", "jinja2")]
JINJA = {"newstyle_gettext": "true", "extensions": "jinja2.ext.do", "silent": "false"}
"""As the application reads templates; one that does not parse fails instead of being passed over."""
PLACE = re.compile(r"%\((\w+)\)(?:\.0)?[sd]|%%")


@functools.cache
def used() -> dict[object, str]:
    """Return every message id used in the product (a text, or singular and plural) and one place of it."""
    found: dict[object, str] = {}
    for folder, methods in ((ROOT / "expertpool", PYTHON), (ROOT / "templates", TEMPLATES)):
        for name, line, message, _comments, _context in extract_from_dir(
            folder, method_map=methods, keywords=KEYWORDS, options_map={"**": JINJA}
        ):
            found.setdefault(message, f"{folder.name}/{name}:{line}")
    with (ROOT / "config.py").open("rb") as file:
        for line, message, _comments, _context in extract("python", file, keywords=KEYWORDS):
            found.setdefault(message, f"config.py:{line}")
    return found | _untranslated_help()


def _untranslated_help() -> dict[object, str]:
    """Return the help of the commands from a fresh interpreter: what ran keeps its help translated."""
    code = (
        "import json; from tests.architecture import messages; print(json.dumps(messages.help_of_commands()))"
    )
    told = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=True)
    found: dict[object, str] = json.loads(told.stdout)
    return found


def help_of_commands() -> dict[object, str]:
    """Return the help of every command and option of the command line, in English."""
    found: dict[object, str] = {}
    for name in cli.list_commands(None):  # type: ignore[arg-type]
        stem = name.replace("-", "_") + ("_" if keyword.iskeyword(name) else "")
        module = import_module(f"expertpool.cli.{stem}")
        found[(module.__doc__ or "").partition("\n")[0]] = f"cli/{stem}.py"
        _collect_help(module.command, f"cli/{stem}.py", found)
    _collect_help(cli, "cli/__init__.py", found)
    return found


def _collect_help(command: click.Command, place: str, found: dict[object, str]) -> None:
    helps = [command.help, *(option.help for option in command.params if isinstance(option, click.Option))]
    found.update({text: place for text in helps if text})
    if isinstance(command, click.Group) and not isinstance(command, LazyGroup):
        for each in command.commands.values():
            _collect_help(each, place, found)


def places(text: str) -> set[str]:
    """Return the names of the places of a message that values fill."""
    return {match.group(1) for match in PLACE.finditer(text) if match.group(1)}
