"""The command line: commands are files of this folder, found by name and imported when called.

A command writes results to standard output, says what happened and what is wrong on standard error,
and exits 0 (done), 1 (the input is wrong) or 2 (wrong usage). Messages follow EXPERTPOOL_LOCALE.
"""

from __future__ import annotations

import ast
import sys
import tomllib
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from expertpool.cli.context import Context
from expertpool.cli.messages import Failed, Fault, fail, say, translated
from expertpool.cli.unexpected import failure_of
from expertpool.errors import Sentence

__all__ = ["Context", "Failed", "Fault", "LazyGroup", "cli", "fail", "say"]

FOLDER = Path(__file__).parent
HELPERS = {"__init__", "barriers", "context", "messages", "plans", "streams", "unexpected"}
"""Files of this folder that are no command."""


class LazyGroup(click.Group):
    """A group whose commands are the files of this folder; `--help` imports none of them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        names = (path.stem for path in FOLDER.glob("*.py"))
        return sorted(name.rstrip("_").replace("_", "-") for name in names if name not in HELPERS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        stem = _stem(cmd_name)
        if stem is None:
            return None
        command: click.Command = import_module(f"expertpool.cli.{stem}").command
        _translate_help(command)
        return command

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        _translate_help(self)
        super().format_help(ctx, formatter)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        rows = [(name, translated(Sentence(_purpose(name)))) for name in self.list_commands(ctx)]
        with formatter.section(translated(Sentence("Commands"))):
            formatter.write_dl(rows)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except Exception as error:
            if ctx.params.get("debug"):
                raise
            raise failure_of(error) from error


def _print_version(ctx: click.Context, _option: click.Parameter, wanted: bool) -> None:
    if wanted:
        click.echo(_version())
        ctx.exit()


def _version() -> str:
    """Return the version of the installed program, or of this checkout."""
    from importlib import metadata

    try:
        return metadata.version("expertpool")
    except metadata.PackageNotFoundError:
        project = tomllib.loads((FOLDER.parent.parent / "pyproject.toml").read_text(encoding="utf-8"))
        return str(project["project"]["version"])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--debug", is_flag=True, help="Show the traceback of an unexpected error.")
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_version,
    help="Show the version and exit.",
)
@click.pass_context
def cli(ctx: click.Context, debug: bool) -> None:
    """Expert pool, review panels and training."""
    ctx.obj = ctx.obj or Context()


def _stem(name: str) -> str | None:
    """Return the file stem of a command: dashes are underscores, Python's keywords end in one."""
    plain = name.replace("-", "_")
    stems = [stem for stem in (plain, f"{plain}_") if (FOLDER / f"{stem}.py").is_file()]
    return stems[0] if stems and stems[0] not in HELPERS else None


def _purpose(name: str) -> str:
    """Return the first line of the docstring of a command's file, without importing it."""
    text = (FOLDER / f"{_stem(name)}.py").read_text(encoding="utf-8")
    return (ast.get_docstring(ast.parse(text)) or "").partition("\n")[0]


def _translate_help(command: click.Command) -> None:
    """Put the help of a command, its options and its subcommands into the reader's language."""
    if command.help:
        command.help = translated(Sentence(command.help))
    for option in command.params:
        if isinstance(option, click.Option) and option.help:
            option.help = translated(Sentence(option.help))
    if isinstance(command, click.Group):
        for each in command.commands.values():
            _translate_help(each)


def use_utf8() -> None:
    """Make the standard streams UTF-8, whatever the machine's locale says."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
