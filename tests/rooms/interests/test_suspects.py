"""Only people who may have a finding are looked at: this must find what looking at everybody finds."""

import random
from datetime import date

import pytest
import sqlalchemy as sa

from benchmarks.pool_rows import NOW, Shape, everything
from expertpool.conflicts import engine
from expertpool.conflicts.policy import Rule
from expertpool.events import SYSTEM
from expertpool.interests.dossiers import people_facts
from expertpool.interests.queries import findings_for_items, pair_findings, pair_findings_of_pool
from expertpool.items.models import Item, ItemPerson
from expertpool.panels import presets_service
from expertpool.panels.reviews import earlier_reviews
from expertpool.people.models import Person
from expertpool.skills import loading
from expertpool.skills.models import Skill
from tests.builders.conflicts import make_policy

ON = date(2026, 12, 3)
PEOPLE = 240


@pytest.fixture
def office(session):
    """A small invented office whose people are tied to each other more closely than any real ones."""
    loading.load_shipped(session, "ics", actor=SYSTEM, now=NOW)
    presets_service.ensure_shipped(session, now=NOW)
    skills = session.scalars(sa.select(Skill.id).order_by(Skill.code).limit(12)).all()
    preset = presets_service.current(session, "general-review").id
    for model, rows in everything(Shape(PEOPLE, skills, preset), seed=4):
        session.execute(sa.insert(model), rows, execution_options={"render_nulls": True})
    rng = random.Random(5)
    for row in session.scalars(sa.select(ItemPerson).where(ItemPerson.id % 7 == 0)):
        row.address = f"e{rng.randrange(1, PEOPLE)}@u{rng.randrange(1, 60)}.example.org"
    for person in session.scalars(sa.select(Person).where(Person.id % 5 == 0)):
        person.addresses[0].address = f"e{person.id}@u{person.id % 60 + 1}.example.org"
        person.employments.clear()
    for item in session.scalars(sa.select(Item)):
        item.extra = {"批次": f"第{item.id % 3}批"} if item.id % 2 else {}
    session.flush()
    return session


def test_no_finding_is_lost_by_looking_only_at_suspects(office):
    policy, people = make_policy(), list(office.scalars(sa.select(Person.id)))
    earlier = earlier_reviews(office, ON, now=NOW)
    rules = set()
    for ids in [[each] for each in range(1, 13)] + [[2, 3], [7, 11, 13]]:
        narrow = findings_for_items(office, ids, policy, ON, earlier=earlier)
        whole = findings_for_items(office, ids, policy, ON, person_ids=people, earlier=earlier)
        assert narrow == whole
        rules |= {finding.rule for finding in whole.findings}
    assert rules >= {
        Rule.OWN_ITEM,
        Rule.SAME_ORGANISATION,
        Rule.FORMER_ORGANISATION,
        Rule.SAME_ITEM_WORKED_ON,
        Rule.OWN_SIMILAR_ITEM_IN_ROUND,
        Rule.REVIEWED_BEFORE,
        Rule.MAIL_DOMAIN,
        Rule.NAMESAKE,
    }


def test_no_pair_is_lost_by_reading_only_related_people(office):
    policy, people = make_policy(), list(office.scalars(sa.select(Person.id)))
    whole = engine.pairs(people_facts(office), policy, ON)
    assert len(whole) > 20
    assert pair_findings_of_pool(office, policy, ON) == whole
    assert pair_findings(office, people, policy, ON) == whole
