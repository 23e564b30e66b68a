"""Experts answer 50 panels at once while invitations expire and organisers act; workers are killed meanwhile.

What the audit trail tells is compared with seats, diary, invitations and mails.
"""

from __future__ import annotations

import itertools
import multiprocessing
import os
import random
import re
import signal
import time
from collections import defaultdict
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from expertpool import wiring
from expertpool.audit.models import AuditEntry
from expertpool.availability.models import Commitment
from expertpool.errors import Invalid
from expertpool.events import Actor
from expertpool.invitations import answering, calls, inviting, vacancies
from expertpool.invitations.answering import Accepted
from expertpool.invitations.declaring import NOTHING, Declaration
from expertpool.invitations.models import (
    Call,
    Channel,
    DeclineReason,
    Invitation,
    InvitationLink,
    InvitationState,
    OnVacancy,
    Outcome,
)
from expertpool.jobs import invitations as job
from expertpool.outbox.models import Message
from expertpool.panels import confirmation, seating
from expertpool.panels.models import Panel, PanelState, Seat, SeatRole, SeatState
from expertpool.settings import crypto
from tests.builders.invitations import LATER, Invited, by_mail
from tests.builders.panels import Scene, make_actor
from tests.conftest import DATA_KEY

PANELS, PEOPLE, WORKERS, ATTEMPTS, KILLS = 50, 100, 6, 500, 12
SEATS, ALTERNATES = 3, 4
WAYS = (OnVacancy.INVITE, OnVacancy.INVITE, OnVacancy.OFFER, OnVacancy.PHONE)
CONFLICT = Declaration(False, "", False, "", None, True, "持有竞品专利")
OFFICE = Actor(None, "周岚", via="web")


