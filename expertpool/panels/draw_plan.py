"""What a panel's draw is to be: strata, cap and sources, and the list of people composed from the pool.

The list holds everybody who is free on the date and not full, in the order of their numbers. Who is barred
or excluded stands in it as recused, with the rules as reason, so that they are passed over in the open.
People appear by their numbers and employers by counting numbers: a record can be published as it is.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.draws.announcing import Source, stamp
from expertpool.draws.plan import Candidate, Cap, Plan, Recusal, Stratum
from expertpool.errors import N_, Invalid
from expertpool.matching import problem as matching
from expertpool.panels import question
from expertpool.panels.answer import reason_against
from expertpool.panels.composition import Composed, compose
from expertpool.panels.draw_models import Party
from expertpool.panels.models import Choice, Panel
from expertpool.skills.models import Skill

OUTSIDE = ("full", "busy")
"""Reasons for which nobody is in the list at all."""


@dataclass(frozen=True)
class Seats:
    """A group of seats for those with a skill or of a region; with neither, for everybody."""

    label: str
    seats: int
    alternates: int = 0
    skill_id: int | None = None
    region: str = ""


@dataclass(frozen=True)
class Occasion:
    """A public source to come."""

    description: str
    at: datetime
    range: str = ""


@dataclass(frozen=True)
class Wish:
    """What an organiser asks of a draw; `at_most` people, alternates included, may share an employer.

    With `open_by`, organiser and supervisor add a secret each, to be opened by that moment.
    """

    strata: tuple[Seats, ...]
    occasions: tuple[Occasion, ...]
    at_most: int | None = None
    open_by: datetime | None = None


def require_drawable(panel: Panel) -> None:
    """Raise Invalid when what a panel asks can't be drawn: several dates, or people who must sit."""
    if len(panel.slots) > 1:
        raise Invalid(N_("Settle on one date first: who is free on it is on the list."))
    if any(each.choice is Choice.LOCK for each in panel.choices):
        raise Invalid(N_("Somebody is locked into the panel. Unlock them: a draw chooses everybody."))


def composed_of(session: Session, panel: Panel, skills: frozenset[int], *, now: datetime) -> Composed:
    """Return the pool as it stands towards the panel, with who holds which of `skills`.

    Raises Invalid when the panel can't be drawn.
    """
    require_drawable(panel)
    asked = question.of_panel(panel, 0)
    wanted = dict.fromkeys(skills, 1) | dict(asked.wanted)
    return compose(session, replace(asked, wanted=wanted), now=now)


OWN_SECRET = "保密名单密钥 secret of the sealed roster"
"""Party and description of the secret that is mixed into draws of sealed rosters."""


def own_secret(wish: Wish, seal: str) -> Source:
    """Return the office's secret as a source that is opened a second before the last one reports.

    Pool, plan and public sources can be guessed or looked up; without the secret nobody who does so learns
    who was drawn. It is fixed by its seal beforehand, so it chooses nothing.
    """
    last = max((each.at for each in wish.occasions), default=None)
    opened = stamp(last - timedelta(seconds=1)) if last else None
    return Source(OWN_SECRET, opened, party=OWN_SECRET, seal=seal)


PARTIES = {Party.ORGANISER: "组织者 organiser", Party.SUPERVISOR: "监督员 supervisor"}
"""Party and description of the secrets of both sides; records are published, so they name no person."""


def sources(wish: Wish, now: datetime) -> tuple[Source, ...]:
    """Return the sources as the engine announces them: secrets, whose seals are still to come, then by time.

    Raises Invalid at the field unless a public source closes the draw after all secrets had to be opened.
    """
    public = sorted(wish.occasions, key=lambda each: each.at)
    if wish.open_by and wish.open_by <= now:
        raise Invalid(N_("Give a moment to come."), field="open_by")
    if wish.open_by and (not public or public[-1].at <= wish.open_by):
        raise Invalid(
            N_("After the time to open the secrets, a public source must close the draw."), field="open_by"
        )
    opened = stamp(wish.open_by) if wish.open_by else None
    secrets = tuple(Source(each, opened, party=each) for each in PARTIES.values()) if opened else ()
    return (*secrets, *(Source(each.description, stamp(each.at), each.range) for each in public))


