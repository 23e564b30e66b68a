"""Entries follow what happens: one UID for life, SEQUENCE raised by time, place and state alone."""

from datetime import timedelta

import pytest

from expertpool import wiring
from expertpool.audit.service import record
from expertpool.availability.events import RoomChanged
from expertpool.calendars.models import EntrySource, EntryState
from expertpool.invitations.events import (
    InvitationAccepted,
    InvitationDeclined,
    InvitationExpired,
    InvitationSent,
    InvitationWithdrawn,
)
from expertpool.panels.events import PanelCancelled, PanelMoved, PanelRequestChanged
from expertpool.panels.models import PanelState, SeatState
from expertpool.training import events as training
from expertpool.training.models import CohortState, EnrolmentState, LessonState, TeachingState
from tests.builders.calendars import (
    START,
    entries_of,
    make_cohort,
    make_enrolment,
    make_invitation,
    make_lesson,
    make_panel,
    make_room,
    make_seat,
    make_teaching,
)
from tests.builders.people import make_person

TENTATIVE, CONFIRMED, CANCELLED = EntryState.TENTATIVE, EntryState.CONFIRMED, EntryState.CANCELLED


@pytest.fixture(autouse=True)
def wired():
    wiring.connect()


@pytest.fixture
def tell(session, actor, now):
    """Let an event happen, each a minute after the last."""
    minutes = iter(range(1, 100))

    def telling(event):
        session.flush()
        record(session, event, actor=actor, now=now + timedelta(minutes=next(minutes)))

    return telling


@pytest.fixture
def invited(session, tell):
    """A person invited to a panel."""
    panel, person = make_panel(session), make_person(session)
    seat = make_seat(session, panel, person)
    invitation = make_invitation(session, seat=seat)
    tell(InvitationSent(invitation.id, seat.id, None, person.id, "mail", invitation.expires_at))
    return panel, person, seat, invitation


def moved(panel, **values):
    before = {
        "starts_before": panel.starts,
        "ends_before": panel.ends,
        "place_before": panel.place,
        "room_id_before": panel.room_id,
    }
    for name, value in values.items():
        setattr(panel, name, value)
    present = {name: getattr(panel, name) for name in ("starts", "ends", "place", "room_id")}
    return PanelMoved(panel.id, **present, **before)


def test_an_invitation_is_tentative_until_it_is_accepted(session, invited, tell, now):
    panel, person, seat, invitation = invited
    (entry,) = entries_of(session, person)
    uid = entry.uid
    assert (entry.source, entry.source_id, entry.state, entry.sequence) == (
        EntrySource.SEAT,
        seat.id,
        TENTATIVE,
        0,
    )
    assert (entry.starts, entry.ends, entry.place, entry.title) == (
        panel.starts,
        panel.ends,
        "郑州",
        panel.title,
    )
    assert entry.details == f"{panel.owner.name}\n{panel.number}"
    seat.state = SeatState.ACCEPTED
    tell(InvitationAccepted(invitation.id, seat.id, None, person.id, "mail"))
    (entry,) = entries_of(session, person)
    assert (entry.uid, entry.state, entry.sequence) == (uid, CONFIRMED, 1)
    assert entry.created_at < entry.changed_at == now + timedelta(minutes=2)


@pytest.mark.parametrize(
    ("state", "event"),
    [
        (
            SeatState.DECLINED,
            lambda number, seat, person: InvitationDeclined(number, seat, None, person, "mail", "other"),
        ),
        (SeatState.EXPIRED, lambda number, seat, person: InvitationExpired(number, seat, None, person)),
        (
            SeatState.WITHDRAWN,
            lambda number, seat, person: InvitationWithdrawn(number, seat, None, person, "x"),
        ),
    ],
)
def test_who_does_not_come_keeps_a_cancelled_entry(session, invited, tell, state, event):
    panel, person, seat, invitation = invited
    seat.state = state
    tell(event(invitation.id, seat.id, person.id))
    (entry,) = entries_of(session, person)
    assert (entry.state, entry.sequence, entry.starts) == (CANCELLED, 1, panel.starts)


def test_asked_again_the_same_entry_comes_back(session, invited, tell):
    _panel, person, seat, invitation = invited
    uid = entries_of(session, person)[0].uid
    seat.state = SeatState.WITHDRAWN
    tell(InvitationWithdrawn(invitation.id, seat.id, None, person.id, "x"))
    seat.state = SeatState.INVITED
    tell(InvitationSent(invitation.id, seat.id, None, person.id, "mail", invitation.expires_at))
    (entry,) = entries_of(session, person)
    assert (entry.uid, entry.state, entry.sequence) == (uid, TENTATIVE, 2)


