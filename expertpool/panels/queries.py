"""Reads of panels: lists, the people named on them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from expertpool.access.queries import Grants
from expertpool.database import batches
from expertpool.errors import N_, NotFound
from expertpool.items.models import Item
from expertpool.panels import sealed, sharing
from expertpool.panels.draw_models import Draw, DrawState
from expertpool.panels.models import (
    Panel,
    PanelChoice,
    PanelItem,
    PanelShare,
    PanelSkill,
    PanelState,
    Purpose,
    Run,
    RunState,
    Seat,
    SeatRole,
    SeatState,
)
from expertpool.panels.policy import may_see
from expertpool.people.models import Employment, Person
from expertpool.skills.models import Skill


def visible(grants: Grants) -> sa.ColumnElement[bool]:
    """Return the condition of the panels that the holder may see."""
    scope = grants.scope("panels.view")
    if scope is None:
        return sa.true()
    shared = sa.select(PanelShare.panel_id).where(PanelShare.organisation_id.in_(scope))
    return sa.or_(Panel.owner_id.in_(scope), Panel.id.in_(shared))


def get(session: Session, panel_id: int, grants: Grants, *, reader: int | None, now: datetime) -> Panel:
    """Return a panel that the holder may see, with what is asked of it and who sits; NotFound for others.

    `reader` is the user who looks: raises Sealed while the roster is sealed and they are none of its keepers.
    """
    panel = outline(session, panel_id, grants)
    if sealed.is_hidden_from(session, panel, reader, now):
        raise sealed.Sealed()
    return panel


def outline(session: Session, panel_id: int, grants: Grants) -> Panel:
    """Return a panel as `get` does, sealed or not: for pages that tell nothing of who sits."""
    panel = session.get(
        Panel,
        panel_id,
        options=[
            joinedload(Panel.owner),
            joinedload(Panel.preset),
            selectinload(Panel.items).joinedload(PanelItem.item).selectinload(Item.applicants),
            selectinload(Panel.items).joinedload(PanelItem.item).selectinload(Item.people),
            selectinload(Panel.skills).joinedload(PanelSkill.skill).joinedload(Skill.taxonomy),
            selectinload(Panel.slots),
            selectinload(Panel.choices).joinedload(PanelChoice.person),
            selectinload(Panel.seats).joinedload(Seat.person),
        ],
    )
    if panel is None or not may_see(grants, panel, sharing.shares_of(session, panel)):
        raise NotFound(N_("There is no such panel, or it is not yours to see."))
    return panel


@dataclass(frozen=True)
class Wanted:
    """Conditions of a list; None and empty mean all."""

    states: Collection[PanelState] = ()
    owner_id: int | None = None
    preset_slug: str | None = None
    text: str = ""


def listed(wanted: Wanted, grants: Grants) -> sa.Select[Panel]:
    """Return the panels that the holder may see and that meet the conditions, unordered."""
    query = sa.select(Panel).where(visible(grants))
    if wanted.states:
        query = query.where(Panel.state.in_(wanted.states))
    if wanted.owner_id is not None:
        query = query.where(Panel.owner_id == wanted.owner_id)
    if wanted.preset_slug:
        query = query.where(Panel.preset.has(slug=wanted.preset_slug))
    for word in wanted.text.split():
        about = sa.select(PanelItem.panel_id).join(Item).where(Item.title.contains(word, autoescape=True))
        query = query.where(
            sa.or_(
                Panel.title.contains(word, autoescape=True),
                Panel.number.startswith(word, autoescape=True),
                Panel.id.in_(about),
            )
        )
    return query.options(joinedload(Panel.preset), joinedload(Panel.owner))


def counts_by_state(session: Session, grants: Grants) -> dict[PanelState, int]:
    """Return how many panels the holder may see in each state."""
    query = sa.select(Panel.state, sa.func.count()).where(visible(grants)).group_by(Panel.state)
    found: dict[PanelState, int] = {row[0]: row[1] for row in session.execute(query)}
    return found


@dataclass
class Standing:
    """Where a panel stands: its newest proposal and its members' seats."""

    run_state: RunState | None = None
    run_number: int | None = None
    is_feasible: bool = False
    is_outdated: bool = False
    """What is asked changed after the proposal."""
    is_drawing: bool = False
    """A draw is fixed and waits for its sources."""
    is_sealed: bool = False
    """Sealed to the reader: nothing else is told."""
    seats: list[SeatState] = field(default_factory=list)

    @property
    def accepted(self) -> int:
        return self.seats.count(SeatState.ACCEPTED)


