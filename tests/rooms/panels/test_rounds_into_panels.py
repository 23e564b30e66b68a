import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.audit.models import AuditEntry
from expertpool.errors import Forbidden, Invalid
from expertpool.interests import service as interests
from expertpool.interests.models import RelationKind
from expertpool.invitations import answering, campaigns, inviting, vacancies
from expertpool.invitations.models import Channel, DeclineReason
from expertpool.jobs import rounds as worker
from expertpool.matching.rules import Violation
from expertpool.panels import (
    adding,
    history,
    presets_service,
    round_checking,
    round_confirming,
    round_forming,
    rounds,
    seating,
    terms,
    watching,
)
from expertpool.panels import confirmation as panels_life
from expertpool.panels.holding import hold
from expertpool.panels.models import Panel, PanelState, RunState, Seat, SeatRole, SeatState
from expertpool.panels.round_models import (
    LockKind,
    PanelsOf,
    ReviewRound,
    RoundConfirmation,
    RoundPanel,
    RoundPlace,
    RoundRun,
)
from expertpool.panels.watching_models import Outcome
from expertpool.people import service as people
from expertpool.people.models import EmailAddress, Person, Status
from tests.builders.invitations import DECIDED, LATER, by_mail
from tests.builders.panels import ACTOR, Scene, make_actor
from tests.builders.review_rounds import assigned, confirmed, make_round, pairs_of, standing_by
from tests.conftest import NOW


@pytest.fixture
def scene(session):
    return Scene(session)


def panels_of(session, confirmation):
    return session.scalars(round_confirming.panels(confirmation)).all()


def alternates_of(panel):
    return [seat.person_id for seat in seating.alternates(panel)]


def test_each_item_becomes_a_confirmed_panel_without_a_date_that_holds_its_reviewers(session, scene):
    round_ = make_round(scene)
    run = assigned(session, round_)
    actor = make_actor(session)
    made = confirmed(session, round_, run, actor=actor)
    panels = panels_of(session, made)
    assert [made.state, made.left_out, len(panels)] == [RunState.DONE, [], 4]
    seated = {
        (panel.items[0].item_id, seat.person_id) for panel in panels for seat in panels_life.holders(panel)
    }
    assert seated == pairs_of(session, run)
    assert [panel.number for panel in panels] == [f"P-{NOW.year}-{number:04}" for number in range(1, 5)]
    first = panels[0]
    assert (first.title, first.state, first.starts) == (scene.item.title, PanelState.CONFIRMED, None)
    assert (first.preset_id, first.owner_id) == (round_.preset_id, round_.owner_id)
    assert (first.seat_count, first.alternate_count) == (3, 3)
    assert {seat.state for panel in panels for seat in panel.seats} == {SeatState.PROPOSED}
    place = session.scalars(sa.select(RoundPlace).where(RoundPlace.item_id == scene.item.id)).first()
    seat = next(each for each in first.seats if each.person_id == place.person_id)
    assert seat.why["score"] == place.score
    assert {each["part"]: each["value"] for each in seat.why["parts"]} == place.parts
    assert history.loads_of_year(session, NOW.date(), None) == {
        person: sum(each == person for _, each in seated) for _, person in seated
    }
    told = session.scalars(
        sa.select(AuditEntry).where(AuditEntry.event == "panel.panel-formed").order_by(AuditEntry.id)
    ).all()
    assert [each.subject_id for each in told] == [panel.id for panel in panels]
    assert {each.actor_id for each in told} == {actor.user_id}
    whole = session.scalars(sa.select(AuditEntry).where(AuditEntry.event == "round.round-confirmed")).one()
    assert (whole.facts["panels"], whole.facts["left_out"]) == (4, 0)


