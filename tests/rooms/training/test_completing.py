"""Being there, completing, hours and certificates."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from expertpool.audit.models import AuditEntry
from expertpool.errors import Invalid
from expertpool.ledger import queries as ledger
from expertpool.ledger.models import HourKind
from expertpool.people.models import Grade
from expertpool.training import certificates, completing, lessons, presence, queries
from expertpool.training.models import Certificate, CertificateState, CohortState, EnrolmentState, Presence
from tests.builders.organisations import make_organisation
from tests.builders.people import make_person
from tests.builders.training import (
    ACTOR,
    DAY,
    HOUR,
    enrol,
    make_cohort,
    make_course,
    make_lesson,
    make_teacher,
    make_trainee,
)
from tests.conftest import NOW

OVER = 20 * DAY


@pytest.fixture
def office(session):
    return make_organisation(session, "标准处")


@pytest.fixture
def course(session, office):
    return make_course(session, office, minutes=540, attendance_percent=80, certificate_months=36)


@pytest.fixture
def taught(session, course):
    """A cohort of three with lessons of 3, 1 and 1 hours; the first two are taught."""
    cohort = make_cohort(session, course, capacity=3)
    teaching = make_teacher(session, cohort)
    three = [make_lesson(session, cohort, day=day, hours=hours) for day, hours in ((3, 3), (4, 1), (5, 1))]
    for lesson in three[:2]:
        facts = lessons.LessonFacts(**{**lessons.facts_of(lesson).__dict__, "teaching_id": teaching.id})
        lessons.change(session, lesson, facts, actor=ACTOR, now=NOW)
    return cohort, three, [enrol(session, cohort) for _ in range(3)], teaching


def note(session, lesson, enrolments):
    presence.note(session, lesson, [each.id for each in enrolments], actor=ACTOR, now=lesson.starts)


def test_presence_counts_by_time_in_whole_minutes(session, taught):
    cohort, (long, short, last), (lu, he, tang), _ = taught
    note(session, long, [lu, he])
    note(session, short, [lu, tang])
    note(session, last, [tang])
    rows = {each.enrolment.id: each for each in completing.standings(session, cohort)}
    assert {key: (row.present, row.total, row.percent, row.meets) for key, row in rows.items()} == {
        lu.id: (240, 300, 80, True),
        he.id: (180, 300, 60, False),
        tang.id: (120, 300, 40, False),
    }


def test_presence_is_noted_once_in_time_for_the_enrolled_only(session, taught, actor, now):
    cohort, (lesson, *_), (lu, he, _tang), _ = taught
    other = enrol(session, make_cohort(session))
    with pytest.raises(Invalid, match="from an hour before"):
        presence.note(session, lesson, [lu.id], actor=actor, now=lesson.starts - 2 * HOUR)
    with pytest.raises(Invalid, match="Only enrolled trainees"):
        presence.note(session, lesson, [lu.id, other.id], actor=actor, now=lesson.starts)
    assert presence.note(session, lesson, [he.id, lu.id], actor=actor, now=lesson.starts) == [lu.id, he.id]
    assert presence.note(session, lesson, [lu.id], actor=actor, now=lesson.starts) == []
    assert presence.remove(session, lesson, [lu.id], actor=actor, now=lesson.ends) == [lu.id]
    assert presence.remove(session, lesson, [lu.id], actor=actor, now=lesson.ends) == []
    assert session.scalars(sa.select(Presence.enrolment_id)).all() == [he.id]
    told = session.execute(
        sa.select(AuditEntry.event, AuditEntry.facts).where(AuditEntry.event.contains("presence"))
    ).all()
    people = [lu.person_id, he.person_id]
    assert [tuple(row) for row in told] == [
        ("lesson.presence-noted", {"cohort_id": cohort.id, "person_ids": people, "via": "list"}),
        ("lesson.presence-removed", {"cohort_id": cohort.id, "person_ids": people[:1]}),
    ]


def test_a_photo_of_the_code_works_for_minutes_only(session, taught, actor):
    _, (lesson, other, _), (lu, *_), _ = taught
    shown = lesson.starts
    code = presence.check_in_code(lesson, shown)

    def check_in(code, moment, lesson=lesson):
        return presence.check_in(session, lesson, lu.person, code, actor=actor, now=moment)

    for wrong, moment in (
        (code, shown + timedelta(minutes=4)),
        ("", shown),
        ("0" * 20, shown),
        (presence.check_in_code(other, shown), shown),
    ):
        with pytest.raises(Invalid, match="no longer valid"):
            check_in(wrong, moment)
    with pytest.raises(Invalid, match="This lesson is over"):
        check_in(presence.check_in_code(lesson, lesson.ends), lesson.ends)
    assert check_in(code, shown + timedelta(minutes=2)) is True
    assert check_in(code, shown + timedelta(minutes=2)) is False
    stranger = make_trainee(session, "苏砚")
    with pytest.raises(Invalid, match="苏砚 is not enrolled"):
        presence.check_in(session, lesson, stranger, code, actor=actor, now=shown)
    assert session.scalars(sa.select(Presence.via)).all() == ["qr"]


def test_finishing_completes_credits_and_certifies(session, taught, course, office, actor, now):
    cohort, (long, short, _), (lu, he, tang), teaching = taught
    waiting = enrol(session, cohort)
    when = now + OVER
    completing.finish(session, cohort, {lu.id: True, he.id: False, tang.id: True}, actor=actor, now=when)
    assert cohort.state is CohortState.FINISHED
    assert [each.state for each in (lu, he, tang, waiting)] == [
        EnrolmentState.COMPLETED,
        EnrolmentState.NOT_COMPLETED,
        EnrolmentState.COMPLETED,
        EnrolmentState.CANCELLED,
    ]
    year = now.year
    assert ledger.totals(session, lu.person_id) == [ledger.Total(year, HourKind.STUDY, 540)]
    assert ledger.totals(session, he.person_id) == []
    assert ledger.totals(session, teaching.person_id) == [ledger.Total(year, HourKind.TEACHING, 240)]
    assert {each.source_id for each in ledger.of_person(session, teaching.person_id, year)} == {
        long.id,
        short.id,
    }
    issued = session.scalars(sa.select(Certificate).order_by(Certificate.number)).all()
    assert [(each.number, each.enrolment_id) for each in issued] == [
        (f"T-{year}-{office.id}-0001", lu.id),
        (f"T-{year}-{office.id}-0002", tang.id),
    ]
    first = issued[0]
    printed = (first.holder, first.title_zh, first.title_en, first.issuer, first.level, first.minutes)
    assert printed == ("何霁", course.title_zh, course.title_en, "标准处", course.level, 540)
    assert (first.issued_on, first.expires_on) == (date(2026, 12, 12), date(2029, 12, 12))


def test_a_cohort_is_finished_when_it_is_over_by_a_decision_on_everybody(session, taught, actor, now):
    cohort, _, (lu, he, tang), _ = taught
    whole = {lu.id: True, he.id: True, tang.id: True}
    with pytest.raises(Invalid, match="is not over yet"):
        completing.finish(session, cohort, whole, actor=actor, now=now)
    with pytest.raises(Invalid, match="Decide for every enrolled trainee"):
        completing.finish(session, cohort, {lu.id: True}, actor=actor, now=now + OVER)
    with pytest.raises(Invalid, match="has no lesson"):
        completing.finish(session, make_cohort(session), {}, actor=actor, now=now + OVER)
    completing.finish(session, cohort, whole, actor=actor, now=now + OVER)
    with pytest.raises(Invalid, match="Only an open cohort"):
        completing.finish(session, cohort, whole, actor=actor, now=now + OVER)


@pytest.fixture
def certificate(session, taught, actor, now):
    cohort, _, (lu, he, tang), _ = taught
    decisions = {lu.id: True, he.id: False, tang.id: False}
    completing.finish(session, cohort, decisions, actor=actor, now=now + OVER)
    return session.scalars(sa.select(Certificate)).one()


def test_a_certificate_is_found_by_its_code_however_it_is_typed(session, certificate):
    code = certificate.code
    assert len(code) == 19
    typed = code.lower().replace("-", " ").replace("0", "o").replace("1", "l")
    for each in (code, typed, code.replace("-", "")):
        assert certificates.find(session, each) is certificate
    for wrong in ("", code[:-1], code + "0", "0000-0000-0000-0000", "证" * 16, "%" * 16):
        assert certificates.find(session, wrong) is None


def test_codes_are_random_and_of_eighty_bits():
    codes = {certificates.new_code() for _ in range(1000)}
    assert len(codes) == 1000
    used = {letter for code in codes for letter in code.replace("-", "")}
    assert used == set(certificates.ALPHABET)
    assert len(certificates.ALPHABET) ** certificates.LENGTH == 2**80


def test_a_certificate_is_suspended_withdrawn_and_reinstated_with_reasons(session, certificate, actor, now):
    def mark(state, reason):
        certificates.mark(session, certificate, state, reason, actor=actor, now=now)

    today = date(2027, 1, 1)
    assert certificates.standing(certificate, today) is certificates.Shown.VALID
    with pytest.raises(Invalid) as error:
        mark(CertificateState.SUSPENDED, "  ")
    assert error.value.field == "reason"
    mark(CertificateState.SUSPENDED, "核查中")
    assert (certificates.standing(certificate, today), certificate.reason) == ("suspended", "核查中")
    with pytest.raises(Invalid, match="in this state already"):
        mark(CertificateState.SUSPENDED, "核查中")
    mark(CertificateState.VALID, "核查无误")
    assert (certificates.standing(certificate, today), certificate.reason) == ("valid", None)
    mark(CertificateState.WITHDRAWN, "成绩作废")
    assert certificates.standing(certificate, date(2040, 1, 1)) is certificates.Shown.WITHDRAWN


def test_a_certificate_expires_after_its_last_day(session, certificate):
    assert certificates.standing(certificate, date(2029, 12, 12)) is certificates.Shown.VALID
    assert certificates.standing(certificate, date(2029, 12, 13)) is certificates.Shown.EXPIRED


def test_completed_talents_are_shown_as_possible_candidates(session, certificate, office):
    make_trainee(session, "苏砚")
    enrolled = sa.select(Certificate.person_id)
    done = session.scalars(enrolled).one()
    for scope in (None, frozenset({office.id})):
        assert [each.id for each in session.scalars(queries.ready_to_be_candidates(scope))] == [done]
    assert session.scalars(queries.ready_to_be_candidates(frozenset({0}))).all() == []
    expert = make_person(session, "白鹿鸣", grade=Grade.EXPERT)
    assert expert.id != done
