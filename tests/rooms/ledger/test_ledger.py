"""Hours: credited once for each source, added up by year, taken back without being lost."""

from datetime import date

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from expertpool.ledger import queries, service
from expertpool.ledger.models import HourKind, LedgerEntry
from tests.builders.people import make_person


@pytest.fixture
def person(session):
    return make_person(session)


def credit(session, person, minutes, on, now, kind=HourKind.STUDY, source_id=1):
    return service.credit(
        session,
        person.id,
        kind,
        minutes,
        on,
        source_kind="enrolment",
        source_id=source_id,
        title="标准化基础",
        now=now,
    )


def test_hours_are_listed_and_added_up_by_year_and_kind(session, person, now):
    other = make_person(session, "何霁")
    first = credit(session, person, 90, date(2026, 1, 1), now)
    last = credit(session, person, 45, date(2026, 12, 31), now, source_id=2)
    credit(session, person, 135, date(2025, 12, 31), now, source_id=3)
    credit(session, person, 60, date(2026, 5, 1), now, HourKind.TEACHING)
    credit(session, other, 999, date(2026, 5, 1), now)
    assert queries.of_person(session, person.id, 2026)[::2] == [last, first]
    assert queries.totals(session, person.id) == [
        queries.Total(2026, HourKind.STUDY, 135),
        queries.Total(2026, HourKind.TEACHING, 60),
        queries.Total(2025, HourKind.STUDY, 135),
    ]


def test_one_source_credits_once_also_by_the_database(session, person, now):
    entry = credit(session, person, 90, date(2026, 5, 1), now)
    assert credit(session, person, 45, date(2026, 5, 2), now) is entry
    values = {column.name: getattr(entry, column.name) for column in LedgerEntry.__table__.c}
    with pytest.raises(IntegrityError), session.begin_nested():
        session.execute(sa.insert(LedgerEntry).values(values | {"id": entry.id + 1}))


def test_hours_taken_back_stay_on_file_and_can_be_credited_anew(session, person, now):
    credit(session, person, 90, date(2026, 5, 1), now)
    assert service.reverse(session, HourKind.STUDY, "enrolment", 1, now=now) == 1
    assert service.reverse(session, HourKind.STUDY, "enrolment", 1, now=now) == 0
    assert queries.totals(session, person.id) == []
    credit(session, person, 45, date(2026, 5, 1), now)
    rows = session.execute(sa.select(LedgerEntry.minutes, LedgerEntry.reversed_at).order_by(LedgerEntry.id))
    assert [tuple(row) for row in rows] == [(90, now), (45, None)]
    assert queries.totals(session, person.id) == [queries.Total(2026, HourKind.STUDY, 45)]
