"""Experts of the pool who fit a course, and what becomes of one whom a draft chose."""

import pytest

from expertpool.errors import Invalid
from expertpool.people.models import Grade, Status
from expertpool.planning import composition, drafts, timetables
from expertpool.planning.drafts import Spot
from expertpool.planning.fitting import MOST_FITTING, fitting, shortlist
from expertpool.planning.outlines import Row
from expertpool.planning.publishing import publish
from expertpool.timetabling.plans.problem import Placement
from expertpool.training import places
from expertpool.training.models import CourseSkill, TeachingState
from tests.builders.people import make_person
from tests.builders.planning import MONDAY, at, list_lessons, make_timetable, put
from tests.builders.skills import make_skill, make_taxonomy
from tests.builders.training import ACTOR, enrol, make_cohort, make_lesson, make_teacher
from tests.conftest import NOW


@pytest.fixture
def skills(session, course):
    taxonomy = make_taxonomy(session)
    found = [make_skill(session, taxonomy, name_zh=name) for name in ("标准编写", "计量")]
    course.skills = [CourseSkill(skill=each) for each in found]
    session.flush()
    return found


def expert(session, name, skills, **values):
    return make_person(session, name, skills=tuple(skills), **({"grade": Grade.EXPERT} | values))


def names(session, course):
    return [(each.name, each.lessons) for each in fitting(session, [course.id], now=NOW).get(course.id, ())]


def test_those_fit_who_hold_all_skills_the_least_busy_first(session, course, cohort, skills):
    busy = expert(session, "甲", skills)
    expert(session, "乙", skills, grade=Grade.SENIOR)
    expert(session, "丙", skills[:1])
    expert(session, "丁", skills, status=Status.RESTING)
    expert(session, "戊", skills, grade=Grade.CANDIDATE)
    other = make_cohort(session, course)
    teacher = make_teacher(session, other, busy)
    make_lesson(session, other, teaching_id=teacher.id)
    assert names(session, course) == [("乙", 0), ("甲", 1)]
    for number in range(MOST_FITTING):
        expert(session, f"庚{number}", skills)
    last = expert(session, "辛", skills, languages=("English",))
    found = fitting(session, [course.id], now=NOW)[course.id]
    assert len(found) == MOST_FITTING + 3
    assert len(shortlist(found, ())) == MOST_FITTING
    assert [each.person_id for each in shortlist(found, {"english"})][MOST_FITTING:] == [last.id]


def test_a_course_without_skills_fits_nobody(session, course):
    make_person(session, "甲", grade=Grade.EXPERT)
    assert names(session, course) == []


def test_a_cohort_without_a_teacher_is_offered_them_but_no_trainee_of_it(session, office, cohort, skills):
    teacher, trainee = (expert(session, name, skills) for name in "甲乙")
    enrol(session, cohort, trainee)
    list_lessons(session, cohort, "导论")
    timetable = make_timetable(session, office, cohort)
    draft = composition.compose(session, timetable, now=NOW)
    (lesson,) = draft.problem.lessons
    assert (lesson.taught, lesson.teachers) == (True, (f"p{teacher.id}",))
    assert draft.names[teacher.id] == "甲"
    make_teacher(session, cohort)
    (lesson,) = composition.compose(session, timetable, now=NOW).problem.lessons
    assert lesson.teachers != (f"p{teacher.id}",)


def test_who_was_chosen_is_proposed_when_it_is_published(session, office, cohort, room, skills):
    chosen = expert(session, "甲", skills)
    one, two = list_lessons(session, cohort, "导论", "方法")
    timetable = make_timetable(session, office, cohort)
    draft = composition.compose(session, timetable, now=NOW)
    spot = drafts.spot_of(draft, Placement(f"l{one.id}", MONDAY, 510, f"r{room.id}", f"p{chosen.id}"))
    assert spot == Spot(at(0, "08:30"), room.id, None, chosen.id)
    drafts.place(session, timetable, one, spot, actor=ACTOR, now=NOW)
    put(session, timetable, two, at(1, "08:30"), person_id=chosen.id)
    assert {each.teacher for each in timetables.placements(session, timetable)} == {chosen}
    assert cohort.teachings == []
    publish(session, timetable, actor=ACTOR, now=NOW)
    (teaching,) = cohort.teachings
    assert (teaching.person, teaching.state) == (chosen, TeachingState.PROPOSED)
    session.expire(cohort, ["lessons"])
    assert {each.teaching_id for each in cohort.lessons} == {teaching.id}
    assert {each.person_id for each in timetables.placements(session, timetable)} == {None}


def test_cohorts_are_locked_by_id_also_when_a_teacher_is_proposed_for_a_later_one(
    session, office, course, cohort, skills, monkeypatch
):
    chosen, later = expert(session, "甲", skills), make_cohort(session, course)
    (row,) = list_lessons(session, later, Row("导论", 90, joint_ids=(cohort.id,)))
    timetable = make_timetable(session, office, later)
    put(session, timetable, row, at(0, "08:30"), person_id=chosen.id)
    locked = []
    monkeypatch.setattr(places, "lock", lambda _session, each: locked.append(each.id))
    publish(session, timetable, actor=ACTOR, now=NOW)
    assert list(dict.fromkeys(locked)) == [cohort.id, later.id]


def test_an_expert_named_in_the_list_teaches_the_lesson_and_is_its_teacher_when_it_is_published(
    session, office, cohort, room, skills
):
    make_teacher(session, cohort)
    chosen, learning = expert(session, "甲", skills), expert(session, "乙", skills)
    enrol(session, cohort, learning)
    with pytest.raises(Invalid, match="fits this course"):
        list_lessons(session, cohort, Row("导论", 90, person_id=learning.id))
    (row,) = list_lessons(session, cohort, Row("导论", 90, person_id=chosen.id))
    timetable = make_timetable(session, office, cohort)
    draft = composition.compose(session, timetable, now=NOW)
    assert draft.problem.lessons[0].teachers == (f"p{chosen.id}",)
    placement = Placement(f"l{row.id}", MONDAY, 510, f"r{room.id}", f"p{chosen.id}")
    drafts.place(session, timetable, row, drafts.spot_of(draft, placement), actor=ACTOR, now=NOW)
    publish(session, timetable, actor=ACTOR, now=NOW)
    session.refresh(row)
    assert (row.teaching.person_id, row.person_id) == (chosen.id, None)
    assert row.teaching.state is TeachingState.PROPOSED


def test_who_was_named_stays_named_though_they_fit_no_longer(session, cohort, skills):
    chosen = expert(session, "甲", skills)
    (row,) = list_lessons(session, cohort, Row("导论", 90, person_id=chosen.id))
    chosen.status = Status.RESTING
    (row,) = list_lessons(session, cohort, Row("导论", 60, person_id=chosen.id, id=row.id))
    assert (row.minutes, row.person_id) == (60, chosen.id)
