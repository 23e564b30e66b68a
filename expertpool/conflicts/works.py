"""Conflicts by items: one's own, worked on together, in the same round; declarations and recusals."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from expertpool.conflicts.asking import Asking
from expertpool.conflicts.facts import Item, Person, Role, Work
from expertpool.conflicts.findings import Evidence, Hit
from expertpool.conflicts.policy import Certainty, Rule

_OWN = frozenset({Role.APPLIES, Role.LEADS, Role.CONTRIBUTES})


def own_item_hits(person: Person, asking: Asking) -> Iterator[Hit]:
    """Yield the items that the person certainly leads, contributes to or applies for."""
    if Rule.OWN_ITEM in asking.rules:
        for standing in asking.behind.of_person(person):
            title = asking.items[standing.item].title
            yield Hit(
                standing.item, Rule.OWN_ITEM, Evidence("item", f"{standing.role}-item", {"item": title})
            )


def work_hits(person: Person, asking: Asking) -> Iterator[Hit]:
    """Yield items worked on together with an item's person, and own similar items of the round."""
    for work in person.works:
        yield from _together(person, work, asking)
        if work.role in _OWN and Rule.OWN_SIMILAR_ITEM_IN_ROUND in asking.rules:
            yield from _in_round(work, asking)


def _together(person: Person, work: Work, asking: Asking) -> Iterator[Hit]:
    look = asking.rules.get(Rule.SAME_ITEM_WORKED_ON)
    if look is None:
        return
    for standing, theirs, certainty in asking.shared_works.get(work.item, ()):
        since, until = _overlap(work, theirs)
        is_self = standing.ref.id is not None and standing.ref.id == person.id
        if not is_self and standing.ref.email not in person.emails and look.reaches(since, until):
            params = {"work": work.title, "other": standing.ref.name}
            evidence = Evidence("item", "worked-together", params, "", since, until, certainty)
            yield Hit(standing.item, Rule.SAME_ITEM_WORKED_ON, evidence)


def _overlap(one: Work, other: Work) -> tuple[date | None, date | None]:
    """Return when both worked on it: the later start, the earlier end; what is unknown does not limit."""
    starts = [work.since for work in (one, other) if work.since is not None]
    ends = [work.until for work in (one, other) if work.until is not None]
    return max(starts, default=None), min(ends, default=None)


def _in_round(work: Work, asking: Asking) -> Iterator[Hit]:
    """Another item of the person's that competes: of the same round, or on the same agenda."""
    same_agenda = work.item in asking.positions
    candidates = enumerate(asking.items) if same_agenda else asking.in_round.get(work.round or "", ())
    for position, item in candidates:
        if position not in asking.positions.get(work.item, ()) and _similar(work, item):
            evidence = Evidence("item", "own-item-in-round", {"work": work.title}, "", work.since, work.until)
            yield Hit(position, Rule.OWN_SIMILAR_ITEM_IN_ROUND, evidence)


def _similar(work: Work, item: Item) -> bool:
    """Of one kind and with a skill in common; what is unknown on either side does not tell them apart."""
    if work.kind and item.kind and work.kind != item.kind:
        return False
    return not work.skills or not item.skills or not work.skills.isdisjoint(item.skills)


def review_hits(person: Person, asking: Asking) -> Iterator[Hit]:
    """Yield items judged before, and items whose people judged the person's own."""
    before = asking.rules.get(Rule.REVIEWED_BEFORE)
    for review in person.reviews if before is not None else ():
        if before is not None and before.reaches(review.on, review.on):
            for position in asking.positions.get(review.item, ()):
                evidence = Evidence(
                    "review", "reviewed-item", {"item": review.title}, since=review.on, until=review.on
                )
                yield Hit(position, Rule.REVIEWED_BEFORE, evidence)
    reciprocal = asking.rules.get(Rule.RECIPROCAL_REVIEW)
    for received in person.received_reviews if reciprocal is not None else ():
        if reciprocal is None or not reciprocal.reaches(received.on, received.on):
            continue
        for standing, certainty in asking.behind.match(received.reviewer):
            if standing.ref.id is None or standing.ref.id != person.id:
                params = {"work": received.title, "other": standing.ref.name}
                evidence = Evidence("review", "reviewed-by", params, "", received.on, received.on, certainty)
                yield Hit(standing.item, Rule.RECIPROCAL_REVIEW, evidence)


def declaration_hits(person: Person, asking: Asking) -> Iterator[Hit]:
    """Yield interests that the person declared in an item itself."""
    look = asking.rules.get(Rule.DECLARED)
    for declaration in person.declarations if look is not None else ():
        if look is not None and look.reaches(declaration.since, declaration.until):
            for position in asking.positions.get(declaration.item, ()):
                yield Hit(
                    position,
                    Rule.DECLARED,
                    Evidence(
                        "declaration",
                        "declared-item",
                        {"note": declaration.note} if declaration.note else {},
                        declaration.source,
                        declaration.since,
                        declaration.until,
                    ),
                )


def recusal_hits(person: Person, asking: Asking) -> Iterator[Hit]:
    """Yield items whose applicant asks not to have this person, or possibly this person."""
    if Rule.APPLICANT_RECUSAL not in asking.rules:
        return
    for standing in asking.excluded.of_person(person):
        yield Hit(standing.item, Rule.APPLICANT_RECUSAL, _excluded(standing.ref.name, Certainty.CERTAIN))
    for standing in asking.excluded.namesakes_of(person):
        if standing.ref.id is None and not standing.ref.email:
            yield Hit(standing.item, Rule.APPLICANT_RECUSAL, _excluded(standing.ref.name, Certainty.POSSIBLE))


def _excluded(name: str, certainty: Certainty) -> Evidence:
    return Evidence("item", "excluded-by-applicant", {"name": name}, certainty=certainty)


def namesake_hits(person: Person, asking: Asking) -> Iterator[Hit]:
    """Yield items with a person of the same name who is not known to be this one."""
    if Rule.NAMESAKE not in asking.rules:
        return
    for standing in asking.behind.namesakes_of(person):
        evidence = Evidence("name", "namesake-of", {"name": standing.ref.name}, certainty=Certainty.POSSIBLE)
        yield Hit(standing.item, Rule.NAMESAKE, evidence)
