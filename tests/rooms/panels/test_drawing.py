"""A draw of a panel: fixed before its sources, made once, never overwritten."""

import json
import re
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool import wiring
from expertpool.audit.models import AuditEntry
from expertpool.draws import chain, record
from expertpool.draws.record import Report
from expertpool.errors import Forbidden, Invalid
from expertpool.panels import choices, confirmation, draw_fixing, draw_queries, drawing, drawn, request, runs
from expertpool.panels.draw_models import Draw, DrawState
from expertpool.panels.draw_plan import Seats
from expertpool.panels.models import Choice, PanelState, SeatRole
from expertpool.people.models import Status
from tests.builders.lots import HOUR, LOTTERY, hold, wish
from tests.builders.panels import ACTOR, Scene, make_actor
from tests.builders.people import make_person
from tests.conftest import NOW

DOCS = Path(__file__).parents[3] / "docs" / "draws.md"


@pytest.fixture
def scene(session):
    wiring.connect()
    return Scene(session)


@pytest.fixture
def organiser(session):
    return make_actor(session)


@pytest.fixture
def supervisor(session):
    return make_actor(session, "监督人")


def data(draw):
    return json.loads(draw.record)


def names(draw, part="picked"):
    return [seat["name"] for seat in data(draw)[part]]


def test_a_draw_fills_the_panel_in_the_order_drawn_and_is_confirmed_like_any_proposal(
    session, scene, organiser
):
    panel = scene.panel(seats=5)
    made = hold(session, panel, wish(Seats("全体", 5, 2)), organiser)
    run = runs.latest(session, panel)
    assert [each["expert"] for each in run.result["members"]] == names(made)
    assert [each["expert"] for each in run.result["alternates"]] == names(made, "alternates")
    confirmation.confirm(session, panel, run, actor=organiser, now=NOW + 2 * HOUR)
    assert panel.state is PanelState.CONFIRMED
    assert [each.person.number for each in panel.seats if each.role is not SeatRole.ALTERNATE] == names(made)
    events = session.scalars(
        sa.select(AuditEntry.event)
        .where(AuditEntry.event.like("panel.draw-%"), AuditEntry.subject_id == panel.id)
        .order_by(AuditEntry.id)
    ).all()
    assert events == [
        "panel.draw-committed",
        "panel.draw-witnessed",
        "panel.draw-made",
        "panel.draw-proposed",
    ]


