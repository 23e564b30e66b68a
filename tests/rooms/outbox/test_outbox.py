"""The outbox: one fact is told once, encrypted while it waits, sent by lease, tried again, given up."""

import smtplib
from datetime import timedelta

import pytest
import sqlalchemy as sa

from expertpool.audit.models import AuditEntry
from expertpool.errors import Invalid
from expertpool.outbox.delivery import LEASE, MOST_ATTEMPTS, claim, deliver, settle, wait_after
from expertpool.outbox.models import Attempt, Message, MessageState
from expertpool.outbox.queries import by_key, counts, latest, oldest_due
from expertpool.outbox.service import cancel, retry, snapshot_of
from expertpool.outbox.transports import Refused


class Recorder:
    """A transport that keeps what it is given, or fails as told."""

    def __init__(self, *failures):
        self.mails = []
        self.failures = list(failures)

    def send(self, mail):
        failure = self.failures.pop(0) if self.failures else None
        if failure:
            raise failure
        self.mails.append(mail)


@pytest.fixture(autouse=True)
def committed_work_is_undone(session):
    """Delivery commits: let its commits end savepoints only."""
    connection = session.get_bind().connect()
    outer = connection.begin()
    session.bind = connection
    session.join_transaction_mode = "create_savepoint"
    yield
    session.close()
    outer.rollback()
    connection.close()


def test_a_message_is_rendered_and_sent_once(session, queue, renderer, ticking):
    message = queue("k1")
    transport = Recorder()
    assert deliver(session, transport, renderer, clock=ticking).sent == 1
    assert deliver(session, transport, renderer, clock=ticking).sent == 0
    (mail,) = transport.mails
    assert mail["To"] == "lan@example.org"
    assert mail["From"] == "Pool <pool@office.example>"
    assert mail["Subject"] == "Panel 储能"
    assert mail["Message-ID"] == f"<{message.identifier}@office.example>"
    text = mail.get_body(("plain",)).get_content()
    assert text.splitlines() == [
        "周岚: 2026-12-03 Thu 09:00 (China Standard Time), 2026-12-03 Thu, 09:00",
        "https://pool.example/i/x",
    ]
    assert mail.get_body(("html",)).get_content().strip() == "<p>周岚</p>"
    assert (message.state, message.sealed_snapshot) == (MessageState.SENT, None)
    assert [attempt.error for attempt in message.log] == [""]


def test_a_template_without_html_makes_a_plain_mail(session, queue, renderer, ticking):
    queue("k1", kind="plain")
    transport = Recorder()
    deliver(session, transport, renderer, clock=ticking)
    assert transport.mails[0].get_content_type() == "text/plain"


def test_names_are_escaped_in_html(session, queue, renderer, ticking):
    queue("k1", name="<b>&")
    transport = Recorder()
    deliver(session, transport, renderer, clock=ticking)
    assert transport.mails[0].get_body(("html",)).get_content().strip() == "<p>&lt;b&gt;&amp;</p>"


def test_one_fact_is_told_once(session, queue):
    assert queue("k1") is queue("k1", name="别人")
    assert counts(session)[MessageState.WAITING] == 1


def test_the_snapshot_is_encrypted_while_it_waits(session, queue):
    message = queue("k1", name="机密的名字")
    stored = session.scalar(sa.select(Message.sealed_snapshot))
    assert "机密" not in stored
    assert snapshot_of(message)["name"] == "机密的名字"


@pytest.mark.parametrize(
    "address",
    ["", "nobody", "a@b\nBcc: c@d.example", "a@b.example, c@d.example", "A <a@b.example>", "a@b.example\r\n"],
)
def test_what_is_no_single_address_is_refused(session, queue, address):
    with pytest.raises(Invalid) as error:
        queue("k1", to=address)
    assert error.value.field == "email"
    assert counts(session)[MessageState.WAITING] == 0


def test_a_line_break_in_a_subject_makes_no_header(session, queue, renderer, ticking):
    queue("k1", title="a\r\nBcc: victim@example.org")
    transport = Recorder()
    deliver(session, transport, renderer, clock=ticking)
    (mail,) = transport.mails
    assert mail["Bcc"] is None
    assert mail["Subject"] in ("Panel a", "Panel a Bcc: victim@example.org")


