from concurrent.futures import ThreadPoolExecutor

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool import wiring
from expertpool.access.models import Role
from expertpool.accounts.models import User
from expertpool.jobs import recheck_panels
from expertpool.outbox.models import Message
from expertpool.panels import confirmation, watching
from expertpool.panels.watching_models import PanelCheck, SeatAlert
from expertpool.people import employments
from tests.builders.access import make_grant
from tests.builders.panels import ACTOR, Scene, make_actor, propose
from tests.conftest import NOW

WORKERS = 4


def confirmed(session):
    """Return a confirmed panel whose members all went to work for the applicant, each a check of its own."""
    scene, human = Scene(session), make_actor(session)
    make_grant(session, session.get_one(User, human.user_id), Role.ORGANISER)
    panel = scene.panel(seats=5)
    panel.created_by_id = human.user_id
    confirmation.confirm(session, panel, propose(session, panel), actor=human, now=NOW)
    work = employments.Work(
        organisation=scene.applicant.name, position=None, since=None, until=None, is_current=True
    )
    for seat in watching.held(session, panel.id):
        employments.add_employment(session, seat.person, work, source="本人", actor=ACTOR, now=NOW)
    for number in range(20):
        session.add(PanelCheck(panel_id=panel.id, cause=f"test-{number}", asked_at=NOW))
    session.commit()
    return panel.id


def test_several_nodes_tell_each_new_fact_once(empty_engine):
    wiring.connect()
    with Session(empty_engine) as session:
        panel_id = confirmed(session)

    def tick(_):
        with Session(empty_engine) as session:
            done = recheck_panels.tick(session, NOW)
            session.commit()
            return done

    with ThreadPoolExecutor(WORKERS) as pool:
        done = sum(pool.map(tick, range(WORKERS)))
    with Session(empty_engine) as session:
        assert done == 21
        assert session.scalar(sa.select(sa.func.count(PanelCheck.id))) == 0
        assert len(watching.of_panel(session, panel_id)) == session.scalar(
            sa.select(sa.func.count(SeatAlert.id))
        )
        held = {seat.id for seat in watching.held(session, panel_id)}
        assert {alert.seat_id for alert in watching.of_panel(session, panel_id)} == held
        mails = session.scalar(sa.select(sa.func.count(Message.id)).where(Message.kind == "panels/conflict"))
        assert mails == len(held)
