from datetime import date, timedelta
from functools import partial

import pytest
import sqlalchemy as sa

from expertpool.audit.models import AuditEntry
from expertpool.availability.models import BusyTime, Commitment
from expertpool.errors import Invalid
from expertpool.interests.models import Relation, RelationKind
from expertpool.invitations import answering, inviting
from expertpool.invitations.answering import Accepted
from expertpool.invitations.declaring import NOTHING, Declaration
from expertpool.invitations.models import (
    Channel,
    DeclineReason,
    InvitationState,
    OnVacancy,
)
from expertpool.matching.rules import Violation
from expertpool.panels import confirmation, waivers
from expertpool.panels.composition import compose
from expertpool.panels.models import SeatRole, SeatState
from expertpool.panels.question import of_panel
from expertpool.people import resting
from expertpool.people import service as people
from expertpool.people.models import Status
from tests.builders.invitations import LATER, by_mail
from tests.builders.panels import days, make_item
from tests.builders.people import make_person
from tests.conftest import NOW


def accept(session, invitation, declaration=NOTHING, now=LATER):
    return answering.accept(
        session, invitation, declaration, by=Channel.MAIL, actor=by_mail(invitation), now=now
    )


def decline(session, invitation, reason=DeclineReason.OTHER, text="出差", now=LATER):
    answering.decline(session, invitation, reason, text, by=Channel.MAIL, actor=by_mail(invitation), now=now)


def declared(**answers):
    nothing = {
        "employed": False,
        "employed_text": "",
        "related": False,
        "related_text": "",
        "related_person_id": None,
        "other": False,
        "other_text": "",
    }
    return Declaration(**(nothing | answers))


def trail(session):
    query = sa.select(AuditEntry.event).where(
        AuditEntry.event.startswith("invitation.") | AuditEntry.event.startswith("panel.vacancy")
    )
    return list(session.scalars(query.order_by(AuditEntry.id)))


def relations(session, person):
    query = sa.select(Relation).where(Relation.person_id == person.id).order_by(Relation.id)
    return [
        (each.kind, each.organisation_id, each.other_person_id, each.other_text)
        for each in session.scalars(query)
    ]


def booked(session):
    return set(session.scalars(sa.select(Commitment.person_id)))


def test_inviting_asks_every_member_and_no_alternate(session, invited):
    made = invited()
    sent = made.invite()
    assert [each.person_id for each in sent] == [seat.person_id for seat in made.members]
    assert {seat.state for seat in made.members} == {SeatState.INVITED}
    assert {seat.state for seat in made.alternates} == {SeatState.PROPOSED}
    first = sent[0]
    assert (first.sent_at, first.expires_at) == (NOW, NOW + timedelta(hours=72))
    assert first.remind_at == NOW + timedelta(hours=24)
    assert trail(session) == ["invitation.invitation-sent"] * 5


def test_inviting_again_asks_nobody_twice(session, invited):
    made = invited()
    made.invite()
    assert made.invite() == []
    with pytest.raises(Invalid, match="is invited already"):
        inviting.invite(session, made.campaign, seat=made.members[0], actor=made.actor, now=NOW)


def test_an_invitation_does_not_wait_beyond_the_meeting(invited):
    made = invited(answer_hours=2160, reminder_hours=[])
    assert made.invite()[0].expires_at == days(1)[0].starts


def test_those_without_an_address_are_left_to_be_phoned_and_named(session, invited):
    made = invited()
    silent = made.members[1]
    silent.person.addresses.clear()
    session.flush()
    sent = made.invite()
    assert silent.person_id not in {each.person_id for each in sent}
    assert len(sent) == 4
    with pytest.raises(Invalid, match=f"No mail address is known of: {silent.person.name}"):
        made.invite()
    inviting.invite(session, made.campaign, seat=silent, channel=Channel.PHONE, actor=made.actor, now=NOW)
    assert silent.state is SeatState.INVITED


def test_accepting_seats_the_person_and_keeps_their_time(session, invited):
    made = invited()
    invitation = made.invite()[0]
    assert accept(session, invitation, declared()) == Accepted(invitation)
    seat = invitation.seat
    assert (seat.state, invitation.state) == (SeatState.ACCEPTED, InvitationState.ACCEPTED)
    assert (invitation.answered_at, invitation.answered_by) == (LATER, Channel.MAIL)
    assert (invitation.remind_at, invitation.ended_at) == (None, None)
    assert invitation.declaration == {"employed": False, "related": False, "other": False}
    assert booked(session) == {seat.person_id for seat in made.members}


