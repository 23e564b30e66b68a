"""The office's part of the front page: people who ask for a correction of their record."""

from __future__ import annotations

from datetime import datetime

from flask import url_for
from flask_babel import gettext
from sqlalchemy.orm import Session

from expertpool.people import corrections
from expertpool.web.home.today import Task
from expertpool.web.kit import guards

MOST = 20


def tasks(session: Session, now: datetime) -> list[Task]:
    """Return who waits for the office to put their record right."""
    if not guards.may("people.edit"):
        return []
    return [
        Task(
            gettext("%(name)s asks for a correction of the record", name=person.name),
            gettext("Read the request"),
            url_for("people.show", person_id=person.id),
            state=("invited", gettext("Waiting")),
        )
        for person in corrections.people_asking(session, limit=MOST)
    ]
