"""Eight processes enrol, cancel, accept, decline and lapse at once, and are killed now and then.

What the audit trail tells is replayed against a plain model of places and queue, and compared with the rows.
"""

from __future__ import annotations

import multiprocessing
import random
import signal
import time
from collections import Counter
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool import wiring
from expertpool.audit.models import AuditEntry
from expertpool.availability.models import Commitment
from expertpool.errors import Invalid
from expertpool.events import Actor
from expertpool.outbox.models import Message
from expertpool.people.models import Person
from expertpool.settings import crypto
from expertpool.training import enrolling, offering
from expertpool.training.models import Cohort, Enrolment, EnrolmentState, OfferLink
from tests.builders.training import make_cohort, make_lesson, make_trainee
from tests.conftest import DATA_KEY, NOW

SEATS, PEOPLE, ATTEMPTS, WORKERS, KILLS = 60, 150, 2_000, 8, 16
THEMSELVES = Actor(None, "学员", via="mail")
LATER = NOW + timedelta(hours=30)
"""When every offer that is out is over."""


@pytest.fixture
def cohort_id(empty_engine):
    wiring.connect()
    with Session(empty_engine) as session:
        cohort = make_cohort(session, capacity=SEATS)
        for day in (10, 11):
            make_lesson(session, cohort, day=day)
        for _ in range(PEOPLE):
            make_trainee(session)
        session.commit()
        number = cohort.id
    empty_engine.dispose()
    return number


def act(session: Session, cohort_id: int, person_id: int, chance: float) -> None:
    """Do one thing that this person may try at this moment."""
    mine = session.scalar(
        sa.select(Enrolment).where(
            Enrolment.cohort_id == cohort_id,
            Enrolment.person_id == person_id,
            Enrolment.state.in_((EnrolmentState.WAITING, EnrolmentState.OFFERED, EnrolmentState.ENROLLED)),
        )
    )
    if chance < 0.01:
        offering.lapse_due(session, LATER)
    elif mine is None or chance < 0.15:
        cohort, person = session.get_one(Cohort, cohort_id), session.get_one(Person, person_id)
        enrolling.enrol(session, cohort, person, source=enrolling.SELF, actor=THEMSELVES, now=NOW)
    elif mine.state is EnrolmentState.OFFERED and chance < 0.9:
        answer = enrolling.accept_offer if chance < 0.6 else enrolling.decline_offer
        answer(session, mine, actor=THEMSELVES, now=NOW)
    else:
        enrolling.cancel(session, mine, actor=THEMSELVES, now=NOW)


def work(url: str, cohort_id: int, people: list[int], seed: int, attempts) -> None:
    """Try until the attempts of all workers are used up; runs in a process that may be killed.

    SQLite has one writer at a time, and no queue: who waits in vain is told so, and has changed nothing.
    """
    wiring.connect()
    crypto.use([DATA_KEY])
    lots, engine = random.Random(seed), sa.create_engine(url)
    while True:
        with attempts.get_lock():
            left = attempts.value
            attempts.value = max(0, left - 1)
        if not left:
            return
        with Session(engine) as session:
            try:
                act(session, cohort_id, lots.choice(people), lots.random())
                session.commit()
            except Invalid:
                session.rollback()
            except sa.exc.OperationalError as error:
                if "database is locked" not in str(error):
                    raise
                session.rollback()