def test_alternates_stand_by_behind_the_members_in_the_order_of_the_run(session, scene):
    round_ = make_round(scene)
    run = assigned(session, round_)
    made = confirmed(session, round_, run)
    for panel in panels_of(session, made):
        (item,) = {each.item_id for each in panel.items}
        assert alternates_of(panel) == standing_by(session, run, item)[:3]
        assert [seat.position for seat in panel.seats] == [1, 2, 3, 4, 5, 6]
        assert {seat.role for seat in panel.seats[:3]} == {SeatRole.MEMBER}
        scores = [seat.why["score"] for seat in seating.alternates(panel)]
        assert scores == sorted(scores, reverse=True)
        assert sum(each["value"] for each in panel.seats[3].why["parts"]) == pytest.approx(scores[0])
    told = session.scalars(sa.select(AuditEntry).where(AuditEntry.event == "panel.panel-formed")).first()
    assert told.facts["alternate_ids"] == standing_by(session, run, scene.item.id)[:3]


def test_alternates_who_may_not_step_in_any_more_fall_out_and_those_in_reserve_move_up(session, scene):
    round_ = make_round(scene)
    run = assigned(session, round_)
    pairs, (barred, banned, colleague, *others) = (
        pairs_of(session, run),
        standing_by(session, run, scene.item.id),
    )
    assert len(others) == 3
    interests.add_relation(
        session,
        session.get_one(Person, barred),
        RelationKind.SHAREHOLDER,
        scene.applicant,
        source="公示",
        actor=ACTOR,
        now=NOW,
    )
    given = {"actor": ACTOR, "now": NOW}
    person = session.get_one(Person, banned)
    rounds.decide(session, round_, scene.item, person, LockKind.BAN, "另有任务", **given)
    member = session.get_one(Person, next(each for item, each in pairs if item == scene.item.id))
    spouse = session.get_one(Person, colleague)
    interests.add_relation(session, spouse, RelationKind.SPOUSE, member, source="申报", **given)
    gone = session.get_one(Person, others[0])
    people.change_status(session, gone, Status.SUSPENDED, reason="借调", on=NOW.date(), **given)
    made = confirmed(session, round_, run)
    panel = next(each for each in panels_of(session, made) if each.items[0].item_id == scene.item.id)
    assert alternates_of(panel) == others[1:]
    assert scene.item.id not in {each["item"] for each in made.left_out}


@pytest.mark.parametrize("left", [1, 0])
def test_who_has_no_review_left_this_year_stands_by_for_nothing(session, scene, monkeypatch, left):
    round_ = make_round(scene)
    run = assigned(session, round_)
    first = standing_by(session, run, scene.item.id)[0]
    planned = sum(person == first for _, person in pairs_of(session, run))
    most = terms.rules_of(presets_service.rules(round_.preset), {}, 3).max_load
    monkeypatch.setattr(history, "loads_of_year", lambda *_: {first: most - planned - left})
    panels = panels_of(session, confirmed(session, round_, run))
    assert any(first in alternates_of(panel) for panel in panels) is bool(left)


def test_alternates_of_several_items_stand_by_for_each_of_them(session, scene):
    round_ = make_round(scene, items=3, most=3, alternates=2)
    run = assigned(session, round_)
    (panel,) = panels_of(session, confirmed(session, round_, run, panels_of=PanelsOf.REVIEWERS))
    assert len(panel.items) == 3
    lists = [standing_by(session, run, each.item_id) for each in panel.items]
    assert [len(each) for each in lists] == [5, 5, 5]
    common = [person for person in lists[0] if all(person in each for each in lists)]
    assert alternates_of(panel) == common[:2]


def test_a_decline_in_a_panel_of_a_round_has_the_next_alternate_invited(session, scene):
    panel = panels_of(session, confirmed(session, *_round_and_run(session, scene)))[0]
    for seat in panel.seats:
        seat.person.addresses = [EmailAddress(address=f"{seat.person_id}@mail.example", position=0)]
    actor = make_actor(session)
    campaign = campaigns.prepare(session, panel=panel, **DECIDED, actor=actor, now=NOW)
    declined = inviting.invite_all(session, campaign, actor=actor, now=NOW)[0]
    first, second, third = seating.alternates(panel)
    answering.decline(
        session,
        declined,
        DeclineReason.NOT_MY_FIELD,
        None,
        by=Channel.MAIL,
        actor=by_mail(declined),
        now=LATER,
    )
    assert (first.role, first.state, first.replaces_id) == (
        SeatRole.MEMBER,
        SeatState.INVITED,
        declined.seat_id,
    )
    assert seating.alternates(panel) == [second, third]