def test_a_moved_panel_moves_the_entries_of_all_and_a_second_telling_changes_nothing(session, invited, tell):
    panel, person, _seat, _invitation = invited
    other, outsider = make_person(session, "何霁"), make_person(session, "唐以宁")
    make_seat(session, panel, other, SeatState.ACCEPTED)
    make_seat(session, panel, outsider, SeatState.PROPOSED)
    room = make_room(session)
    move = moved(
        panel, starts=START + timedelta(days=1), ends=START + timedelta(days=1, hours=3), room_id=room.id
    )
    tell(move)
    (entry,) = entries_of(session, person)
    assert (entry.starts, entry.sequence, entry.place) == (panel.starts, 1, f"{room.name}，花园路 8 号")
    stamp = entry.changed_at
    tell(move)
    (entry,) = entries_of(session, person)
    assert (entry.sequence, entry.changed_at) == (1, stamp)
    assert [(each.state, each.sequence) for each in entries_of(session, other)] == [(CONFIRMED, 0)]
    assert entries_of(session, outsider) == []


def test_a_new_title_is_stamped_but_raises_no_sequence(session, invited, tell, now):
    panel, person, _seat, _invitation = invited
    panel.title = "深沟球轴承企业标准审查"
    tell(PanelRequestChanged(panel.id, {"title": ["a", "b"]}))
    (entry,) = entries_of(session, person)
    assert (entry.title, entry.sequence) == (panel.title, 0)
    assert entry.changed_at == now + timedelta(minutes=2)


def test_a_cancelled_panel_cancels_its_entries_once(session, invited, tell):
    panel, person, _seat, _invitation = invited
    panel.state = PanelState.CANCELLED
    for _ in range(2):
        tell(PanelCancelled(panel.id, "无", [person.id]))
    (entry,) = entries_of(session, person)
    assert (entry.state, entry.sequence) == (CANCELLED, 1)


def test_a_panel_without_a_time_gets_an_entry_when_it_has_one(session, tell):
    panel, person = make_panel(session, starts=None, ends=None), make_person(session)
    seat = make_seat(session, panel, person)
    invitation = make_invitation(session, seat=seat)
    tell(InvitationSent(invitation.id, seat.id, None, person.id, "mail", invitation.expires_at))
    assert entries_of(session, person) == []
    tell(moved(panel, starts=START, ends=START + timedelta(hours=1)))
    assert [(entry.state, entry.starts) for entry in entries_of(session, person)] == [(TENTATIVE, START)]


def test_a_renamed_room_moves_what_lies_ahead_in_it(session, tell, actor):
    room, person = make_room(session), make_person(session)
    panel, cohort = make_panel(session, room_id=room.id), make_cohort(session, lessons=0)
    make_seat(session, panel, person, SeatState.ACCEPTED)
    make_lesson(session, cohort, 3, room_id=room.id)
    make_enrolment(session, cohort, person)
    tell(PanelRequestChanged(panel.id, {}))
    tell(training.CohortChanged(cohort.id, {}))
    room.address = "文化路 1 号"
    tell(RoomChanged(room.id, room.name, {"address": ["花园路 8 号", "文化路 1 号"]}))
    assert [(entry.place, entry.sequence) for entry in entries_of(session, person)] == [
        (f"{room.name}，文化路 1 号", 1)
    ] * 2


def test_a_trainee_has_the_lessons_while_enrolled(session, tell):
    cohort, person, other = make_cohort(session), make_person(session), make_person(session, "何霁")
    enrolment = make_enrolment(session, cohort, person)
    make_enrolment(session, cohort, other)
    tell(training.TraineeEnrolled(enrolment.id, cohort.id, person.id, "self"))
    assert [(entry.source, entry.state, entry.title) for entry in entries_of(session, person)] == [
        (EntrySource.STUDY, CONFIRMED, "第 1 讲"),
        (EntrySource.STUDY, CONFIRMED, "第 2 讲"),
    ]
    assert entries_of(session, other) == []
    enrolment.state, enrolment.place_id = EnrolmentState.CANCELLED, None
    tell(training.EnrolmentCancelled(enrolment.id, cohort.id, person.id, "enrolled"))
    assert [(entry.state, entry.sequence) for entry in entries_of(session, person)] == [(CANCELLED, 1)] * 2


