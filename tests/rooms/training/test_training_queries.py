"""What pages read: the catalogue, rosters and one's own learning, in a fixed number of statements."""

from contextlib import contextmanager

import pytest
import sqlalchemy as sa

from expertpool.access.models import Role
from expertpool.access.queries import Grants
from expertpool.errors import NotFound
from expertpool.training import completing, courses, enrolling, policy, queries, rosters
from expertpool.training.models import EnrolmentState, Level
from tests.builders.organisations import make_organisation
from tests.builders.skills import make_skill, make_taxonomy
from tests.builders.training import (
    DAY,
    enrol,
    make_cohort,
    make_course,
    make_lesson,
    make_teacher,
    make_trainee,
)


@contextmanager
def statements(session):
    """Count what the database is asked inside."""
    count = []
    bind = session.get_bind()

    def listener(*_):
        count.append(1)

    sa.event.listen(bind, "before_cursor_execute", listener)
    try:
        yield count
    finally:
        sa.event.remove(bind, "before_cursor_execute", listener)


def found(session, **wanted):
    query = queries.catalogue(session, queries.Wanted(**wanted))
    return [each.title_zh for each in session.scalars(query).unique()]


def test_the_catalogue_shows_published_courses_by_text_level_skill_and_opening(session, actor, now):
    office = make_organisation(session, "标准处")
    taxonomy = make_taxonomy(session)
    above = make_skill(session, taxonomy, "21", "机械")
    below = make_skill(session, taxonomy, "21.100", "轴承", parent=above)
    basic = make_course(session, office, title_zh="标准化导论", summary_zh="给新人", title_en="Introduction")
    expert = make_course(
        session, office, title_zh="轴承试验", level=Level.ADVANCED, skill_ids=(below.id,), title_en=None
    )
    retired = make_course(session, office, title_zh="停开的导论")
    courses.retire(session, retired, actor=actor, now=now)
    courses.create(session, courses.CourseFacts("草稿导论", 90), owner=office, actor=actor, now=now)
    make_cohort(session, basic)
    make_cohort(session, expert, opens_at=now + DAY, closes_at=now + 2 * DAY)
    assert found(session) == ["标准化导论", "轴承试验"]
    assert found(session, text="导论") == ["标准化导论"]
    assert found(session, text="introDUCTION 新人") == ["标准化导论"]
    assert found(session, text="%") == []
    assert found(session, level=Level.ADVANCED) == ["轴承试验"]
    assert found(session, skill_id=above.id) == ["轴承试验"]
    assert found(session, open_at=now) == ["标准化导论"]
    assert found(session, open_at=now + DAY) == ["标准化导论", "轴承试验"]
    assert found(session, open_at=now + 7 * DAY) == []


def test_lists_of_an_office_leave_out_those_of_others(session):
    mine, theirs = make_organisation(session, "标准处"), make_organisation(session, "别处")
    own, other = (
        make_cohort(session, make_course(session, mine)),
        make_cohort(session, make_course(session, theirs)),
    )
    scope = frozenset({mine.id})
    assert session.scalars(queries.courses(scope)).unique().all() == [own.course]
    assert session.scalars(queries.cohorts(scope)).all() == [own]
    assert session.scalars(queries.cohorts(None)).all() == [other, own]
    grants = Grants({Role.ORGANISER: scope})
    assert [policy.may(grants, "training.edit", each.course) for each in (own, other)] == [True, False]
    assert policy.may(Grants({Role.AUDITOR: None}), "training.edit", own.course) is False
    assert policy.may(Grants({Role.AUDITOR: None}), "training.view", own.course) is True