def test_a_failed_attempt_waits_longer_each_time_then_gives_up(session, queue, renderer, ticking):
    message = queue("k1")
    transport = Recorder(*[OSError("no route")] * MOST_ATTEMPTS)
    for attempt in range(1, MOST_ATTEMPTS):
        assert deliver(session, transport, renderer, clock=ticking).sent == 0
        assert (message.state, message.attempts) == (MessageState.WAITING, attempt)
        assert message.due_at == ticking.now + wait_after(attempt)
        ticking.now = message.due_at - timedelta(seconds=1)
        deliver(session, transport, renderer, clock=ticking)
        assert message.attempts == attempt
        ticking.forward(seconds=1)
    deliver(session, transport, renderer, clock=ticking)
    session.refresh(message)
    assert (message.state, message.attempts) == (MessageState.DEAD, MOST_ATTEMPTS)
    assert {attempt.error for attempt in message.log} == {"OSError: no route"}
    assert len(message.log) == MOST_ATTEMPTS


def test_waits_grow_up_to_six_hours():
    minutes = [wait_after(attempt) // timedelta(minutes=1) for attempt in range(1, 8)]
    assert minutes == [1, 4, 16, 64, 256, 360, 360]


def test_a_refused_address_is_given_up_at_once(session, queue, renderer, ticking):
    message = queue("k1")
    deliver(session, Recorder(Refused("550 no such user")), renderer, clock=ticking)
    session.refresh(message)
    assert (message.state, message.log[0].error) == (MessageState.DEAD, "refused: 550 no such user")


def test_a_broken_template_or_server_does_not_stop_the_others(session, queue, renderer, ticking):
    broken, failing, good = queue("k1", kind="broken"), queue("k2"), queue("k3")
    transport = Recorder(smtplib.SMTPServerDisconnected("gone"))
    assert deliver(session, transport, renderer, clock=ticking).sent == 1
    for message in (broken, failing, good):
        session.refresh(message)
    assert [broken.state, failing.state, good.state] == ["waiting", "waiting", "sent"]
    assert broken.log[0].error == "UndefinedError: 'missing' is undefined"


def test_a_message_is_not_sent_before_it_is_due(session, queue, renderer, ticking, now):
    queue("k1", due_at=now + timedelta(hours=1))
    transport = Recorder()
    assert deliver(session, transport, renderer, clock=ticking).sent == 0
    ticking.forward(hours=1)
    assert deliver(session, transport, renderer, clock=ticking).sent == 1


def test_a_claimed_message_is_left_alone_until_its_lease_ends(session, queue, now):
    message = queue("k1")
    assert claim(session, now) is message
    assert claim(session, now + LEASE) is None
    assert claim(session, now + LEASE + timedelta(seconds=1)) is message


def test_a_worker_that_lost_its_lease_does_not_put_the_message_back(session, queue, now):
    message = queue("k1")
    claim(session, now)
    session.expunge(message)
    later = now + LEASE * 2
    second = claim(session, later)
    assert second.attempts == 2
    settle(session, message, later, error="timed out", final=False)
    session.refresh(second)
    assert (second.state, second.lease_until) == (MessageState.WAITING, later + LEASE)


def test_a_dead_message_may_be_sent_again(session, queue, renderer, ticking, actor, now):
    message = queue("k1")
    deliver(session, Recorder(Refused("550")), renderer, clock=ticking)
    session.refresh(message)
    retry(session, message, actor=actor, now=now)
    assert deliver(session, Recorder(), renderer, clock=ticking).sent == 1
    assert session.scalars(sa.select(AuditEntry.event)).all() == ["message.message-retried"]


def test_only_dead_messages_are_retried_and_sent_ones_not_cancelled(session, queue, renderer, ticking, actor):
    message = queue("k1")
    with pytest.raises(Invalid):
        retry(session, message, actor=actor, now=ticking())
    deliver(session, Recorder(), renderer, clock=ticking)
    session.refresh(message)
    with pytest.raises(Invalid):
        cancel(session, message, actor=actor, now=ticking())


def test_a_cancelled_message_is_not_sent_and_forgets_what_to_say(session, queue, renderer, ticking, actor):
    message = queue("k1")
    cancel(session, message, actor=actor, now=ticking())
    transport = Recorder()
    deliver(session, transport, renderer, clock=ticking)
    assert (transport.mails, message.sealed_snapshot) == ([], None)


def test_queries_tell_what_waits(session, queue, now):
    first, second = queue("k1"), queue("k2", due_at=now + timedelta(hours=1))
    assert oldest_due(session, now) == now
    assert latest(session) == [second, first]
    assert latest(session, before=second.id, state=MessageState.WAITING) == [first]
    assert by_key(session, "k2") is second
    assert session.scalar(sa.select(sa.func.count()).select_from(Attempt)) == 0
