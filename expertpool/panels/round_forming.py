"""A confirmed round becomes panels: written by a worker after a check, all at once or not at all.

The panels are confirmed without a date, as panels are that a person confirmed: their members hold proposed
seats, count as busy with a review, are watched for new conflicts, and wait to be invited. Alternates stand
by behind them, in order.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import combinations
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool import leases
from expertpool.accounts.models import User
from expertpool.audit.service import record, record_all
from expertpool.database import batches, insert_rows, plain_rows
from expertpool.events import SYSTEM, Actor
from expertpool.items.models import Item
from expertpool.leases import MOST_ATTEMPTS, Claim, RunState
from expertpool.panels import numbering, presets_service, terms, watching
from expertpool.panels.models import ChoiceMode, Panel, PanelItem, PanelState, Seat, SeatRole, SeatState
from expertpool.panels.round_checking import Checked, Place
from expertpool.panels.round_events import PanelFormed, RoundConfirmationFailed, RoundConfirmed
from expertpool.panels.round_models import PanelsOf, ReviewRound, RoundConfirmation, RoundPanel
from expertpool.panels.watching_models import Outcome, SeatAlert

STAGES = ("checking", "forming")
LONGEST_TITLE = 300


@dataclass(frozen=True)
class _Team:
    """The reviewers of a panel to be, best first, who stand by, in order, and the items that it reviews."""

    items: tuple[int, ...]
    places: tuple[Place, ...]
    alternates: tuple[Place, ...]
    number: str = ""


def claim(session: Session, *, now: datetime) -> Claim | None:
    """Take the oldest confirmation that waits, or one whose worker was lost; None when there is none."""
    held = leases.claim(session, RoundConfirmation, STAGES[0], now=now)
    if held is not None and held.attempt > MOST_ATTEMPTS:
        record_failure(session, held, "lost", now=now)
        return claim(session, now=now)
    return held


def form(session: Session, held: Claim, checked: Checked, *, now: datetime) -> bool:
    """Write the panels of what was checked; False when the confirmation is no longer this worker's."""
    confirmation = leases.held_by(session, RoundConfirmation, held)
    if confirmation is None:
        return False
    round_ = session.get_one(ReviewRound, confirmation.round_id)
    confirmation.left_out = checked.left_out
    confirmation.end(RunState.DONE, now)
    session.flush()
    actor = _who(session, confirmation)
    teams = _numbered(session, list(_teams(checked, confirmation.panels_of, round_.alternates)), now)
    ids = _write_panels(session, round_, confirmation, teams, now)
    _write_seats(session, teams, ids, checked, now)
    happened = [_formed(round_, confirmation, team, ids[team.number], checked) for team in teams]
    record_all(session, happened, actor=actor, now=now)
    event = RoundConfirmed(
        round_.id,
        run_id=confirmation.run_id,
        number=confirmation.run.number,
        panels=len(teams),
        left_out=len({each["item"] for each in checked.left_out}),
    )
    record(session, event, actor=actor, now=now)
    return True


def record_failure(session: Session, held: Claim, error: str, *, now: datetime) -> bool:
    """Store that no panels could be made; the round may be confirmed again."""
    confirmation = leases.held_by(session, RoundConfirmation, held)
    if confirmation is None:
        return False
    confirmation.end(RunState.FAILED, now, error)
    session.flush()
    event = RoundConfirmationFailed(
        confirmation.round_id, run_id=confirmation.run_id, number=confirmation.run.number, error=error
    )
    record(session, event, actor=SYSTEM, now=now)
    return True


def groups(places: Mapping[int, Iterable[int]], panels_of: PanelsOf) -> list[list[int]]:
    """Return the items (given with their reviewers) that become one panel together, in their order."""
    if panels_of is PanelsOf.ITEM:
        return [[item] for item in places]
    found: dict[frozenset[int], list[int]] = defaultdict(list)
    for item, people in places.items():
        found[frozenset(people)].append(item)
    return list(found.values())


def _teams(checked: Checked, panels_of: PanelsOf, alternates: int) -> Iterator[_Team]:
    people = {item: [place.person for place in places] for item, places in checked.places.items()}
    for items in groups(people, panels_of):
        others = _together([checked.alternates.get(item, []) for item in items])
        yield _Team(
            tuple(items),
            tuple(_together([checked.places[item] for item in items])),
            tuple(others[:alternates]),
        )


def _together(places: Sequence[Sequence[Place]]) -> list[Place]:
    """Return one place for each who is there for all of several items, score and parts the means, best first.

    Who is there for one item alone keeps the order that they have.
    """
    if len(places) == 1:
        return list(places[0])
    found: dict[int, list[Place]] = defaultdict(list)
    for each in places:
        for place in each:
            found[place.person].append(place)
    means = [
        Place(
            person,
            sum(place.score for place in theirs) / len(theirs),
            {
                part: round(sum(place.parts.get(part, 0.0) for place in theirs) / len(theirs), 6)
                for part in {part: None for place in theirs for part in place.parts}
            },
        )
        for person, theirs in found.items()
        if len(theirs) == len(places)
    ]
    return sorted(means, key=lambda place: (-place.score, place.person))


def _numbered(session: Session, teams: Sequence[_Team], now: datetime) -> list[_Team]:
    numbers = numbering.next_numbers(session, len(teams), now)
    return [replace(team, number=number) for team, number in zip(teams, numbers, strict=True)]


