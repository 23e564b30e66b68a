from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool import leases
from expertpool.audit.models import AuditEntry
from expertpool.errors import Invalid
from expertpool.jobs import rounds as worker
from expertpool.panels import presets_service, round_queries, round_runs, rounds
from expertpool.panels.models import RunState
from expertpool.panels.round_models import LockKind, ReviewRound, RoundItem, RoundPlace, RoundRun
from expertpool.panels.round_scoring import Scores
from tests.builders.panels import ACTOR, Scene, propose
from tests.builders.people import make_person
from tests.builders.review_rounds import assigned, composed_of, make_round, pairs_of
from tests.conftest import NOW


@pytest.fixture
def scene(session):
    return Scene(session)


def test_every_item_gets_its_reviewers_within_the_loads_and_no_barred_person_sits(session, scene):
    barred = scene.person_of_applicant()
    outside = make_person(session, "郑无技", employer="某单位")
    run = assigned(session, make_round(scene, items=8, most=3))
    pairs = pairs_of(session, run)
    assert sorted(Counter(item for item, _ in pairs).values()) == [3] * 8
    loads = Counter(person for _, person in pairs)
    assert max(loads.values()) <= 3
    assert (scene.item.id, barred.id) not in pairs
    assert outside.id not in loads
    assert run.state is RunState.DONE
    assert run.summary["measures"]["optimal"] is True
    assert sum(run.summary["measures"]["histogram"][1:]) == len(loads)


def test_scores_are_those_of_a_panel_on_the_same_item(session, scene):
    round_ = make_round(scene, items=1)
    run = assigned(session, round_)
    panel = scene.panel(seats=5)
    shown = {each["person_id"]: each for each in propose(session, panel).result["members"]}
    places = session.scalars(sa.select(RoundPlace).where(RoundPlace.run_id == run.id)).all()
    assert len(places) == 3
    for place in places:
        assert sum(place.parts.values()) == pytest.approx(place.score, abs=1e-5)
        assert place.parts["skill"] == pytest.approx(0.5)
    both = [place for place in places if place.person_id in shown]
    assert both != []
    assert [place.score for place in both] == [
        pytest.approx(shown[each.person_id]["score"], abs=1e-4) for each in both
    ]


def test_locks_and_bans_are_kept_and_a_lock_needs_a_reason(session, scene):
    round_ = make_round(scene)
    pairs = pairs_of(session, assigned(session, round_))
    inside = next(person for item, person in sorted(pairs) if item == scene.item.id)
    left_out = next(each for each in scene.people if (scene.item.id, each.id) not in pairs)
    banned = next(each for each in scene.people if each.id == inside)
    given = {"actor": ACTOR, "now": NOW}
    rounds.decide(session, round_, scene.item, left_out, LockKind.LOCK, "熟悉该标准", **given)
    rounds.decide(session, round_, scene.item, banned, LockKind.BAN, "另有任务", **given)
    again = pairs_of(session, assigned(session, round_))
    assert (scene.item.id, left_out.id) in again
    assert (scene.item.id, inside) not in again
    third = next(each for each in scene.people if each not in (left_out, banned))
    with pytest.raises(Invalid) as error:
        rounds.decide(session, round_, scene.item, third, LockKind.LOCK, "", **given)
    assert error.value.field == "reason"
    rounds.decide(session, round_, scene.item, left_out, None, **given)
    rounds.decide(session, round_, scene.item, banned, None, **given)
    assert round_queries.locks(session, round_.id) == []


def test_a_locked_person_whom_a_rule_bars_makes_the_round_impossible_and_says_so(session, scene):
    barred = scene.person_of_applicant()
    round_ = make_round(scene)
    rounds.decide(session, round_, scene.item, barred, LockKind.LOCK, "想请他来", actor=ACTOR, now=NOW)
    run = assigned(session, round_)
    assert run.summary["feasible"] is False
    (short,) = run.summary["shorts"]
    assert (short["subject"], short["params"]) == (scene.item.number, {"reviewer": barred.number})
    assert pairs_of(session, run) == set()


