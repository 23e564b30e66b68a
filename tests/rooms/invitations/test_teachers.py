import pytest
import sqlalchemy as sa

from expertpool.access.models import Grant, Role
from expertpool.availability.models import Commitment
from expertpool.errors import Invalid
from expertpool.invitations import answering, campaigns, inviting
from expertpool.invitations.answering import Accepted
from expertpool.invitations.declaring import NOTHING
from expertpool.invitations.models import Channel, DeclineReason, InvitationState
from expertpool.outbox.models import Message
from expertpool.outbox.service import snapshot_of
from expertpool.training import cohorts, teachings
from expertpool.training.models import TeachingState
from tests.builders.invitations import DECIDED, LATER, by_mail
from tests.builders.panels import make_actor
from tests.builders.people import make_person
from tests.builders.training import ACTOR, make_cohort, make_lesson
from tests.conftest import NOW


class Teachers:
    """A cohort with two lessons, each of a teacher of its own, who can be invited."""

    def __init__(self, session):
        self.actor = make_actor(session)
        session.add(Grant(user_id=self.actor.user_id, role=Role.ORGANISER, granted_at=NOW))
        self.cohort = make_cohort(session)
        people = [
            make_person(session, name, addresses=(f"teacher{number}@mail.example",))
            for number, name in enumerate(("何霁", "唐以宁"))
        ]
        self.teachings = [
            teachings.propose(session, self.cohort, person, actor=ACTOR, now=NOW) for person in people
        ]
        self.lessons = [
            make_lesson(session, self.cohort, day=10 + number, teaching_id=each.id)
            for number, each in enumerate(self.teachings)
        ]
        self.campaign = campaigns.prepare(session, cohort=self.cohort, **DECIDED, actor=self.actor, now=NOW)
        self.sent = inviting.invite_all(session, self.campaign, actor=self.actor, now=NOW)


@pytest.fixture
def teachers(session):
    return Teachers(session)


def kinds(session, to):
    query = sa.select(Message.kind).where(Message.recipient == to).order_by(Message.id)
    return list(session.scalars(query))


def test_teachers_are_asked_for_their_own_lessons_and_booked_when_they_accept(session, teachers):
    first, second = teachers.sent
    assert [each.teaching for each in teachers.sent] == teachers.teachings
    assert {each.state for each in teachers.teachings} == {TeachingState.INVITED}
    message = session.scalars(sa.select(Message).where(Message.recipient == "teacher0@mail.example")).one()
    assert [each["title"] for each in snapshot_of(message)["lessons"]] == [teachers.lessons[0].title]
    answer = answering.accept(session, first, NOTHING, by=Channel.MAIL, actor=by_mail(first), now=LATER)
    assert answer == Accepted(first)
    assert first.declaration == {}
    assert teachers.teachings[0].state is TeachingState.ACCEPTED
    booked = session.scalars(
        sa.select(Commitment.source_id).where(Commitment.person_id == first.person_id)
    ).all()
    assert booked == [teachers.lessons[0].id]
    assert second.state is InvitationState.SENT


def test_a_teacher_who_declines_is_free_and_the_organiser_looks_for_another(session, teachers):
    first = teachers.sent[0]
    reason = DeclineReason.BUSY_ALWAYS
    answering.decline(session, first, reason, None, by=Channel.MAIL, actor=by_mail(first), now=LATER)
    assert teachers.teachings[0].state is TeachingState.DECLINED
    assert session.scalars(sa.select(Commitment).where(Commitment.person_id == first.person_id)).all() == []
    assert kinds(session, "teacher0@mail.example").count("invitations/declined") == 1
    (told,) = session.scalars(sa.select(Message).where(Message.kind == "invitations/vacancy"))
    assert snapshot_of(told)["follows"] == "teacher"


def test_a_teacher_who_does_not_answer_is_asked_no_longer(session, teachers):
    first = teachers.sent[0]
    assert answering.expire(session, first, now=first.expires_at)
    assert (first.state, teachers.teachings[0].state) == (
        InvitationState.EXPIRED,
        TeachingState.EXPIRED,
    )


def test_a_cancelled_cohort_takes_its_invitations_back(session, teachers):
    answering.accept(
        session,
        teachers.sent[0],
        NOTHING,
        by=Channel.MAIL,
        actor=by_mail(teachers.sent[0]),
        now=LATER,
    )
    cohorts.cancel(session, teachers.cohort, "报名人数不足", actor=ACTOR, now=LATER)
    assert {each.state for each in teachers.sent} == {InvitationState.WITHDRAWN}
    with pytest.raises(Invalid, match="withdrawn this invitation"):
        answering.accept(
            session,
            teachers.sent[1],
            NOTHING,
            by=Channel.MAIL,
            actor=by_mail(teachers.sent[1]),
            now=LATER,
        )


def test_a_part_that_the_office_ends_takes_the_invitation_with_it(session, teachers):
    teaching = teachers.teachings[0]
    teachings.end(session, teaching, TeachingState.WITHDRAWN, "课程调整", actor=ACTOR, now=LATER)
    assert teachers.sent[0].state is InvitationState.WITHDRAWN
