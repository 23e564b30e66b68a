"""Messages of one thread leave in order: a cancellation never overtakes its request."""

import random
import threading
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.outbox.delivery import LEASE, claim, deliver, settle
from expertpool.outbox.models import Message, MessageState
from expertpool.outbox.service import cancel, enqueue
from expertpool.outbox.transports import Refused
from tests.rooms.outbox.conftest import Clock


@pytest.fixture
def write(session, now):
    def writing(key, thread="person-1", due_at=None):
        return put(session, key, now, thread=thread, due_at=due_at)

    return writing


def put(session, key, now, **options):
    return enqueue(
        session,
        kind="plain",
        to="lan@example.org",
        locale="en",
        snapshot={"name": key},
        dedupe_key=key,
        now=now,
        **options,
    )


def claimed(session, now):
    message = claim(session, now)
    return message and message.dedupe_key


def test_a_later_message_waits_while_the_earlier_is_being_sent(session, write, now):
    request, _cancellation, other = write("request"), write("cancel"), write("other", "person-2")
    write("of nobody", None)
    assert [claimed(session, now) for _ in range(4)] == ["request", "other", "of nobody", None]
    settle(session, request, now, error="", final=False)
    assert claimed(session, now) == "cancel"
    settle(session, other, now, error="", final=False)
    assert claimed(session, now) is None


def test_a_later_message_waits_while_the_earlier_is_tried_again(session, write, now):
    request = write("request")
    write("cancel")
    claim(session, now)
    settle(session, request, now, error="no route", final=False)
    assert claimed(session, now) is None
    session.refresh(request)
    assert claimed(session, request.due_at) == "request"
    assert claimed(session, request.due_at + LEASE) is None


def test_a_message_that_is_due_later_holds_those_behind_it(session, write, now):
    write("request", due_at=now + timedelta(hours=1))
    write("cancel")
    assert claimed(session, now) is None
    assert claimed(session, now + timedelta(hours=1)) == "request"


def test_a_dead_message_holds_nobody_up(session, write, now):
    request = write("request")
    write("cancel")
    claim(session, now)
    settle(session, request, now, error="refused", final=True)
    assert claimed(session, now) == "cancel"


def test_a_cancelled_message_holds_nobody_up(session, write, actor, now):
    request = write("request")
    write("cancel")
    cancel(session, request, actor=actor, now=now)
    assert claimed(session, now) == "cancel"


class Post:
    """A transport that often fails for now, sometimes for good, and keeps what arrived in its order."""

    def __init__(self):
        self.arrived = []
        self.lock = threading.Lock()
        self.dice = random.Random(7)

    def send(self, mail):
        with self.lock:
            fate = self.dice.random()
            if fate < 0.25:
                raise OSError("no route")
            if fate < 0.3:
                raise Refused("550")
            self.arrived.append(mail.get_content().strip())


def test_order_holds_under_workers_that_race(empty_engine, renderer, now):
    threads, length = 12, 5
    with Session(empty_engine) as session:
        for number in range(length):
            for person in range(threads):
                put(session, f"{person}:{number}", now, thread=f"person-{person}")
        session.commit()
    post, clock = Post(), Clock(now)

    def work():
        with Session(empty_engine) as session:
            deliver(session, post, renderer, clock=clock)

    for _round in range(30):
        workers = [threading.Thread(target=work) for _ in range(4)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        clock.forward(hours=2)
    with Session(empty_engine) as session:
        states = dict(session.execute(sa.select(Message.dedupe_key, Message.state)).all())
    assert set(states.values()) <= {MessageState.SENT, MessageState.DEAD}
    sent = [key for key, state in states.items() if state is MessageState.SENT]
    assert sorted(set(post.arrived)) == sorted(sent)
    for person in range(threads):
        numbers = [int(key.split(":")[1]) for key in post.arrived if key.startswith(f"{person}:")]
        assert numbers == sorted(numbers)