def test_the_same_answer_twice_changes_nothing(session, invited):
    made = invited()
    yes, no = made.invite()[:2]
    accept(session, yes)
    decline(session, no)
    before = trail(session)
    assert accept(session, yes, now=LATER + timedelta(hours=1)) == Accepted(yes)
    decline(session, no, now=LATER + timedelta(hours=1))
    assert trail(session) == before
    assert (yes.answered_at, no.answered_at) == (LATER, LATER)


def test_a_refusal_frees_the_diary_and_the_next_alternate_is_invited(session, invited):
    made = invited()
    invitation = made.invite()[1]
    left = invitation.seat
    decline(session, invitation, DeclineReason.NOT_MY_FIELD, "")
    assert (left.state, invitation.state) == (SeatState.DECLINED, InvitationState.DECLINED)
    assert (invitation.reason, invitation.ended_at) == (DeclineReason.NOT_MY_FIELD, LATER)
    (taken,) = [seat for seat in made.panel.seats if seat.replaces_id == left.id]
    assert (taken.role, taken.position, taken.state) == (SeatRole.MEMBER, 2, SeatState.INVITED)
    assert [seat.position for seat in made.alternates] == [7]
    assert booked(session) == {seat.person_id for seat in confirmation.holders(made.panel)}
    assert left.person_id not in booked(session)
    assert trail(session)[-3:] == [
        "invitation.invitation-declined",
        "panel.vacancy-filled",
        "invitation.invitation-sent",
    ]


def test_busy_then_is_noted_in_the_diary(session, invited):
    made = invited()
    invitation = made.invite()[0]
    decline(session, invitation, DeclineReason.BUSY_THEN, "")
    (busy,) = session.scalars(sa.select(BusyTime))
    assert (busy.person_id, busy.starts, busy.ends, busy.reason) == (
        invitation.person_id,
        made.panel.starts,
        made.panel.ends,
        made.panel.number,
    )


def test_declining_for_a_conflict_puts_the_applicants_on_file(session, invited, scene):
    made = invited()
    invitation = made.invite()[0]
    decline(session, invitation, DeclineReason.CONFLICT, "曾共同申报")
    assert relations(session, invitation.person) == [(RelationKind.DECLARED, scene.applicant.id, None, None)]


def test_another_reason_needs_words(session, invited):
    invitation = invited().invite()[0]
    with pytest.raises(Invalid) as error:
        decline(session, invitation, DeclineReason.OTHER, "  ")
    assert error.value.field == "text"


def test_an_accepted_seat_can_be_given_back(session, invited):
    made = invited()
    invitation = made.invite()[0]
    accept(session, invitation)
    decline(session, invitation, DeclineReason.BUSY_ALWAYS, "", now=LATER + timedelta(days=1))
    (taken,) = [seat for seat in made.panel.seats if seat.replaces_id == invitation.seat_id]
    assert (taken.role, taken.state) == (SeatRole.CHAIR, SeatState.INVITED)
    assert invitation.person_id not in booked(session)


def test_nothing_is_answered_after_the_meeting_began_or_once_it_is_closed(session, invited):
    made = invited()
    first, second = made.invite()[:2]
    with pytest.raises(Invalid, match="has begun"):
        accept(session, first, now=made.panel.starts)
    inviting.withdraw(session, second, "名额有变", actor=made.actor, now=LATER)
    for answer in (accept, decline):
        with pytest.raises(Invalid, match="withdrawn this invitation"):
            answer(session, second)
    decline(session, first)
    with pytest.raises(Invalid, match="declined already"):
        accept(session, first)


def test_a_conflict_that_came_up_stops_the_acceptance_and_the_next_one_is_asked(session, invited, scene):
    made = invited()
    invitation = made.invite()[0]
    seat = invitation.seat
    made.hire(seat, scene.applicant)
    answer = accept(session, invitation)
    assert (answer.why, answer.rules) == ("conflict", (Violation("barred", seat.person.number),))
    assert (seat.state, invitation.state) == (SeatState.WITHDRAWN, InvitationState.WITHDRAWN)
    assert (invitation.reason, invitation.answered_by) == (DeclineReason.CONFLICT, Channel.MAIL)
    assert confirmation.holders(made.panel)[0].replaces_id == seat.id
    assert trail(session)[-4:] == [
        "invitation.acceptance-refused",
        "invitation.invitation-withdrawn",
        "panel.vacancy-filled",
        "invitation.invitation-sent",
    ]


