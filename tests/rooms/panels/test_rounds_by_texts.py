"""Rounds that score by texts and skills: what the engine of affinities says, within the rules of a round."""

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.affinity import profiles
from expertpool.items.models import ItemPerson, ItemRole
from expertpool.leases import CalledOff
from expertpool.panels import round_composition, round_texts, rounds
from expertpool.panels.models import Seat
from expertpool.panels.round_models import LockKind, RoundAlternate, RoundPlace, ScoredBy
from expertpool.text import affinities
from tests.builders.panels import ACTOR, Scene, make_item
from tests.builders.people import make_person
from tests.builders.review_rounds import assigned, composed_of, confirmed, make_round, pairs_of
from tests.conftest import NOW

TEXTS = {"scored_by": ScoredBy.TEXTS, "skilled_only": False}
PARTS = {"text", "experience", "rotation", "balance"}


@pytest.fixture
def scene(session):
    """The scene's people write of bearings, each in other words; its item has an abstract."""
    made = Scene(session)
    made.item.abstract = "规定角接触球轴承的精度等级、游隙与检验规则。"
    words = ("精度", "游隙", "检验", "润滑", "振动", "材料")
    for number, person in enumerate(made.people):
        person.bio = "轴承" + "、".join(words[: number % 6]) + f"，第{number}项"
    session.flush()
    return made


@pytest.fixture
def writer(session):
    """Somebody who holds no skill and wrote about the item."""
    return make_person(
        session,
        "郑无技",
        employer="某单位",
        bio="角接触球轴承的精度等级、游隙与检验规则研究。",
        region="郑州",
    )


def engine(session: Session, composed) -> dict[int, dict[int, float]]:
    """Return the affinity of every pair as a share of the item's highest."""
    pool = profiles.of_pool(session, but=composed.items)
    found = {}
    for item, near in affinities(pool, profiles.of_items(session, composed.items)):
        highest = near[0][1]
        found[int(item)] = {int(id_): value / highest if highest else 0.0 for id_, value in near}
    return found


def fits(composed) -> dict[tuple[int, int], float]:
    """Return what texts say of each pair that scores, weighted."""
    return {
        (item, composed.people[at]): composed.scores.parts(item, at)["text"]
        for item in composed.items
        for at in composed.scores.column(item).people.tolist()
    }


def test_texts_bring_in_who_wrote_about_the_item_and_skills_alone_do_not(session, scene, writer):
    by_texts = assigned(session, make_round(scene, items=1, **TEXTS))
    assert (scene.item.id, writer.id) in pairs_of(session, by_texts)
    query = sa.select(RoundPlace).where(RoundPlace.run_id == by_texts.id, RoundPlace.person_id == writer.id)
    place = session.scalars(query).one()
    assert set(place.parts) == PARTS
    assert place.parts["text"] > 0.4
    assert sum(place.parts.values()) == pytest.approx(place.score, abs=1e-5)
    by_skills = assigned(session, make_round(scene, items=1, skilled_only=False))
    assert writer.id not in {person for _, person in pairs_of(session, by_skills)}
    only_holders = make_round(scene, items=1, scored_by=ScoredBy.TEXTS, skilled_only=True)
    assert writer.id not in {person for _, person in pairs_of(session, assigned(session, only_holders))}


@pytest.mark.parametrize("nearest", [1, 3, 100])
def test_who_scores_are_the_nearest_and_the_holders_and_their_part_is_what_the_engine_says(
    session, scene, writer, monkeypatch, nearest
):
    monkeypatch.setattr(round_texts, "NEAREST", nearest)
    make_person(session, "无关", bio="海洋生态")
    composed = composed_of(session, make_round(scene, items=3, **TEXTS))
    said = engine(session, composed)
    expected = {}
    for item, near in said.items():
        holders = {each.id for each in scene.people}
        first = [person for person, value in near.items() if value > 0][:nearest]
        expected |= {(item, person): 0.5 * near[person] for person in holders.union(first)}
    assert fits(composed) == {pair: pytest.approx(value, abs=2e-6) for pair, value in expected.items()}
    assert {pair[1] for pair in expected} >= {each.id for each in scene.people}
    assert max(value for pair, value in fits(composed).items() if pair[0] == scene.item.id) == 0.5
    scored = composed.problem.scored
    told = {
        (composed.items[item], composed.people[person])
        for item, person in zip(scored.item.tolist(), scored.reviewer.tolist(), strict=True)
    }
    assert told == set(expected)


def test_if_only_holders_may_review_texts_order_them(session, scene, writer):
    round_ = make_round(scene, items=2, scored_by=ScoredBy.TEXTS, skilled_only=True)
    composed = composed_of(session, round_)
    said = engine(session, composed)
    assert fits(composed) == {
        (item, each.id): pytest.approx(0.5 * said[item][each.id], abs=2e-6)
        for item in composed.items
        for each in scene.people
    }
    assert fits(composed)[scene.item.id, scene.people[0].id] < 0.5


