"""Lessons that several cohorts have jointly, with guests: one lesson, told once, in every diary."""

import pytest
import sqlalchemy as sa

from expertpool import wiring
from expertpool.audit.models import AuditEntry
from expertpool.availability import service as availability
from expertpool.availability.models import Commitment
from expertpool.calendars.models import CalendarEntry, EntrySource, EntryState
from expertpool.errors import Invalid, Stale
from expertpool.ledger import queries as ledger
from expertpool.outbox.models import Message
from expertpool.outbox.service import snapshot_of
from expertpool.people.merging import merge
from expertpool.people.models import Person
from expertpool.training import (
    attending,
    cohorts,
    completing,
    enrolling,
    lessons,
    offering,
    places,
    presence,
    queries,
    rosters,
    teachings,
)
from expertpool.training.models import Enrolment, EnrolmentState, LessonShare, LessonState, TeachingState
from tests.builders.training import (
    ACTOR,
    DAY,
    HOUR,
    enrol,
    make_cohort,
    make_course,
    make_lesson,
    make_room,
    make_teacher,
    make_trainee,
)
from tests.conftest import NOW

wiring.connect()


@pytest.fixture
def course(session):
    return make_course(session)


@pytest.fixture
def spring(session, course):
    return make_cohort(session, course, title="春季班")


@pytest.fixture
def autumn(session, course):
    """A cohort of another course of the same office."""
    return make_cohort(session, make_course(session, course.owner), title="秋季班")


@pytest.fixture
def joint(session, spring, autumn):
    """A lesson of the spring cohort, with one trainee, that the autumn cohort, with one, has too; a guest."""
    enrol(session, spring, make_trainee(session, "甲"))
    enrol(session, autumn, make_trainee(session, "乙"))
    guest = make_trainee(session, "丙")
    return make_lesson(session, spring, title="合班课", joint_ids=(autumn.id,), guest_ids=(guest.id,))


def facts(lesson, **changes):
    return lessons.LessonFacts(**{**lessons.facts_of(lesson).__dict__, **changes})


def change(session, lesson, **changes):
    return lessons.change(session, lesson, facts(lesson, **changes), actor=ACTOR, now=NOW)


def names(people):
    return sorted(each.name for each in people)


def booked(session, lesson):
    """Who has the lesson in the diary, by name."""
    query = (
        sa.select(Person)
        .join(Commitment, Commitment.person_id == Person.id)
        .where(Commitment.source_kind == "lesson", Commitment.source_id == lesson.id)
    )
    return names(session.scalars(query))


def shown(session, lesson):
    """Who has the lesson in their feed, by name."""
    query = (
        sa.select(CalendarEntry.person_id)
        .where(CalendarEntry.source == EntrySource.STUDY, CalendarEntry.source_id == lesson.id)
        .where(CalendarEntry.state == EntryState.CONFIRMED)
    )
    return sorted(session.scalars(query))


def mails(session, person):
    query = sa.select(Message).where(Message.recipient == person.addresses[0].address)
    found = [snapshot_of(each) for each in session.scalars(query.order_by(Message.id))]
    return [each["what"] for each in found if "what" in each]


def member(session, cohort):
    return session.scalars(sa.select(Enrolment).where(Enrolment.cohort_id == cohort.id)).first()


def test_everybody_is_booked_sees_it_and_is_told_once(session, spring, autumn, joint):
    assert booked(session, joint) == ["丙", "乙", "甲"]
    people = [member(session, spring).person, member(session, autumn).person]
    people += [session.get(type(people[0]), joint.guest_ids[0])]
    assert shown(session, joint) == sorted(each.id for each in people)
    for person in people:
        assert mails(session, person) == ["planned"]
        (row,) = session.execute(queries.lessons_ahead(person.id, NOW)).all()
        assert row.Lesson is joint
    assert row.Course is spring.course
    listed = queries.lessons_of(session, [spring.id, autumn.id])
    assert listed == {spring.id: [joint], autumn.id: [joint]}
    assert queries.summaries(session, [autumn.id])[autumn.id].lessons == 1


