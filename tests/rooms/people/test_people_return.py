"""Rests and suspensions that come to their end."""

from datetime import date, timedelta

import sqlalchemy as sa

from expertpool.audit.models import AuditEntry
from expertpool.people import service
from expertpool.people.models import Status
from expertpool.people.returns import bring_back_due
from tests.builders.people import make_person

TODAY = date(2026, 11, 22)
YESTERDAY = TODAY - timedelta(days=1)


def test_who_rested_until_yesterday_is_back_once_and_nobody_else(session, actor, now):
    back = [
        make_person(session, "何霁", status=Status.RESTING, status_until=YESTERDAY, status_reason="出国"),
        make_person(session, "白鹿鸣", status=Status.SUSPENDED, status_until=date(2025, 1, 1)),
    ]
    stay = [
        make_person(session, "唐以宁", status=Status.RESTING, status_until=TODAY),
        make_person(session, "陆文澜", status=Status.SUSPENDED),
        make_person(session, "程望舒", status=Status.RETIRED),
        make_person(
            session, "许知远", status=Status.RESTING, status_until=YESTERDAY, merged_into_id=back[0].id
        ),
    ]
    before = [person.status for person in stay]
    assert bring_back_due(session, TODAY, actor=actor, now=now) == 2
    assert [(each.status, each.status_until, each.status_reason) for each in back] == [
        (Status.ACTIVE, None, None)
    ] * 2
    assert [person.status for person in stay] == before
    assert bring_back_due(session, TODAY, actor=actor, now=now) == 0
    entries = session.scalars(sa.select(AuditEntry).where(AuditEntry.event == "person.status-changed")).all()
    assert sorted(
        (each.subject_id, each.facts["old"], each.facts["new"], each.personal["reason"]) for each in entries
    ) == [(back[0].id, "resting", "active", "期限已满"), (back[1].id, "suspended", "active", "期限已满")]


def test_a_rest_made_longer_meanwhile_lasts(session, actor, now):
    person = make_person(session, "何霁")
    rest = {"reason": "病假", "on": date(2026, 11, 1), "actor": actor, "now": now}
    service.change_status(session, person, Status.RESTING, until=YESTERDAY, **rest)
    service.change_status(session, person, Status.RESTING, until=date(2026, 12, 31), **rest)
    assert bring_back_due(session, TODAY, actor=actor, now=now) == 0
    assert person.status_until == date(2026, 12, 31)
