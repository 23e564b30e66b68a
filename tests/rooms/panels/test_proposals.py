from datetime import timedelta

import pytest

from expertpool.availability import service as availability
from expertpool.errors import Invalid
from expertpool.panels import choices, easing, request, runs, solving, waivers
from expertpool.panels.kept import unpack
from expertpool.panels.models import Choice, ChoiceMode, PanelState, RunState, Seat, SeatRole, SeatState
from tests.builders.panels import ACTOR, Scene, answer, days, make_actor, propose
from tests.builders.people import make_person
from tests.conftest import NOW


@pytest.fixture
def scene(session):
    return Scene(session)


def names(run, role="members"):
    return [each["expert"] for each in run.result[role]]


def test_a_proposal_seats_people_of_the_pool_and_names_alternates(session, scene):
    run = propose(session, scene.panel())
    assert run.state is RunState.DONE
    assert run.result["feasible"]
    assert run.result["optimal"]
    assert len(names(run)) == 5
    assert len(names(run, "alternates")) == 2
    assert set(names(run)).isdisjoint(names(run, "alternates"))
    assert [each["role"] for each in run.result["members"]].count("chair") == 1
    assert {each["rule"]: each["met"] for each in run.result["checks"]} == {
        "size_min": True,
        "odd": True,
        "max_per_organisation": True,
        "max_share_of_one_party": True,
        "max_load": True,
        "skill": True,
    }


def test_the_parts_of_a_score_add_up_to_it(session, scene):
    run = propose(session, scene.panel())
    for member in run.result["members"]:
        assert sum(part["value"] for part in member["why"]) == pytest.approx(member["score"])
        assert [part["part"] for part in member["why"]] == ["skill", "experience", "rotation", "balance"]


def test_the_sums_of_reasons_add_up_to_the_pool(session, scene):
    scene.person_of_applicant()
    panel = scene.panel()
    choices.choose(session, panel, scene.people[0], Choice.EXCLUDE, actor=ACTOR, now=NOW)
    run = propose(session, panel)
    pool, evidence = run.result["pool"], unpack(run.evidence)
    assert pool == {"total": 13, "barred": 1, "excluded": 1, "full": 0, "busy": 0, "eligible": 11}
    assert len(names(run)) + len(names(run, "alternates")) + evidence["lower"] == pool["eligible"]


def test_an_employee_of_the_applicant_is_never_proposed_and_the_evidence_is_kept(session, scene):
    barred = scene.person_of_applicant()
    run = propose(session, scene.panel())
    assert barred.number not in names(run) + names(run, "alternates")
    found = [each for each in unpack(run.evidence)["findings"] if each["person"] == barred.id]
    assert [(each["rule"], each["handling"]) for each in found] == [("same-organisation", "bar")]
    assert found[0]["evidence"][0]["params"]["applicant"] == scene.applicant.name


def test_a_waived_person_may_be_proposed_again(session, scene):
    barred = scene.person_of_applicant()
    panel = scene.panel()
    signed_in = make_actor(session)
    waivers.waive(session, panel, barred, "same-organisation", "使用方代表，金额小", actor=signed_in, now=NOW)
    choices.choose(session, panel, barred, Choice.LOCK, actor=ACTOR, now=NOW)
    run = propose(session, panel)
    member = next(each for each in run.result["members"] if each["expert"] == barred.number)
    assert member["findings"][0]["waiver"]["reason"] == "使用方代表，金额小"


def test_locked_people_sit_and_excluded_people_do_not(session, scene):
    panel = scene.panel()
    before = propose(session, panel)
    outside = next(each for each in scene.people if each.number not in names(before))
    inside = next(each for each in scene.people if each.number in names(before))
    choices.choose(session, panel, outside, Choice.LOCK, actor=ACTOR, now=NOW)
    choices.choose(session, panel, inside, Choice.EXCLUDE, actor=ACTOR, now=NOW)
    after = propose(session, panel)
    assert outside.number in names(after)
    assert inside.number not in names(after) + names(after, "alternates")
    assert after.number == before.number + 1


