"""One job runs once at a time, on both databases, and is free again when its process dies."""

from __future__ import annotations

import subprocess
import sys

from expertpool.jobs.alone import alone

HOLDER = """
import sys, sqlalchemy as sa
from expertpool.jobs.alone import alone
with alone(sa.create_engine(sys.argv[1]), "send-mail") as is_free:
    print(is_free, flush=True)
    sys.stdin.read()
"""


def test_the_second_is_refused_others_are_not_and_death_frees(empty_engine):
    url = empty_engine.url.render_as_string(hide_password=False)
    with (
        alone(empty_engine, "send-mail") as first,
        alone(empty_engine, "send-mail") as second,
        alone(empty_engine, "training") as other,
    ):
        assert (first, second, other) == (True, False, True)
    command = [sys.executable, "-c", HOLDER, url]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout.readline() == "True\n"
        with alone(empty_engine, "send-mail") as mine:
            assert not mine
        holder.kill()
        holder.wait()
    for _ in range(100):  # PostgreSQL needs a moment to see that the connection is gone
        with alone(empty_engine, "send-mail") as mine:
            if mine:
                break
    assert mine