def test_an_item_without_skills_asks_its_nearest_or_everybody(session, scene, writer):
    scene.item = make_item(session, "角接触球轴承的游隙")
    stranger = make_person(session, "无关", bio="marine biology")
    asked = []
    for skilled_only in (False, True):
        round_ = make_round(scene, items=1, scored_by=ScoredBy.TEXTS, skilled_only=skilled_only)
        asked.append({person for _, person in fits(composed_of(session, round_))})
    assert stranger.id not in asked[0]
    assert writer.id in asked[0]
    assert asked[1] == asked[0] | {stranger.id} | {each.id for each in scene.people}


def test_beyond_the_pairs_that_can_be_listed_only_who_scores_reviews(session, scene, writer, monkeypatch):
    make_person(session, "无关", bio="marine biology")
    small = composed_of(session, make_round(scene, items=1, **TEXTS))
    monkeypatch.setattr(round_composition, "MOST_PAIRS", 13)
    large = composed_of(session, make_round(scene, items=1, **TEXTS))
    assert (small.problem.scored_only, large.problem.scored_only) == (False, True)
    assert fits(large) == fits(small)
    assert (scene.item.id, writer.id) in fits(large)
    assert composed_of(session, make_round(scene, items=1, skilled_only=False)).problem.scored_only is False


def test_items_of_the_round_are_nobodys_works(session, scene):
    leader = scene.people[0]
    leader.bio = None
    round_ = make_round(scene, items=2, **TEXTS)
    before = fits(composed_of(session, round_))
    leads = ItemPerson(role=ItemRole.LEADER, person=leader, name=leader.name, name_key=leader.name_key)
    scene.item.people = [leads]
    session.flush()
    assert fits(composed_of(session, round_)) == before
    other = make_item(session, "角接触球轴承", leaders=[leader])
    other.abstract = scene.item.abstract
    session.flush()
    assert fits(composed_of(session, round_))[scene.item.id, leader.id] == 0.5


def test_the_same_database_gives_the_same_bytes_and_another_text_another_hash(session, scene, writer):
    def kept(run):
        columns = (RoundPlace.item_id, RoundPlace.person_id, RoundPlace.score, RoundPlace.parts)
        query = sa.select(*columns).where(RoundPlace.run_id == run.id).order_by(*columns[:2])
        return [tuple(row) for row in session.execute(query)]

    round_ = make_round(scene, **TEXTS)
    first, second = (assigned(session, round_) for _ in range(2))
    assert first.input_hash == second.input_hash
    assert kept(first) == kept(second)
    scene.item.abstract = "另写的摘要"
    session.flush()
    assert assigned(session, round_).input_hash != first.input_hash


def test_texts_are_a_stage_of_their_own(session, scene):
    heard = []
    composed_of(session, make_round(scene, **TEXTS), told=heard.append)
    assert list(dict.fromkeys(heard)) == ["conflicts", "texts"]
    heard.clear()
    composed_of(session, make_round(scene), told=heard.append)
    assert set(heard) == {"conflicts"}


def test_nobody_who_is_barred_sits_however_near(session, scene):
    barred = scene.person_of_applicant()
    barred.bio = scene.item.abstract
    session.flush()
    composed = composed_of(session, make_round(scene, items=2, **TEXTS))
    assert fits(composed)[scene.item.id, barred.id] == 0.5
    assert (scene.item.id, barred.id) not in pairs_of(session, assigned(session, make_round(scene, **TEXTS)))


def test_somebody_without_a_score_may_be_locked(session, scene):
    stranger = make_person(session, "无关", bio="marine biology")
    round_ = make_round(scene, items=2, **TEXTS)
    rounds.decide(session, round_, scene.item, stranger, LockKind.LOCK, "法律顾问", actor=ACTOR, now=NOW)
    run = assigned(session, round_)
    query = sa.select(RoundPlace).where(RoundPlace.run_id == run.id, RoundPlace.person_id == stranger.id)
    place = session.scalars(query).one()
    assert (place.item_id, place.score, place.parts) == (scene.item.id, 0.0, {})


def test_panels_of_the_round_keep_the_parts(session, scene, writer):
    round_ = make_round(scene, items=2, **TEXTS)
    run = assigned(session, round_)
    confirmed(session, round_, run)
    seats = session.scalars(sa.select(Seat)).all()
    kept = {(seat.person_id, part["part"]): part["value"] for seat in seats for part in seat.why["parts"]}
    assert {part for _, part in kept} == PARTS
    standing_by = session.scalars(sa.select(RoundAlternate).where(RoundAlternate.run_id == run.id)).all()
    assert {part for each in standing_by for part in each.parts} == {
        "text",
        "experience",
        "rotation",
        "balance",
    }


def test_a_run_may_be_called_off_while_texts_are_compared(session, scene, monkeypatch):
    monkeypatch.setattr(round_texts, "TOLD_EVERY", 1)
    heard = []

    def told(stage):
        heard.append(stage)
        if heard.count("texts") == 3:
            raise CalledOff

    with pytest.raises(CalledOff):
        composed_of(session, make_round(scene, items=4, **TEXTS), told=told)
    assert heard.count("texts") == 3