def test_an_alternate_with_as_many_items_as_the_round_allows_is_passed_over(session, scene):
    panels = panels_of(session, confirmed(session, *_round_and_run(session, scene)))
    panel = panels[0]
    person = panel.seats[3].person
    others = [each for each in panels[1:] if person.id not in {seat.person_id for seat in each.seats[:3]}]
    holds = len(panels) - 1 - len(others)
    for other in others[: 2 - holds]:
        alternate = next((seat for seat in other.seats if seat.person_id == person.id), None)
        assert alternate is not None
        assert seating.fits(session, panel, panel.seats[3], panel.seats[0], now=NOW) == []
        vacant = other.seats[0]
        seating.leave(session, vacant, SeatState.DECLINED)
        seating.fill(session, other, vacant, alternate)
    vacant = panel.seats[0]
    full = [Violation("round_load", person.number)]
    assert seating.fits(session, panel, panel.seats[3], vacant, now=NOW) == full
    seating.leave(session, vacant, SeatState.DECLINED)
    found = vacancies.next_for(session, panel, vacant, now=NOW)
    assert [(each.seat.person_id, list(each.rules)) for each in found.passed_over] == [(person.id, full)]
    assert found.seat is panel.seats[4]
    assert person.id not in adding.best_for(session, panel, vacant, now=NOW)


def test_panels_that_fill_chairs_at_once_leave_nobody_with_more_items_than_their_round_allows(
    empty_engine,
):
    with Session(empty_engine) as session:
        scene = Scene(session)
        round_ = make_round(scene, items=2, most=1)
        chairs = {}
        for panel in panels_of(session, confirmed(session, round_, assigned(session, round_))):
            seating.leave(session, panel.seats[0], SeatState.DECLINED)
            chairs[panel.id] = panel.seats[0].id
        panels = [session.get_one(Panel, each) for each in chairs]
        wanted = {
            vacancies.next_for(session, panel, panel.seats[0], now=NOW).seat.person_id for panel in panels
        }
        assert len(wanted) == 1
        session.commit()
    barrier = threading.Barrier(2)

    def fill(panel_id):
        with Session(empty_engine) as session:
            barrier.wait()
            panel = hold(session, panel_id)
            vacant = session.get_one(Seat, chairs[panel_id])
            found = vacancies.next_for(session, panel, vacant, now=NOW)
            time.sleep(0.2)
            seating.fill(session, panel, vacant, found.seat)
            session.commit()
            return found.seat.person_id

    with ThreadPoolExecutor(2) as threads:
        seated = list(threads.map(fill, chairs))
    assert len(set(seated)) == 2


def test_a_round_without_alternates_finds_the_best_of_the_pool_who_fit(session, scene):
    round_ = make_round(scene, alternates=0)
    panel = panels_of(session, confirmed(session, round_, assigned(session, round_)))[0]
    seated = {seat.person_id for seat in panel.seats}
    vacant = panel.seats[0]
    vacant.state = SeatState.DECLINED
    barred = scene.person_of_applicant()
    session.flush()
    best = adding.best_for(session, panel, vacant, now=NOW)
    assert best
    assert set(best) & (seated | {barred.id}) == set()
    person = session.get_one(Person, best[0])
    added = adding.add_alternate(session, panel, vacant, person, actor=make_actor(session), now=NOW)
    assert (added.role, seating.alternates(panel)) == (SeatRole.ALTERNATE, [added])
    with pytest.raises(Invalid, match="does not fit"):
        adding.add_alternate(session, panel, vacant, barred, actor=make_actor(session), now=NOW)


def _round_and_run(session, scene):
    round_ = make_round(scene)
    return round_, assigned(session, round_)