def test_who_falls_short_is_named(session, scene):
    run = assigned(session, make_round(scene, items=9, most=2))
    assert run.summary["feasible"] is False
    assert run.summary["shorts"][0]["params"] == {"seats": 27, "places": 24}


def test_a_year_with_many_reviews_leaves_fewer(session, scene, monkeypatch):
    busy = scene.people[0]
    from expertpool.panels import history

    monkeypatch.setattr(history, "loads_of_year", lambda *_: {busy.id: 10})
    round_ = make_round(scene, items=8, most=3)
    cap = round_.preset.body["reviews_per_year"]["at_most"]
    composed = composed_of(session, round_)
    place = composed.people.index(busy.id)
    assert int(composed.problem.most[place]) == max(min(3, cap - 10), 0)
    assert int(composed.problem.most[1 - min(place, 1)]) == 3


def test_work_on_items_of_the_round_is_no_experience(session, scene):
    from expertpool.panels import history
    from expertpool.panels.pool import load

    leader = scene.people[0]
    from tests.builders.panels import make_item

    own = make_item(session, "自己的", leaders=[leader], skills=[scene.skill])
    asked = {scene.item.id: frozenset({scene.skill.id})}
    with_it = history.works(session, [scene.skill.id], asked, now=NOW)
    without = history.works(session, [scene.skill.id], [*asked, own.id], now=NOW)
    assert with_it == {scene.skill.id: {(leader.id, f"item {own.id}")}}
    assert without == {scene.skill.id: set()}
    members = load(session)
    scores = Scores(session, asked, members, None, NOW.date(), NOW)
    index = next(place for place, member in enumerate(members) if member.id == leader.id)
    assert scores.parts(scene.item.id, index)["experience"] == pytest.approx(0.2 / 3, abs=1e-5)


def test_asking_twice_gives_one_run_and_one_called_off_keeps_nothing(session, scene):
    round_ = make_round(scene)
    given = {"actor": ACTOR, "now": NOW}
    run = rounds.request_run(session, round_, **given)
    assert rounds.request_run(session, round_, **given).id == run.id
    held = round_runs.claim(session, now=NOW)
    rounds.cancel_run(session, run, **given)
    with pytest.raises(leases.CalledOff):
        leases.advance(session, RoundRun, held, "assigning", now=NOW)
    assert round_runs.record_failure(session, held, "lost", now=NOW) is False
    with pytest.raises(Invalid):
        rounds.cancel_run(session, run, **given)
    assert rounds.request_run(session, round_, **given).number == 2
    events = session.scalars(
        sa.select(AuditEntry.event).where(AuditEntry.subject_kind == "round").order_by(AuditEntry.id)
    ).all()
    assert events[-4:] == [
        "round.round-created",
        "round.assignment-requested",
        "round.assignment-cancelled",
        "round.assignment-requested",
    ]


def test_a_lost_worker_leaves_its_run_to_another_and_three_lost_ones_end_it(session, scene):
    run = rounds.request_run(session, make_round(scene), actor=ACTOR, now=NOW)
    now, first = NOW, None
    for attempt in (1, 2, 3):
        held = round_runs.claim(session, now=now)
        assert held.attempt == attempt
        assert round_runs.claim(session, now=now) is None
        first = first or held
        now += leases.LEASE + timedelta(seconds=1)
    with pytest.raises(leases.CalledOff):
        leases.advance(session, RoundRun, first, "assigning", now=now)
    assert round_runs.claim(session, now=now) is None
    session.refresh(run)
    assert (run.state, run.error) == (RunState.FAILED, "lost")


