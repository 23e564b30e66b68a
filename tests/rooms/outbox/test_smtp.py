"""Delivery to a real SMTP server, to a folder, and by workers that are killed."""

import email
import multiprocessing
import os
import signal
import threading
from email.policy import default

import pytest
import sqlalchemy as sa
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from sqlalchemy.orm import Session

from expertpool.outbox.delivery import LEASE, deliver
from expertpool.outbox.models import Message, MessageState
from expertpool.outbox.rendering import Attachment, attach
from expertpool.outbox.service import enqueue
from expertpool.outbox.transports import Folder, Smtp, transport
from expertpool.settings import crypto
from tests.conftest import DATA_KEY
from tests.postgres import _free_port

SPAWN = multiprocessing.get_context("spawn")


class Mailbox:
    """What the server took; refuses addresses that begin with `no`."""

    def __init__(self):
        self.taken = []

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        if address.startswith("no"):
            return "550 no such user"
        if address.startswith("later"):
            return "450 try later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        self.taken.append(email.message_from_bytes(envelope.content, policy=default))
        return "250 OK"


def _check(server, session, envelope, mechanism, data):
    right = isinstance(data, LoginPassword) and (data.login, data.password) == (b"me", b"p@ss")
    return AuthResult(success=right, handled=False)


@pytest.fixture
def server():
    mailbox = Mailbox()
    controller = Controller(
        mailbox, hostname="127.0.0.1", port=_free_port(), authenticator=_check, auth_require_tls=False
    )
    controller.start()
    mailbox.url = f"smtp://me:p%40ss@127.0.0.1:{controller.port}"
    yield mailbox
    controller.stop()


def put(engine, now, *keys, to="lan@example.org", kind="hello"):
    with Session(engine) as session:
        for key in keys:
            snapshot = {"title": "储能评审", "name": "周岚", "at": "2026-12-03T09:00+08:00"}
            enqueue(session, kind=kind, to=to, locale="en", snapshot=snapshot, dedupe_key=key, now=now)
        session.commit()


def states(engine):
    with Session(engine) as session:
        return dict(session.execute(sa.select(Message.dedupe_key, Message.state)).all())


@pytest.mark.sqlite_only
def test_a_mail_reaches_a_server_whole(empty_engine, server, renderer, ticking, now):
    attach(
        "hello", lambda snapshot, locale: [Attachment("x.ics", "text/calendar; method=REQUEST", b"BEGIN:X")]
    )
    try:
        put(empty_engine, now, "k1")
        with Session(empty_engine) as session:
            assert deliver(session, transport(server.url), renderer, clock=ticking).sent == 1
    finally:
        attach("hello", lambda snapshot, locale: [])
    (mail,) = server.taken
    assert mail["Subject"] == "Panel 储能评审"
    assert mail.get_body(("plain",)).get_content().startswith("周岚: ")
    (calendar,) = mail.iter_attachments()
    assert (calendar.get_content_type(), calendar.get_param("method")) == ("text/calendar", "REQUEST")
    assert calendar.get_payload(decode=True) == b"BEGIN:X"


@pytest.mark.sqlite_only
def test_a_server_that_refuses_ends_it_and_one_that_is_busy_does_not(
    empty_engine, server, renderer, ticking, now
):
    put(empty_engine, now, "refused", to="nobody@example.org")
    put(empty_engine, now, "busy", to="later@example.org")
    with Session(empty_engine) as session:
        deliver(session, Smtp(server.url), renderer, clock=ticking)
    assert states(empty_engine) == {"refused": MessageState.DEAD, "busy": MessageState.WAITING}


@pytest.mark.sqlite_only
def test_a_wrong_password_or_an_absent_server_is_tried_again(empty_engine, server, renderer, ticking, now):
    put(empty_engine, now, "k1", "k2")
    with Session(empty_engine) as session:
        deliver(session, Smtp(server.url.replace("p%40ss", "other")), renderer, clock=ticking, limit=1)
        deliver(session, Smtp("smtp://127.0.0.1:1"), renderer, clock=ticking, limit=1)
    assert states(empty_engine) == {"k1": MessageState.WAITING, "k2": MessageState.WAITING}
    ticking.forward(minutes=1)
    with Session(empty_engine) as session:
        assert deliver(session, Smtp(server.url), renderer, clock=ticking).sent == 2


@pytest.mark.sqlite_only
def test_a_folder_keeps_one_file_a_message(empty_engine, renderer, ticking, now, tmp_path):
    put(empty_engine, now, "k1")
    with Session(empty_engine) as session:
        mail = renderer(session.scalar(sa.select(Message)))
    folder = transport(f"file:{tmp_path / 'mail box'}")
    folder.send(mail)
    folder.send(mail)
    (path,) = (tmp_path / "mail box").iterdir()
    assert path.suffix == ".eml"
    assert email.message_from_bytes(path.read_bytes(), policy=default)["Message-ID"] == mail["Message-ID"]


def test_several_workers_send_each_message_once(empty_engine, renderer, ticking, now):
    put(empty_engine, now, *[f"k{number}" for number in range(40)])
    sent = []

    class Counting:
        def send(self, mail):
            sent.append(mail["Message-ID"])

    def work():
        with Session(empty_engine) as session:
            deliver(session, Counting(), renderer, clock=ticking)

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert (len(sent), len(set(sent))) == (40, 40)
    assert set(states(empty_engine).values()) == {MessageState.SENT}


class DyingAfter:
    """Sends to a folder and is killed at once, before the worker can note it."""

    def __init__(self, folder):
        self.folder = folder

    def send(self, mail):
        self.folder.send(mail)
        os.kill(os.getpid(), signal.SIGKILL)


class DyingBefore:
    """Is killed before anything was sent."""

    def send(self, mail):
        os.kill(os.getpid(), signal.SIGKILL)


def deliver_in_a_process(url, dying, renderer, now, key):
    crypto.use([key])
    with Session(sa.create_engine(url)) as session:
        deliver(session, dying, renderer, clock=lambda: now)


@pytest.mark.parametrize("after_sending", [False, True])
def test_a_killed_worker_loses_no_message(empty_engine, renderer, ticking, now, tmp_path, after_sending):
    crypto.use([DATA_KEY])
    put(empty_engine, now, "k1")
    folder = Folder(tmp_path / "mail")
    dying = DyingAfter(folder) if after_sending else DyingBefore()
    url = empty_engine.url.render_as_string(hide_password=False)
    worker = SPAWN.Process(target=deliver_in_a_process, args=(url, dying, renderer, now, DATA_KEY))
    worker.start()
    worker.join()
    assert worker.exitcode == -signal.SIGKILL
    assert states(empty_engine) == {"k1": MessageState.WAITING}
    with Session(empty_engine) as session:
        assert deliver(session, folder, renderer, clock=ticking).sent == 0
        ticking.now += LEASE * 1.1
        assert deliver(session, folder, renderer, clock=ticking).sent == 1
    assert states(empty_engine) == {"k1": MessageState.SENT}
    assert len(list(folder.path.glob("*.eml"))) == 1