def public(session, lesson):
    """Courses in whose public calendar a lesson stands, with what it says there."""
    query = sa.select(CalendarEntry).where(
        CalendarEntry.source == EntrySource.LESSON,
        CalendarEntry.source_id == lesson.id,
        CalendarEntry.state == EntryState.CONFIRMED,
    )
    return {each.course_id: each.details for each in session.scalars(query)}


def test_a_joint_lesson_stands_in_the_public_calendar_of_each_course_once(session, spring, autumn, joint):
    peer = make_cohort(session, autumn.course, title="冬季班")
    change(session, joint, joint_ids=(autumn.id, peer.id))
    here = {spring.course_id: f"{spring.number} 春季班"}
    assert public(session, joint) == here | {autumn.course_id: f"{autumn.number} 秋季班"}
    change(session, joint, joint_ids=(peer.id,))
    assert public(session, joint) == here | {autumn.course_id: f"{peer.number} 冬季班"}
    change(session, joint, joint_ids=())
    assert public(session, joint) == here


def test_of_one_trainee_nobody_else_is_read(session, autumn, joint):
    there, guest = member(session, autumn).person_id, joint.guest_ids[0]
    for person_id, cohort_id in ((there, autumn.id), (guest, joint.cohort_id)):
        found = attending.people_of(session, [joint.id], person_id=person_id)
        assert found == {joint.id: {person_id: cohort_id}}


def test_each_is_told_of_their_own_cohort(session, spring, autumn, joint):
    here, there, guest = member(session, spring), member(session, autumn), joint.guest_ids[0]
    expected = {here.person_id: spring.number, there.person_id: autumn.number, guest: spring.number}
    query = sa.select(Message).where(Message.kind == "training/lesson")
    told = {snapshot_of(each)["name"]: snapshot_of(each)["number"] for each in session.scalars(query)}
    entries = sa.select(CalendarEntry).where(
        CalendarEntry.source == EntrySource.STUDY, CalendarEntry.source_id == joint.id
    )
    details = {each.person_id: each.details.split()[0] for each in session.scalars(entries)}
    assert {id_: details[id_] for id_ in expected} == expected
    assert {id_: told[session.get_one(Person, id_).name] for id_ in expected} == expected


def test_who_is_in_both_cohorts_has_it_once(session, spring, autumn):
    both = make_trainee(session, "丁")
    enrol(session, spring, both)
    enrol(session, autumn, both)
    lesson = make_lesson(session, spring, joint_ids=(autumn.id,), guest_ids=(both.id,))
    assert booked(session, lesson) == ["丁"]
    assert mails(session, both) == ["planned"]
    assert len(session.execute(queries.lessons_ahead(both.id, NOW)).all()) == 1
    enrolling.cancel(session, member(session, autumn), actor=ACTOR, now=NOW)
    assert booked(session, lesson) == ["丁"]
    enrolling.cancel(session, member(session, spring), actor=ACTOR, now=NOW)
    assert booked(session, lesson) == ["丁"]
    change(session, lesson, guest_ids=())
    assert booked(session, lesson) == []
    assert shown(session, lesson) == []


def test_who_enrols_later_is_booked_for_joint_lessons_and_refused_for_their_clash(session, autumn, joint):
    later = enrol(session, autumn, make_trainee(session, "戊"))
    assert "戊" in booked(session, joint)
    assert later.person_id in shown(session, joint)
    busy = make_trainee(session, "己")
    availability.book(session, {busy.id: 1}, joint.starts, joint.ends, source_kind="seat")
    with pytest.raises(
        Invalid, match="己 is booked for another appointment at the time of the lesson “合班课”"
    ):
        enrol(session, make_cohort_with(session, autumn, joint), busy)
    enrolling.cancel(session, later, actor=ACTOR, now=NOW)
    assert "戊" not in booked(session, joint)


def make_cohort_with(session, like, lesson):
    """Make a cohort that shares a lesson."""
    other = make_cohort(session, like.course)
    change(session, lesson, joint_ids=(*lesson.joint_ids, other.id))
    return other


