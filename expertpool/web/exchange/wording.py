"""Words for files: kinds, outcomes, states, fields and events."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _l

from expertpool.errors import Sentence
from expertpool.exchange import orders, words
from expertpool.exchange.columns import COLUMNS, Column, Kind
from expertpool.exchange.models import BatchState, ImportBatch, ImportOrder
from expertpool.exchange.plans import Outcome
from expertpool.web.kit.locale import language

KINDS = {
    Kind.EXPERTS: _l("Experts"),
    Kind.ORGANISATIONS: _l("Organisations"),
    Kind.HISTORY: _l("Employment histories"),
    Kind.RELATIONS: _l("Relations"),
    Kind.ITEMS: _l("Items"),
}
ABOUT = {
    Kind.EXPERTS: _l("One row a person: the list that your office keeps."),
    Kind.ORGANISATIONS: _l("Employers and applicants, with their other names, parents and alliances."),
    Kind.HISTORY: _l("Where people worked, from when to when. A person is named by number or mail address."),
    Kind.RELATIONS: _l("Who is kin, advisor, co-author, shareholder or consultant of whom."),
    Kind.ITEMS: _l("What is reviewed: standards and projects with applicants and people."),
}
OUTCOMES = {
    Outcome.CREATE: _l("comes in"),
    Outcome.CHANGE: _l("changes"),
    Outcome.SAME: _l("known already"),
    Outcome.REPEAT: _l("repeats a row"),
    Outcome.WAIT: _l("waits for people"),
    Outcome.REFUSE: _l("refused"),
}
DONE = {
    Outcome.CREATE: _l("Came in"),
    Outcome.CHANGE: _l("Changed"),
    Outcome.SAME: _l("Known already"),
    Outcome.REPEAT: _l("Repeated rows"),
    Outcome.WAIT: _l("Wait for people"),
    Outcome.REFUSE: _l("Left out"),
}
STATES = {
    BatchState.STAGED: ("proposed", _l("waits for you")),
    BatchState.APPLIED: ("passed", _l("came in")),
    BatchState.DISCARDED: ("vacant", _l("discarded")),
}
COMING = ("invited", _l("on its way"))
UNRESOLVED = {
    "skills": _l("New tags, to be placed"),
    "organisations": _l("Organisations that are not on file, kept as text"),
    "people": _l("People who are not in the pool, kept as text"),
}
SENTENCES = {
    "import.file-staged": _l("Read and compared with the pool"),
    "import.file-imported": _l("Brought in"),
    "import.file-ordered": _l("To be brought in"),
    "import.file-held-back": _l("Not brought in; nothing was written"),
    "import.file-discarded": _l("Discarded"),
    "export.file-exported": _l("Taken out as a file: %(kind)s, %(rows)s rows"),
}
HELD_BACK = {
    orders.STALE: _l(
        "The pool has changed since this file was compared with it. Nothing came in. "
        "Below is what would happen now: check it, then bring it in."
    ),
    orders.REFUSED: _l(
        "Some rows can't come in. Correct them, or choose in the next step to leave them out."
    ),
    orders.UNEXPECTED: _l("Something went wrong that is not your fault; it is in the log. Try again."),
    orders.LOST: _l("It was begun several times and never finished. Ask who runs this service."),
}
"""Why a file that was to come in did not."""
PLACES: dict[Kind, tuple[str, Any]] = {
    Kind.EXPERTS: ("people.index", _l("To the list of experts")),
    Kind.ORGANISATIONS: ("organisations.index", _l("To the organisations")),
    Kind.HISTORY: ("people.index", _l("To the list of experts")),
    Kind.RELATIONS: ("people.index", _l("To the list of experts")),
    Kind.ITEMS: ("items.index", _l("To the items")),
}
"""Where to look at what came in: endpoint and words."""


def sentence(said: Sentence) -> str:
    """Return a sentence in the reader's language."""
    text: str = said.translated(gettext)
    return text


def summary(batch: ImportBatch) -> str:
    """Say in one sentence what a staged file would do."""
    counts = batch.counts
    parts = [
        (counts["create"], gettext("%(count)s come in", count=counts["create"])),
        (counts["change"], gettext("%(count)s change", count=counts["change"])),
        (counts["same"], gettext("%(count)s known already", count=counts["same"])),
        (counts["repeat"], gettext("%(count)s repeat others", count=counts["repeat"])),
        (counts["wait"], gettext("%(count)s wait for people", count=counts["wait"])),
        (counts["refuse"], gettext("%(count)s refused", count=counts["refuse"])),
    ]
    told = [text for count, text in parts if count]
    first = ngettext("%(num)s row", "%(num)s rows", counts["rows"])
    return f"{KINDS[batch.kind]}{gettext(': ')}{gettext(', ').join([first, *told])}"


def outcome(batch: ImportBatch) -> str:
    """Say in one sentence what an applied file did."""
    counts = batch.counts
    text: str = gettext(
        "%(create)s came in, %(change)s changed, %(refuse)s left out.",
        create=counts["create"],
        change=counts["change"],
        refuse=counts["refuse"],
    )
    return text


def done_facts(batch: ImportBatch) -> list[tuple[Any, Any]]:
    """Return how many rows there were of each outcome, and what was kept as text."""
    rows = [(word, batch.counts[each]) for each, word in DONE.items() if batch.counts[each]]
    return rows + [(UNRESOLVED[key], len(texts)) for key, texts in batch.unresolved.items() if texts]


def written(batch: ImportBatch) -> int:
    """Return how many rows of a file change something."""
    counts: dict[str, int] = batch.counts
    return counts["create"] + counts["change"] + counts["wait"]


def on_its_way(batch: ImportBatch, order: ImportOrder) -> str:
    """Say what a job is to do, or does."""
    if order.lease_until is None:
        text: str = gettext("%(rows)s rows wait to be brought in", rows=written(batch))
    else:
        text = gettext("%(rows)s rows are being brought in", rows=written(batch))
    return text


def verb(batch: ImportBatch) -> str:
    """Return the verb of the button that brings a file in, with how much it means."""
    text: str = ngettext("Bring in %(num)s row", "Bring in %(num)s rows", written(batch))
    return text


def header(column: Column) -> str:
    """Return the header of a column in the reader's language."""
    return column.field if language() == "en" else column.chinese


def field_name(kind: Kind, field: str) -> str:
    """Return the header of a field; a column that is kept as it is has its own name."""
    return next((header(column) for column in COLUMNS[kind] if column.field == field), field)


def value_word(kind: Kind, field: str, text: str) -> str:
    """Return a value for people: codes of a choice have a Chinese word."""
    column = next((each for each in COLUMNS[kind] if each.field == field), None)
    if language() == "en" or not (column and column.choice and text in words.LABELS[column.choice]):
        return text
    return words.label(column.choice, text)


def choice_words(column: Column) -> list[str]:
    """Return the words that a column of choices understands."""
    if column.choice is None:
        return []
    if language() == "en":
        return list(words.LABELS[column.choice])
    return [labels[0] for labels in words.LABELS[column.choice].values()]
