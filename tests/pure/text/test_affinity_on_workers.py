"""The same call on several processes, and on the workers of a cluster."""

import os

import pytest
from joblib import Parallel, delayed, parallel_config

from expertpool.text import Profile, affinities

distributed = pytest.importorskip("distributed")

EXPERTS = [
    Profile(f"e{n}", (f"数控机床 {n % 5} tools", f"image model {n % 3}"), ("ICS:25.040",)) for n in range(40)
]
ITEMS = [Profile(f"i{n}", (f"机床 {n % 4} image",), ("ICS:25.080",)) for n in range(9)]


def rows(**given):
    return list(affinities(EXPERTS, ITEMS, cells=160, **given))


def test_two_processes_tell_the_same():
    assert rows(workers=2) == rows()


def test_two_workers_of_a_dask_cluster_tell_the_same_and_both_can_work():
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
        ) as cluster,
        distributed.Client(cluster) as client,
        parallel_config(backend="dask"),
    ):
        assert rows(workers=-1) == rows()
        client.wait_for_workers(2)
        assert len(client.run(os.getpid)) == 2
        assert os.getpid() not in Parallel(n_jobs=-1)(delayed(os.getpid)() for _ in range(4))