def test_who_comes_and_who_goes_is_told_and_nobody_else(session, spring, autumn, joint):
    other = make_trainee(session, "庚")
    guest = joint.guest_ids[0]
    version = joint.version
    change(session, joint, joint_ids=(), guest_ids=(other.id,))
    assert joint.version == version + 1
    assert booked(session, joint) == ["庚", "甲"]
    stayed, gone = member(session, spring).person, member(session, autumn).person
    assert mails(session, stayed) == ["planned"]
    assert mails(session, gone) == ["planned", "left"]
    assert mails(session, session.get(type(gone), guest)) == ["planned", "left"]
    assert mails(session, other) == ["planned"]
    change(session, joint, starts=joint.starts + DAY, ends=joint.ends + DAY, joint_ids=(autumn.id,))
    assert mails(session, gone) == ["planned", "left", "planned"]
    assert mails(session, stayed) == ["planned", "moved"]
    assert mails(session, other) == ["planned", "moved"]
    told = session.scalars(
        sa.select(AuditEntry.facts)
        .where(AuditEntry.event == "lesson.lesson-shared")
        .order_by(AuditEntry.id.desc())
    ).first()
    assert (told["joint"], told["person_ids"]) == ([autumn.number], [other.id])


def test_the_page_of_another_is_stale_when_only_who_shares_it_changed(session, joint):
    seen, wanted = joint.version, facts(joint, title="别的")
    change(session, joint, joint_ids=())
    with pytest.raises(Stale):
        lessons.change(session, joint, wanted, version=seen, actor=ACTOR, now=NOW)


def test_no_cohort_of_a_joint_lesson_may_have_another_at_its_time(session, spring, autumn, joint):
    with pytest.raises(Invalid, match="“合班课” of this cohort is at the same time"), session.begin_nested():
        make_lesson(session, autumn)
    own = make_lesson(session, autumn, day=12, title="秋季课")
    with pytest.raises(Invalid, match="“秋季课” of these cohorts is at the same time"):
        make_lesson(session, spring, day=12, joint_ids=(autumn.id,))
    assert own.state is LessonState.PLANNED


@pytest.mark.parametrize(
    ("share", "problem"),
    [
        ("own", "own cohort"),
        ("foreign", "not of this office"),
        ("over", "is over"),
        ("unknown", "is over, or not of this office"),
        ("teacher", "唐以宁 teaches in this cohort"),
        ("many", "50 guests at most"),
    ],
)
def test_a_lesson_is_shared_only_with_going_cohorts_of_its_office_and_those_who_do_not_teach_it(
    session, spring, autumn, share, problem
):
    teaching = make_teacher(session, spring)
    over = make_cohort(session, autumn.course)
    cohorts.cancel(session, over, "人数不足", actor=ACTOR, now=NOW)
    shares = {
        "own": {"joint_ids": (spring.id,)},
        "foreign": {"joint_ids": (make_cohort(session).id,)},
        "over": {"joint_ids": (over.id,)},
        "unknown": {"joint_ids": (99_999,)},
        "teacher": {"guest_ids": (teaching.person_id,)},
        "many": {"guest_ids": tuple(range(1, 52))},
    }
    with pytest.raises(Invalid, match=problem) as refused:
        make_lesson(session, spring, **shares[share])
    assert refused.value.field == "shared"


def test_presence_counts_for_each_cohort_and_guests_are_not_noted(session, spring, autumn, joint):
    own = make_lesson(session, autumn, day=12, hours=1, title="秋季课")
    here, there = member(session, spring), member(session, autumn)
    starts = joint.starts
    code = presence.check_in_code(joint, starts)
    assert presence.check_in(session, joint, there.person, code, actor=ACTOR, now=starts)
    presence.note(session, joint, [here.id], actor=ACTOR, now=starts)
    guest = session.get(type(here.person), joint.guest_ids[0])
    with pytest.raises(Invalid, match="丙 is a guest here"):
        presence.check_in(session, joint, guest, code, actor=ACTOR, now=starts)
    (standing,) = completing.standings(session, autumn)
    assert (standing.present, standing.total) == (180, 240)
    later = own.ends + HOUR
    completing.finish(session, spring, {here.id: True}, actor=ACTOR, now=later)
    presence.note(session, own, [there.id], actor=ACTOR, now=later)
    presence.remove(session, joint, [there.id], actor=ACTOR, now=later)
    completing.finish(session, autumn, {there.id: False}, actor=ACTOR, now=later)
    with pytest.raises(Invalid, match="its cohort is over"):
        presence.note(session, joint, [there.id], actor=ACTOR, now=later)


