"""The indexed engine against a slow one that compares everybody with everything, fact by fact."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from expertpool.conflicts import engine
from expertpool.conflicts.facts import (
    Employment,
    Item,
    ItemSide,
    Organisation,
    OrganisationRef,
    Person,
    PersonRef,
    ReceivedReview,
    Relation,
    RelationKind,
    Review,
    Role,
    Work,
)
from tests.builders.chance import dice, examples
from tests.builders.conflicts import LONG_AGO, NEVER_EXPIRE, ON, make_policy

DAYS = [
    None,
    ON - timedelta(1),
    ON,
    ON + timedelta(1),
    *(date(2023, 11, day) for day in (21, 22)),
    date(2001, 1, 1),
]
SPANS = [(one, other) for one in DAYS for other in DAYS if one is None or other is None or one <= other]
NAMES = {1: "甲", 2: "乙", 3: "丙", 4: "丁"}
PERSON_REFS = [
    *(PersonRef(id_, name) for id_, name in NAMES.items()),
    *(PersonRef(None, name) for name in [*NAMES.values(), "外人"]),
]
COMPANIES = ["一公司", "二公司", "三公司", "四公司", "五公司"]
ORG_REFS = [
    *(OrganisationRef(id_, name) for id_, name in enumerate(COMPANIES)),
    *(OrganisationRef(None, name) for name in [*COMPANIES, "外头公司"]),
]
ITEM_IDS = ["I", "J", "K", "L"]


def known_organisations(random):
    return {
        id_: Organisation(
            id_,
            COMPANIES[id_],
            parent=random.choice([None, *range(id_)]),
            is_department=bool(id_) and random.random() < 0.5,
        )
        for id_ in range(5)
    }


def some(random, make, most=2):
    return tuple(make() for _ in range(random.randint(0, most)))


def dossier(id_, random):
    others = [ref for ref in PERSON_REFS if ref.id != id_]
    known = [*(ref for ref in others if ref.name != NAMES[id_]), *ORG_REFS]

    def of(choices):
        return random.choice(choices)

    def work():
        item = of(ITEM_IDS)
        return Work(item, item, Role.LEADS, *of(SPANS))

    def review():
        item = of(ITEM_IDS)
        return Review(item, item, of(DAYS))

    return Person(
        id_,
        NAMES[id_],
        employments=some(random, lambda: Employment(of(ORG_REFS), *of(SPANS))),
        relations=some(random, lambda: Relation(of(list(RelationKind)), of(known), *of(SPANS))),
        works=some(random, work),
        reviews=some(random, review),
        received_reviews=some(random, lambda: ReceivedReview(of(others), "w", of(DAYS))),
    )


@st.composite
def questions(draw):
    asked, random = ("I", "J")[: draw(st.integers(1, 2))], draw(dice())
    items = tuple(
        Item(
            id_,
            id_,
            applicants=some(random, lambda: random.choice(ORG_REFS)),
            leaders=some(random, lambda: random.choice(PERSON_REFS), 1),
            contributors=some(random, lambda: random.choice(PERSON_REFS), 1),
            excluded=some(random, lambda: random.choice(PERSON_REFS), 1),
        )
        for id_ in asked
    )
    people = [dossier(id_, random) for id_ in NAMES]
    return ItemSide(items, known_organisations(random), tuple(people)), people


@examples(300)
@given(questions())
def test_the_engine_finds_what_the_oracle_finds(question):
    side, people = question
    found = {
        (each.person, each.item, each.rule.value, each.certainty.value)
        for each in engine.check(side, people, make_policy(), ON)
    }
    assert found == oracle(side, people)


@examples(50)
@given(questions(), dice())
def test_the_order_of_the_pool_changes_no_finding(question, random):
    side, people = question
    shuffled = random.sample(people, len(people))
    one = engine.check(side, people, make_policy(), ON)
    other = engine.check(side, shuffled, make_policy(), ON)
    assert sorted(one, key=repr) == sorted(other, key=repr)


@examples(50)
@given(questions())
def test_a_possible_finding_never_bars_and_is_printed_as_possible(question):
    side, people = question
    for finding in engine.check(side, people, make_policy(), ON):
        certain = finding.certainty.value == "certain"
        assert finding.bars is certain
        assert (finding.shown_handling == "possible") is not certain


def oracle(side, people):
    """Return (person, item, rule, certainty), the strongest certainty only."""
    told = [
        (person.id, item.id, *fact)
        for person in people
        for item in side.items
        for fact in facts_between(person, item, side)
    ]
    certain = {entry for entry in told if entry[3] == "certain"}
    return certain | {entry for entry in told if (*entry[:3], "certain") not in certain}


def facts_between(person, item, side):
    behind = [*item.leaders, *item.contributors]
    for ref in behind:
        if ref.id == person.id:
            yield "own-item", "certain"
        elif ref.name == person.name:
            yield "namesake", "possible"
    for ref in item.excluded:
        if ref.id == person.id:
            yield "applicant-recusal", "certain"
        elif ref.id is None and ref.name == person.name:
            yield "applicant-recusal", "possible"
    yield from employer_facts(person, item, side.organisations)
    yield from relation_facts(person, item, side)
    yield from item_facts(person, item, side)


def employer_facts(person, item, organisations):
    own = [*person.employments]
    own += [
        Employment(each.other, each.since, each.until)
        for each in person.relations
        if each.kind == "employer" and isinstance(each.other, OrganisationRef)
    ]
    for applicant in applicants(item, organisations):
        ties = [(work, tie_between(work.organisation, applicant, organisations)) for work in own]
        now = {tie for work, tie in ties if covers(work, ON)}
        for tie in now - {None}:
            yield tie, "certain"
        near = {"same-organisation", "parent-organisation", "department"}
        if not now & near and any(
            tie in near and counts("former-organisation", work.since, work.until)
            for work, tie in ties
            if not covers(work, ON)
        ):
            yield "former-organisation", "certain"


def applicants(item, organisations):
    for ref in item.applicants:
        yield (
            ref.id
            if ref.id is not None
            else next((each.id for each in organisations.values() if each.name == ref.name), ref.name)
        )


def tie_between(ref, applicant, organisations):
    """Return the rule for an employer and an applicant (an id, or a text that nobody knows)."""
    employer = next(applicants(Item("", "", (ref,)), organisations))
    if employer == applicant:
        return "same-organisation"
    if isinstance(employer, str) or isinstance(applicant, str):
        return None
    entity, target = entity_of(employer, organisations), entity_of(applicant, organisations)
    above = chain(applicant, organisations)[1:]
    if employer in above or (entity != target and entity in above):
        return "parent-organisation"
    if entity == target:
        return "department"
    if target in chain(entity, organisations):
        return "subsidiary"
    holders = [chain(each, organisations)[1:2] for each in (entity, target)]
    if all(holders):
        one, other = (entity_of(each[0], organisations) for each in holders)
        if one == other:
            return "sister-company"
    return None


def chain(id_, organisations):
    found = [id_]
    while (parent := organisations[found[-1]].parent) is not None:
        found.append(parent)
    return found


def entity_of(id_, organisations):
    whole = chain(id_, organisations)
    return next((each for each in whole if not organisations[each].is_department), whole[-1])


def relation_facts(person, item, side):
    behind = [*item.leaders, *item.contributors]
    one_entity = {"same-organisation", "department"}
    for relation in person.relations:
        if relation.kind == "employer" or not counts(relation.kind.value, relation.since, relation.until):
            continue
        if isinstance(relation.other, OrganisationRef):
            for applicant in applicants(item, side.organisations):
                if tie_between(relation.other, applicant, side.organisations) in one_entity:
                    yield relation.kind.value, "certain"
        else:
            for ref in behind:
                certainty = same_person(relation.other, ref)
                if certainty and ref.id != person.id:
                    yield relation.kind.value, certainty
    back = {"advisor": "student", "student": "advisor"}
    for teller in side.people:
        if teller.id == person.id or not any(ref.id == teller.id for ref in behind):
            continue
        for relation in teller.relations:
            kind = back.get(relation.kind.value, relation.kind.value)
            named = isinstance(relation.other, PersonRef) and relation.other.id is None
            asked = named and kind != "employer" and relation.other.name == person.name
            if asked and counts(kind, relation.since, relation.until):
                yield kind, "possible"


def item_facts(person, item, side):
    behind = [*item.leaders, *item.contributors]
    for review in person.reviews:
        if review.item == item.id and counts("reviewed-before", review.on, review.on):
            yield "reviewed-before", "certain"
    for received in person.received_reviews:
        for ref in behind:
            certainty = same_person(received.reviewer, ref)
            if certainty and ref.id != person.id and counts("reciprocal-review", received.on, received.on):
                yield "reciprocal-review", certainty
    for work in person.works:
        if work.item in {each.id for each in side.items} and work.item != item.id:
            yield "own-similar-item-in-round", "certain"
        for other in side.people:
            if other.id == person.id or not any(ref.id == other.id for ref in behind):
                continue
            for theirs in other.works:
                if theirs.item == work.item != item.id and overlap_counts(work, theirs):
                    yield "same-item-worked-on", "certain"


def overlap_counts(one, other):
    starts = [each.since for each in (one, other) if each.since]
    ends = [each.until for each in (one, other) if each.until]
    return counts("same-item-worked-on", max(starts, default=None), min(ends, default=None))


def same_person(one, other):
    if one.id is not None and other.id is not None:
        return "certain" if one.id == other.id else None
    return "possible" if one.name == other.name else None


def covers(work, day):
    return (work.since or date.min) <= day <= (work.until or date.max)


def counts(rule, since, until):
    """Look-backs of `make_policy`, spelled out day by day."""
    months = {known.value: back for known, back in LONG_AGO.items()}.get(rule, 0)
    earliest = {0: ON, 12: date(2025, 11, 22), 24: date(2024, 11, 22), 36: date(2023, 11, 22)}[months]
    if rule in {each.value for each in NEVER_EXPIRE}:
        earliest = date.min
    return (since or date.min) <= ON and (until or date.max) >= earliest
