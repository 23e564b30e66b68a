"""Lessons shared by cohorts and single trainees: free of clashes, with seats for all, published as one."""

import pytest
import sqlalchemy as sa

from expertpool.availability import service as availability
from expertpool.errors import Invalid
from expertpool.outbox.models import Message
from expertpool.outbox.service import snapshot_of
from expertpool.planning import composition, outlines, timetables
from expertpool.planning.outlines import Row
from expertpool.planning.publishing import publish
from expertpool.timetabling.plans import scoring
from expertpool.timetabling.plans.problem import Busy, Order
from expertpool.timetabling.plans.result import Rule
from expertpool.training import cohorts, sharing
from expertpool.training.models import Lesson, LessonState
from tests.builders.planning import MONDAY, at, list_lessons, make_timetable, put
from tests.builders.training import (
    ACTOR,
    enrol,
    make_cohort,
    make_course,
    make_lesson,
    make_room,
    make_trainee,
)
from tests.conftest import NOW


@pytest.fixture
def other(session, office):
    """A cohort of another course of the office."""
    return make_cohort(session, make_course(session, office), capacity=15)


def composed(session, timetable):
    return composition.compose(session, timetable, now=NOW)


def broken(session, timetable):
    draft = composed(session, timetable)
    return {each.rule for each in scoring.check(draft.problem, draft.plan).breaches}


def named(found, key):
    return next(each for each in found if each.id == key)


def listed(session, cohort):
    rows = outlines.lessons_of(session, [cohort.id])
    return [(each.title, each.joint_ids, each.guest_ids) for each in rows]


def test_a_line_names_who_shares_it_and_is_saved_anew(session, cohort, other):
    guest = make_trainee(session)
    (row,) = list_lessons(session, cohort, Row("导论", 90, joint_ids=(other.id,), guest_ids=(guest.id,)))
    assert listed(session, cohort) == [("导论", (other.id,), (guest.id,))]
    list_lessons(session, cohort, Row("导论", 90, guest_ids=(guest.id,), id=row.id))
    assert listed(session, cohort) == [("导论", (), (guest.id,))]
    with pytest.raises(Invalid, match="own cohort") as refused:
        list_lessons(session, cohort, "一", Row("二", 90, joint_ids=(cohort.id,)))
    assert refused.value.field == "rows-1-shared"


def test_all_who_share_a_lesson_are_asked_of_the_engine_with_their_diaries(session, office, cohort, other):
    """A guest enrolled elsewhere, one who is busy, and a cohort that the timetable does not place."""
    busy, member = make_trainee(session, "忙"), enrol(session, other).person
    availability.book(session, {busy.id: 7}, at(0, "09:00"), at(0, "10:00"), source_kind="seat")
    elsewhere = make_lesson(session, other, day=9, title="外语")
    (row,) = list_lessons(
        session, cohort, Row("导论", 90, joint_ids=(other.id,), guest_ids=(busy.id, member.id))
    )
    problem = composed(session, make_timetable(session, office, cohort)).problem
    (lesson,) = problem.lessons
    assert lesson.id == f"l{row.id}"
    assert lesson.cohorts == (f"c{cohort.id}", f"c{other.id}")
    assert lesson.trainees == (f"p{busy.id}", f"p{member.id}")
    assert [each.what for each in named(problem.cohorts, f"c{other.id}").busy] == [f"lesson-{elsewhere.id}"]
    assert named(problem.trainees, f"p{busy.id}").busy == (Busy(MONDAY, 540, 600, what="seat-7"),)
    assert named(problem.trainees, f"p{member.id}").cohorts == (f"c{other.id}",)
    assert named(problem.trainees, f"p{member.id}").busy == ()


