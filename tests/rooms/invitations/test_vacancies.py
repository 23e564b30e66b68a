from datetime import timedelta

import pytest
import sqlalchemy as sa

from expertpool.audit.models import AuditEntry
from expertpool.availability import service as availability
from expertpool.errors import Invalid
from expertpool.invitations import answering, calls, vacancies
from expertpool.invitations.answering import Accepted
from expertpool.invitations.models import (
    Call,
    Channel,
    DeclineReason,
    Invitation,
    InvitationState,
    OnVacancy,
    Outcome,
)
from expertpool.matching.rules import Violation
from expertpool.panels import confirmation, seating
from expertpool.panels.models import SeatRole, SeatState
from expertpool.people.models import InterestParty, Status
from tests.builders.invitations import LATER, by_mail


def leave(session, invitation, now=LATER):
    reason = DeclineReason.NOT_MY_FIELD
    answering.decline(session, invitation, reason, None, by=Channel.MAIL, actor=by_mail(invitation), now=now)
    return invitation.seat


def last(session, event):
    query = sa.select(AuditEntry).where(AuditEntry.event == event).order_by(AuditEntry.id.desc())
    return session.scalars(query.limit(1)).one().facts


def offered(session):
    return last(session, "panel.vacancy-offered")


def occupied(session, made, seat):
    """Book the person of a seat elsewhere at the time of the panel."""
    time = (made.panel.starts, made.panel.ends)
    availability.book(session, {seat.person_id: 999}, *time, source_kind="lesson")


@pytest.mark.parametrize("way", [OnVacancy.OFFER, OnVacancy.PHONE])
def test_the_organiser_is_offered_the_next_one_and_nobody_is_asked(session, invited, way):
    made = invited(on_vacancy=way)
    vacant = leave(session, made.invite()[0])
    assert offered(session) == {
        "vacant_seat_id": vacant.id,
        "next_seat_id": made.alternates[0].id,
        "passed_over": [],
    }
    assert [seat.state for seat in made.alternates] == [SeatState.PROPOSED] * 2
    assert seating.vacancies(made.panel) == [vacant]


def test_the_organiser_invites_the_next_one(session, invited):
    made = invited(on_vacancy=OnVacancy.OFFER)
    vacant = leave(session, made.invite()[2])
    first = made.alternates[0]
    invitation = vacancies.invite_next(session, made.panel, vacant, actor=made.actor, now=LATER)
    assert (invitation.seat, invitation.state) == (first, InvitationState.SENT)
    assert (first.role, first.position, first.replaces_id) == (SeatRole.MEMBER, 3, vacant.id)
    assert seating.vacancies(made.panel) == []
    with pytest.raises(Invalid, match="not vacant any more"):
        vacancies.invite_next(session, made.panel, vacant, actor=made.actor, now=LATER)


def test_who_does_not_fit_any_more_is_passed_over_with_the_rule(session, invited, scene):
    made = invited(alternates=5, on_vacancy=OnVacancy.OFFER)
    made.panel.rules = {"max_per_organisation": 1}
    barred, booked, colleague, resting, fits = made.alternates
    made.hire(barred, scene.applicant)
    occupied(session, made, booked)
    made.hire(colleague, made.members[1].person.employments[0].organisation)
    resting.person.status = Status.RESTING
    session.flush()
    vacant = leave(session, made.invite()[0])
    found = vacancies.next_for(session, made.panel, vacant, now=LATER)
    assert found.seat is fits
    employer = made.members[1].person.employments[0].organisation_id
    assert [(each.seat, each.rules) for each in found.passed_over] == [
        (barred, (Violation("barred", barred.person.number),)),
        (booked, (Violation("availability", booked.person.number),)),
        (colleague, (Violation("max_per_organisation", f"#{employer}"),)),
        (resting, (Violation("gone", resting.person.number),)),
    ]
    assert offered(session)["passed_over"] == [
        {"seat_id": barred.id, "rules": ["barred"]},
        {"seat_id": booked.id, "rules": ["availability"]},
        {"seat_id": colleague.id, "rules": ["max_per_organisation"]},
        {"seat_id": resting.id, "rules": ["gone"]},
    ]


def test_the_system_passes_over_who_does_not_fit_and_says_whom(session, invited, scene):
    made = invited()
    barred, fits = made.alternates
    made.hire(barred, scene.applicant)
    leave(session, made.invite()[0])
    assert (fits.role, fits.state) == (SeatRole.CHAIR, SeatState.INVITED)
    assert last(session, "panel.vacancy-filled")["passed_over"] == [
        {"seat_id": barred.id, "rules": ["barred"]}
    ]