@pytest.fixture
def crowd(empty_engine):
    """Fifty panels, two at each time that share their alternates; some invitations are over soon."""
    wiring.connect()
    with Session(empty_engine) as session:
        scene, actor = Scene(session, PEOPLE), make_actor(session)
        lots = random.Random(11)
        for slot in range(PANELS // 2):
            people = lots.sample(scene.people, 2 * SEATS + ALTERNATES)
            shared = people[2 * SEATS :]
            for number, members in enumerate((people[:SEATS], people[SEATS : 2 * SEATS])):
                way = WAYS[(2 * slot + number) % len(WAYS)]
                made = Invited(
                    session,
                    scene,
                    seats=SEATS,
                    alternates=ALTERNATES,
                    slot=slot,
                    people=[*members, *shared],
                    actor=actor,
                    on_vacancy=way,
                )
                for invitation in made.invite():
                    if lots.random() < 0.3:
                        invitation.expires_at = LATER
        session.commit()
    empty_engine.dispose()


def chosen(session, lots, *states):
    """Return an invitation by chance in one of these states."""
    query = sa.select(Invitation.id).where(Invitation.state.in_(states)).order_by(Invitation.id)
    ids = session.scalars(query).all()
    return session.get_one(Invitation, lots.choice(ids)) if ids else None


def accept(session, lots, now):
    """Accept, and now and then declare something that stands against it."""
    invitation = chosen(session, lots, InvitationState.SENT, *lots.choices(list(InvitationState), k=1))
    if invitation is None:
        return None
    declared = CONFLICT if lots.random() < 0.1 else NOTHING
    answer = answering.accept(
        session, invitation, declared, by=Channel.MAIL, actor=by_mail(invitation), now=now
    )
    return invitation.id, "accepted" if isinstance(answer, Accepted) else "refused"


def decline(session, lots, now):
    """Decline, or give an accepted seat back."""
    invitation = chosen(session, lots, InvitationState.SENT, InvitationState.ACCEPTED)
    if invitation is None:
        return None
    reason = lots.choice(list(DeclineReason))
    answering.decline(
        session, invitation, reason, "另有安排", by=Channel.MAIL, actor=by_mail(invitation), now=now
    )
    return invitation.id, "declined"


def withdraw(session, lots, now):
    """Take an invitation back."""
    invitation = chosen(session, lots, InvitationState.SENT, InvitationState.ACCEPTED)
    if invitation is None:
        return None
    inviting.withdraw(session, invitation, "名额有变", actor=OFFICE, now=now)
    return invitation.id, "withdrawn"


def cancel(session, lots, now):
    """Call a panel off."""
    panel = session.get_one(Panel, lots.choice(session.scalars(sa.select(Panel.id).order_by(Panel.id)).all()))
    confirmation.cancel(session, panel, "改用函审", actor=OFFICE, now=now)
    return None


def fill(session, lots, now):
    """Invite the next one to a vacant seat, or phone them."""
    panel = session.get_one(Panel, lots.choice(session.scalars(sa.select(Panel.id).order_by(Panel.id)).all()))
    vacant = seating.vacancies(panel)
    if not vacant:
        return None
    if lots.random() < 0.5:
        vacancies.invite_next(session, panel, vacant[0], actor=OFFICE, now=now)
    elif (seat := calls.next_to_call(session, panel, vacant[0], now=now)) is not None:
        outcome = lots.choice(list(Outcome))
        reason = DeclineReason.NOT_MY_FIELD if outcome is Outcome.DECLINED else None
        calls.record(session, seat, outcome, reason=reason, actor=OFFICE, now=now)
    return None


def expire(session, _lots, now):
    """Close what nobody answered in time, as the job does."""
    job.tick(session, now)
    return None


VERBS = (*[accept] * 20, *[decline] * 12, withdraw, withdraw, cancel, *[fill] * 6, expire, expire)


def work(url: str, seed: int, attempts, log: str) -> None:
    """Act until the attempts of all workers are used up; runs in a process that may be killed.

    SQLite has one writer at a time, and no queue: who waits in vain is told so, and has changed nothing.
    """
    wiring.connect()
    crypto.use([DATA_KEY])
    lots, engine = random.Random(seed), sa.create_engine(url)
    out = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    while next_attempt(attempts):
        now = LATER + timedelta(seconds=lots.randrange(3600))
        with Session(engine) as session:
            try:
                stored = lots.choice(VERBS)(session, lots, now)
                session.commit()
            except Invalid:
                session.rollback()
                continue
            except OperationalError as error:
                if "database is locked" not in str(error):
                    raise
                continue
        if stored:
            os.write(out, f"{stored[0]} {stored[1]}\n".encode())


def next_attempt(attempts) -> bool:
    with attempts.get_lock():
        attempts.value -= 1
        return attempts.value >= 0


def run_and_kill(url: str, log: Path) -> int:
    """Let the workers use up the attempts, killing and replacing one now and then; return how many died."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    attempts, seeds, lots = context.Value("i", ATTEMPTS), itertools.count(), random.Random(3)

    def start():
        worker = context.Process(target=work, args=(url, next(seeds), attempts, str(log)))
        worker.start()
        return worker

    workers, killed = [start() for _ in range(WORKERS)], 0
    marks = [ATTEMPTS * each // (KILLS + 1) for each in range(1, KILLS + 1)]
    while any(worker.is_alive() for worker in workers):
        if marks and attempts.value <= marks[-1]:
            marks.pop()
            victim = lots.randrange(WORKERS)
            time.sleep(lots.random() * 0.05)
            with attempts.get_lock():
                workers[victim].kill()
                workers[victim].join()
            killed += workers[victim].exitcode == -signal.SIGKILL
            workers[victim] = start()
        time.sleep(0.005)
    assert {worker.exitcode for worker in workers} == {0}
    return killed


LIFE = re.compile(r"sent (accepted )?(declined |expired |cancelled |(refused )?withdrawn )?")
"""What may happen to one invitation, in this order."""
MAILS = {
    "sent": "request",
    "accepted": "thanks",
    "declined": "declined",
    "expired": "expired",
    "withdrawn": "withdrawn",
}
STATES = {
    InvitationState.SENT: SeatState.INVITED,
    InvitationState.ACCEPTED: SeatState.ACCEPTED,
    InvitationState.DECLINED: SeatState.DECLINED,
    InvitationState.EXPIRED: SeatState.EXPIRED,
    InvitationState.WITHDRAWN: SeatState.WITHDRAWN,
}


def lives(session) -> dict[int, list[str]]:
    """Return what the trail tells of each invitation, in order."""
    told = defaultdict(list)
    for entry in session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id)):
        what = entry.event.removeprefix("invitation.")
        if what == "acceptance-refused":
            told[entry.subject_id].append("refused")
        elif entry.facts.get("reason") == "cancelled":
            told[entry.subject_id].append("cancelled")
        elif entry.subject_kind == "invitation":
            told[entry.subject_id].append(what.removeprefix("invitation-"))
    return told


def test_nobody_sits_twice_no_answer_is_lost_and_no_mail_is_sent_twice(crowd, empty_engine, tmp_path):
    log = tmp_path / "answers"
    killed = run_and_kill(empty_engine.url.render_as_string(hide_password=False), log)
    assert killed > 0
    with Session(empty_engine) as session:
        told = lives(session)
        assert [
            life for life in told.values() if not LIFE.fullmatch("".join(f"{each} " for each in life))
        ] == []
        check_answers(told, log)
        check_seats(session)
        check_diary(session)
        check_vacancies(session, told)
        check_mails(session, told)
        assert {each for life in told.values() for each in life} == {*MAILS, "refused", "cancelled"}


def check_answers(told, log):
    """Every answer that a worker was told of is on record."""
    stored = [line.split() for line in log.read_text().splitlines()]
    assert len(stored) > ATTEMPTS // 10
    assert [each for each in stored if each[1] not in told[int(each[0])]] == []


def check_seats(session):
    """A seat stands as its newest invitation does, and one person holds a chair."""
    newest = {}
    for invitation in session.scalars(sa.select(Invitation).order_by(Invitation.id)):
        newest[invitation.seat_id] = invitation
    wrong = [seat for seat_id, each in newest.items() if (seat := each.seat).state is not STATES[each.state]]
    assert wrong == []
    for panel in session.scalars(sa.select(Panel).where(Panel.state == PanelState.CONFIRMED)):
        chairs = [seat.position for seat in confirmation.holders(panel)]
        chairs += [seat.position for seat in seating.vacancies(panel)]
        assert sorted(chairs) == list(range(1, SEATS + 1))


def check_diary(session):
    """The diary holds the time of exactly those who hold a chair, and nobody is at two places."""
    rows = session.execute(sa.select(Commitment.person_id, Commitment.source_id, Commitment.starts)).all()
    held = sa.select(Seat.person_id, Seat.id, Panel.starts).join(Panel, Panel.id == Seat.panel_id)
    holding = held.where(
        Seat.role != SeatRole.ALTERNATE,
        Seat.state.in_((SeatState.PROPOSED, SeatState.INVITED, SeatState.ACCEPTED)),
    )
    assert sorted(map(tuple, rows)) == sorted(map(tuple, session.execute(holding)))
    assert len({(row.person_id, row.starts) for row in rows}) == len(rows)


def check_vacancies(session, told):
    """Whoever left by an answer or by silence was followed by one decision: filled, or offered."""
    left = sum(life[-1] in ("declined", "expired") or "refused" in life for life in told.values())
    phoned = session.scalar(
        sa.select(sa.func.count(AuditEntry.id)).where(
            AuditEntry.event == "panel.vacancy-filled", AuditEntry.actor_label == OFFICE.label
        )
    )
    decided = session.scalar(
        sa.select(sa.func.count(AuditEntry.id)).where(AuditEntry.event.startswith("panel.vacancy-"))
    )
    assert decided - phoned == left


def check_mails(session, told):
    """Each thing that happened was told once, with a link of its own where there is one."""
    by_phone = set(session.scalars(sa.select(Invitation.id).where(Invitation.channel == Channel.PHONE)))
    expected = {
        f"invitation:{number}:{MAILS[each]}"
        for number, life in told.items()
        for each in life
        if each in MAILS and not (each == "sent" and number in by_phone)
    }
    sent = set(session.scalars(sa.select(Message.dedupe_key).where(Message.thread.is_not(None))))
    off = {key for key in sent if key.startswith("panels/cancelled:")}
    assert sent - off == expected
    assert len(off) == sum(life[-1] == "cancelled" for life in told.values())
    links = session.scalar(sa.select(sa.func.count(InvitationLink.id)))
    assert links == sum(key.endswith((":request", ":thanks")) for key in expected)
    assert session.scalar(sa.select(sa.func.count(Call.id))) > 0
