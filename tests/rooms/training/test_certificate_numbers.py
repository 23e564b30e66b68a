"""Numbers of certificates are counted within an office without gap or repeat, whoever finishes at once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.training import completing
from expertpool.training.models import Certificate, Cohort, Enrolment
from tests.builders.organisations import make_organisation
from tests.builders.training import ACTOR, enrol, make_cohort, make_course, make_lesson
from tests.conftest import NOW

LATER = NOW + timedelta(days=20)


def test_cohorts_that_finish_at_once_number_their_certificates_in_one_row(empty_engine):
    with Session(empty_engine) as session:
        office = make_organisation(session, "标准处")
        other = make_cohort(session, make_course(session))
        cohorts = [make_cohort(session, make_course(session, office), capacity=3) for _ in range(4)]
        for cohort in (other, *cohorts):
            make_lesson(session, cohort)
            for _ in range(2):
                enrol(session, cohort)
        session.commit()
        ids, office_id, other_id = [each.id for each in cohorts], office.id, other.course.owner_id
        ids.append(other.id)

    def finish(cohort_id):
        with Session(empty_engine) as session:
            cohort = session.get_one(Cohort, cohort_id)
            everybody = session.scalars(sa.select(Enrolment.id).where(Enrolment.cohort_id == cohort_id))
            completing.finish(session, cohort, dict.fromkeys(everybody, True), actor=ACTOR, now=LATER)
            session.commit()

    with ThreadPoolExecutor(5) as pool:
        list(pool.map(finish, ids))
    with Session(empty_engine) as session:
        numbers = session.scalars(sa.select(Certificate.number)).all()
    assert sorted(numbers) == sorted(
        [
            *(f"T-2026-{office_id}-{count:04}" for count in range(1, 9)),
            *(f"T-2026-{other_id}-{count:04}" for count in range(1, 3)),
        ]
    )
