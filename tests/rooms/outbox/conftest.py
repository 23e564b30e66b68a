from datetime import timedelta

import pytest

from expertpool.outbox.rendering import Renderer
from expertpool.outbox.service import enqueue


class Clock:
    """A clock that tests move."""

    def __init__(self, now):
        self.now = now

    def __call__(self):
        return self.now

    def forward(self, **span):
        self.now += timedelta(**span)


@pytest.fixture
def ticking(now):
    return Clock(now)


@pytest.fixture
def renderer(tmp_path):
    mail = tmp_path / "templates" / "mail"
    mail.mkdir(parents=True)
    (mail / "hello.txt").write_text(
        "Panel {{ title }}\n\n"
        "{{ name }}: {{ at|moment }}, {{ at|day }}, {{ at|time_of_day }}\n{{ link('/i/x') }}\n"
    )
    (mail / "hello.html").write_text("<p>{{ name }}</p>")
    (mail / "plain.txt").write_text("Only text\n\n{{ name }}\n")
    (mail / "broken.txt").write_text("Broken\n\n{{ missing }}\n")
    return Renderer(
        "https://pool.example", "Pool <pool@office.example>", "Asia/Shanghai", tmp_path / "templates"
    )


@pytest.fixture
def queue(session, now):
    def put(key, *, kind="hello", to="lan@example.org", locale="en", due_at=None, **values):
        snapshot = {"title": "储能", "name": "周岚", "at": "2026-12-03T09:00+08:00"} | values
        return enqueue(
            session,
            kind=kind,
            to=to,
            locale=locale,
            snapshot=snapshot,
            dedupe_key=key,
            now=now,
            due_at=due_at,
        )

    return put
