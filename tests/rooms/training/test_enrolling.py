"""Enrolment: a place or a position in line, offers in order and in time, nobody in two places at once."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from expertpool.audit.models import AuditEntry
from expertpool.availability import naming
from expertpool.availability import service as availability
from expertpool.availability.models import Commitment
from expertpool.errors import Invalid
from expertpool.training import cohorts, courses, enrolling
from expertpool.training.models import CohortState, EnrolmentState, Place
from expertpool.training.naming import of_lessons
from tests.builders.access import make_user
from tests.builders.people import make_person
from tests.builders.training import (
    DAY,
    HOUR,
    enrol,
    make_cohort,
    make_course,
    make_lesson,
    make_teacher,
    make_trainee,
)

ENROLLED, WAITING = EnrolmentState.ENROLLED, EnrolmentState.WAITING
OFFERED, LAPSED, CANCELLED = EnrolmentState.OFFERED, EnrolmentState.LAPSED, EnrolmentState.CANCELLED


@pytest.fixture
def full(session):
    """A cohort of one place with one enrolled and two waiting."""
    cohort = make_cohort(session, capacity=1)
    return cohort, [enrol(session, cohort) for _ in range(3)]


def states(enrolments):
    return [each.state for each in enrolments]


def booked(session, person):
    query = sa.select(Commitment.source_id).where(
        Commitment.person_id == person.id, Commitment.source_kind == "lesson"
    )
    return session.scalars(query.order_by(Commitment.starts)).all()


def test_places_go_to_the_first_and_the_others_wait_in_line(session, full):
    _, three = full
    assert states(three) == [ENROLLED, WAITING, WAITING]
    assert [enrolling.position(session, each) for each in three] == [0, 1, 2]


def test_a_freed_place_is_offered_to_the_first_in_line_for_a_time(session, full, actor, now):
    _, (first, second, third) = full
    enrolling.cancel(session, first, actor=actor, now=now)
    assert states((first, second, third)) == [CANCELLED, OFFERED, WAITING]
    assert second.offer_expires_at == now + 24 * HOUR
    assert enrolling.position(session, third) == 1
    enrolling.accept_offer(session, second, actor=actor, now=now + 23 * HOUR)
    assert states((second, third)) == [ENROLLED, WAITING]


def test_a_declined_or_unanswered_offer_goes_to_the_next(session, full, actor, now):
    cohort, (first, second, third) = full
    fourth = enrol(session, cohort)
    enrolling.cancel(session, first, actor=actor, now=now)
    enrolling.decline_offer(session, second, actor=actor, now=now)
    assert states((second, third, fourth)) == [LAPSED, OFFERED, WAITING]
    assert enrolling.lapse_due(session, now + 24 * HOUR - timedelta(seconds=1)) == 0
    assert enrolling.lapse_due(session, now + 24 * HOUR) == 1
    assert states((second, third, fourth)) == [LAPSED, LAPSED, OFFERED]
    assert fourth.offer_expires_at == now + 48 * HOUR
    assert enrolling.lapse_due(session, now + 24 * HOUR) == 0


def test_an_offer_that_is_over_can_not_be_accepted(session, full, actor, now):
    _, (first, second, _third) = full
    enrolling.cancel(session, first, actor=actor, now=now)
    with pytest.raises(Invalid, match="The time to accept this place is over"):
        enrolling.accept_offer(session, second, actor=actor, now=now + 24 * HOUR)
    enrolling.lapse_due(session, now + 24 * HOUR)
    with pytest.raises(Invalid, match="No place is offered here any more"):
        enrolling.accept_offer(session, second, actor=actor, now=now + 25 * HOUR)


def test_who_enrols_while_a_place_is_offered_queues_behind(session, full, actor, now):
    cohort, (first, second, third) = full
    enrolling.cancel(session, first, actor=actor, now=now)
    late = enrol(session, cohort)
    assert states((second, third, late)) == [OFFERED, WAITING, WAITING]
    assert enrolling.position(session, late) == 2


def test_who_waited_for_the_lock_does_not_jump_the_queue(session, full, now):
    cohort, (_first, second, third) = full
    earlier = enrol(session, cohort, now=now - HOUR)
    assert [enrolling.position(session, each) for each in (second, third, earlier)] == [1, 2, 3]


def test_who_left_may_come_again_at_the_end_of_the_line(session, full, actor, now):
    cohort, (_first, second, third) = full
    enrolling.cancel(session, second, actor=actor, now=now)
    again = enrol(session, cohort, second.person, now=now)
    assert [enrolling.position(session, each) for each in (second, third, again)] == [0, 1, 2]


def test_nobody_is_in_a_cohort_twice_or_learns_where_they_teach(session, full, actor, now):
    cohort, (first, _second, third) = full
    for each in (first, third):
        with pytest.raises(Invalid, match="何霁 is in this cohort already"):
            enrol(session, cohort, each.person)
    teacher = make_teacher(session, cohort).person
    with pytest.raises(Invalid, match="唐以宁 teaches in this cohort"):
        enrol(session, cohort, teacher)


def test_enrolment_keeps_its_time_but_an_organiser_is_not_bound_by_it(session, now):
    cohort = make_cohort(session)
    for moment, message in ((cohort.opens_at - HOUR, "not begun"), (cohort.closes_at, "closed")):
        with pytest.raises(Invalid, match=message):
            enrol(session, cohort, now=moment)
        assert enrol(session, cohort, source="周岚", now=moment).state is ENROLLED
    draft = make_cohort(session, draft=True)
    with pytest.raises(Invalid, match="it is not open"):
        enrol(session, draft, source="周岚")


def test_no_offer_reaches_beyond_the_first_lesson(session, full, actor, now):
    cohort, (first, second, third) = full
    make_lesson(session, cohort, starts=now + 5 * HOUR, ends=now + 8 * HOUR)
    enrolling.cancel(session, first, actor=actor, now=now)
    assert second.offer_expires_at == now + 5 * HOUR
    enrolling.lapse_due(session, now + 5 * HOUR)
    assert states((second, third)) == [LAPSED, WAITING]


def test_an_earlier_first_lesson_shortens_offers_that_reach_beyond_it(session, full, actor, now):
    cohort, (first, second, _third) = full
    enrolling.cancel(session, first, actor=actor, now=now)
    make_lesson(session, cohort, starts=now + 5 * HOUR, ends=now + 8 * HOUR)
    assert (second.state, second.offer_expires_at) == (OFFERED, now + 5 * HOUR)


def test_more_capacity_is_offered_and_less_takes_only_free_places(session, full, actor, now):
    cohort, (first, second, third) = full
    facts = cohorts.facts_of(cohort)

    def resize(capacity):
        wanted = cohorts.CohortFacts(**{**facts.__dict__, "capacity": capacity})
        return cohorts.change(session, cohort, wanted, actor=actor, now=now)

    assert resize(4)
    assert states((first, second, third)) == [ENROLLED, OFFERED, OFFERED]
    with pytest.raises(Invalid, match="3 places are taken or offered") as error:
        resize(2)
    assert error.value.field == "capacity"
    assert resize(3)
    assert session.scalar(sa.select(sa.func.count()).where(Place.cohort_id == cohort.id)) == 3
    assert states((first, second, third)) == [ENROLLED, OFFERED, OFFERED]


def test_enrolling_books_all_lessons_and_leaving_frees_those_ahead(session, actor, now):
    cohort = make_cohort(session)
    lessons = [make_lesson(session, cohort, day=day) for day in (3, 10)]
    mine = enrol(session, cohort)
    assert booked(session, mine.person) == [each.id for each in lessons]
    enrolling.cancel(session, mine, actor=actor, now=now + 5 * DAY)
    assert booked(session, mine.person) == [lessons[0].id]


def test_who_waits_is_not_booked_until_they_accept(session, full, actor, now):
    cohort, (first, second, _third) = full
    lesson = make_lesson(session, cohort)
    assert booked(session, second.person) == []
    enrolling.cancel(session, first, actor=actor, now=now)
    assert booked(session, second.person) == []
    enrolling.accept_offer(session, second, actor=actor, now=now)
    assert booked(session, second.person) == [lesson.id]


def test_a_clash_refuses_and_names_panel_and_lesson_to_whom_it_concerns(session, actor, now, monkeypatch):
    def of_seats(_session, ids, *, to_themselves):
        return {ids[0]: "P-2026-0001 轴承"} if to_themselves else {}

    monkeypatch.setattr(naming, "_namers", {"seat": of_seats, "lesson": of_lessons})
    user = make_user(session)
    trainee = make_trainee(session, user_id=user.id)
    cohort = make_cohort(session)
    lesson = make_lesson(session, cohort, title="第一讲")
    availability.book(session, {trainee.id: 5}, lesson.starts, lesson.ends, source_kind="seat")
    for who, what in ((type(actor)(user.id, user.name), "P-2026-0001 轴承"), (actor, "another appointment")):
        with pytest.raises(availability.DoubleBooked) as error:
            enrol(session, cohort, trainee, actor=who)
        assert str(error.value) == f"何霁 is booked for {what} at the time of the lesson “第一讲”."
    other = make_cohort(session)
    make_lesson(session, other, title="绪论")
    session.execute(sa.delete(Commitment))
    enrol(session, cohort, trainee)
    with pytest.raises(availability.DoubleBooked, match=f"booked for {cohort.number} 第一讲 at the time"):
        enrol(session, other, trainee)


def test_an_accepted_offer_that_clashes_by_now_stands_until_it_lapses(session, full, actor, now):
    cohort, (first, second, _third) = full
    lesson = make_lesson(session, cohort)
    enrolling.cancel(session, first, actor=actor, now=now)
    availability.book(session, {second.person_id: 5}, lesson.starts, lesson.ends, source_kind="seat")
    with pytest.raises(availability.DoubleBooked):
        enrolling.accept_offer(session, second, actor=actor, now=now)
    assert second.state is OFFERED


def test_missing_prerequisites_are_named_unless_an_organiser_gives_a_reason(session, actor, now):
    first = make_course(session, title_zh="标准化导论")
    course = make_course(session, prerequisite_ids=(first.id,))
    cohort = make_cohort(session, course, capacity=9)
    trainee = make_trainee(session)
    done = enrol(session, make_cohort(session, first), trainee)
    with pytest.raises(Invalid, match=f"builds on: {first.number} 标准化导论") as error:
        enrol(session, cohort, trainee)
    assert error.value.field == "in_spite_of"
    done.state = EnrolmentState.COMPLETED
    session.flush()
    assert enrol(session, cohort, trainee).state is ENROLLED
    waived = enrol(session, cohort, make_trainee(session), source="周岚", in_spite_of="外单位已修")
    entry = session.scalars(
        sa.select(AuditEntry).where(
            AuditEntry.subject_kind == "enrolment", AuditEntry.subject_id == waived.id
        )
    ).one()
    assert (entry.event, entry.personal) == ("enrolment.trainee-enrolled", {"waived": "外单位已修"})


def test_courses_never_require_each_other_in_a_circle(session, actor, now):
    one = make_course(session)
    two = make_course(session, prerequisite_ids=(one.id,))
    for required in (two.id, one.id):
        facts = courses.CourseFacts(**{**courses.facts_of(one).__dict__, "prerequisite_ids": (required,)})
        with pytest.raises(Invalid) as error:
            courses.change(session, one, facts, actor=actor, now=now)
        assert error.value.field == "prerequisite_ids"


def test_a_cancelled_cohort_lets_everybody_go_and_is_told_once(session, full, actor, now):
    cohort, three = full
    teaching = make_teacher(session, cohort, make_person(session, "唐以宁"))
    lesson = make_lesson(session, cohort, teaching_id=teaching.id)
    cohorts.cancel(session, cohort, "报名人数不足", actor=actor, now=now)
    session.refresh(lesson)
    assert (cohort.state, lesson.state.value, teaching.state.value) == (
        CohortState.CANCELLED,
        "cancelled",
        "withdrawn",
    )
    assert states(three) == [CANCELLED] * 3
    assert session.scalars(sa.select(Commitment.id)).all() == []
    told = session.scalars(sa.select(AuditEntry).where(AuditEntry.event == "cohort.cohort-cancelled")).one()
    assert told.facts == {
        "reason": "报名人数不足",
        "enrolment_ids": [each.id for each in three],
        "teaching_ids": [teaching.id],
        "lesson_ids": [lesson.id],
    }
    with pytest.raises(Invalid, match="finished or cancelled"):
        cohorts.cancel(session, cohort, "又", actor=actor, now=now)
