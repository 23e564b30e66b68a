"""A panel that met: who came, how it voted, how members did; then it is closed and hours are credited."""

import threading
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.audit.models import AuditEntry
from expertpool.conflicts.policy import Certainty, Handling, Rule
from expertpool.errors import Forbidden, Invalid, Stale
from expertpool.ledger.models import HourKind, LedgerEntry
from expertpool.panels import (
    attendance,
    closing,
    confirmation,
    declared,
    evaluations,
    presets_service,
)
from expertpool.panels.attendance import Noted
from expertpool.panels.closing_models import Attendance, Conclusion, Evaluation, PanelClosing
from expertpool.panels.conclusions import Ballots
from expertpool.panels.evaluations import Marks
from expertpool.panels.models import Panel, PanelState, Seat, SeatRole, SeatState
from expertpool.panels.watching_models import Outcome, SeatAlert
from tests.builders.closing import AFTER, conclude, make_met, note
from tests.builders.panels import ACTOR, Scene, make_actor, make_item, make_user
from tests.conftest import NOW


@pytest.fixture
def scene(session):
    return Scene(session)


@pytest.fixture
def panel(session, scene):
    return make_met(session, scene)


def last_event(session):
    return session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).one()


class TestAttendance:
    def test_it_is_noted_of_everybody_who_holds_a_seat(self, session, panel):
        note(session, panel, absent={1})
        seats = confirmation.holders(panel)
        found = attendance.of_panel(session, panel)
        assert {id_: row.attendance.value for id_, row in found.items()} == {
            seat.id: "absent" if place == 1 else "present" for place, seat in enumerate(seats)
        }
        assert last_event(session).facts == {
            "attendances": {str(id_): row.attendance.value for id_, row in found.items()}
        }

    def test_noting_again_corrects_it(self, session, panel):
        note(session, panel)
        note(session, panel, absent={0, 1})
        rows = attendance.of_panel(session, panel).values()
        assert sorted(row.attendance.value for row in rows) == ["absent"] * 2 + ["present"] * 5

    def test_not_before_the_meeting_begins(self, session, panel):
        with pytest.raises(Invalid, match="has not begun"):
            note(session, panel, now=panel.starts - timedelta(seconds=1))
        note(session, panel, now=panel.starts)

    def test_whoever_is_left_out_is_named(self, session, panel):
        with pytest.raises(Invalid) as error:
            closing.note_attendance(session, panel, {}, actor=ACTOR, now=AFTER)
        first = confirmation.holders(panel)[0]
        assert error.value.field == f"seat-{first.id}"
        assert str(error.value) == f"Say whether {first.person.name} came."

    def test_a_panel_without_a_date_needs_minutes(self, session, scene):
        panel = make_met(session, scene, slots=0)
        with pytest.raises(Invalid) as error:
            note(session, panel)
        assert error.value.field == f"minutes-{confirmation.holders(panel)[0].id}"
        note(session, panel, absent={0}, minutes=90)
        rows = attendance.of_panel(session, panel).values()
        assert [row.minutes for row in rows] == [None] + [90] * 6

    @pytest.mark.parametrize("minutes", [-1, 14_401])
    def test_minutes_have_bounds(self, session, panel, minutes):
        with pytest.raises(Invalid) as error:
            note(session, panel, minutes=minutes)
        assert error.value.field == f"minutes-{confirmation.holders(panel)[0].id}"

    def test_votes_are_compared_again_when_somebody_turns_out_to_be_absent(self, session, panel):
        note(session, panel)
        row = conclude(session, panel, Ballots(4, 1, 0))
        assert row.passed is False, "4 of 7"
        note(session, panel, absent={6})
        assert (row.present, row.passed) == (6, True)
        assert last_event(session).event == "panel.conclusion-recorded"

    def test_more_votes_than_members_are_refused(self, session, panel):
        note(session, panel)
        conclude(session, panel, Ballots(7, 0, 0))
        with pytest.raises(Invalid, match="7 votes, but 6"):
            note(session, panel, absent={6})