def test_a_shared_lesson_clashes_with_lessons_of_all_who_share_it_and_wants_seats_for_all(
    session, office, cohort, other
):
    small, large = (make_room(session, office, f"{seats} 座", seats) for seats in (35, 36))
    guest = make_trainee(session)
    shared, *_ = list_lessons(session, cohort, Row("合班", 90, joint_ids=(other.id,), guest_ids=(guest.id,)))
    (theirs,) = list_lessons(session, other, "外语")
    timetable = make_timetable(session, office, cohort, other)
    put(session, timetable, shared, at(0, "08:30"), room_id=large.id)
    assert broken(session, timetable) == set()
    put(session, timetable, theirs, at(0, "08:30"))
    assert Rule.GROUP_TWICE in broken(session, timetable)
    put(session, timetable, theirs, at(1, "08:30"), room_id=large.id)
    put(session, timetable, shared, at(0, "08:30"), room_id=small.id)
    assert broken(session, timetable) == {Rule.SEATS}
    availability.book(session, {guest.id: 7}, at(0, "09:00"), at(0, "10:00"), source_kind="seat")
    put(session, timetable, shared, at(0, "08:30"), room_id=large.id)
    assert broken(session, timetable) == {Rule.GROUP_BUSY}


def test_publishing_plans_one_lesson_and_tells_everybody_once(session, office, cohort, other):
    both = make_trainee(session, "甲")
    for each in (cohort, other):
        enrol(session, each, both)
    member, guest = enrol(session, other).person, make_trainee(session, "丙")
    row, *_ = list_lessons(session, cohort, Row("合班", 90, joint_ids=(other.id,), guest_ids=(guest.id,)))
    (theirs,) = list_lessons(session, other, "外语")
    timetable = make_timetable(session, office, cohort, other)
    put(session, timetable, row, at(0, "08:30"))
    put(session, timetable, theirs, at(1, "08:30"))
    publish(session, timetable, actor=ACTOR, now=NOW)
    planned = session.scalars(sa.select(Lesson).order_by(Lesson.starts)).all()
    assert [(each.title, each.joint_ids, each.guest_ids) for each in planned] == [
        ("合班", (other.id,), (guest.id,)),
        ("外语", (), ()),
    ]
    told = {
        each.recipient: snapshot_of(each)
        for each in session.scalars(sa.select(Message))
        if "timetable" in each.kind
    }
    lines = {
        person: [
            (each["lesson"]["title"], each["number"]) for each in told[person.addresses[0].address]["lines"]
        ]
        for person in (both, member, guest)
    }
    first, foreign = ("合班", cohort.number), ("外语", other.number)
    assert lines == {both: [first, foreign], member: [("合班", other.number), foreign], guest: [first]}
    assert not [each for each in session.scalars(sa.select(Message)) if each.kind == "training/lesson"]
    put(session, timetable, row, at(2, "08:30"))
    publish(session, timetable, actor=ACTOR, now=NOW)
    assert planned[0].starts == at(2, "08:30")
    assert (planned[0].joint_ids, planned[0].guest_ids) == ((other.id,), (guest.id,))


def test_what_a_published_lesson_is_shared_with_counts_and_is_fixed_elsewhere(session, office, cohort, other):
    lesson = make_lesson(session, cohort, day=8, title="合班", joint_ids=(other.id,))
    mine = composed(session, make_timetable(session, office, cohort)).problem
    assert mine.lessons[0].cohorts == (f"c{cohort.id}", f"c{other.id}")
    theirs = composed(session, make_timetable(session, office, other))
    assert theirs.problem.lessons == ()
    assert [each.what for each in theirs.problem.cohorts[0].busy] == [f"lesson-{lesson.id}"]
    assert theirs.bookings[f"lesson-{lesson.id}"] == f"{cohort.number} 合班"


def test_a_cohort_that_ended_meanwhile_is_left_out(session, office, cohort, other):
    (row,) = list_lessons(session, cohort, Row("合班", 90, joint_ids=(other.id,)))
    timetable = make_timetable(session, office, cohort)
    put(session, timetable, row, at(0, "08:30"))
    cohorts.cancel(session, other, "人数不足", actor=ACTOR, now=NOW)
    assert composed(session, timetable).problem.lessons[0].cohorts == (f"c{cohort.id}",)
    publish(session, timetable, actor=ACTOR, now=NOW)
    (lesson,) = session.scalars(sa.select(Lesson).where(Lesson.state == LessonState.PLANNED))
    assert lesson.joint_ids == ()