def test_a_waived_conflict_does_not_stop_it_and_is_kept_with_the_seat(session, invited, scene):
    made = invited()
    invitation = made.invite()[0]
    made.hire(invitation.seat, scene.applicant)
    waivers.waive(
        session,
        made.panel,
        invitation.person,
        "same-organisation",
        "使用方代表",
        actor=made.actor,
        now=LATER,
    )
    assert accept(session, invitation) == Accepted(invitation)
    assert [(each["rule"], each["waiver"]["reason"]) for each in invitation.seat.findings] == [
        ("same-organisation", "使用方代表")
    ]


def test_a_rule_of_the_panel_that_broke_stops_it(session, invited):
    made = invited()
    made.panel.rules = {"max_per_organisation": 1}
    first, second = made.invite()[:2]
    employer = first.person.employments[0].organisation
    accept(session, first)
    made.hire(second.seat, employer)
    answer = accept(session, second)
    assert (answer.why, [each.rule for each in answer.rules]) == ("rules", ["max_per_organisation"])


def test_somebody_booked_elsewhere_meanwhile_can_not_accept(session, invited):
    made = invited()
    invitation = made.invite()[0]
    session.execute(sa.delete(Commitment).where(Commitment.person_id == invitation.person_id))
    other = Commitment(
        person_id=invitation.person_id,
        starts=made.panel.starts,
        ends=made.panel.ends,
        source_kind="lesson",
        source_id=1,
    )
    session.add(other)
    session.flush()
    answer = accept(session, invitation)
    assert (answer.why, answer.rules) == (
        "booked",
        (Violation("availability", invitation.person.number),),
    )


def test_work_for_the_applicant_is_kept_and_bars_although_the_person_wants_to_come(session, invited, scene):
    made = invited()
    invitation = made.invite()[0]
    answer = accept(session, invitation, declared(employed=True, employed_text="2019 至 2021 年任顾问"))
    assert answer.why == "conflict"
    (relation,) = session.scalars(sa.select(Relation).where(Relation.person_id == invitation.person_id))
    assert (relation.kind, relation.organisation_id) == (RelationKind.EMPLOYER, scene.applicant.id)
    assert relation.source == f"本人申报（答复 {made.panel.number} 的邀请）：2019 至 2021 年任顾问"
    assert invitation.declaration == {"employed": True, "related": False, "other": False}


def test_a_declared_time_is_kept_and_the_look_back_counts_from_its_end(session, invited):
    made = invited()
    long_ago, lately, badly = made.invite()[:3]
    when = (date(2008, 3, 1), date(2012, 6, 30))
    assert isinstance(accept(session, long_ago, declared(employed=True, employed_when=when)), Accepted)
    (kept,) = session.scalars(sa.select(Relation).where(Relation.person_id == long_ago.person_id))
    assert (kept.since, kept.until) == when
    recent = declared(employed=True, employed_when=(None, date(2026, 1, 31)))
    assert accept(session, lately, recent).why == "conflict"
    with pytest.raises(Invalid) as refused:
        accept(session, badly, declared(employed=True, employed_when=when[::-1]))
    assert refused.value.field == "employed_until"


def test_two_answers_about_the_same_tie_keep_the_time_of_both(session, invited):
    invitation = invited().invite()[0]
    answers = declared(
        related=True,
        related_text="同学",
        related_when=(date(2001, 9, 1), date(2005, 6, 30)),
        other=True,
        other_text="合著",
        other_when=(date(2004, 1, 1), None),
    )
    accept(session, invitation, answers)
    (kept,) = session.scalars(sa.select(Relation).where(Relation.person_id == invitation.person_id))
    assert (kept.since, kept.until) == (date(2001, 9, 1), None)