def test_a_teacher_is_asked_accepts_and_leaves(session, tell):
    cohort, person = make_cohort(session), make_person(session)
    teaching = make_teaching(session, cohort, person)
    invitation = make_invitation(session, teaching=teaching)
    tell(InvitationSent(invitation.id, None, teaching.id, person.id, "mail", invitation.expires_at))
    assert [entry.state for entry in entries_of(session, person)] == [TENTATIVE] * 2
    teaching.state = TeachingState.ACCEPTED
    tell(training.TeachingAccepted(teaching.id, cohort.id, person.id))
    assert [(entry.state, entry.sequence) for entry in entries_of(session, person)] == [(CONFIRMED, 1)] * 2
    teaching.state = TeachingState.WITHDRAWN
    tell(training.TeachingEnded(teaching.id, cohort.id, person.id, "withdrawn"))
    assert [(entry.state, entry.sequence) for entry in entries_of(session, person)] == [(CANCELLED, 2)] * 2


def test_a_lesson_that_is_planned_moved_or_cancelled_reaches_teacher_trainee_and_public(session, tell):
    cohort, trainee, teacher = (
        make_cohort(session, lessons=1),
        make_person(session),
        make_person(session, "何霁"),
    )
    make_teaching(session, cohort, teacher, TeachingState.ACCEPTED)
    make_enrolment(session, cohort, trainee)
    (lesson,) = cohort.lessons
    readers = (trainee, teacher, None)
    tell(training.LessonPlanned(lesson.id, cohort.id, lesson.starts, lesson.ends, None, lesson.teaching_id))
    uids = [entries_of(session, reader)[0].uid for reader in readers]
    assert len(set(uids)) == 3
    before, lesson.starts = lesson.starts, lesson.starts + timedelta(hours=1)
    tell(training.LessonChanged(lesson.id, cohort.id, {"starts": [before, lesson.starts]}))
    lesson.state = LessonState.CANCELLED
    tell(training.LessonCancelled(lesson.id, cohort.id, "停电"))
    for reader, uid in zip(readers, uids, strict=True):
        (entry,) = entries_of(session, reader)
        assert (entry.uid, entry.state, entry.sequence, entry.starts) == (uid, CANCELLED, 2, lesson.starts)


def test_a_lesson_that_changes_its_teacher_leaves_the_calendar_of_the_first(session, tell):
    cohort, first, second = (
        make_cohort(session, lessons=1),
        make_person(session),
        make_person(session, "何霁"),
    )
    before = make_teaching(session, cohort, first, TeachingState.ACCEPTED)
    tell(training.CohortChanged(cohort.id, {}))
    after = make_teaching(session, cohort, second, TeachingState.ACCEPTED)
    (lesson,) = cohort.lessons
    tell(training.LessonChanged(lesson.id, cohort.id, {"teaching_id": [before.id, after.id]}))
    assert [entry.state for entry in entries_of(session, first)] == [CANCELLED]
    assert [entry.state for entry in entries_of(session, second)] == [CONFIRMED]


def test_the_public_calendar_shows_published_cohorts_and_not_how_to_join(session, tell):
    cohort = make_cohort(session, state=CohortState.DRAFT)
    tell(training.CohortChanged(cohort.id, {}))
    assert entries_of(session, None) == []
    cohort.state = CohortState.OPEN
    tell(training.CohortPublished(cohort.id))
    assert [(entry.state, entry.place, entry.details) for entry in entries_of(session, None)] == [
        (CONFIRMED, "", cohort.number)
    ] * 2
    cohort.state = CohortState.CANCELLED
    ids = [lesson.id for lesson in cohort.lessons]
    tell(training.CohortCancelled(cohort.id, "人数不足", [], [], ids))
    assert [(entry.state, entry.sequence) for entry in entries_of(session, None)] == [(CANCELLED, 1)] * 2


def test_a_renamed_course_moves_the_stamps_of_its_lessons_alone(session, tell, now):
    cohort, other = make_cohort(session, lessons=1), make_cohort(session, lessons=1)
    for each in (cohort, other):
        tell(training.CohortPublished(each.id))
    tell(training.CourseChanged(cohort.course_id, {"title_zh": ["标准编写", "标准起草"]}))
    stamps = {entry.course_id: entry.changed_at for entry in entries_of(session, None)}
    assert stamps == {
        cohort.course_id: now + timedelta(minutes=3),
        other.course_id: now + timedelta(minutes=2),
    }
    assert [entry.sequence for entry in entries_of(session, None)] == [0, 0]
