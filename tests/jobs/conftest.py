from multiprocessing import get_context

import pytest

from expertpool.jobs import workers


@pytest.fixture
def forked_workers(monkeypatch):
    """Have workers forked, so that they have all modules already; return those that were started.

    They are killed at the latest after the test. New ones, as in production, are what journeys start.
    """
    forked = get_context("fork")
    monkeypatch.setattr(workers.multiprocessing, "get_context", lambda _method=None: forked)
    yield workers._workers
    for worker in workers._workers.values():
        worker.kill()
        worker.join()
    workers._workers.clear()