class TestConclusions:
    def test_the_outcome_is_the_rules(self, session, panel):
        note(session, panel, absent={6})
        row = conclude(session, panel, Ballots(4, 2, 0))
        assert (row.members, row.present, row.passed) == (7, 6, True)
        assert row.rule == {
            "outcome": "passed",
            "checks": [
                {
                    "measure": "approve",
                    "count": 4,
                    "total": 6,
                    "share": "2/3",
                    "of": "present",
                    "bound": 4,
                    "met": True,
                }
            ],
        }

    def test_a_correction_replaces_it_and_both_are_on_file(self, session, panel):
        note(session, panel)
        first = conclude(session, panel, Ballots(5, 2, 0), version=0)
        again = conclude(session, panel, Ballots(4, 3, 0), version=first.version)
        assert again.id == first.id
        assert again.passed is False
        told = session.scalars(
            sa.select(AuditEntry)
            .where(AuditEntry.event == "panel.conclusion-recorded")
            .order_by(AuditEntry.id)
        ).all()
        assert [(each.facts["approve"], each.facts["passed"]) for each in told[-2:]] == [
            (5, True),
            (4, False),
        ]

    def test_a_stale_form_is_refused(self, session, panel):
        note(session, panel)
        conclude(session, panel, Ballots(5, 2, 0))
        with pytest.raises(Stale):
            conclude(session, panel, Ballots(4, 3, 0), version=0)

    def test_attendance_comes_first(self, session, panel):
        with pytest.raises(Invalid, match="Note first who came"):
            conclude(session, panel, Ballots(5, 2, 0))

    @pytest.mark.parametrize(
        ("ballots", "options", "field"),
        [
            (Ballots(6, 2, 0), {}, "approve"),
            (Ballots(-1, 2, 0), {}, "approve"),
            (Ballots(5, 2, -3), {}, "abstain"),
            (Ballots(3, 0, 0, replies=5), {}, "replies"),
            (Ballots(5, 2, 0), {"text": "  "}, "text"),
            (Ballots(5, 2, 0), {"text": "长" * 10_001}, "text"),
            (Ballots(5, 2, 0), {"recused": (10**9,)}, "recused"),
            (None, {}, "no_vote_reason"),
            (None, {"no_vote_reason": "x" * 301}, "no_vote_reason"),
        ],
    )
    def test_what_cannot_be_is_refused_at_the_field(self, session, panel, ballots, options, field):
        note(session, panel)
        with pytest.raises(Invalid) as error:
            conclude(session, panel, ballots, **options)
        assert error.value.field == field

    def test_no_vote_needs_a_reason_and_has_no_outcome(self, session, panel):
        note(session, panel)
        row = conclude(session, panel, None, no_vote_reason=" 材料不全，  择期再议 ")
        assert (row.passed, row.rule, row.no_vote_reason) == (None, {}, "材料不全， 择期再议")

    def test_a_rule_that_asks_for_no_vote_takes_none(self, session, scene):
        preset = presets_service.current(session, "consultation")
        panel = make_met(session, scene, seats=3, preset=preset)
        note(session, panel)
        with pytest.raises(Invalid, match="ask for no vote"):
            conclude(session, panel, Ballots(1, 0, 0))
        assert conclude(session, panel, None).no_vote_reason is None

    def test_letters_are_compared_with_the_members(self, session, scene):
        preset = presets_service.current(session, "standards-review-meeting")
        panel = make_met(session, scene, preset=preset)
        note(session, panel, absent=range(7))
        assert conclude(session, panel, Ballots(4, 0, 0, replies=4)).rule["outcome"] == "not-quorate"
        assert conclude(session, panel, Ballots(4, 1, 0, replies=5)).rule["outcome"] == "passed"
        assert conclude(session, panel, Ballots(4, 1, 1, replies=6)).rule["outcome"] == "not-passed"
        with pytest.raises(Invalid) as error:
            conclude(session, panel, Ballots(4, 1, 1, replies=8))
        assert error.value.field == "replies"