def test_what_the_round_did_not_ask_does_not_bind_its_panels(session, scene):
    round_ = make_round(scene, items=1)
    (panel,) = panels_of(session, confirmed(session, round_, assigned(session, round_)))
    assert panel.rules["size_min"] == 3
    table = panels_life.holders(panel)
    for seat in table:
        assert watching.review(session, panel, now=NOW).against == ()
        assert seat.findings == []


def test_items_with_the_same_reviewers_share_a_panel_on_wish(session, scene):
    round_ = make_round(scene, items=3, per_item=12, most=3)
    run = assigned(session, round_)
    assert round_confirming.panels_made_of(session, run) == {PanelsOf.ITEM: 3, PanelsOf.REVIEWERS: 1}
    made = confirmed(session, round_, run, panels_of=PanelsOf.REVIEWERS)
    (panel,) = panels_of(session, made)
    assert len(panel.items) == 3
    assert panel.title == f"{scene.item.title}等 3 项"
    assert len(panel.seats) == 12
    scores = {}
    for place in session.scalars(sa.select(RoundPlace).where(RoundPlace.run_id == run.id)):
        scores.setdefault(place.person_id, []).append(place.score)
    means = {person: sum(each) / 3 for person, each in scores.items()}
    assert {seat.person_id: seat.why["score"] for seat in panel.seats} == pytest.approx(means)


def test_who_became_barred_is_named_and_the_item_is_left(session, scene):
    round_ = make_round(scene)
    run = assigned(session, round_)
    of_item = {person for item, person in pairs_of(session, run) if item == scene.item.id}
    barred = next(each for each in scene.people if each.id in of_item)
    interests.add_relation(
        session, barred, RelationKind.SHAREHOLDER, scene.applicant, source="公示", actor=ACTOR, now=NOW
    )
    made = confirmed(session, round_, run)
    assert [(each["item"], each["person"], each["why"]) for each in made.left_out] == [
        (scene.item.id, barred.id, "barred")
    ]
    assert scene.item.id not in {panel.items[0].item_id for panel in panels_of(session, made)}
    assert len(panels_of(session, made)) == 3


def test_who_left_the_pool_or_has_no_review_left_keeps_items_from_a_panel(session, scene, monkeypatch):
    round_ = make_round(scene)
    run = assigned(session, round_)
    pairs = pairs_of(session, run)
    gone = next(each for each in scene.people if (scene.item.id, each.id) in pairs)
    people.change_status(session, gone, Status.SUSPENDED, reason="借调", on=NOW.date(), actor=ACTOR, now=NOW)
    full = next(person for _, person in sorted(pairs) if person != gone.id)
    monkeypatch.setattr(history, "loads_of_year", lambda *_: {full: 10})
    made = confirmed(session, round_, run)
    why = {(each["person"], each["why"]) for each in made.left_out}
    assert why == {(gone.id, "gone"), (full, "full")}
    left = {each["item"] for each in made.left_out}
    assert left == {item for item, person in pairs if person in (gone.id, full)}
    assert {panel.items[0].item_id for panel in panels_of(session, made)} == {i for i, _ in pairs} - left


def test_a_round_is_confirmed_once_by_a_person_and_nothing_changes_it_after(session, scene):
    round_ = make_round(scene)
    run = assigned(session, round_)
    with pytest.raises(Forbidden):
        round_confirming.confirm(session, round_, run, PanelsOf.ITEM, actor=ACTOR, now=NOW)
    confirmed(session, round_, run)
    given = {"actor": make_actor(session), "now": NOW}
    for again in (
        lambda: round_confirming.confirm(session, round_, run, PanelsOf.ITEM, **given),
        lambda: rounds.request_run(session, round_, **given),
        lambda: rounds.decide(
            session, round_, scene.item, scene.people[0], LockKind.BAN, "另有任务", **given
        ),
    ):
        with pytest.raises(Invalid) as error:
            again()
        assert "confirmed already" in error.value.sentence.message