def test_what_a_cohort_shares_with_another_of_its_course_stands_in_its_order(
    session, office, course, cohort, other
):
    peer = make_cohort(session, course)
    one, two = list_lessons(session, cohort, Row("导论", 90, joint_ids=(peer.id, other.id)), "方法")
    (mine,) = list_lessons(session, peer, "练习")
    (foreign,) = list_lessons(session, other, "外语")
    orders = set(composed(session, make_timetable(session, office, cohort, peer, other)).problem.orders)
    assert orders == {Order(f"l{one.id}", f"l{two.id}"), Order(f"l{one.id}", f"l{mine.id}")}
    assert foreign.id not in {one.id, two.id}


def test_cohorts_of_one_course_get_together_what_its_outline_wants_together(session, office, course, cohort):
    peers = [make_cohort(session, course) for _ in range(2)]
    rows = [Row("导论", 90, together=True), Row("练习", 90), Row("考核", 60, together=True)]
    outlines.set_outline(session, course, rows, actor=ACTOR, now=NOW)
    timetable = make_timetable(session, office, cohort, *peers)
    ids = tuple(each.id for each in peers)
    assert listed(session, cohort) == [("导论", ids, ()), ("练习", (), ()), ("考核", ids, ())]
    assert [listed(session, each) for each in peers] == [[("练习", (), ())]] * 2
    alone = make_cohort(session, course)
    make_timetable(session, office, alone)
    assert [title for title, *_ in listed(session, alone)] == ["导论", "练习", "考核"]
    assert len(composed(session, timetable).problem.lessons) == 5


def test_lessons_of_one_title_are_each_had_together(session, office, course, cohort):
    outlines.set_outline(session, course, [Row("练习", 90, together=True)] * 2, actor=ACTOR, now=NOW)
    peer = make_cohort(session, course)
    make_timetable(session, office, cohort, peer)
    assert listed(session, cohort) == [("练习", (peer.id,), ())] * 2


def test_what_was_published_together_is_not_listed_again(session, office, course, cohort):
    outlines.set_outline(session, course, [Row("导论", 90, together=True)], actor=ACTOR, now=NOW)
    peer = make_cohort(session, course)
    timetable = make_timetable(session, office, cohort, peer)
    (row,) = outlines.lessons_of(session, [cohort.id])
    put(session, timetable, row, at(0, "08:30"))
    publish(session, timetable, actor=ACTOR, now=NOW)
    timetables.take_over(session, timetable, actor=ACTOR, now=NOW)
    assert listed(session, peer) == []


def test_no_more_cohorts_come_together_than_may_share_a_lesson(session, office, course, cohort, monkeypatch):
    monkeypatch.setattr(sharing, "MOST_JOINT", 1)
    outlines.set_outline(session, course, [Row("导论", 90, together=True)], actor=ACTOR, now=NOW)
    second, third = make_cohort(session, course), make_cohort(session, course)
    make_timetable(session, office, cohort, second, third)
    assert listed(session, cohort) == [("导论", (second.id,), ())]
    assert (listed(session, second), listed(session, third)) == ([], [("导论", (), ())])


def test_what_a_cancelled_cohort_was_to_have_with_others_is_listed_for_them(session, office, course, cohort):
    outlines.set_outline(session, course, [Row("导论", 90, together=True)], actor=ACTOR, now=NOW)
    peer, last = make_cohort(session, course), make_cohort(session, course)
    timetable = make_timetable(session, office, cohort, peer, last)
    cohorts.cancel(session, cohort, "人数不足", actor=ACTOR, now=NOW)
    timetables.take_over(session, timetable, actor=ACTOR, now=NOW)
    assert (listed(session, peer), listed(session, last)) == ([("导论", (last.id,), ())], [])
