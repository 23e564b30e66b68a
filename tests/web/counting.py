"""Count the statements that a page sends to the database."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask
from sqlalchemy import event

from expertpool.extensions import db


def statements_of(app: Flask, call: Callable[[], Any]) -> int:
    """Return how many statements `call` sends."""
    with app.app_context():
        engine = db.engine
    sent: list[str] = []

    def count(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        sent.append(statement)

    event.listen(engine, "before_cursor_execute", count)
    try:
        call()
    finally:
        event.remove(engine, "before_cursor_execute", count)
    return len(sent)