def test_a_run_older_than_a_lock_or_a_ban_is_not_confirmed(session, scene):
    round_ = make_round(scene)
    run = assigned(session, round_)
    inside = next(each for each in scene.people if (scene.item.id, each.id) in pairs_of(session, run))
    rounds.decide(session, round_, scene.item, inside, LockKind.BAN, "另有任务", actor=ACTOR, now=NOW)
    given = {"actor": make_actor(session), "now": NOW}
    with pytest.raises(Invalid) as error:
        round_confirming.confirm(session, round_, run, PanelsOf.ITEM, **given)
    assert "Run the round again" in error.value.sentence.message
    again = assigned(session, round_)
    assert round_confirming.decisions_kept(session, again) == {(scene.item.id, inside.id): True}
    assert round_confirming.confirm(session, round_, again, PanelsOf.ITEM, **given).state is RunState.QUEUED


def test_a_confirmation_that_is_taken_back_makes_nothing_and_may_be_given_again(session, scene):
    round_ = make_round(scene)
    run = assigned(session, round_)
    given = {"actor": make_actor(session), "now": NOW}
    asked = round_confirming.confirm(session, round_, run, PanelsOf.ITEM, **given)
    held = round_forming.claim(session, now=NOW)
    checked = round_checking.check(session, asked, now=NOW, told=lambda _: None)
    round_confirming.take_back(session, asked, **given)
    assert round_forming.form(session, held, checked, now=NOW) is False
    assert session.scalar(sa.select(sa.func.count(Panel.id))) == 0
    with pytest.raises(Invalid):
        round_confirming.take_back(session, asked, **given)
    assert len(panels_of(session, confirmed(session, round_, run))) == 4


def test_a_worker_makes_the_panels_and_many_who_confirm_at_once_make_them_once(empty_engine):
    with Session(empty_engine) as session:
        scene = Scene(session)
        round_id = make_round(scene).id
        run_id = assigned(session, session.get_one(ReviewRound, round_id)).id
        actor = make_actor(session)
        session.commit()

    def confirm(_number):
        with Session(empty_engine) as session:
            round_, run = session.get_one(ReviewRound, round_id), session.get_one(RoundRun, run_id)
            try:
                round_confirming.confirm(session, round_, run, PanelsOf.ITEM, actor=actor, now=NOW)
                session.commit()
            except Invalid:
                return 0
            return 1

    with ThreadPoolExecutor(4) as threads:
        assert sum(threads.map(confirm, range(8))) == 1
    assert worker.work(empty_engine) is True
    assert worker.work(empty_engine) is False
    with Session(empty_engine) as session:
        assert session.scalars(sa.select(RoundConfirmation.state)).all() == [RunState.DONE]
        assert session.scalar(sa.select(sa.func.count(RoundPanel.id))) == 4
        assert session.scalar(sa.select(sa.func.count(Seat.id))) == 12 + 4 * 3
    with Session(empty_engine) as session:
        first = session.scalars(sa.select(RoundConfirmation)).one()
        values = {
            column.name: getattr(first, column.name)
            for column in RoundConfirmation.__table__.columns
            if column.name != "id"
        }
        session.add(RoundConfirmation(**values | {"state": RunState.QUEUED}))
        with pytest.raises(sa.exc.IntegrityError):
            session.flush()


def test_pairs_that_are_to_be_told_are_known_from_the_start(session, scene):
    one, other = scene.people[:2]
    interests.add_relation(
        session, one, RelationKind.COAUTHOR, other, source="题录比对", actor=ACTOR, now=NOW
    )
    round_ = make_round(scene, items=1, per_item=12, most=1)
    made = confirmed(session, round_, assigned(session, round_))
    (panel,) = panels_of(session, made)
    seen = watching.review(session, panel, now=NOW)
    assert {each.person_id for each in seen.against} <= {one.id, other.id}
    assert len(seen.against) == 1
    assert watching.note(session, panel, seen, cause="test", now=NOW) == []
    (known,) = watching.of_panel(session, panel.id)
    assert (known.outcome, known.rule) == (Outcome.KNOWN, "coauthor")