class TestWhoLeavesTheRoom:
    @pytest.fixture
    def leaving(self, session, scene, panel):
        """One finding of each kind, for the only item; the first alone sends its holder out."""
        seats = confirmation.holders(panel)
        waiver = {"reason": "须其到会说明", "by": "周岚", "on": "2026-11-22"}
        for seat, handling, certainty, waived in (
            (seats[0], Handling.LEAVE_ROOM, Certainty.CERTAIN, None),
            (seats[1], Handling.DECLARE, Certainty.CERTAIN, None),
            (seats[2], Handling.LEAVE_ROOM, Certainty.POSSIBLE, None),
            (seats[3], Handling.LEAVE_ROOM, Certainty.CERTAIN, waiver),
        ):
            seat.findings = [
                {
                    "person": seat.person_id,
                    "item": scene.item.id,
                    "rule": Rule.COMPETITOR.value,
                    "handling": handling.value,
                    "certainty": certainty.value,
                    "evidence": [],
                    "waiver": waived,
                }
            ]
        session.flush()
        return seats

    def test_findings_name_them(self, session, panel, leaving):
        assert declared.recused(session, panel) == {panel.items[0].id: {leaving[0].id}}

    def test_so_does_what_came_up_later_unless_it_is_settled_away(self, session, panel, leaving):
        finding = {**leaving[0].findings[0], "waiver": None}
        for seat, outcome in zip(
            leaving[1:5], (None, Outcome.KEPT, Outcome.WAIVED, Outcome.GONE), strict=True
        ):
            settled = None if outcome is None else NOW
            alert = {"rule": "competitor", "fingerprint": "x", "cause": "test", "found_at": NOW}
            session.add(
                SeatAlert(
                    seat_id=seat.id,
                    finding={**finding, "person": seat.person_id},
                    outcome=outcome,
                    settled_at=settled,
                    **alert,
                )
            )
        session.flush()
        wanted = {leaving[0].id, leaving[1].id, leaving[2].id}
        assert declared.recused_from(session, panel, panel.items[0]) == wanted

    def test_they_stand_in_no_count(self, session, panel, leaving):
        note(session, panel)
        row = conclude(session, panel, Ballots(4, 2, 0), recused={leaving[0].id})
        assert (row.members, row.present, row.passed, row.recusal_reason) == (6, 6, True, None)
        assert row.recused_ids == [leaving[0].id]
        with pytest.raises(Invalid, match="7 votes, but 6"):
            conclude(session, panel, Ballots(7, 0, 0), recused={leaving[0].id})

    @pytest.mark.parametrize("places", [(), (0, 1), (1,)])
    def test_others_need_a_reason(self, session, panel, leaving, places):
        note(session, panel)
        recused = {leaving[place].id for place in places}
        with pytest.raises(Invalid) as error:
            conclude(session, panel, Ballots(4, 1, 0), recused=recused)
        assert error.value.field == "recusal_reason"
        row = conclude(session, panel, Ballots(4, 1, 0), recused=recused, recusal_reason="本人主动回避")
        assert row.recusal_reason == "本人主动回避"
        assert row.members == 7 - len(places)


class TestEvaluations:
    MARKS = Marks(5, 4, 3, " 意见 中肯 ")

    def test_marks_are_kept_and_corrected(self, session, panel):
        note(session, panel)
        seat = confirmation.holders(panel)[0]
        row = evaluations.evaluate(session, seat, self.MARKS, version=0, actor=ACTOR, now=AFTER)
        assert (row.competence, row.diligence, row.impartiality, row.remark) == (5, 4, 3, "意见 中肯")
        again = evaluations.evaluate(
            session, seat, Marks(2, 4, 3), version=row.version, actor=ACTOR, now=AFTER
        )
        assert (again.id, again.competence, again.remark) == (row.id, 2, None)
        with pytest.raises(Stale):
            evaluations.evaluate(session, seat, self.MARKS, version=0, actor=ACTOR, now=AFTER)

    def test_the_same_marks_again_are_no_fact(self, session, panel):
        note(session, panel)
        seat = confirmation.holders(panel)[0]
        evaluations.evaluate(session, seat, self.MARKS, actor=ACTOR, now=AFTER)
        before = last_event(session).id
        evaluations.evaluate(session, seat, self.MARKS, actor=ACTOR, now=AFTER)
        assert last_event(session).id == before

    def test_the_remark_is_personal(self, session, panel):
        note(session, panel)
        seat = confirmation.holders(panel)[0]
        evaluations.evaluate(session, seat, self.MARKS, actor=ACTOR, now=AFTER)
        entry = last_event(session)
        assert "remark" not in entry.facts
        assert entry.personal == {"remark": "意见 中肯"}

    @pytest.mark.parametrize("field", ["competence", "diligence", "impartiality"])
    @pytest.mark.parametrize("mark", [0, 6])
    def test_marks_have_bounds(self, session, panel, field, mark):
        note(session, panel)
        marks = Marks(**{"competence": 3, "diligence": 3, "impartiality": 3} | {field: mark})
        with pytest.raises(Invalid) as error:
            evaluations.evaluate(session, confirmation.holders(panel)[0], marks, actor=ACTOR, now=AFTER)
        assert error.value.field == field

    def test_nobody_marks_themselves(self, session, panel):
        note(session, panel)
        seat, user = confirmation.holders(panel)[0], make_user(session)
        seat.person.user_id = user.id
        session.flush()
        actor = make_actor(session)
        evaluations.evaluate(session, seat, self.MARKS, actor=actor, now=AFTER)
        with pytest.raises(Forbidden):
            evaluations.evaluate(session, seat, self.MARKS, actor=type(actor)(user.id, user.name), now=AFTER)

    def test_only_after_it_is_noted_who_came(self, session, panel):
        with pytest.raises(Invalid, match="Note first who came"):
            evaluations.evaluate(session, confirmation.holders(panel)[0], self.MARKS, actor=ACTOR, now=AFTER)


