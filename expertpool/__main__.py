"""The console script `expertpool`; `python -m expertpool` does the same."""

from __future__ import annotations

import gettext
import os

import config
from expertpool.cli import cli, use_utf8
from expertpool.cli.messages import CATALOGUES


def main() -> None:
    """Run the command line in the language of EXPERTPOOL_LOCALE."""
    os.environ["LANGUAGE"] = config.locale_of()
    gettext.bindtextdomain("messages", CATALOGUES)
    gettext.textdomain("messages")
    use_utf8()
    cli(prog_name="expertpool")


if __name__ == "__main__":
    main()