def test_a_lesson_of_a_cancelled_cohort_ends_for_all_and_one_that_it_shared_takes_place(
    session, spring, autumn, joint
):
    other = make_lesson(session, autumn, day=12, joint_ids=(spring.id,))
    here, there = member(session, spring), member(session, autumn)
    guest = session.get(type(here.person), joint.guest_ids[0])
    cohorts.cancel(session, spring, "人数不足", actor=ACTOR, now=NOW)
    assert joint.state is LessonState.CANCELLED
    assert (booked(session, joint), shown(session, joint)) == ([], [])
    assert (booked(session, other), other.joint_ids) == (["乙"], ())
    assert shown(session, other) == [there.person_id]
    assert mails(session, there.person) == ["planned", "planned", "cancelled"]
    assert mails(session, guest) == ["planned", "cancelled"]
    assert mails(session, here.person) == ["planned", "planned"]
    told = sa.select(Message.kind).where(Message.recipient == here.person.addresses[0].address)
    assert session.scalars(told.order_by(Message.id.desc())).first() == "training/cohort-cancelled"


def test_a_teacher_who_learns_in_a_cohort_that_joins_is_booked_once_and_stays_when_they_no_longer_teach(
    session, spring, autumn
):
    both = make_trainee(session, "师")
    enrol(session, autumn, both)
    teaching = make_teacher(session, spring, both)
    times = (NOW + 10 * DAY, NOW + 10 * DAY + HOUR)
    asked = lessons.LessonFacts("合班课", *times, teaching_id=teaching.id, joint_ids=(autumn.id,))
    planned = lessons.plan(session, spring, asked, actor=ACTOR, now=NOW)
    assert (booked(session, planned.lesson), planned.unbooked) == (["师"], [])
    teachings.end(session, teaching, TeachingState.WITHDRAWN, None, actor=ACTOR, now=NOW)
    assert booked(session, planned.lesson) == ["师"]
    enrolling.cancel(session, member(session, autumn), actor=ACTOR, now=NOW)
    assert booked(session, planned.lesson) == []


def test_a_joint_lesson_that_is_over_counts_though_its_cohort_is_cancelled(session, spring, autumn, joint):
    make_lesson(session, autumn, day=12, hours=1, title="秋季课")
    there, guest = member(session, autumn), joint.guest_ids[0]
    presence.note(session, joint, [there.id], actor=ACTOR, now=joint.ends)
    cohorts.cancel(session, spring, "人数不足", actor=ACTOR, now=joint.ends)
    assert joint.state is LessonState.PLANNED
    (standing,) = completing.standings(session, autumn)
    assert (standing.present, standing.total) == (180, 240)
    assert shown(session, joint) == sorted([there.person_id, guest])
    assert list(public(session, joint)) == [autumn.course_id]
    assert mails(session, there.person) == ["planned", "planned"]


def test_the_teacher_of_a_joint_lesson_that_is_over_is_credited_though_its_cohort_is_cancelled(
    session, spring, autumn
):
    teaching = make_teacher(session, spring)
    given = make_lesson(session, spring, teaching_id=teaching.id, joint_ids=(autumn.id,))
    make_lesson(session, spring, day=12, teaching_id=teaching.id, joint_ids=(autumn.id,))
    cohorts.cancel(session, spring, "人数不足", actor=ACTOR, now=given.ends)
    assert [each.minutes for each in ledger.totals(session, teaching.person_id)] == [180]