def test_when_nobody_fits_the_organiser_is_told_so(session, invited, scene):
    made = invited(alternates=1)
    made.hire(made.alternates[0], scene.applicant)
    vacant = leave(session, made.invite()[0])
    assert offered(session)["next_seat_id"] is None
    with pytest.raises(Invalid, match="No alternate fits any more"):
        vacancies.invite_next(session, made.panel, vacant, actor=made.actor, now=LATER)


def test_an_alternate_without_an_address_is_not_skipped(session, invited):
    made = invited()
    made.alternates[0].person.addresses.clear()
    session.flush()
    leave(session, made.invite()[0])
    assert offered(session)["next_seat_id"] == made.alternates[0].id
    assert len(made.alternates) == 2


def test_what_only_the_missing_can_bring_speaks_against_nobody(session, invited, scene):
    """Two chairs are vacant and a rule needs three regions: the second alternate may bring the third."""
    made = invited(seats=5, alternates=4, on_vacancy=OnVacancy.OFFER)
    for number, seat in enumerate(made.members):
        seat.person.region = ("郑州", "洛阳", "新乡", "新乡", "新乡")[number]
    plain, other, *rest = made.alternates
    plain.person.region, other.person.region = "新乡", "洛阳"
    for seat in rest:
        seat.person.region = "郑州"
    made.panel.rules = {"min_regions": 3}
    session.flush()
    sent = made.invite()
    first, second = leave(session, sent[0]), leave(session, sent[1])
    assert seating.vacancies(made.panel) == [first, second]
    taken = vacancies.invite_next(session, made.panel, first, actor=made.actor, now=LATER)
    assert taken.seat is other
    found = vacancies.next_for(session, made.panel, second, now=LATER)
    assert found.seat is rest[0]
    assert [(each.seat, each.rules) for each in found.passed_over] == [(plain, (Violation("min_regions"),))]


def test_a_rule_broken_without_them_speaks_against_nobody(session, invited):
    made = invited(on_vacancy=OnVacancy.OFFER)
    made.panel.rules = {"max_per_organisation": 1}
    made.hire(made.members[1], made.members[2].person.employments[0].organisation)
    vacant = leave(session, made.invite()[0])
    assert vacancies.next_for(session, made.panel, vacant, now=LATER).seat is made.alternates[0]


def test_a_panel_without_a_date_is_invited_to_as_well(session, invited):
    made = invited(slot=None)
    sent = made.invite()
    leave(session, sent[0])
    assert len(made.alternates) == 1
    (invitation,) = session.scalars(sa.select(Invitation).where(Invitation.id > sent[-1].id))
    assert invitation.expires_at == LATER + timedelta(hours=72)


class Phoning:
    """A panel whose alternates are phoned, with one vacant chair."""

    def __init__(self, session, made):
        self.session, self.made = session, made
        self.vacant = leave(session, made.invite()[0])

    @property
    def next(self):
        return calls.next_to_call(self.session, self.made.panel, self.vacant, now=LATER)

    def call(self, seat, outcome, now=LATER, **options):
        return calls.record(self.session, seat, outcome, actor=self.made.actor, now=now, **options)


@pytest.fixture
def phoning(session, invited):
    return Phoning(session, invited(alternates=3, on_vacancy=OnVacancy.PHONE))


def test_alternates_are_phoned_in_order_and_nobody_is_skipped(session, phoning):
    first, second, third = phoning.made.alternates
    assert phoning.next is first
    with pytest.raises(Invalid, match=f"{first.person.name} comes first"):
        phoning.call(second, Outcome.ACCEPTED)
    phoning.call(first, Outcome.NO_ANSWER, note=" 无人接听 ")
    assert phoning.next is second
    phoning.call(second, Outcome.REACHED)
    assert phoning.next is third
    phoning.call(third, Outcome.NO_ANSWER)
    assert phoning.next is first
    kept = session.execute(sa.select(Call.seat_id, Call.outcome, Call.note, Call.called_by).order_by(Call.id))
    assert [tuple(row) for row in kept] == [
        (first.id, Outcome.NO_ANSWER, "无人接听", "周岚"),
        (second.id, Outcome.REACHED, None, "周岚"),
        (third.id, Outcome.NO_ANSWER, None, "周岚"),
    ]


