from dataclasses import dataclass
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool import leases, wiring
from expertpool.access.models import Role
from expertpool.access.queries import Grants
from expertpool.affinity import lists, queries, scoring
from expertpool.affinity.models import AffinityItem, AffinityList, AffinityPlace
from expertpool.audit.models import AuditEntry
from expertpool.errors import Invalid, NotFound
from expertpool.items.models import Item
from expertpool.leases import LEASE, MOST_ATTEMPTS, CalledOff, RunState
from expertpool.organisations.models import Organisation
from expertpool.people import merging
from expertpool.people.models import Person, Status
from expertpool.skills.models import Skill
from tests.builders.affinities import list_of_items, list_of_text, named, worked_out
from tests.builders.organisations import make_organisation
from tests.builders.panels import ACTOR, make_item
from tests.builders.people import make_person
from tests.builders.skills import make_skill, make_taxonomy
from tests.conftest import NOW


@dataclass
class Scene:
    """An office, somebody of bearings, somebody of pastries, a skill that the former has more narrowly."""

    office: Organisation
    skill: Skill
    bearings: Person
    pastries: Person

    @property
    def grants(self) -> Grants:
        return Grants({Role.ORGANISER: frozenset({self.office.id})})


@pytest.fixture
def scene(session):
    office = make_organisation(session, "审查一处")
    ics = make_taxonomy(session, "ics")
    skill = make_skill(session, ics, "21.100", "轴承")
    narrow = make_skill(session, ics, "21.100.20", "滚动轴承", parent=skill)
    bearings = make_person(session, "陆文澜", skills=(narrow,), bio="研究角接触球轴承的疲劳寿命。")
    pastries = make_person(session, "何霁", bio="研究低糖糕点的检验。")
    make_person(session, "唐以宁", bio="研究轴承。", status=Status.SUSPENDED)
    return Scene(office, skill, bearings, pastries)


def near(session: Session, list_: AffinityList) -> list[list[queries.Near]]:
    abouts = session.execute(queries.abouts(list_.id)).all()
    found = queries.nearest(session, [row.id for row in abouts])
    return [found[row.id] for row in abouts]


def facts_of(session: Session, event: str) -> list[dict[str, object]]:
    query = sa.select(AuditEntry.facts).where(AuditEntry.event == f"affinity-list.{event}")
    return list(session.scalars(query.order_by(AuditEntry.id)))


def test_a_text_finds_who_wrote_of_it_and_says_why(session, scene):
    asked = list_of_text(
        session, scene.office, "球轴承疲劳寿命试验", abstract="适用于机床。", skill_ids=[scene.skill.id]
    )
    assert (asked.state, asked.pool) == (RunState.QUEUED, None)
    done = worked_out(session, asked)
    assert (done.state, done.pool, done.scored, done.stage) == (RunState.DONE, 2, 1, "keeping")
    ((first, *others),) = near(session, done)
    assert (first.id, first.words, first.skills) == (
        scene.bearings.id,
        ["球轴承", "疲劳寿命"],
        [scene.skill.id],
    )
    assert 0.3 < first.score <= 1
    assert [each.id for each in others] in ([], [scene.pastries.id])
    assert [each["items"] for each in facts_of(session, "affinity-requested")] == [1]
    assert [each["pool"] for each in facts_of(session, "affinity-recorded")] == [2]


def test_each_item_has_its_experts_and_its_own_people_are_not_near_for_it(session, scene):
    author = make_person(session, "苏砚")
    first = make_item(session, "滚动轴承振动", leaders=[author], skills=[scene.skill])
    second = make_item(session, "糕点检验规则")
    make_item(session, "轴承套圈振动测量", leaders=[scene.bearings])
    done = worked_out(session, list_of_items(session, scene.office, [second, first], experts=1))
    assert named(session, done) == [(second.id, scene.pastries.id), (first.id, scene.bearings.id)]
    (of_bearings,), (of_pastries,) = near(session, done)
    assert (of_bearings.words, of_pastries.words) == (["轴承", "振动"], ["糕点", "检验"])
    rows = [(row.item, row.person) for row in queries.rows(session, done)]
    assert rows == [(first.number, scene.bearings.number), (second.number, scene.pastries.number)]


def test_a_list_in_which_nobody_is_near_and_an_empty_pool_are_done_too(session, scene):
    done = worked_out(session, list_of_text(session, scene.office, "xylophone"))
    assert (done.state, near(session, done)) == (RunState.DONE, [[]])
    for person in (scene.bearings, scene.pastries):
        person.status = Status.RETIRED
    session.flush()
    done = worked_out(session, list_of_text(session, scene.office, "轴承"))
    assert (done.state, done.pool, near(session, done)) == (RunState.DONE, 0, [[]])


def test_places_of_many_items_are_kept_in_parts(session, scene, monkeypatch):
    monkeypatch.setattr(scoring, "ROWS_AT_ONCE", 2)
    items = [make_item(session, f"轴承第{number}部分") for number in range(5)]
    asked = list_of_items(session, scene.office, items)
    question = scoring.read(session, asked.id)
    parts = list(scoring.answer(question))
    assert [(part.items, len(part.rows)) for part in parts] == [(2, 2), (2, 2), (1, 1)]
    done = worked_out(session, asked)
    assert (done.scored, len(named(session, done))) == (5, 5)


