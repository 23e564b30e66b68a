import pytest
import sqlalchemy as sa

from expertpool.audit.models import AuditEntry
from expertpool.errors import Invalid, NotFound
from expertpool.exchange import service, staging
from expertpool.exchange.columns import Kind
from expertpool.exchange.models import BatchState, ImportRow
from expertpool.exchange.plans import Outcome
from expertpool.people.models import Person
from tests.builders.files import make_csv
from tests.builders.people import make_person

ROWS = [
    ["姓名", "邮箱", "工作单位"],
    ["周岚", "zhou@mail.example", "南湾大学"],
    ["吴越", "无", ""],
    ["郑一", "zheng@mail.example", ""],
]


@pytest.fixture
def staged(session, actor, now):
    known = make_person(session, "周岚", employer="青原大学", number="K1")
    batch = service.stage(session, Kind.EXPERTS, make_csv(ROWS), "专家.csv", actor=actor, now=now)
    return batch, known


def test_a_staged_file_is_paged_through_and_keeps_nothing_readable(session, staged):
    batch, known = staged
    assert batch.counts == {**batch.counts, "rows": 3, "create": 2, "refuse": 1}
    rows = staging.preview(session, batch.id)
    assert [(r.row, r.outcome, r.label) for r in rows] == [
        (2, Outcome.CREATE, "周岚"),
        (3, Outcome.REFUSE, "吴越"),
        (4, Outcome.CREATE, "郑一"),
    ]
    assert rows[1].cells == ["吴越", "无", ""]
    assert [str(fault.problem) for fault in rows[1].faults] == ["This is no mail address."]
    assert [p.person_id for p in rows[0].possible] == [known.id]
    assert [r.row for r in staging.preview(session, batch.id, offset=1, limit=1)] == [3]
    assert [r.row for r in staging.preview(session, batch.id, outcomes=[Outcome.REFUSE])] == [3]
    assert [r.row for r in staging.preview(session, batch.id, only_possible=True)] == [2]
    stored = session.scalars(sa.select(ImportRow.sealed)).all()
    assert not any("zheng@mail.example" in text for text in stored)


def test_it_is_all_or_nothing_unless_bad_rows_are_left_out(session, staged, actor, now):
    batch, known = staged
    with pytest.raises(Invalid, match="1 rows can't come in"):
        service.apply(session, batch.id, {}, actor=actor, now=now)
    assert session.scalar(sa.select(sa.func.count(Person.id))) == 1
    service.apply(session, batch.id, {2: known.id}, skip_bad_rows=True, actor=actor, now=now)
    assert session.scalars(sa.select(Person.name).order_by(Person.id)).all() == ["周岚", "郑一"]
    assert batch.state is BatchState.APPLIED
    assert session.scalar(sa.select(sa.func.count(ImportRow.id))) == 0
    entry = session.scalar(sa.select(AuditEntry).where(AuditEntry.event == "import.file-imported"))
    assert (entry.subject_id, entry.facts["counts"]["create"], entry.facts["counts"]["change"]) == (
        batch.id,
        1,
        1,
    )
    with pytest.raises(Invalid, match="already"):
        service.apply(session, batch.id, {}, actor=actor, now=now)


def test_without_a_decision_a_possible_person_is_a_new_one(session, staged, actor, now):
    batch, _ = staged
    service.apply(session, batch.id, {}, skip_bad_rows=True, actor=actor, now=now)
    assert session.scalars(sa.select(Person.name).order_by(Person.id)).all() == ["周岚", "周岚", "郑一"]


def test_what_came_in_meanwhile_is_seen_when_a_file_is_applied(session, staged, actor, now):
    batch, _ = staged
    make_person(session, "郑一", addresses=("zheng@mail.example",))
    plan = service.apply(session, batch.id, {}, skip_bad_rows=True, actor=actor, now=now)
    assert [entry.outcome.value for entry in plan.entries] == ["create", "refuse", "same"]


def test_a_discarded_file_leaves_nothing(session, staged, actor, now):
    batch, _ = staged
    service.discard(session, batch.id, actor=actor, now=now)
    assert session.scalar(sa.select(sa.func.count(ImportRow.id))) == 0
    with pytest.raises(NotFound):
        staging.preview(session, batch.id)