def standings(
    session: Session, panels: Sequence[Panel], *, reader: int | None, now: datetime
) -> Mapping[int, Standing]:
    """Return by id where the panels stand: three queries for any number, one more when a roster is sealed.

    Of a roster that is sealed to `reader` only that is told.
    """
    hidden = _hidden(session, panels, reader, now)
    updated = {panel.id: panel.updated_at for panel in panels if panel.id not in hidden}
    found: dict[int, Standing] = defaultdict(Standing)
    found |= {panel_id: Standing(is_sealed=True) for panel_id in hidden}
    newest = (
        sa.select(Run.panel_id, sa.func.max(Run.number).label("number"))
        .where(Run.panel_id.in_(updated), Run.purpose == Purpose.PROPOSE, Run.state != RunState.CANCELLED)
        .group_by(Run.panel_id)
        .subquery()
    )
    runs = (
        sa.select(Run.panel_id, Run.state, Run.number, Run.requested_at, Run.result["feasible"].as_boolean())
        .join(newest, sa.and_(newest.c.panel_id == Run.panel_id, newest.c.number == Run.number))
        .where(Run.purpose == Purpose.PROPOSE)
    )
    for panel, state, number, requested, feasible in session.execute(runs):
        stands = found[panel]
        stands.run_state, stands.run_number, stands.is_feasible = state, number, bool(feasible)
        stands.is_outdated = updated[panel] > requested
    waiting = sa.select(Draw.panel_id).where(Draw.panel_id.in_(updated), Draw.state == DrawState.COMMITTED)
    for panel in session.scalars(waiting):
        found[panel].is_drawing = True
    replaced = sa.select(Seat.replaces_id).where(Seat.panel_id.in_(updated), Seat.replaces_id.is_not(None))
    seats = (
        sa.select(Seat.panel_id, Seat.state)
        .where(Seat.panel_id.in_(updated), Seat.role != SeatRole.ALTERNATE, Seat.id.not_in(replaced))
        .order_by(Seat.panel_id, Seat.position)
    )
    for panel, state in session.execute(seats):
        found[panel].seats.append(state)
    return found


def _hidden(session: Session, panels: Iterable[Panel], reader: int | None, now: datetime) -> frozenset[int]:
    ids = [panel.id for panel in panels if sealed.is_sealed(panel, now)]
    if not ids:
        return frozenset()
    return frozenset(
        session.scalars(sa.select(Panel.id).where(Panel.id.in_(ids), ~sealed.is_open_to(reader, now)))
    )


@dataclass(frozen=True)
class Card:
    """A person as lists of a panel show them."""

    id: int
    number: str
    name: str
    employer: str
    title: str
    region: str
    is_active: bool


def cards(session: Session, person_ids: Iterable[int]) -> dict[int, Card]:
    """Return people by id, with their current employer."""
    found: dict[int, Card] = {}
    for some in batches(set(person_ids)):
        query = (
            sa.select(
                Person.id,
                Person.number,
                Person.name,
                Employment.organisation_text,
                Person.title,
                Person.region,
                sa.and_(Person.status == "active", Person.merged_into_id.is_(None)),
            )
            .outerjoin(Employment, sa.and_(Employment.person_id == Person.id, Employment.is_current))
            .where(Person.id.in_(some))
        )
        for id_, number, name, employer, title, region, active in session.execute(query):
            found[id_] = Card(id_, number, name, employer or "", title or "", region or "", bool(active))
    return found


def people_named(session: Session, text: str, most: int = 10) -> Sequence[Person]:
    """Return people whose name or number is or begins with `text`."""
    key = "".join(text.split()).casefold()
    if not key:
        return []
    return session.scalars(
        sa.select(Person)
        .where(
            Person.merged_into_id.is_(None),
            sa.or_(Person.name_key.startswith(key, autoescape=True), Person.number == text.strip()),
        )
        .order_by(Person.name_key != key, Person.name_key, Person.number)
        .limit(most)
    ).all()


def skill_names(session: Session, skill_ids: Iterable[int]) -> dict[str, Skill]:
    """Return skills by their id as text."""
    query = sa.select(Skill).where(Skill.id.in_(set(skill_ids))).options(joinedload(Skill.taxonomy))
    return {str(skill.id): skill for skill in session.scalars(query)}


def proposals(session: Session, panel: Panel) -> Sequence[Run]:
    """Return the proposals of a panel, newest first."""
    return session.scalars(
        sa.select(Run)
        .where(Run.panel_id == panel.id, Run.purpose == Purpose.PROPOSE)
        .order_by(Run.number.desc())
    ).all()
