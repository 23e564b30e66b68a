"""The record of a draw: all that a stranger needs to repeat it, and the check that repeats it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from expertpool.draws import canonical, entropy, parties, sources
from expertpool.draws.announcing import (
    Announcement,
    Commitment,
    Source,
    check,
    check_future,
    read,
)
from expertpool.draws.drawing import Drawn, Outcome, draw
from expertpool.draws.plan import Recusal
from expertpool.draws.plan import check as check_plan
from expertpool.errors import N_, Invalid, Sentence


@dataclass(frozen=True, slots=True)
class Report:
    """What a source reported: numbers or text in `value`; for a party its salt and secret, or neither."""

    value: str
    salt: str = ""


WITHHELD = Report("")
"""A party's secret that was not opened in time."""


@dataclass(frozen=True, slots=True)
class Inputs:
    """The part of a record that the rest follows from. `committed_at` is None when nobody committed to it."""

    announcement: Announcement
    committed_at: str | None
    reports: tuple[Report, ...]
    late_recusals: tuple[Recusal, ...] = ()


@dataclass(frozen=True, slots=True)
class Record:
    """A finished draw; `data` is its JSON form, described in docs/draws.md."""

    data: dict[str, Any]

    @property
    def sha256(self) -> str:
        """The hash that the next run names as `previous`."""
        return str(self.data["sha256"])

    @property
    def picked(self) -> tuple[str, ...]:
        """The names that got a seat, in order."""
        return tuple(seat["name"] for seat in self.data["picked"])

    @property
    def alternates(self) -> tuple[str, ...]:
        """The names of the alternates, in order."""
        return tuple(seat["name"] for seat in self.data["alternates"])


def reveal(
    commitment: Commitment, reports: tuple[Report, ...], late_recusals: tuple[Recusal, ...] = ()
) -> Record:
    """Draw as committed, now that the sources have reported (in the order announced).

    `late_recusals` are conflicts that came out after the commitment; the record tells them apart.
    Raises Invalid when the commitment was changed, or a report can't be.
    """
    return make(Inputs(read(commitment), commitment.committed_at, reports, late_recusals))


def make(inputs: Inputs) -> Record:
    """Draw, and return the record of it; raises Invalid when the inputs are wrong."""
    announcement = inputs.announcement
    check(announcement)
    check_plan(announcement.pool, announcement.plan, inputs.late_recusals)
    if inputs.committed_at is not None:
        check_future(announcement, inputs.committed_at)
    texts = _texts(announcement.sources, inputs.reports)
    key = sources.key(texts)
    drawn = draw(announcement.pool, announcement.plan, key, announcement.hash, inputs.late_recusals)
    given = canonical.plain(inputs)
    data = {
        **given,
        "commitment": canonical.sha256(given["announcement"]),
        "withheld": _withheld(inputs),
        "key": key,
        **_result(drawn),
    }
    return Record({**data, "sha256": canonical.sha256(data)})


def verify(data: Any, *, commitment: str | None = None) -> list[Sentence]:
    """Repeat the draw of a record's plain data and return what does not agree: an empty list when all does.

    Give the published `commitment` hash to be sure that the announcement is the one that was published.
    """
    try:
        right = make(_inputs(data)).data
    except Invalid as error:
        return [error.sentence]
    faults = [
        _difference(part, data[part], right[part]) for part in right if _differs(data[part], right[part])
    ]
    if commitment is not None and commitment.strip().lower() != right["commitment"]:
        faults.append(Sentence(N_("The announcement is not the one that was committed.")))
    return faults


PARTS = (
    *("announcement", "committed_at", "reports", "late_recusals", "commitment", "withheld", "key", "steps"),
    *("picked", "alternates", "short", "sha256"),
)


def _inputs(data: Any) -> Inputs:
    if not isinstance(data, dict) or data.keys() != set(PARTS):
        raise Invalid(
            N_("This is no record of a draw: its fields must be %(fields)s."), fields=", ".join(PARTS)
        )
    given = {name: data[name] for name in ("announcement", "committed_at", "reports", "late_recusals")}
    return canonical.build(Inputs, given, "record")


def _texts(announced: tuple[Source, ...], reports: tuple[Report, ...]) -> list[str]:
    if len(announced) != len(reports):
        raise Invalid(
            N_("%(announced)s sources are announced, but %(reports)s reported."),
            announced=len(announced),
            reports=len(reports),
        )
    return [_text(source, report) for source, report in zip(announced, reports, strict=True)]


def _text(source: Source, report: Report) -> str:
    if source.party:
        if report == WITHHELD:
            return parties.withheld(source.seal)
        return parties.opened(source.party, source.seal, report.salt, report.value)
    if report.salt:
        raise Invalid(N_("Only a party's secret has a salt."))
    if source.range and not entropy.parse_range(source.range).holds(report.value):
        raise Invalid(
            N_("“%(value)s” is not in the range %(range)s."), value=report.value, range=source.range
        )
    return report.value


def _withheld(inputs: Inputs) -> list[str]:
    pairs = zip(inputs.announcement.sources, inputs.reports, strict=True)
    return [source.party for source, report in pairs if source.party and report == WITHHELD]


def _result(drawn: Drawn) -> dict[str, Any]:
    def seats(outcome: Outcome) -> list[dict[str, str]]:
        return [{"stratum": s.stratum, "name": s.name} for s in drawn.steps if s.outcome is outcome]

    return {
        "steps": canonical.plain(drawn.steps),
        "picked": seats(Outcome.SEAT),
        "alternates": seats(Outcome.ALTERNATE),
        "short": drawn.short,
    }


def _differs(stated: Any, right: Any) -> bool:
    return canonical.text(stated) != canonical.text(right)


def _difference(place: str, stated: Any, right: Any) -> Sentence:
    """Return a sentence about the first leaf that differs."""
    if isinstance(stated, list) and isinstance(right, list) and len(stated) == len(right):
        index = next(i for i, each in enumerate(right) if _differs(stated[i], each))
        return _difference(f"{place}.{index}", stated[index], right[index])
    if isinstance(stated, dict) and isinstance(right, dict) and stated.keys() == right.keys():
        name = next(name for name in right if _differs(stated[name], right[name]))
        return _difference(f"{place}.{name}", stated[name], right[name])
    return Sentence(
        N_("%(place)s is %(stated)s in the record, but %(right)s when the draw is repeated."),
        {"place": place, "stated": _shown(stated), "right": _shown(right)},
    )


def _shown(value: Any) -> str:
    text = canonical.text(value)
    return text if len(text) <= 80 else f"{text[:77]}..."
