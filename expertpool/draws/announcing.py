"""What is fixed before the sources happen, and the commitment that proves it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum

from expertpool.draws import canonical, entropy, parties
from expertpool.draws.plan import Candidate, Plan
from expertpool.draws.plan import check as check_plan
from expertpool.draws.rfc3797 import Hash
from expertpool.errors import N_, Invalid

FORMAT = "expertpool-draw-1"
TIME = "%Y-%m-%dT%H:%M:%SZ"


@dataclass(frozen=True, slots=True)
class Source:
    """A source to come: when it happens, and in what range ("6 of 1-33"; "" when nobody says).

    A party's secret has the party's name and its seal, and `at` is the time by which it must be opened.
    """

    description: str
    at: str | None = None
    range: str = ""
    party: str = ""
    seal: str = ""


class Kind(StrEnum):
    """The first draw; one for seats left open (补抽); one in place of a void draw (重抽)."""

    FIRST = "first"
    SUPPLEMENT = "supplement"
    REDRAW = "redraw"


@dataclass(frozen=True, slots=True)
class Run:
    """One draw of a chain: its number from 1, the hash of the record before it, and why it was made."""

    number: int = 1
    kind: Kind = Kind.FIRST
    previous: str | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Announcement:
    """All that decides a draw but what the sources report."""

    subject: str
    pool: tuple[Candidate, ...]
    plan: Plan
    sources: tuple[Source, ...]
    hash: Hash = Hash.MD5
    run: Run = Run()
    format: str = FORMAT


@dataclass(frozen=True, slots=True)
class Commitment:
    """The hash, to be published at once, and the text that it is the SHA-256 of."""

    sha256: str
    text: str
    committed_at: str


def stamp(moment: datetime) -> str:
    """Return an aware moment in UTC, such as "2026-12-01T04:00:00Z"."""
    return moment.astimezone(UTC).strftime(TIME)


def parse_stamp(text: str) -> datetime:
    """Return the moment of a stamp; raises Invalid for anything else."""
    try:
        moment = datetime.strptime(text, TIME).replace(tzinfo=UTC)
    except ValueError as error:
        raise Invalid(N_("“%(value)s” is no time like 2026-12-01T04:00:00Z."), value=text) from error
    if stamp(moment) != text:
        raise Invalid(N_("“%(value)s” is no time like 2026-12-01T04:00:00Z."), value=text)
    return moment


def commit(announcement: Announcement, *, now: datetime) -> Commitment:
    """Return the commitment to an announcement made at `now`.

    Raises Invalid when the announcement is wrong, or a source of it is not in the future.
    """
    check(announcement)
    check_future(announcement, stamp(now))
    data = canonical.plain(announcement)
    return Commitment(canonical.sha256(data), canonical.text(data), stamp(now))


def prepare(announcement: Announcement, *, now: datetime) -> Commitment:
    """Return what is fixed while the seals of its parties are still to come: list, plan, sources and times.

    Whoever seals a secret knows by its hash what for. Raises Invalid where `complete` surely would.
    """
    commit(
        _with_seals(announcement, {each: canonical.sha256(each) for each in awaited(announcement)}), now=now
    )
    data = canonical.plain(announcement)
    return Commitment(canonical.sha256(data), canonical.text(data), stamp(now))


def complete(prepared: Commitment, seals: Mapping[str, str], *, now: datetime) -> Commitment:
    """Return the commitment to what was prepared, with the seal of each party put in; see `commit`."""
    return commit(_with_seals(read(prepared), seals), now=now)


def awaited(announcement: Announcement) -> tuple[str, ...]:
    """Return the parties whose seals are still to come."""
    return tuple(each.party for each in announcement.sources if each.party and not each.seal)


def _with_seals(announcement: Announcement, seals: Mapping[str, str]) -> Announcement:
    sources = tuple(
        replace(each, seal=seals.get(each.party, "")) if each.party and not each.seal else each
        for each in announcement.sources
    )
    return replace(announcement, sources=sources)


def read(commitment: Commitment) -> Announcement:
    """Return the announcement of a commitment; raises Invalid unless the hash fits the text."""
    data = canonical.parse(commitment.text)
    if canonical.sha256(data) != commitment.sha256 or canonical.text(data) != commitment.text:
        raise Invalid(N_("The announcement is not the one that was committed."))
    return canonical.build(Announcement, data, "announcement")


def check(announcement: Announcement) -> None:
    """Raise Invalid unless the announcement is whole and can be drawn."""
    if announcement.format != FORMAT:
        raise Invalid(N_("“%(value)s” is no known format of draws."), value=announcement.format)
    check_plan(announcement.pool, announcement.plan)
    _check_run(announcement.run)
    _check_sources(announcement.sources)


def check_future(announcement: Announcement, committed_at: str) -> None:
    """Raise Invalid unless every source happens after `committed_at`."""
    moment = parse_stamp(committed_at)
    for source in announcement.sources:
        if source.at is None or parse_stamp(source.at) <= moment:
            raise Invalid(
                N_("Source “%(source)s” must happen after %(time)s, when the draw is committed."),
                source=source.description or source.party,
                time=committed_at,
            )


def _check_run(run: Run) -> None:
    first = run.number == 1 and run.kind is Kind.FIRST and run.previous is None
    later = run.number > 1 and run.kind is not Kind.FIRST and parties.SEAL.fullmatch(run.previous or "")
    if not first and not (later and run.reason.strip()):
        raise Invalid(
            N_("A draw after the first has a number, a reason and the hash of the record before it.")
        )


def _check_sources(sources: tuple[Source, ...]) -> None:
    if not sources:
        raise Invalid(N_("There is no source."))
    for source in sources:
        if source.range:
            entropy.parse_range(source.range)
        if source.at is not None:
            parse_stamp(source.at)
    if any(source.party or source.seal for source in sources):
        _check_parties(sources)


def _check_parties(sources: tuple[Source, ...]) -> None:
    """A public source closes the draw after all secrets had to be opened; see `parties`."""
    sealed = [source for source in sources if source.party or source.seal]
    if not all(source.party and parties.SEAL.fullmatch(source.seal) for source in sealed):
        raise Invalid(N_("Every secret needs its party and a seal of 64 hexadecimal digits."))
    if len({s.party for s in sealed}) < len(sealed) or len({s.seal for s in sealed}) < len(sealed):
        raise Invalid(N_("Every party has one secret, and its own seal."))
    closing = sources[-1]
    last = max(source.at or "" for source in sealed)
    if closing.party or not all(s.at for s in sealed) or (closing.at or "") <= last:
        raise Invalid(N_("After the time to open the secrets, a public source must close the draw."))