class TestClosing:
    def test_who_came_is_credited_and_the_record_is_fixed(self, session, panel):
        seats = confirmation.holders(panel)
        sheet = {seat.id: Noted(Attendance.PRESENT) for seat in seats}
        sheet[seats[1].id] = Noted(Attendance.REMOTE, 60)
        sheet[seats[2].id] = Noted(Attendance.ABSENT, 60)
        sheet[seats[3].id] = Noted(Attendance.PRESENT, 0)
        closing.note_attendance(session, panel, sheet, actor=ACTOR, now=AFTER)
        conclude(session, panel, Ballots(5, 1, 0))

        closing.close(session, panel, " 会议要求修改后报批。 ", actor=ACTOR, now=AFTER)

        assert panel.state is PanelState.CLOSED
        assert closing.closing_of(session, panel).minutes == "会议要求修改后报批。"
        entries = session.scalars(sa.select(LedgerEntry).where(LedgerEntry.source_id == panel.id)).all()
        wanted = {seat.person_id: 180 for seat in seats} | {seats[1].person_id: 60}
        del wanted[seats[2].person_id], wanted[seats[3].person_id]
        assert {each.person_id: each.minutes for each in entries} == wanted
        assert {(each.kind, each.on, each.source_kind, each.title) for each in entries} == {
            (HourKind.SERVICE, date(2026, 12, 3), "panel", f"{panel.number} {panel.title}")
        }
        assert last_event(session).facts == {
            "credited": {str(id_): minutes for id_, minutes in wanted.items()}
        }

    def test_nothing_is_corrected_afterwards_but_members_are_still_evaluated(self, session, panel):
        note(session, panel)
        row = conclude(session, panel, Ballots(5, 1, 0))
        closing.close(session, panel, "", actor=ACTOR, now=AFTER)
        for change in (
            lambda: note(session, panel, absent={0}),
            lambda: conclude(session, panel, Ballots(1, 5, 0)),
            lambda: closing.close(session, panel, "", actor=ACTOR, now=AFTER),
        ):
            with pytest.raises(Invalid):
                change()
        assert row.approve == 5
        seat = confirmation.holders(panel)[0]
        evaluations.evaluate(session, seat, Marks(5, 5, 5), actor=ACTOR, now=AFTER)

    def test_what_is_missing_is_told(self, session, scene):
        panel = make_met(session, scene, item_ids=[scene.item.id, make_item(session, "数控转台").id])
        invited = confirmation.holders(panel)[0]
        invited.state = SeatState.INVITED
        session.flush()

        def told():
            return [str(each) for each in closing.obstacles(session, panel, now=AFTER)]

        assert told() == [
            f"No answer is on file yet of: {invited.person.name}. Record it, or withdraw the invitation.",
            "It is not noted yet who came.",
            "Conclusions are missing: 2. Record them, or say why no vote was held.",
        ]
        with pytest.raises(Invalid, match="No answer"):
            closing.close(session, panel, "", actor=ACTOR, now=AFTER)
        assert str(closing.obstacles(session, panel, now=NOW)[0]) == "The meeting has not begun yet."
        invited.state = SeatState.ACCEPTED
        note(session, panel)
        conclude(session, panel, Ballots(5, 1, 0))
        assert told() == ["Conclusions are missing: 1. Record them, or say why no vote was held."]
        conclude(session, panel, None, item=1, no_vote_reason="材料不全")
        assert told() == []

    def test_a_panel_that_does_not_vote_closes_without_conclusions(self, session, scene):
        panel = make_met(session, scene, seats=3, preset=presets_service.current(session, "consultation"))
        note(session, panel)
        closing.close(session, panel, "", actor=ACTOR, now=AFTER)
        assert panel.state is PanelState.CLOSED

    def test_whoever_came_without_an_invitation_on_file_has_served(self, session, scene):
        panel = make_met(session, scene)
        came, absent = confirmation.holders(panel)[:2]
        came.state = absent.state = SeatState.PROPOSED
        session.flush()
        note(session, panel, absent={1})
        conclude(session, panel, Ballots(5, 1, 0))
        closing.close(session, panel, "", actor=ACTOR, now=AFTER)
        assert (came.state, absent.state) == (SeatState.ACCEPTED, SeatState.PROPOSED)

    def test_alternates_and_those_who_left_are_credited_nothing(self, session, panel):
        left = confirmation.holders(panel)[0]
        left.state = SeatState.DECLINED
        session.flush()
        others = [seat.person_id for seat in confirmation.holders(panel)]
        note(session, panel)
        conclude(session, panel, Ballots(5, 1, 0))
        closing.close(session, panel, "", actor=ACTOR, now=AFTER)
        assert any(seat.role is SeatRole.ALTERNATE for seat in panel.seats)
        credited = session.scalars(sa.select(LedgerEntry.person_id).where(LedgerEntry.source_id == panel.id))
        assert sorted(credited) == sorted(others)