def test_people_who_are_retired_or_merged_are_not_in_the_pool(session, scene):
    make_person(session, "退休者", status="retired", skills=(scene.skill,))
    make_person(session, "重复者", merged_into_id=scene.people[0].id, skills=(scene.skill,))
    run = propose(session, scene.panel())
    assert run.result["pool"]["total"] == 12


def test_two_people_of_one_employer_never_sit_together(session, scene):
    employer = scene.people[0].employments[0].organisation
    for name in ("甲某", "乙某", "丙某"):
        make_person(session, name, employer=employer, skills=(scene.skill,), region="郑州")
    run = propose(session, scene.panel(seats=7))
    by_number = {each.number: each for each in scene.people}
    employers = [by_number[each].employments[0].organisation_id for each in names(run) if each in by_number]
    assert employers.count(employer.id) + sum(each not in by_number for each in names(run)) <= 1


def test_the_date_that_suits_is_chosen_and_who_is_busy_on_all_is_counted(session, scene):
    panel = scene.panel(seats=9, slots=2)
    first, second = days(2)
    for person in scene.people[:4]:
        availability.add_busy_time(
            session, person, first.starts, first.ends, reason=None, actor=ACTOR, now=NOW
        )
    availability.add_busy_time(
        session, scene.people[0], second.starts, second.ends, reason=None, actor=ACTOR, now=NOW
    )
    run = propose(session, panel)
    assert run.result["slot"]["start"] == second.starts.isoformat()
    assert [each["feasible"] for each in run.result["slots"]] == [False, True]
    assert run.result["pool"]["busy"] == 1
    assert unpack(run.evidence)["busy"] == [scene.people[0].id]


def test_an_impossible_request_says_which_rules_to_ease_and_easing_makes_it_possible(session, scene):
    panel = scene.panel(seats=5)
    request.ask_for(
        session,
        panel,
        seat_count=4,
        alternate_count=2,
        skills={scene.skill.id: 2},
        mode=ChoiceMode.BEST,
        actor=ACTOR,
        now=NOW,
    )
    run = propose(session, panel)
    assert not run.result["feasible"]
    rules = [[rule["rule"] for rule in each["rules"]] for each in run.result["relax"]]
    assert rules[0] == ["seats"]
    easing.ease(session, panel, run, 0, actor=ACTOR, now=NOW)
    assert panel.seat_count == 5
    assert propose(session, panel).result["feasible"]


def test_every_way_to_ease_that_is_told_makes_a_panel_possible(session):
    scene = Scene(session, people=5)
    scene.person_of_applicant()
    panel = scene.panel(seats=5)
    request.set_terms(
        session,
        panel,
        preset=panel.preset,
        rules={"min_regions": 4, "max_share_of_one_interest_party": "1/5", "min_shares": {"public": "1/2"}},
        slots=(),
        actor=ACTOR,
        now=NOW,
    )
    ways = len(propose(session, panel).result["relax"])
    assert ways >= 1
    for way in range(ways):
        with session.begin_nested() as attempt:
            run = propose(session, panel, now=NOW + timedelta(minutes=way))
            easing.ease(session, panel, run, way, actor=ACTOR, now=NOW + timedelta(minutes=way))
            again = propose(session, panel, now=NOW + timedelta(minutes=way))
            assert again.result["feasible"], run.result["relax"][way]
            attempt.rollback()
        session.expire_all()


def test_easing_an_old_proposal_is_refused(session, scene):
    panel = scene.panel(seats=4)
    run = propose(session, panel)
    choices.choose(
        session, panel, scene.people[0], Choice.EXCLUDE, actor=ACTOR, now=NOW + timedelta(seconds=1)
    )
    with pytest.raises(Invalid, match="changed after this proposal"):
        easing.ease(session, panel, run, 0, actor=ACTOR, now=NOW)


