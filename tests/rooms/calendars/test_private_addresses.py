"""The private address of a calendar: one works, whoever hurries, and it follows a merged record."""

import threading

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool import wiring
from expertpool.calendars import feeds
from expertpool.calendars.models import Feed
from expertpool.errors import Invalid
from expertpool.people.merging import merge
from tests.builders.panels import make_user
from tests.builders.people import make_person


def test_two_who_make_an_address_at_once_leave_one_that_works(empty_engine, actor, now):
    with Session(empty_engine) as session:
        person_id = make_person(session, user_id=make_user(session).id).id
        session.commit()
    made, refused, start = [], [], threading.Barrier(6)

    def make():
        with Session(empty_engine) as session:
            start.wait()
            try:
                token = feeds.make(session, person_id, actor=actor, now=now)
                session.commit()
                made.append(token)
            except Invalid:
                refused.append(person_id)

    workers = [threading.Thread(target=make) for _ in range(6)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    with Session(empty_engine) as session:
        working = [token for token in made if feeds.owner(session, token)]
        live = session.scalar(sa.select(sa.func.count()).where(Feed.revoked_at.is_(None)))
    assert (len(working), live) == (1, 1)
    assert len(made) + len(refused) == 6


def test_the_addresses_of_merged_records_both_show_the_one_that_was_kept(session, actor, now):
    wiring.connect()
    kept, merged = make_person(session, user_id=make_user(session).id), make_person(session)
    tokens = [feeds.make(session, person.id, actor=actor, now=now) for person in (kept, merged)]
    merge(session, kept, merged, actor=actor, now=now)
    assert [feeds.owner(session, token)[0].id for token in tokens] == [kept.id, kept.id]


def test_who_has_no_account_has_no_address_that_works(session, actor, now):
    token = feeds.make(session, make_person(session).id, actor=actor, now=now)
    assert feeds.owner(session, token) is None
    assert feeds.owner(session, "") is None