def race(engine, verbs):
    """Run each verb in a thread and a transaction of its own; return what came of them, sorted."""
    outcomes, barrier = [], threading.Barrier(len(verbs))

    def walk(verb):
        with Session(engine) as session:
            barrier.wait()
            try:
                verb(session)
                session.commit()
                outcomes.append("done")
            except (Invalid, Stale) as error:
                session.rollback()
                outcomes.append(type(error).__name__)

    threads = [threading.Thread(target=walk, args=(verb,)) for verb in verbs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(outcomes)


@pytest.fixture
def met_panel(empty_engine):
    with Session(empty_engine) as session:
        panel = make_met(session, Scene(session))
        note(session, panel)
        session.commit()
        return panel.id


def test_a_panel_closed_twice_at_once_is_credited_once(empty_engine, met_panel):
    with Session(empty_engine) as session:
        conclude(session, session.get_one(Panel, met_panel), Ballots(5, 1, 0))
        session.commit()

    def close(session):
        closing.close(session, session.get_one(Panel, met_panel), "", actor=ACTOR, now=AFTER)

    assert race(empty_engine, [close] * 4) == ["Invalid"] * 3 + ["done"]
    with Session(empty_engine) as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(LedgerEntry)) == 7
        assert session.scalar(sa.select(sa.func.count()).select_from(PanelClosing)) == 1


def test_two_organisers_who_record_one_conclusion_do_not_overwrite_each_other(empty_engine, met_panel):
    def recorder(approve):
        def record(session):
            panel = session.get_one(Panel, met_panel)
            conclude(session, panel, Ballots(approve, 1, 0), version=0)

        return record

    assert race(empty_engine, [recorder(5), recorder(6)]) == ["Stale", "done"]
    with Session(empty_engine) as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Conclusion)) == 1


def test_two_organisers_who_mark_one_member_do_not_overwrite_each_other(empty_engine, met_panel):
    def marker(mark):
        def evaluate(session):
            seat = session.scalars(
                sa.select(Seat).where(Seat.panel_id == met_panel).order_by(Seat.id)
            ).first()
            marks = Marks(mark, mark, mark)
            evaluations.evaluate(session, seat, marks, version=0, actor=ACTOR, now=AFTER)

        return evaluate

    assert race(empty_engine, [marker(2), marker(3)]) == ["Stale", "done"]
    with Session(empty_engine) as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Evaluation)) == 1