def _write_panels(
    session: Session,
    round_: ReviewRound,
    confirmation: RoundConfirmation,
    teams: Sequence[_Team],
    now: datetime,
) -> dict[str, int]:
    """Write panels with their items; return their ids by number."""
    titles = _titles(session, [team.items[0] for team in teams])
    rules = _rules(round_)
    insert_rows(
        session,
        Panel,
        (
            {
                "number": team.number,
                "title": _title(titles[team.items[0]], len(team.items)),
                "owner_id": round_.owner_id,
                "preset_id": round_.preset_id,
                "state": PanelState.CONFIRMED,
                "seat_count": len(team.places),
                "alternate_count": round_.alternates,
                "mode": ChoiceMode.BEST,
                "rules": rules,
                "created_by_id": confirmation.requested_by_id,
                "created_at": now,
                "updated_at": now,
                "version": 1,
            }
            for team in teams
        ),
    )
    ids: dict[str, int] = {}
    for some in batches(team.number for team in teams):
        found = plain_rows(session, sa.select(Panel.number, Panel.id).where(Panel.number.in_(some)))
        ids |= dict(found)
    insert_rows(
        session,
        PanelItem,
        ({"panel_id": ids[team.number], "item_id": item} for team in teams for item in team.items),
    )
    insert_rows(
        session,
        RoundPanel,
        ({"confirmation_id": confirmation.id, "panel_id": ids[team.number]} for team in teams),
    )
    return ids


def _write_seats(
    session: Session, teams: Sequence[_Team], ids: Mapping[str, int], checked: Checked, now: datetime
) -> None:
    insert_rows(
        session,
        Seat,
        (
            {
                "panel_id": ids[team.number],
                "person_id": place.person,
                "role": role,
                "state": SeatState.PROPOSED,
                "position": position,
                "why": {
                    "score": place.score,
                    "parts": [{"part": part, "value": value} for part, value in place.parts.items()],
                },
                "findings": _findings(team, place.person, checked),
                "created_at": now,
                "version": 1,
            }
            for team in teams
            for position, (role, place) in enumerate(_seated(team), 1)
        ),
    )
    _write_known_pairs(session, teams, ids, checked, now)


def _seated(team: _Team) -> list[tuple[SeatRole, Place]]:
    members = [(SeatRole.MEMBER, place) for place in team.places]
    return [*members, *((SeatRole.ALTERNATE, place) for place in team.alternates)]


def _write_known_pairs(
    session: Session, teams: Sequence[_Team], ids: Mapping[str, int], checked: Checked, now: datetime
) -> None:
    """Keep what is known of two people of one panel, so that it is not told later as if it were new."""
    wanted: dict[tuple[int, int], list[dict[str, Any]]] = defaultdict(list)
    for team in teams:
        for first, later in combinations([place.person for place in team.places], 2):
            for each in checked.pairs.get((min(first, later), max(first, later)), ()):
                told = watching.single(watching.of_pair(each, later, first))
                wanted[ids[team.number], later].extend(told)
    seats: dict[tuple[int, int], int] = {}
    for some in batches({panel for panel, _ in wanted}):
        query = sa.select(Seat.panel_id, Seat.person_id, Seat.id).where(Seat.panel_id.in_(some))
        seats |= {(panel, person): seat for panel, person, seat in plain_rows(session, query)}
    insert_rows(
        session,
        SeatAlert,
        (
            {
                "seat_id": seats[key],
                "rule": one["rule"],
                "finding": one,
                "fingerprint": watching.fingerprint(one),
                "cause": PanelFormed.name(),
                "found_at": now,
                "settled_at": now,
                "outcome": Outcome.KNOWN,
            }
            for key, found in wanted.items()
            for one in found
        ),
    )


def _formed(
    round_: ReviewRound, confirmation: RoundConfirmation, team: _Team, panel_id: int, checked: Checked
) -> PanelFormed:
    return PanelFormed(
        panel_id,
        number=team.number,
        owner_id=round_.owner_id,
        round_id=round_.id,
        run_id=confirmation.run_id,
        member_ids=[place.person for place in team.places],
        alternate_ids=[place.person for place in team.alternates],
        declared=[
            {"person_id": place.person, "rule": each["rule"]}
            for place in team.places
            for each in _findings(team, place.person, checked)
        ],
    )


def _findings(team: _Team, person: int, checked: Checked) -> list[dict[str, Any]]:
    return [each for item in team.items for each in checked.findings.get((item, person), ())]


def _rules(round_: ReviewRound) -> dict[str, Any]:
    """Return the panel's own rules in place of those of the preset that a round does not ask for."""
    preset = presets_service.rules(round_.preset)
    asked = terms.rules_of(preset, {}, round_.per_item)
    found: dict[str, Any] = {"odd": False} if asked.odd and round_.per_item % 2 == 0 else {}
    if asked.size_min > round_.per_item:
        found["size_min"] = round_.per_item
    if asked.max_share_of_one_party is not None:
        found["max_share_of_one_interest_party"] = None
    if asked.min_shares:
        found["min_shares"] = {each.name: None for each in asked.min_shares}
    if round_.per_employer is not None and round_.per_employer != asked.max_per_organisation:
        found["max_per_organisation"] = round_.per_employer
    if round_.per_region is not None and round_.per_region != asked.max_per_region:
        found["max_per_region"] = round_.per_region
    return found


def _titles(session: Session, item_ids: Iterable[int]) -> dict[int, str]:
    found: dict[int, str] = {}
    for some in batches(item_ids):
        found |= dict(plain_rows(session, sa.select(Item.id, Item.title).where(Item.id.in_(some))))
    return found


def _title(first: str, items: int) -> str:
    """Return the title of a panel on `items` items, in the language of the first one's title."""
    more = ""
    if items > 1:
        more = f" and {items - 1} more" if first.isascii() else f"等 {items} 项"
    return first[: LONGEST_TITLE - len(more)] + more


def _who(session: Session, confirmation: RoundConfirmation) -> Actor:
    user = session.get_one(User, confirmation.requested_by_id)
    return Actor(user.id, user.name, via="job")
