"""The worker process on a database of its own: it answers what is queued; killed, it is started again."""

import time

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.jobs import proposals, workers
from expertpool.panels import runs
from expertpool.panels.models import Run, RunState
from expertpool.settings import own_ddl
from tests.builders.panels import ACTOR, Scene
from tests.conftest import NOW


@pytest.fixture
def engine_of_file(tmp_path):
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'pool.sqlite'}")
    own_ddl.import_models().create_all(engine)
    yield engine
    for worker in workers._workers.values():
        worker.kill()
    workers._workers.clear()
    engine.dispose()


def wait_for(engine, run_id, seconds=60):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with Session(engine) as session:
            run = session.get_one(Run, run_id)
            if run.state in (RunState.DONE, RunState.FAILED):
                return run.state, run.result
        time.sleep(0.2)
    raise AssertionError("the worker did not answer")


def test_the_worker_answers_queued_runs_and_is_started_once(engine_of_file):
    with Session(engine_of_file, expire_on_commit=False) as session:
        scene = Scene(session)
        run = runs.request_run(session, scene.panel(), seed=3, actor=ACTOR, now=NOW)
        session.commit()
        assert proposals.tick(session, NOW) == 1
        assert proposals.tick(session, NOW) == 0
        session.rollback()
    state, result = wait_for(engine_of_file, run.id)
    assert state is RunState.DONE
    assert len(result["members"]) == 5


def test_a_killed_worker_is_started_again(engine_of_file):
    with Session(engine_of_file) as session:
        assert proposals.tick(session, NOW) == 1
        (worker,) = workers._workers.values()
        worker.kill()
        worker.join()
        assert proposals.tick(session, NOW) == 1
        session.rollback()