@pytest.mark.parametrize(
    ("terms", "items", "field", "preset"),
    [
        ({"least": 5, "most": 2}, 1, "least", "enterprise-standard-filing"),
        ({}, 0, "text", "enterprise-standard-filing"),
        ({}, 1, "preset", "bid-evaluation"),
    ],
)
def test_what_does_not_fit_is_said_at_its_field(session, scene, terms, items, field, preset):
    with pytest.raises(Invalid) as error:
        rounds.create(
            session,
            title="年度评审",
            owner_id=scene.office.id,
            preset=presets_service.current(session, preset),
            item_ids=[scene.item.id][:items],
            terms=rounds.Terms(**terms),
            actor=ACTOR,
            now=NOW,
        )
    assert error.value.field == field


def test_items_that_a_panel_has_are_left_out_on_wish(session, scene):
    from expertpool.items.queries import Wanted

    make_round(scene, items=3)
    scene.panel()
    wanted = Wanted(skill_ids=frozenset({scene.skill.id}))
    every = session.scalars(round_queries.candidates(wanted, (), unreviewed=False)).all()
    free = session.scalars(round_queries.candidates(wanted, (), unreviewed=True)).all()
    named = session.scalars(round_queries.candidates(Wanted(), {scene.item.number}, unreviewed=False)).all()
    assert len(every) == 3
    assert sorted(free) == sorted(set(every) - {scene.item.id})
    assert named == [scene.item.id]


def test_two_runs_tell_the_items_whose_reviewers_changed(session, scene):
    round_ = make_round(scene)
    first = assigned(session, round_)
    pairs = pairs_of(session, first)
    left_out = next(each for each in scene.people if (scene.item.id, each.id) not in pairs)
    rounds.decide(session, round_, scene.item, left_out, LockKind.LOCK, "熟悉该标准", actor=ACTOR, now=NOW)
    second = assigned(session, round_)
    told = {row.id for row in session.execute(round_queries.changed(first.id, second.id))}
    by_item = [
        {item: {p for i, p in pairs_of(session, run) if i == item} for item, _ in pairs}
        for run in (first, second)
    ]
    assert told == {item for item in by_item[0] if by_item[0][item] != by_item[1][item]}
    assert scene.item.id in told


def test_a_worker_answers_and_stops_when_called_off(empty_engine, monkeypatch):
    with Session(empty_engine) as session:
        scene = Scene(session)
        round_id = make_round(scene).id
        rounds.request_run(session, session.get_one(ReviewRound, round_id), seed=1, actor=ACTOR, now=NOW)
        session.commit()
    assert worker.work(empty_engine) is True
    assert worker.work(empty_engine) is False
    with Session(empty_engine) as session:
        round_ = session.get_one(ReviewRound, round_id)
        assert [run.state for run in round_queries.runs(session, round_id)] == [RunState.DONE]
        rounds.request_run(session, round_, seed=1, actor=ACTOR, now=NOW)
        session.commit()

    def calls_off(composed, wish):
        with Session(empty_engine) as other:
            run = round_queries.runs(other, round_id)[0]
            rounds.cancel_run(other, run, actor=ACTOR, now=NOW)
            other.commit()
        return assign(composed, wish)

    assign = worker.assign
    monkeypatch.setattr(worker, "assign", calls_off)
    assert worker.work(empty_engine) is True
    with Session(empty_engine) as session:
        newest = round_queries.runs(session, round_id)[0]
        assert (newest.state, newest.summary) == (RunState.CANCELLED, None)
        assert pairs_of(session, newest) == set()


def test_many_who_ask_at_once_get_one_run(empty_engine):
    with Session(empty_engine) as session:
        round_id = make_round(Scene(session)).id
        session.commit()

    def ask(_number):
        with Session(empty_engine) as session:
            run = rounds.request_run(session, session.get_one(ReviewRound, round_id), actor=ACTOR, now=NOW)
            session.commit()
            return run.number

    with ThreadPoolExecutor(6) as threads:
        assert set(threads.map(ask, range(12))) == {1}
    with Session(empty_engine) as session:
        assert session.scalar(sa.select(sa.func.count(RoundRun.id))) == 1
        assert session.scalar(sa.select(sa.func.count(RoundItem.id))) == 4
