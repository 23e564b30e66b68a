"""The jobs of the audit trail: verify it when asked, mail its head to auditors once a day."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

import config
from expertpool.application import create_app
from expertpool.audit import sealing, verifying
from expertpool.audit.models import AuditEntry
from expertpool.extensions import db
from expertpool.jobs import mail_audit_head, verify_audit
from expertpool.outbox.models import Message
from expertpool.outbox.rendering import Renderer
from expertpool.settings import own_ddl
from tests.builders.access import CLI, make_grant, make_user
from tests.builders.organisations import make_organisation
from tests.conftest import NOW


@pytest.fixture
def session(tmp_path):
    settings = config.load({"EXPERTPOOL_INSTANCE": str(tmp_path), "EXPERTPOOL_LOCALE": "zh-Hans"})
    app = create_app(settings)
    with app.app_context():
        own_ddl.import_models().create_all(db.engine)
        yield db.session
        db.session.rollback()
        db.engine.dispose()


@pytest.fixture
def auditor(session):
    user = make_user(session, email="auditor@example.org", locale="en")
    make_grant(session, user, "auditor")
    return user


def test_the_head_goes_to_each_auditor_of_the_whole_office_once_a_day(session, auditor):
    scoped = make_user(session)
    make_grant(session, scoped, "auditor", organisation_id=make_organisation(session).id)
    closed = make_user(session)
    make_grant(session, closed, "auditor")
    closed.active = False
    make_grant(session, make_user(session), "organiser")
    sealing.seal(session)
    head = sealing.head(session)

    assert [mail_audit_head.tick(session, NOW + timedelta(minutes=late)) for late in (0, 60)] == [1, 0]
    (message,) = session.scalars(sa.select(Message))
    assert message.recipient == "auditor@example.org"
    mail = Renderer("https://pool.example.org", "pool@example.org", "Asia/Shanghai")(message)
    assert mail["Subject"] == f"Audit trail: entry {head.number}"
    assert f"expertpool audit verify --head {head}" in mail.get_content()
    assert mail_audit_head.tick(session, NOW + timedelta(days=1)) == 1


def test_without_a_sealed_entry_no_head_is_mailed(session, auditor):
    assert mail_audit_head.tick(session, NOW) == 0
    assert session.scalar(sa.select(sa.func.count()).select_from(Message)) == 0


def test_the_trail_is_verified_when_asked_and_once_a_week(session, auditor):
    sealing.seal(session)
    number = sealing.head(session).number
    session.commit()
    assert verify_audit.tick(session, NOW) == 1
    session.commit()
    found = verifying.state(session)
    assert (found.last.event, found.last.facts["checked"]) == ("audit.chain-verified", number)
    assert verify_audit.tick(session, NOW + timedelta(days=6)) == 0
    assert verify_audit.tick(session, NOW + timedelta(days=8)) == 1
    session.commit()

    assert verifying.ask(session, actor=CLI, now=NOW + timedelta(days=9))
    assert not verifying.ask(session, actor=CLI, now=NOW + timedelta(days=9))
    session.commit()
    assert verify_audit.tick(session, NOW + timedelta(days=9)) == 1
    session.commit()
    assert verifying.state(session).asked is None


def test_a_changed_entry_is_told(session, auditor):
    sealing.seal(session)
    session.execute(sa.text("DROP TRIGGER audit_entries_unchanged"))
    first = session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id)).first()
    session.execute(sa.update(AuditEntry).where(AuditEntry.id == first.id).values(actor_label="Nobody"))
    session.commit()
    assert verify_audit.tick(session, NOW) == 1
    found = verifying.state(session)
    assert (found.is_whole, found.known, found.last.event) == (False, None, "audit.chain-broken")
    assert found.last.facts == {"checked": 0, "problem": f"Entry 1 (id {first.id}) was changed."}


def test_a_trail_that_lost_its_end_since_it_was_verified_is_told(session, auditor):
    make_user(session)
    sealing.seal(session)
    session.commit()
    verify_audit.tick(session, NOW)
    session.commit()
    newest = sealing.head(session).number
    session.execute(sa.text("DROP TRIGGER audit_entries_undeleted"))
    session.execute(sa.delete(AuditEntry).where(AuditEntry.number == newest))
    verifying.ask(session, actor=CLI, now=NOW)
    session.commit()
    assert verify_audit.tick(session, NOW) == 1
    assert verifying.state(session).last.facts["problem"] == f"Entry {newest} is missing."