def test_summaries_count_places_and_the_line_in_three_reads(session, actor, now):
    empty, cohort = make_cohort(session, capacity=5), make_cohort(session, capacity=2)
    lesson = make_lesson(session, cohort, day=3)
    last = make_lesson(session, cohort, day=9)
    first, _second, _third, _fourth = (enrol(session, cohort) for _ in range(4))
    enrolling.cancel(session, first, actor=actor, now=now)
    with statements(session) as asked:
        result = queries.summaries(session, [empty.id, cohort.id])
    assert len(asked) == 3
    assert result == {
        empty.id: queries.Summary(free=5),
        cohort.id: queries.Summary(
            enrolled=1, offered=1, waiting=1, free=0, lessons=2, starts=lesson.starts, ends=last.ends
        ),
    }


def roster_of(session, cohort, now, **narrowed):
    return rosters.rows(
        session, cohort, session.execute(rosters.statement(cohort.id, **narrowed)).all(), now=now
    )


def test_a_roster_is_narrowed_by_state_and_name_and_keeps_positions(session, now):
    cohort = make_cohort(session, capacity=1)
    first = enrol(session, cohort, make_trainee(session, "何霁"))
    second, third = (enrol(session, cohort, make_trainee(session, name)) for name in ("方知予", "何念"))
    waiting = roster_of(session, cohort, now, states=[EnrolmentState.WAITING])
    assert [(row.enrolment, row.position) for row in waiting] == [(second, 1), (third, 2)]
    named = roster_of(session, cohort, now, name="何")
    assert [(row.enrolment, row.position) for row in named] == [(first, 0), (third, 2)]
    assert [row.enrolment for row in roster_of(session, cohort, now, name="FANG")] == [second]
    assert roster_of(session, cohort, now, name="%") == []
    assert rosters.counts(session, cohort) == {EnrolmentState.ENROLLED: 1, EnrolmentState.WAITING: 2}


def test_a_roster_and_ones_own_learning_take_few_reads_whatever_their_length(session, actor, now):
    cohort = make_cohort(session, capacity=3)
    teaching = make_teacher(session, cohort)
    make_lesson(session, cohort, teaching_id=teaching.id)
    me = make_trainee(session, "何霁")
    mine = enrol(session, cohort, me)
    others = [enrol(session, cohort) for _ in range(5)]
    for _ in range(4):
        enrol(session, make_cohort(session, capacity=1), me)
    for ask in (
        lambda: roster_of(session, cohort, now),
        lambda: queries.my_learning(session, me.id),
    ):
        session.expire_all()
        session.refresh(cohort)
        with statements(session) as asked:
            rows = ask()
            for row in rows:
                assert row.enrolment.cohort_id
        assert len(asked) <= 5
    roster = roster_of(session, cohort, now)
    assert [(row.enrolment.id, row.position) for row in roster] == [
        (mine.id, 0),
        (others[0].id, 0),
        (others[1].id, 0),
        (others[2].id, 1),
        (others[3].id, 2),
        (others[4].id, 3),
    ]
    assert roster[0].email == me.addresses[0].address
    completing.finish(
        session, cohort, {row.enrolment.id: True for row in roster[:3]}, actor=actor, now=now + 20 * DAY
    )
    learning = queries.my_learning(session, me.id)
    assert len(learning) == 5
    assert learning[-1].enrolment is mine
    assert learning[-1].certificate.enrolment_id == mine.id
    assert [each.certificate for each in learning[:-1]] == [None] * 4


@pytest.mark.parametrize("read", ["course", "cohort", "lesson", "enrolment", "certificate"])
def test_what_does_not_exist_is_not_found(session, read):
    with pytest.raises(NotFound):
        getattr(queries, read)(session, 99_999)


def test_a_draft_cohort_is_not_shown(session):
    draft = make_cohort(session, draft=True)
    shown = make_cohort(session, draft.course)
    assert [policy.is_shown(each) for each in (draft, shown)] == [False, True]
    assert queries.cohorts_of(session, [draft.course_id]) == {draft.course_id: [shown]}
    assert queries.cohorts_of(session, [draft.course_id], drafts=True) == {draft.course_id: [shown, draft]}


def test_a_course_is_found_by_its_number(session):
    course = make_course(session)
    assert queries.course_by_number(session, course.number) is course
