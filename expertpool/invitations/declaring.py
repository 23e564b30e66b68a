"""Answers to the questions about conflicts become relations on file, whatever comes of the invitation.

Work for an applicant becomes an employment, a tie to somebody behind an item a declared interest in that
person. What names neither becomes a declared interest in every item of the panel. It holds for the time that
was told; without one it never expires, until the office puts dates to it.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from expertpool.conflicts.names import organisation_key
from expertpool.errors import N_, Invalid
from expertpool.events import Actor
from expertpool.interests.models import RelationKind
from expertpool.interests.service import DECLARED_BY_PERSON, AlreadyOnFile, add_relation
from expertpool.items.models import Item, ItemApplicant, ItemPerson, ItemRole
from expertpool.organisations.models import Organisation
from expertpool.panels.models import Panel, PanelItem
from expertpool.panels.sealed import is_sealed
from expertpool.people.models import Person

Period = tuple[date | None, date | None]
"""First and last day of something; None is not known, and never expires."""
ALWAYS: Period = (None, None)
LONGEST = 150
"""Characters of an answer: it stands in the relation's source."""


@dataclass(frozen=True)
class Declaration:
    """Answers to three questions: worked for an applicant, tied to somebody behind an item, anything else."""

    employed: bool
    employed_text: str
    related: bool
    related_text: str
    related_person_id: int | None
    other: bool
    other_text: str
    employed_when: Period = ALWAYS
    related_when: Period = ALWAYS
    other_when: Period = ALWAYS

    @property
    def answers(self) -> dict[str, bool]:
        """Question -> yes or no."""
        return {"employed": self.employed, "related": self.related, "other": self.other}

    def check(self) -> None:
        """Raise Invalid at the field of an answer that says too little or too much."""
        needed = {
            "related_text": self.related and self.related_person_id is None,
            "other_text": self.other,
        }
        for name in ("employed_text", "related_text", "other_text"):
            text = getattr(self, name).strip()
            if needed.get(name) and not text:
                raise Invalid(N_("Say in a few words what it is."), field=name)
            if len(text) > LONGEST:
                raise Invalid(N_("Longer than %(most)s characters."), field=name, most=LONGEST)
        for question in ("employed", "related", "other"):
            since, until = getattr(self, f"{question}_when")
            if since and until and until < since:
                raise Invalid(N_("The relation ends before it begins."), field=f"{question}_until")


NOTHING = Declaration(False, "", False, "", None, False, "")
"""No conflict that the person knows of."""

Told = tuple[str, Period]
"""What was said of a tie, and when it holds."""
Tie = tuple[RelationKind, Person | Organisation | str, bool]
"""What a relation is to be: its kind, with whom or what, and whether a text names an organisation."""


def keep(
    session: Session, person: Person, panel: Panel, declared: Declaration, *, actor: Actor, now: datetime
) -> None:
    """Put what was declared on file, as far as it is not."""
    declared.check()
    items = _items(session, panel)
    told: dict[Tie, list[Told]] = {}
    for tie in _employers(panel, items, declared.employed_text) if declared.employed else ():
        told.setdefault(tie, []).append((declared.employed_text, declared.employed_when))
    for tie in _related(panel, items, declared) if declared.related else ():
        told.setdefault(tie, []).append((declared.related_text, declared.related_when))
    for tie in _whole(panel, items) if declared.other else ():
        told.setdefault(tie, []).append((declared.other_text, declared.other_when))
    _put(session, person, panel, told, actor=actor, now=now)


def keep_refusal(
    session: Session, person: Person, panel: Panel, text: str, *, actor: Actor, now: datetime
) -> None:
    """Put on file that somebody stays away because of an interest in the applicants, or else in the items."""
    items = _items(session, panel)
    applicants = [_tie(RelationKind.DECLARED, each) for item in items for each in item.applicants]
    told = {tie: [(text, ALWAYS)] for tie in applicants or _whole(panel, items)}
    _put(session, person, panel, told, actor=actor, now=now)


def _items(session: Session, panel: Panel) -> list[Item]:
    query = (
        sa.select(Item)
        .join(PanelItem, PanelItem.item_id == Item.id)
        .where(PanelItem.panel_id == panel.id)
        .order_by(PanelItem.id)
        .options(
            selectinload(Item.applicants).joinedload(ItemApplicant.organisation),
            selectinload(Item.people).joinedload(ItemPerson.person),
        )
    )
    return list(session.scalars(query))


def _employers(panel: Panel, items: list[Item], text: str) -> list[Tie]:
    """Return the applicants that the text names; the only one there is needs no naming."""
    applicants = {
        organisation_key(each.organisation_text): each for item in items for each in item.applicants
    }
    key = organisation_key(text)
    named = [each for name, each in applicants.items() if len(applicants) == 1 or name in key]
    return [_tie(RelationKind.EMPLOYER, each) for each in named] or _whole(panel, items)


def _related(panel: Panel, items: list[Item], declared: Declaration) -> list[Tie]:
    """Return the person chosen, or those whose names the text holds."""
    behind = [each for item in items for each in item.people if each.role is not ItemRole.EXCLUDED]
    chosen, text = declared.related_person_id, declared.related_text
    named = [each.person for each in behind if each.person_id == chosen or (not chosen and each.name in text)]
    ties = [(RelationKind.DECLARED, person, False) for person in named if person is not None]
    return [*ties] or _whole(panel, items)


def _whole(panel: Panel, items: list[Item]) -> list[Tie]:
    """Return a declared interest in all that the panel is about."""
    return [
        (RelationKind.DECLARED, text, False)
        for text in [item.number for item in items] or [panel.title[:200]]
    ]


def _tie(kind: RelationKind, applicant: ItemApplicant) -> Tie:
    return kind, applicant.organisation or applicant.organisation_text, True


def _put(
    session: Session,
    person: Person,
    panel: Panel,
    told: Mapping[Tie, list[Told]],
    *,
    actor: Actor,
    now: datetime,
) -> None:
    for (kind, other, is_organisation), answers in told.items():
        if other is person:
            continue
        since, until = _whole_of([period for _, period in answers])
        with suppress(AlreadyOnFile):
            add_relation(
                session,
                person,
                kind,
                other,
                text_is_organisation=is_organisation,
                since=since,
                until=until,
                source=_source(panel, "；".join(text for text, _ in answers if text), now),
                actor=actor,
                now=now,
            )


def _whole_of(periods: list[Period]) -> Period:
    """Return the time that holds all of these; an end that is not known stays so."""
    begins, ends = zip(*periods, strict=True)
    return (None if None in begins else min(begins), None if None in ends else max(ends))


def _source(panel: Panel, text: str, now: datetime) -> str:
    """Return where a relation is known from; it names no panel whose roster is sealed."""
    asked = "" if is_sealed(panel, now) else f"（答复 {panel.number} 的邀请）"
    source = f"{DECLARED_BY_PERSON}{asked}"
    return (f"{source}：{' '.join(text.split())}" if text.strip() else source)[:200]