@pytest.mark.parametrize("mode", list(ChoiceMode))
def test_a_run_replays_to_the_same_names_whatever_happens_to_the_pool(session, scene, mode):
    panel = scene.panel()
    panel.mode = mode
    run = propose(session, panel, seed=11)
    for person in scene.people:
        person.status = "resting"
    session.flush()
    again = solving.replay(run.problem, run.input_hash, run.result)
    assert again.same_input
    assert again.same_answer
    assert sorted(again.members) == sorted(names(run))


def test_the_cost_of_a_swap_is_what_locking_that_person_costs(session, scene):
    panel = scene.panel()
    run = propose(session, panel)
    outside = next(each for each in scene.people if each.number not in names(run))
    told = solving.swap(run.problem, run.input_hash, outside.number).result
    choices.choose(session, panel, outside, Choice.LOCK, actor=ACTOR, now=NOW)
    locked = propose(session, panel)
    assert told["cost"] == pytest.approx(locked.result["objective"] - run.result["objective"])
    assert outside.number in told["enters"]
    assert len(told["enters"]) == len(told["leaves"])
    assert set(told["leaves"]) <= set(names(run))


def test_a_question_about_a_person_is_queued_once_a_proposal(session, scene):
    panel = scene.panel()
    run = propose(session, panel)
    one = runs.request_swap(session, run, scene.people[0].id, actor=ACTOR, now=NOW)
    two = runs.request_swap(session, run, scene.people[0].id, actor=ACTOR, now=NOW)
    assert one.id == two.id
    assert runs.latest(session, panel).id == run.id


def test_a_worker_that_was_lost_loses_its_run_to_another(session, scene):
    run = runs.request_run(session, scene.panel(), seed=1, actor=ACTOR, now=NOW)
    first = runs.claim(session, now=NOW)
    assert runs.claim(session, now=NOW + runs.LEASE - timedelta(seconds=1)) is None
    second = runs.claim(session, now=NOW + runs.LEASE + timedelta(seconds=1))
    assert (second.run_id, second.attempt) == (run.id, 2)
    assert not runs.record_failure(session, first, "unexpected", now=NOW)
    assert runs.record_failure(session, second, "unexpected", now=NOW)
    assert run.state is RunState.FAILED


def test_a_run_whose_worker_is_lost_again_and_again_fails_and_lets_others_pass(session, scene):
    bad = runs.request_run(session, scene.panel(), seed=1, actor=ACTOR, now=NOW)
    good = runs.request_run(session, scene.panel(), seed=1, actor=ACTOR, now=NOW)
    later = NOW
    for _ in range(runs.MOST_ATTEMPTS):
        assert runs.claim(session, now=later).run_id == bad.id
        later += runs.LEASE + timedelta(seconds=1)
    assert runs.claim(session, now=later).run_id == good.id
    session.refresh(bad)
    assert (bad.state, bad.error) == (RunState.FAILED, "lost")


def test_asking_again_calls_off_what_still_waits(session, scene):
    panel = scene.panel()
    first = runs.request_run(session, panel, actor=ACTOR, now=NOW)
    second = runs.request_run(session, panel, actor=ACTOR, now=NOW)
    assert (first.state, second.state) == (RunState.CANCELLED, RunState.QUEUED)
    answer(session, second)


def test_earlier_reviews_count_as_load_and_the_full_are_not_proposed(session, scene):
    full = scene.people[0]
    for index in range(10):
        panel = scene.panel()
        panel.state = PanelState.CLOSED
        panel.starts, panel.ends = NOW - timedelta(days=index + 1), NOW - timedelta(days=index)
        session.add(
            Seat(
                panel_id=panel.id,
                person_id=full.id,
                role=SeatRole.MEMBER,
                state=SeatState.ACCEPTED,
                position=1,
                why={},
                findings=[],
                created_at=NOW,
            )
        )
    session.flush()
    other = request.create_panel(
        session,
        title="另一项",
        owner_id=scene.office.id,
        item_ids=[scene.item.id],
        preset=scene.panel().preset,
        actor=ACTOR,
        now=NOW,
    )
    run = propose(session, other)
    assert run.result["pool"]["full"] == 1
    assert unpack(run.evidence)["full"] == [[full.id, 10]]
