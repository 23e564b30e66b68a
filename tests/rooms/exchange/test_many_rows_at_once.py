"""A file of many rows takes as many statements as a file of few, and leaves the same behind."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from expertpool.audit.models import AuditEntry
from expertpool.people import search
from expertpool.people.models import Person

HEADERS = ["编号", "姓名", "邮箱", "手机", "工作单位", "擅长领域"]


def rows_of(first: int, count: int) -> list[list[str]]:
    """Return rows of which some have no mail, no phone, no employer or no skills."""
    return [HEADERS] + [
        [
            f"K{number}",
            f"周岚{'一二三四五'[number % 5]}",
            f"k{number}@mail.example" if number % 3 else "",
            f"138{number:08}" if number % 4 else "",
            f"第{number % 7}研究院" if number % 5 else "",
            "机器人；计量" if number % 2 else "",
        ]
        for number in range(first, first + count)
    ]


@pytest.fixture
def statements(session):
    """Count what is sent to the database during a call."""

    def count(call):
        sent = []

        def listen(_connection, _cursor, statement, *_rest):
            sent.append(statement)

        sa.event.listen(session.get_bind(), "before_cursor_execute", listen)
        call()
        sa.event.remove(session.get_bind(), "before_cursor_execute", listen)
        return len(sent)

    return count


def test_a_hundred_people_come_in_with_as_many_statements_as_ten(imported, statements):
    imported("experts", rows_of(1, 1))
    few = statements(lambda: imported("experts", rows_of(100, 10)))
    many = statements(lambda: imported("experts", rows_of(200, 100)))
    assert many == few


def test_each_of_many_is_recorded_in_the_order_of_the_file_and_is_found(session, imported):
    imported("experts", rows_of(1, 60))
    people = session.scalars(sa.select(Person).order_by(Person.id)).all()
    assert [person.number for person in people] == [f"K{number}" for number in range(1, 61)]
    entries = session.scalars(
        sa.select(AuditEntry).where(AuditEntry.event == "person.person-created").order_by(AuditEntry.id)
    ).all()
    assert [entry.subject_id for entry in entries] == [person.id for person in people]
    assert [entry.facts["number"] for entry in entries] == [person.number for person in people]
    assert {entry.facts["grade"] for entry in entries} == {"expert"}
    assert search.find(session, "K37") == [people[36].id]
    assert search.find(session, "zly", limit=60) == [p.id for p in people if p.name.endswith("一")]