def test_who_accepts_on_the_phone_takes_the_chair(session, phoning):
    first = phoning.made.alternates[0]
    answer = phoning.call(first, Outcome.ACCEPTED)
    assert isinstance(answer, Accepted)
    assert (first.role, first.state, first.replaces_id) == (
        SeatRole.CHAIR,
        SeatState.ACCEPTED,
        phoning.vacant.id,
    )
    invitation = answer.invitation
    assert (invitation.channel, invitation.answered_by) == (Channel.PHONE, Channel.PHONE)
    assert seating.vacancies(phoning.made.panel) == []


def test_who_declines_on_the_phone_is_asked_no_more_and_says_why(session, phoning):
    first, second, _ = phoning.made.alternates
    with pytest.raises(Invalid) as error:
        phoning.call(first, Outcome.DECLINED)
    assert error.value.field == "reason"
    phoning.call(first, Outcome.DECLINED, reason=DeclineReason.BUSY_ALWAYS, note="带学生")
    assert first.state is SeatState.DECLINED
    assert phoning.next is second
    assert last(session, "panel.call-recorded") == {
        "call_id": session.scalar(sa.select(Call.id)),
        "seat_id": first.id,
        "person_id": first.person_id,
        "outcome": "declined",
        "reason": "busy-always",
    }


def test_calls_for_one_vacancy_do_not_count_for_the_next(session, phoning):
    first, second, _third = phoning.made.alternates
    phoning.call(first, Outcome.NO_ANSWER)
    phoning.call(second, Outcome.ACCEPTED)
    later = LATER + timedelta(hours=2)
    other = session.scalars(
        sa.select(Invitation).where(Invitation.state == InvitationState.SENT).order_by(Invitation.id)
    ).first()
    vacant = leave(session, other, now=later)
    assert calls.next_to_call(session, phoning.made.panel, vacant, now=later) is first


def test_a_member_without_an_address_answers_on_the_phone(session, invited):
    made = invited()
    silent, unwilling = made.members[1:3]
    for seat in (silent, unwilling):
        seat.person.addresses.clear()
    session.flush()
    made.invite()
    assert isinstance(calls.record(session, silent, Outcome.ACCEPTED, actor=made.actor, now=LATER), Accepted)
    assert silent.state is SeatState.ACCEPTED
    calls.record(
        session,
        unwilling,
        Outcome.DECLINED,
        reason=DeclineReason.NOT_MY_FIELD,
        actor=made.actor,
        now=LATER,
    )
    assert unwilling.state is SeatState.DECLINED
    assert [seat.replaces_id for seat in confirmation.holders(made.panel)].count(unwilling.id) == 1


def test_an_alternate_who_turns_out_to_be_booked_keeps_no_chair(session, phoning):
    first = phoning.made.alternates[0]
    assert phoning.next is first
    occupied(session, phoning.made, first)
    answer = phoning.call(first, Outcome.ACCEPTED)
    assert answer.why == "booked"
    assert (first.role, first.state) == (SeatRole.ALTERNATE, SeatState.WITHDRAWN)
    assert seating.vacancies(phoning.made.panel) == [phoning.vacant]


def test_who_lacks_a_skill_that_nobody_else_brings_is_passed_over(session, invited):
    made = invited(on_vacancy=OnVacancy.OFFER)
    plain, holder = made.alternates
    for seat in (*made.members[2:], plain):
        seat.person.skills.clear()
    session.flush()
    vacant = leave(session, made.invite()[0])
    found = vacancies.next_for(session, made.panel, vacant, now=LATER)
    assert found.seat is holder
    wanted = str(made.scene.skill.id)
    assert [each.rules for each in found.passed_over] == [(Violation("skill", wanted),)]


@pytest.mark.parametrize(
    ("rules", "party", "broken"),
    [
        ({"max_share_of_one_interest_party": "2/5"}, "producer", "max_share_of_one_party"),
        ({"min_shares": {"user": "1/5"}}, "research", "min_share"),
    ],
    ids=["too many of one party", "too few of another"],
)
def test_shares_are_those_of_the_whole_panel(session, invited, rules, party, broken):
    made = invited(on_vacancy=OnVacancy.OFFER)
    parties = ("user", "producer", "producer", "research", "testing")
    for seat, each in zip(made.members, parties, strict=True):
        seat.person.interest_party = InterestParty(each)
    wrong, right = made.alternates
    wrong.person.interest_party = InterestParty(party)
    right.person.interest_party = InterestParty.USER
    made.panel.rules = rules
    session.flush()
    vacant = leave(session, made.invite()[0])
    found = vacancies.next_for(session, made.panel, vacant, now=LATER)
    assert found.seat is right
    assert [[each.rule for each in passed.rules] for passed in found.passed_over] == [[broken]]