def whole(
    session: Session, panel: Panel, wish: Wish, composed: Composed
) -> tuple[tuple[Candidate, ...], Plan]:
    """Return the list and the plan of a draw of all seats."""
    if sum(each.seats for each in wish.strata) != panel.seat_count:
        raise Invalid(
            N_("The strata must hold %(seats)s seats together, as the panel does."), seats=panel.seat_count
        )
    codes = _codes(session, wish)
    strata = tuple(
        Stratum(each.label, _where(each, codes), each.seats, each.alternates) for each in wish.strata
    )
    caps = (Cap("employer", wish.at_most),) if wish.at_most else ()
    listed = tuple(each for each in composed.problem.candidates if _against(composed, each) not in OUTSIDE)
    return _pool(listed, codes), Plan(strata, caps, recusals(composed, listed))


def recusals(composed: Composed, people: tuple[matching.Candidate, ...]) -> tuple[Recusal, ...]:
    """Return who of `people` may not sit, with codes of the reasons: rules, or `excluded`, `full`, `busy`."""
    return tuple(
        Recusal(each.id, " ".join(each.findings) or str(_against(composed, each)))
        for each in people
        if _against(composed, each)
    )


def late(composed: Composed, announced: tuple[Candidate, ...], plan: Plan) -> tuple[Recusal, ...]:
    """Return who of an announced list may not sit any more, besides those recused already."""
    known = {each.name for each in plan.recusals}
    listed = {each.name for each in announced} - known
    people = tuple(each for each in composed.problem.candidates if each.id in listed)
    gone = sorted(listed - {each.id for each in people})
    return (*recusals(composed, people), *(Recusal(name, "gone") for name in gone))


def fit(composed: Composed) -> frozenset[str]:
    """Return the numbers of those who may sit at this moment."""
    return frozenset(each.id for each in composed.problem.candidates if not _against(composed, each))


def _against(composed: Composed, person: matching.Candidate) -> str | None:
    return reason_against(composed.problem, person)


def _codes(session: Session, wish: Wish) -> dict[int, str]:
    ids = [each.skill_id for each in wish.strata if each.skill_id]
    rows = session.execute(sa.select(Skill.id, Skill.code).where(Skill.id.in_(ids)))
    return {id_: f"{code}/{id_}" if code else str(id_) for id_, code in rows}


def supplement(
    composed: Composed,
    before: tuple[Candidate, ...],
    plan: Plan,
    short: Mapping[str, int],
    called: Collection[str],
) -> tuple[tuple[Candidate, ...], Plan]:
    """Return the list and plan of a draw of the seats still open: the list before without who was called.

    Where employers are capped, nobody comes in from an employer that has a place already.
    """
    taken = {each for one in before if one.name in called for each in one.groups.get("employer", ())}
    listed = tuple(each for each in before if each.name not in called)
    strata = tuple(
        Stratum(each.label, each.where, short[each.label]) for each in plan.strata if each.label in short
    )
    kept = {each.name: each.reason for each in late(composed, listed, Plan(()))}
    if plan.caps:
        for each in listed:
            if taken & set(each.groups.get("employer", ())):
                kept.setdefault(each.name, "employer")
    return listed, Plan(strata, plan.caps, tuple(Recusal(name, why) for name, why in kept.items()))


def _where(each: Seats, codes: dict[int, str]) -> dict[str, str]:
    where = {"region": each.region} if each.region else {}
    return where | ({"skill": codes[each.skill_id]} if each.skill_id else {})


def _pool(people: tuple[matching.Candidate, ...], codes: dict[int, str]) -> tuple[Candidate, ...]:
    employers: dict[str, str] = {}
    for each in people:
        if each.organisation:
            employers.setdefault(each.organisation, str(len(employers) + 1))
    return tuple(Candidate(each.id, _groups(each, employers, codes)) for each in people)


def _groups(
    person: matching.Candidate, employers: dict[str, str], codes: dict[int, str]
) -> dict[str, tuple[str, ...]]:
    groups = {
        "employer": (employers[person.organisation],) if person.organisation else (),
        "region": (person.region,) if person.region else (),
        "skill": tuple(code for id_, code in sorted(codes.items()) if str(id_) in person.skills),
    }
    return {name: values for name, values in groups.items() if values}