def run_and_kill(url: str, cohort_id: int, people: list[int]) -> int:
    """Let the workers use up the attempts, killing and replacing one now and then; return how many died."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    attempts = context.Value("i", ATTEMPTS)
    seeds = iter(range(10_000))
    lots = random.Random(7)

    def start():
        worker = context.Process(target=work, args=(url, cohort_id, people, next(seeds), attempts))
        worker.start()
        return worker

    workers = [start() for _ in range(WORKERS)]
    killed, marks = 0, [ATTEMPTS * each // (KILLS + 1) for each in range(1, KILLS + 1)]
    while any(worker.is_alive() for worker in workers):
        if marks and attempts.value <= marks[-1]:
            marks.pop()
            victim = lots.randrange(WORKERS)
            time.sleep(lots.random() * 0.02)
            with attempts.get_lock():
                workers[victim].kill()
                workers[victim].join()
            killed += workers[victim].exitcode == -signal.SIGKILL
            workers[victim] = start()
        time.sleep(0.002)
    assert {worker.exitcode for worker in workers} == {0}
    return killed


class Model:
    """Places and queue as they should be, fed with what the audit trail tells."""

    def __init__(self) -> None:
        self.queue: list[int] = []
        self.offered: set[int] = set()
        self.enrolled: set[int] = set()
        self.mails: Counter[str] = Counter()

    @property
    def free(self) -> int:
        return SEATS - len(self.offered) - len(self.enrolled)

    def feed(self, entry: AuditEntry) -> None:
        number, what = entry.subject_id, entry.event.removeprefix("enrolment.")
        getattr(self, what.replace("-", "_"))(number, entry.facts)
        assert self.free >= 0

    def trainee_enrolled(self, number, _facts) -> None:
        if number in self.offered:
            self.offered.remove(number)
        else:
            assert self.free
            assert not self.queue
        self.enrolled.add(number)
        self.mails[f"training/enrolled:{number}:"] += 1

    def trainee_queued(self, number, _facts) -> None:
        assert self.queue or not self.free
        self.queue.append(number)
        self.mails[f"training/queued:{number}:"] += 1

    def place_offered(self, number, facts) -> None:
        assert self.queue.pop(0) == number
        self.offered.add(number)
        self.mails[f"training/offered:{number}:{facts['expires_at']}"] += 1

    def offer_lapsed(self, number, facts) -> None:
        self.offered.remove(number)
        if not facts["declined"]:
            self.mails[f"training/lapsed:{number}:"] += 1

    def enrolment_cancelled(self, number, facts) -> None:
        {"waiting": self.queue, "offered": self.offered, "enrolled": self.enrolled}[facts["before"]].remove(
            number
        )
        self.mails[f"training/cancelled:{number}:"] += 1


def test_nothing_is_oversold_lost_or_told_twice_whoever_dies(empty_engine, cohort_id):
    url = empty_engine.url.render_as_string(hide_password=False)
    with Session(empty_engine) as session:
        people = list(session.scalars(sa.select(Person.id)))
    empty_engine.dispose()
    killed = run_and_kill(url, cohort_id, people)
    assert killed > KILLS // 2

    with Session(empty_engine) as session:
        trail = sa.select(AuditEntry).where(AuditEntry.subject_kind == "enrolment").order_by(AuditEntry.id)
        model = Model()
        happened = Counter()
        for entry in session.scalars(trail):
            model.feed(entry)
            happened[entry.event] += 1
        assert set(happened) == {
            "enrolment.trainee-enrolled",
            "enrolment.trainee-queued",
            "enrolment.place-offered",
            "enrolment.offer-lapsed",
            "enrolment.enrolment-cancelled",
        }
        rows = {
            state: list(
                session.scalars(
                    sa.select(Enrolment.id)
                    .where(Enrolment.state == state)
                    .order_by(Enrolment.queued_at, Enrolment.id)
                )
            )
            for state in EnrolmentState
        }
        assert set(rows[EnrolmentState.ENROLLED]) == model.enrolled
        assert set(rows[EnrolmentState.OFFERED]) == model.offered
        assert rows[EnrolmentState.WAITING] == model.queue
        assert not (model.free and model.queue)
        live = [*model.enrolled, *model.offered, *model.queue]
        holders = session.scalars(sa.select(Enrolment.person_id).where(Enrolment.id.in_(live))).all()
        assert len(holders) == len(set(holders))
        sent = session.scalars(
            sa.select(Message.dedupe_key).where(Message.kind.startswith("training/"))
        ).all()
        assert Counter(sent) == model.mails
        links = session.scalar(sa.select(sa.func.count()).select_from(OfferLink))
        assert links == sum(
            happened[f"enrolment.{each}"] for each in ("trainee-enrolled", "trainee-queued", "place-offered")
        )
        booked = Counter(session.scalars(sa.select(Commitment.person_id)))
        enrolled = sa.select(Enrolment.person_id).where(Enrolment.state == EnrolmentState.ENROLLED)
        assert booked == dict.fromkeys(session.scalars(enrolled), 2)