def test_a_stranger_with_the_script_of_the_documentation_gets_the_same_names(
    session, scene, organiser, tmp_path
):
    scene.person_of_applicant()
    skill = Seats("轴承", 2, 1, skill_id=scene.skill.id)
    made = hold(session, scene.panel(seats=3), wish(skill, Seats("郑州", 1, 1, region="郑州")), organiser)
    assert record.verify(data(made), commitment=made.commitment) == []
    (tmp_path / "script.py").write_text(
        re.search(r"```python\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL)[1], encoding="utf-8"
    )
    (tmp_path / "record.json").write_text(made.record, encoding="utf-8")
    out = subprocess.run(
        [sys.executable, "script.py", "record.json"], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert out.stdout.split() == names(made)


def test_the_list_holds_who_may_sit_and_passes_over_who_may_not_with_reasons(session, scene, organiser):
    barred = scene.person_of_applicant()
    panel = scene.panel(seats=3)
    choices.choose(session, panel, scene.people[0], Choice.EXCLUDE, actor=ACTOR, now=NOW)
    made = draw_fixing.commit(session, panel, wish(), actor=organiser, now=NOW)
    announced = draw_queries.announcement_of(made)
    assert {each.name: each.reason for each in announced.plan.recusals} == {
        barred.number: "same-organisation",
        scene.people[0].number: "excluded",
    }
    assert sorted(each.name for each in announced.pool) == sorted(
        each.number for each in (*scene.people, barred)
    )
    assert not any(each.name in made.announcement for each in scene.people)


@pytest.mark.parametrize("late", [0, 1])
def test_a_source_that_is_not_in_the_future_is_refused(session, scene, organiser, late):
    with pytest.raises(Invalid, match="must happen after"):
        draw_fixing.commit(
            session, scene.panel(seats=3), wish(at=NOW - late * HOUR), actor=organiser, now=NOW
        )


def test_nothing_is_drawn_early_alone_or_twice(session, scene, organiser, supervisor):
    made = draw_fixing.commit(session, scene.panel(seats=3), wish(), actor=organiser, now=NOW)
    with pytest.raises(Invalid, match="too early"):
        drawing.witness(session, made, actor=supervisor, now=NOW)
    with pytest.raises(Invalid, match="A supervisor must confirm"):
        drawing.draw(session, made, [LOTTERY], actor=organiser, now=NOW + HOUR)
    with pytest.raises(Forbidden, match="can't supervise"):
        drawing.witness(session, made, actor=organiser, now=NOW + HOUR)
    drawing.witness(session, made, actor=supervisor, now=NOW + HOUR)
    with pytest.raises(Invalid, match="not in the range"):
        drawing.draw(session, made, [Report("9 18 26 34 41 99")], actor=organiser, now=NOW + HOUR)
    drawing.draw(session, made, [LOTTERY], actor=organiser, now=NOW + HOUR)
    with pytest.raises(Invalid, match="once"):
        drawing.draw(session, made, [LOTTERY], actor=organiser, now=NOW + HOUR)


CHANGES = {
    "panel.person-chosen": lambda session, scene, panel: choices.choose(
        session, panel, scene.people[0], Choice.EXCLUDE, actor=ACTOR, now=NOW
    ),
    "panel.panel-request-changed": lambda session, scene, panel: request.ask_for(
        session,
        panel,
        seat_count=5,
        alternate_count=2,
        skills={},
        mode=panel.mode,
        actor=ACTOR,
        now=NOW,
    ),
    "panel.proposal-requested": lambda session, scene, panel: runs.request_run(
        session, panel, actor=ACTOR, now=NOW
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_later_change_of_the_panel_voids_its_draws(session, scene, organiser, change):
    panel, other = scene.panel(seats=3), scene.panel(seats=3)
    made = draw_fixing.commit(session, panel, wish(), actor=organiser, now=NOW)
    untouched = draw_fixing.commit(session, other, wish(), actor=organiser, now=NOW)
    CHANGES[change](session, scene, panel)
    assert (made.state, made.void_reason) == (DrawState.VOID, change)
    assert untouched.state is DrawState.COMMITTED
    with pytest.raises(Invalid, match="is void"):
        drawing.draw(session, made, [LOTTERY], actor=organiser, now=NOW + HOUR)


def test_who_falls_under_a_conflict_after_the_commitment_is_passed_over_in_the_open(
    session, scene, organiser, supervisor
):
    panel = scene.panel(seats=3)
    made = draw_fixing.commit(session, panel, wish(), actor=organiser, now=NOW)
    for person in scene.people[:9]:
        person.status = Status.RETIRED
    session.flush()
    drawing.witness(session, made, actor=supervisor, now=NOW + HOUR)
    drawing.draw(session, made, [LOTTERY], actor=organiser, now=NOW + HOUR)
    gone = sorted(each.number for each in scene.people[:9])
    assert data(made)["late_recusals"] == [{"name": name, "reason": "gone"} for name in gone]
    assert sorted(names(made)) == sorted(each.number for each in scene.people[9:])


def fall_out(session, scene, numbers):
    for person in scene.people:
        if person.number in numbers:
            person.status = Status.RETIRED
    session.flush()


def test_alternates_step_in_and_a_supplement_fills_what_stays_open(session, scene, organiser):
    panel = scene.panel(seats=3)
    first = hold(session, panel, wish(), organiser)
    members, alternates = names(first), names(first, "alternates")
    fall_out(session, scene, members[:1])
    assert drawing.step_in(session, panel, actor=organiser, now=NOW + 2 * HOUR)
    run = runs.latest(session, panel)
    assert [each["expert"] for each in run.result["members"]] == [*members[1:], alternates[0]]
    later = NOW + 2 * HOUR
    with pytest.raises(Invalid, match="No seat is open"):
        draw_fixing.commit(
            session, panel, wish(at=later + HOUR), reason="一人退出", actor=organiser, now=later
        )
    fall_out(session, scene, [members[1], *alternates])
    assert not drawing.step_in(session, panel, actor=organiser, now=later)
    with pytest.raises(Invalid, match="has a reason"):
        draw_fixing.commit(session, panel, wish(at=later + HOUR), actor=organiser, now=later)
    second = hold(session, panel, wish(at=later + HOUR), organiser, now=later, reason="两人因故退出")
    run = data(second)["announcement"]["run"]
    assert (run["number"], run["kind"], run["reason"]) == (2, "supplement", "两人因故退出")
    assert chain.verify([data(first), data(second)]) == []
    assert len(names(second)) == 2
    proposal = runs.latest(session, panel)
    assert [each["expert"] for each in proposal.result["members"]] == [members[2], *names(second)]


def test_a_redraw_follows_a_void_draw_and_both_stay_on_file(session, scene, organiser):
    panel = scene.panel(seats=3)
    first = hold(session, panel, wish(), organiser)
    before = first.record
    drawing.void(session, first, "监督人未全程在场", actor=organiser, now=NOW + HOUR)
    later = NOW + 2 * HOUR
    second = hold(session, panel, wish(at=later + HOUR), organiser, now=later, reason="上次抽取作废")
    assert data(second)["announcement"]["run"]["kind"] == "redraw"
    assert chain.verify([data(first), data(second)]) == []
    assert [(each.number, each.state.value) for each in draw_queries.of_panel(session, panel)] == [
        (1, "void"),
        (2, "drawn"),
    ]
    assert first.record == before


def test_people_of_one_employer_are_capped(session, scene, organiser):
    employer = scene.people[0].employments[0].organisation
    for index in range(20):
        make_person(session, f"同事{index}", employer=employer, skills=(scene.skill,), region="郑州")
    made = hold(session, scene.panel(seats=3), wish(), organiser)
    groups = {each["name"]: each["groups"]["employer"][0] for each in data(made)["announcement"]["pool"]}
    drawn = [groups[name] for name in names(made) + names(made, "alternates")]
    assert len(set(drawn)) == len(drawn) == 5


def test_two_who_press_at_once_make_one_record(empty_engine):
    wiring.connect()
    with Session(empty_engine, expire_on_commit=False) as session:
        scene = Scene(session)
        organiser, supervisor = make_actor(session), make_actor(session, "监督人")
        made = draw_fixing.commit(session, scene.panel(seats=3), wish(), actor=organiser, now=NOW)
        drawing.witness(session, made, actor=supervisor, now=NOW + HOUR)
        session.commit()
    barrier, told = threading.Barrier(2), []

    def press(value):
        with Session(empty_engine) as session:
            barrier.wait()
            try:
                draw = session.get_one(Draw, made.id)
                drawing.draw(session, draw, [Report(value)], actor=organiser, now=NOW + HOUR)
                session.commit()
            except Invalid as error:
                told.append(error.sentence.message)

    threads = [threading.Thread(target=press, args=(each,)) for each in ("1 2 3 4 5 6", "7 8 9 10 11 12")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert told == ["This draw was made already; a draw is made once."]
    with Session(empty_engine) as session:
        draws = session.scalars(sa.select(Draw)).all()
        assert [each.state for each in draws] == [DrawState.DRAWN]
        made_events = sa.select(sa.func.count()).where(AuditEntry.event == "panel.draw-made")
        assert session.scalar(made_events) == 1


def test_the_first_drawn_takes_the_chair_unless_another_of_the_drawn_is_chosen(session, scene, organiser):
    panel = scene.panel(seats=5)
    made = hold(session, panel, wish(Seats("全体", 5, 2)), organiser)
    first = runs.latest(session, panel)
    assert [each["role"] for each in first.result["members"]] == ["chair", *["member"] * 4]
    other = first.result["members"][2]["person_id"]
    with pytest.raises(Invalid, match="one of those who were drawn"):
        drawn.choose_chair(session, panel, 0, actor=organiser, now=NOW + HOUR)
    run = drawn.choose_chair(session, panel, other, actor=organiser, now=NOW + HOUR)
    assert (run.number, made.state) == (first.number + 1, DrawState.DRAWN)
    confirmation.confirm(session, panel, run, actor=organiser, now=NOW + 2 * HOUR)
    chairs = [seat.person_id for seat in panel.seats if seat.role is SeatRole.CHAIR]
    assert chairs == [other]
    entry = session.scalars(sa.select(AuditEntry).where(AuditEntry.event == "panel.chair-chosen")).one()
    assert (entry.subject_id, entry.facts["person_id"]) == (panel.id, other)


def test_a_chair_is_chosen_of_a_draw_alone(session, scene, organiser):
    panel = scene.panel(seats=5)
    with pytest.raises(Invalid, match="not made by lot"):
        drawn.choose_chair(session, panel, 1, actor=organiser, now=NOW)


def test_names_are_published_once_and_only_of_a_draw_that_was_made_and_is_not_sealed(
    session, scene, organiser
):
    panel = scene.panel(seats=3)
    waiting = draw_fixing.commit(session, panel, wish(), actor=organiser, now=NOW)
    with pytest.raises(Invalid, match="was made"):
        drawing.publish_names(session, waiting, actor=organiser, now=NOW)
    drawing.void(session, waiting, "来源取消", actor=organiser, now=NOW)
    made = hold(session, panel, wish(), organiser)
    panel.sealed_until = NOW + 2 * HOUR
    with pytest.raises(Invalid, match="is sealed"):
        drawing.publish_names(session, made, actor=organiser, now=NOW + HOUR)
    drawing.publish_names(session, made, actor=organiser, now=NOW + 2 * HOUR)
    with pytest.raises(Invalid, match="already"):
        drawing.publish_names(session, made, actor=organiser, now=NOW + 2 * HOUR)