def test_what_was_called_off_is_no_longer_its_workers_and_may_be_asked_again(session, scene):
    asked = list_of_text(session, scene.office, "轴承")
    held = scoring.claim(session, now=NOW)
    question = scoring.read(session, asked.id)
    (part,) = scoring.answer(question)
    scoring.keep(session, held, part, now=NOW)
    assert len(named(session, asked)) == 1
    lists.call_off(session, asked, actor=ACTOR, now=NOW)
    assert (asked.state, named(session, asked)) == (RunState.CANCELLED, [])
    with pytest.raises(CalledOff):
        scoring.keep(session, held, part, now=NOW)
    assert scoring.record_answer(session, held, pool=2, now=NOW) is False
    assert scoring.claim(session, now=NOW) is None
    with pytest.raises(Invalid, match="over already"):
        lists.call_off(session, asked, actor=ACTOR, now=NOW)
    lists.ask_again(session, asked, actor=ACTOR, now=NOW)
    done = worked_out(session, asked)
    assert (done.state, done.attempts, len(named(session, done))) == (RunState.DONE, 1, 1)
    with pytest.raises(Invalid, match="worked out"):
        lists.ask_again(session, asked, actor=ACTOR, now=NOW)
    assert len(facts_of(session, "affinity-cancelled")) == 1


def test_a_lost_worker_is_followed_by_another_three_times(session, scene):
    asked = list_of_text(session, scene.office, "轴承")
    now = NOW
    first = scoring.claim(session, now=now)
    (part,) = scoring.answer(scoring.read(session, asked.id))
    scoring.keep(session, first, part, now=now)
    for attempt in range(2, MOST_ATTEMPTS + 1):
        assert scoring.claim(session, now=now) is None
        now += LEASE + timedelta(seconds=1)
        assert scoring.claim(session, now=now) == leases.Claim(asked.id, attempt)
        session.refresh(asked)
        assert (named(session, asked), asked.scored) == ([], 0)
    with pytest.raises(CalledOff):
        scoring.keep(session, first, part, now=now)
    assert scoring.claim(session, now=now + LEASE + timedelta(seconds=1)) is None
    session.refresh(asked)
    assert (asked.state, asked.error) == (RunState.FAILED, "lost")


def test_a_removed_list_is_gone_with_all_that_it_named(session, scene):
    other = worked_out(session, list_of_text(session, scene.office, "糕点"))
    asked = worked_out(session, list_of_text(session, scene.office, "轴承", skill_ids=[scene.skill.id]))
    number, list_id = asked.number, asked.id
    lists.remove(session, asked, actor=ACTOR, now=NOW)
    with pytest.raises(NotFound):
        queries.get(session, list_id, scene.grants)
    assert session.scalar(sa.select(sa.func.count(AffinityItem.id))) == 1
    assert session.scalar(sa.select(sa.func.count(AffinityPlace.id))) == len(named(session, other))
    (told,) = facts_of(session, "affinity-removed")
    assert (told["number"], told["title"]) == (number, "轴承")
    assert list_of_text(session, scene.office, "轴承").id > list_id


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"title": " "}, "title"),
        ({"title": "长" * 301}, "title"),
        ({"abstract": "长" * 20_001}, "abstract"),
        ({"experts": 0}, "experts"),
        ({"experts": 101}, "experts"),
        ({"owner_id": 999_999}, "owner"),
    ],
)
def test_what_does_not_fit_is_refused_at_its_field(session, scene, options, field):
    values = {"title": "轴承", "owner_id": scene.office.id, "actor": ACTOR, "now": NOW} | options
    with pytest.raises(Invalid) as refused:
        lists.ask_about_text(session, **values)
    assert refused.value.field == field


def test_items_that_are_none_or_out_of_use_are_refused(session, scene):
    gone = make_item(session, "停用")
    gone.retired_at = NOW
    session.flush()
    for items in ([], [gone]):
        with pytest.raises(Invalid) as refused:
            list_of_items(session, scene.office, items)
        assert refused.value.field == "text"
    assert session.scalar(sa.select(sa.func.count(AffinityList.id))) == 0


def test_lists_are_seen_by_their_office_alone(session, scene):
    asked = list_of_text(session, scene.office, "轴承")
    elsewhere = Grants({Role.ORGANISER: frozenset({make_organisation(session, "邻处").id})})
    assert session.scalars(queries.listed(scene.grants)).all() == [asked]
    assert session.scalars(queries.listed(elsewhere)).all() == []
    with pytest.raises(NotFound):
        queries.get(session, asked.id, elsewhere)


def twice(session: Session, scene: Scene) -> tuple[AffinityList, Person, list[Item]]:
    """Work out a list of two items: one names somebody's second record too, the other that record alone."""
    second = make_person(session, "陆文岚", bio="轴承疲劳，以及数据安全网关。")
    items = [make_item(session, "轴承疲劳"), make_item(session, "数据安全网关")]
    return worked_out(session, list_of_items(session, scene.office, items)), second, items


def people_of(session: Session, list_: AffinityList) -> list[list[int]]:
    return [[each.id for each in people] for people in near(session, list_)]


def test_a_merged_person_stands_once_in_each_item_and_apart_again_when_that_is_undone(session, scene):
    wiring.connect()
    done, second, _items = twice(session, scene)
    before = people_of(session, done)
    assert before == [sorted(before[0], key=before[0].index), [second.id]]
    assert set(before[0]) == {scene.bearings.id, second.id}
    merging.merge(session, scene.bearings, second, actor=ACTOR, now=NOW)
    assert people_of(session, done) == [[scene.bearings.id], [scene.bearings.id]]
    assert {row.person for row in queries.rows(session, done)} == {scene.bearings.number}
    merging.undo(session, second, actor=ACTOR, now=NOW)
    assert people_of(session, done) == before