def test_a_cohort_whose_trainees_were_at_a_lesson_is_not_taken_away(session, autumn, joint):
    there = member(session, autumn)
    presence.note(session, joint, [there.id], actor=ACTOR, now=joint.ends)
    with pytest.raises(Invalid, match=f"Trainees of {autumn.number} were noted") as refused:
        lessons.change(session, joint, facts(joint, joint_ids=()), actor=ACTOR, now=joint.ends)
    assert refused.value.field == "shared"
    presence.remove(session, joint, [there.id], actor=ACTOR, now=joint.ends)
    lessons.change(session, joint, facts(joint, joint_ids=()), actor=ACTOR, now=joint.ends)
    assert joint.joint_ids == ()


def test_nobody_is_told_who_shares_a_lesson_that_is_over(session, joint):
    late, guest = make_trainee(session, "晚"), session.get(Person, joint.guest_ids[0])
    lessons.change(session, joint, facts(joint, guest_ids=(late.id,)), actor=ACTOR, now=joint.ends)
    assert (mails(session, late), mails(session, guest)) == ([], ["planned"])


def test_a_called_off_joint_lesson_is_told_to_all(session, spring, autumn, joint):
    lessons.cancel(session, joint, "教师生病", actor=ACTOR, now=NOW)
    assert (booked(session, joint), shown(session, joint)) == ([], [])
    for cohort in (spring, autumn):
        assert mails(session, member(session, cohort).person) == ["planned", "cancelled"]


def test_who_of_another_cohort_or_a_guest_is_booked_elsewhere_is_told_of(session, spring, autumn, joint):
    late = make_trainee(session, "辛")
    availability.book(session, {late.id: 1}, joint.starts, joint.ends, source_kind="seat")
    planned = change(session, joint, guest_ids=(*joint.guest_ids, late.id))
    assert names(planned.unbooked) == ["辛"]
    there = member(session, autumn)
    availability.release(session, "lesson", [joint.id], person_id=there.person_id)
    assert rosters.unbooked(session, autumn, now=NOW) == {there.person_id: [joint]}
    assert rosters.unbooked(session, spring, now=NOW) == {}


def test_offers_of_a_cohort_end_when_its_first_joint_lesson_begins(session, spring):
    small = make_cohort(session, spring.course, capacity=1, offer_hours=720)
    first, second = enrol(session, small), enrol(session, small)
    enrolling.cancel(session, first, actor=ACTOR, now=NOW)
    assert second.state is EnrolmentState.OFFERED
    lesson = make_lesson(session, spring, day=5, joint_ids=(small.id,))
    assert second.offer_expires_at == lesson.starts
    assert offering.lapse_due(session, lesson.starts) == 1


def test_a_guest_follows_when_two_records_are_merged(session, joint):
    kept = make_trainee(session, "丙")
    merge(session, kept, session.get(type(kept), joint.guest_ids[0]), actor=ACTOR, now=NOW)
    session.expire(joint)
    assert joint.guest_ids == (kept.id,)


def test_a_joint_lesson_takes_one_room(session, spring, autumn):
    room = make_room(session, spring.course.owner, "报告厅", 60)
    lesson = make_lesson(session, spring, room_id=room.id, joint_ids=(autumn.id,))
    assert (lesson.room, lesson.joint_ids) == (room, (autumn.id,))


def test_who_waited_while_a_lesson_was_shared_does_not_go_on_without_the_lock_of_the_cohort_that_came(
    session, spring, autumn, joint, monkeypatch
):
    third, lock_all = make_cohort(session, spring.course), places.lock_all

    def lock_late(session, ids):
        found = lock_all(session, ids)
        session.execute(sa.insert(LessonShare).values(lesson_id=joint.id, cohort_id=third.id))
        return found

    for verb, subject in ((lessons.cancel, joint), (cohorts.cancel, spring)):
        with monkeypatch.context() as patched, session.begin_nested() as attempt:
            patched.setattr(places, "lock_all", lock_late)
            with pytest.raises(Stale):
                verb(session, subject, "人数不足", actor=ACTOR, now=NOW)
            attempt.rollback()
        assert joint.state is LessonState.PLANNED
    cohorts.cancel(session, spring, "人数不足", actor=ACTOR, now=NOW)