def test_no_time_for_reviews_is_a_rest_that_the_person_can_end(session, invited):
    made = invited()
    until, without_end, in_office, past = made.invite()[:4]
    refuse = partial(
        answering.decline, session, reason=DeclineReason.BUSY_ALWAYS, text="", by=Channel.MAIL, now=LATER
    )
    refuse(until, rest_until=date(2027, 3, 31), actor=by_mail(until))
    refuse(without_end, actor=by_mail(without_end))
    rests = [(each.person.status, each.person.status_until) for each in (until, without_end)]
    assert rests == [(Status.RESTING, date(2027, 3, 31)), (Status.RESTING, None)]
    composed = compose(session, of_panel(made.panel, 0), now=LATER)
    assert not {until.person.number, without_end.person.number} & set(composed.people)
    resting.end(session, until.person, on=LATER.date(), actor=by_mail(until), now=LATER)
    assert until.person.status is Status.ACTIVE
    assert until.person.number in compose(session, of_panel(made.panel, 0), now=LATER).people
    people.change_status(
        session, in_office.person, Status.RESTING, reason="轮休", on=NOW.date(), actor=made.actor, now=NOW
    )
    refuse(in_office, rest_until=date(2027, 1, 1), actor=by_mail(in_office))
    assert (in_office.person.status_until, in_office.person.status_reason) == (None, "轮休")
    with pytest.raises(Invalid):
        resting.end(session, in_office.person, on=LATER.date(), actor=by_mail(in_office), now=LATER)
    with pytest.raises(Invalid) as refused:
        refuse(past, rest_until=date(2020, 1, 1), actor=by_mail(past))
    assert refused.value.field == "rest_until"


def test_a_tie_to_somebody_behind_the_item_is_kept_with_that_person(session, invited, scene):
    leader = make_person(session, "秦望舒", employer="望舒实验室")
    scene.item = make_item(session, applicant=scene.applicant, leaders=[leader], skills=[scene.skill])
    made = invited()
    chosen, written, _ = made.invite()[:3]
    accept(session, chosen, declared(related=True, related_text="师生", related_person_id=leader.id))
    accept(session, written, declared(related=True, related_text="秦望舒是我的学生"))
    for invitation in (chosen, written):
        assert relations(session, invitation.person) == [(RelationKind.DECLARED, None, leader.id, None)]
        assert invitation.state is InvitationState.WITHDRAWN


def test_anything_else_is_kept_with_every_item(session, invited, scene):
    made = invited()
    invitation = made.invite()[0]
    answer = accept(session, invitation, declared(other=True, other_text="持有竞品专利"))
    assert answer.why == "conflict"
    assert relations(session, invitation.person) == [(RelationKind.DECLARED, None, None, scene.item.number)]


@pytest.mark.parametrize(
    ("answers", "field"),
    [
        ({"related": True}, "related_text"),
        ({"other": True, "other_text": "  "}, "other_text"),
        ({"employed": True, "employed_text": "长" * 151}, "employed_text"),
    ],
    ids=["a tie to nobody", "something unsaid", "too much"],
)
def test_a_declaration_that_says_too_little_or_too_much_is_refused_at_its_field(
    session, invited, answers, field
):
    invitation = invited().invite()[0]
    with pytest.raises(Invalid) as error:
        accept(session, invitation, declared(**answers))
    assert error.value.field == field
    assert relations(session, invitation.person) == []


def test_what_is_on_file_already_is_not_written_twice(session, invited, scene):
    made = invited()
    people = [seat.person for seat in made.panel.seats]
    invitation = made.invite()[0]
    accept(session, invitation, declared(employed=True))
    other = invited(slot=1, people=people)
    again = other.invite()[0]
    assert again.person_id == invitation.person_id
    accept(session, again, declared(employed=True))
    assert len(relations(session, invitation.person)) == 1


def test_withdrawing_frees_the_seat_and_asks_nobody(session, invited):
    made = invited()
    invitation = made.invite()[0]
    accept(session, invitation)
    with pytest.raises(Invalid) as error:
        inviting.withdraw(session, invitation, "x", actor=made.actor, now=LATER)
    assert error.value.field == "reason"
    inviting.withdraw(session, invitation, "评审改期", actor=made.actor, now=LATER)
    assert (invitation.state, invitation.reason_text) == (InvitationState.WITHDRAWN, "评审改期")
    assert invitation.seat.state is SeatState.WITHDRAWN
    assert len(made.alternates) == 2
    assert invitation.person_id not in booked(session)


def test_who_left_a_seat_that_is_still_vacant_can_be_asked_again(session, invited):
    made = invited(on_vacancy=OnVacancy.OFFER)
    invitation = made.invite()[0]
    decline(session, invitation, DeclineReason.NOT_MY_FIELD, "")
    again = inviting.invite(session, made.campaign, seat=invitation.seat, actor=made.actor, now=LATER)
    assert (again.state, again.seat.state) == (InvitationState.SENT, SeatState.INVITED)
    assert again.person_id in booked(session)
    assert accept(session, again) == Accepted(again)
